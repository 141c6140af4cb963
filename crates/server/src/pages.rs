//! Pages for people: plain HTML from this server alone, readable without scripts.

mod docs;
mod home;
mod progress;
mod session;

use std::sync::Arc;

use api::problem::Problem;
use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

use crate::api_error::ApiError;
use crate::app::App;

#[cfg(test)]
pub(crate) use self::session::SessionPage;

/// The style sheet of every page.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");

/// The pages and their assets.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home::home))
        .route("/progress", get(progress::progress))
        .merge(session::routes())
        .route("/docs", get(docs::docs))
        .route("/style.css", asset("text/css; charset=utf-8", STYLE))
        .route("/listen.js", asset("text/javascript; charset=utf-8", include_str!("../assets/listen.js")))
        .route("/favicon.svg", asset("image/svg+xml", include_str!("../assets/favicon.svg")))
}

/// A file in the binary. Cached briefly, because the next version of the program brings another one.
fn asset(media_type: &'static str, text: &'static str) -> axum::routing::MethodRouter<Arc<App>> {
    let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "max-age=300")];
    get(move || async move { (headers, text).into_response() })
}

fn rendered(page: &impl Template) -> Result<Html<String>, ApiError> {
    page.render().map(Html).map_err(ApiError::internal)
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    problem: &'a Problem,
}

/// A problem as a page.
pub(crate) fn error_page(problem: &Problem) -> String {
    ProblemPage { problem }.render().unwrap_or_else(|_| problem.title.clone())
}
