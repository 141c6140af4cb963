//! The progress page.

use std::sync::Arc;

use api::progress::{Progress, ProgressQuery, Remaining, WeakPoint};
use api::view::standing::{self, by_question};
use askama::Template;
use axum::extract::State;
use axum::response::Html;
use interview::wording::counted;
use jiff::Timestamp;

use super::rendered;
use crate::api_error::ApiError;
use crate::app::App;
use crate::settings::Settings;

/// The most points that are listed to be said again.
const WEAK_POINTS: usize = 20;

#[derive(Template)]
#[template(path = "progress.html")]
struct ProgressPage {
    progress: Progress,
    /// What is left until the interview, in words.
    remaining: Option<String>,
    now: Timestamp,
}

impl ProgressPage {
    fn is_empty(&self) -> bool {
        self.progress.subjects.iter().all(|subject| subject.standing.attempted == 0)
    }

    fn due(&self) -> String {
        counted(self.progress.subjects.iter().map(|subject| subject.standing.due).sum::<usize>(), "question")
    }

    /// The weak points that are listed, by question.
    fn weak(&self) -> Vec<Vec<&WeakPoint>> {
        by_question(&self.progress.weak_points[..self.progress.weak_points.len().min(WEAK_POINTS)])
    }

    fn unlisted(&self) -> usize {
        self.progress.weak_points.len().saturating_sub(WEAK_POINTS)
    }
}

pub(super) async fn progress(State(app): State<Arc<App>>) -> Result<Html<String>, ApiError> {
    let progress = app.progress(&ProgressQuery::default()).await?;
    let remaining = progress.remaining.as_ref().map(|left| remaining(left, &app.settings));
    rendered(&ProgressPage { now: progress.as_of, remaining, progress })
}

/// What is left until the interview, and how long the candidate practises a day.
pub(super) fn remaining(left: &Remaining, settings: &Settings) -> String {
    let minutes = settings.minutes_a_day.map(|minutes| format!(" You practise {} a day.", counted(minutes, "minute")));
    standing::remaining(left) + &minutes.unwrap_or_default()
}
