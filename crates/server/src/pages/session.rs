//! A session in review.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use interview::SessionId;

use super::assets::STYLE;
use super::rendered;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Named;
use crate::review::Review;

/// The review as a page of this server.
#[derive(Template)]
#[template(path = "session.html")]
struct SessionOnline {
    review: Review,
}

/// The review as a file that needs nothing else.
#[derive(Template)]
#[template(path = "session_file.html")]
pub(crate) struct SessionFile {
    pub(crate) review: Review,
}

impl SessionFile {
    fn style(&self) -> &'static str {
        STYLE
    }
}

pub(super) async fn session(
    State(app): State<Arc<App>>,
    Named(id): Named<SessionId>,
) -> Result<Html<String>, ApiError> {
    let (stored, past) = app.with_history(id).await?;
    rendered(&SessionOnline { review: Review::of(&stored, &past, true) })
}
