//! Pages for people: plain HTML from this server alone, readable without scripts.

mod assets;
mod docs;
mod home;
mod problem;
mod session;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::api_error::ApiError;
use crate::app::App;

pub(crate) use problem::error_page;
pub(crate) use session::SessionFile;

/// The pages and what they are made of.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home::home))
        .route("/sessions/{id}", get(session::session))
        .route("/docs", get(docs::docs))
        .route("/style.css", get(assets::style))
        .route("/listen.js", get(assets::script))
        .route("/favicon.svg", get(assets::icon))
}

fn rendered(page: &impl Template) -> Result<Html<String>, ApiError> {
    page.render().map(Html).map_err(|error| ApiError::Internal(error.into()))
}
