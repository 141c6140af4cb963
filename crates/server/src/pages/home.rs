//! The first page: past sessions, and how to start one.

use std::sync::Arc;

use api::session::{SessionFilter, SessionHead, SessionPage, SessionState};
use askama::Template;
use axum::extract::State;
use axum::response::Html;
use interview::wording::counted;

use super::rendered;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Query;
use crate::review::day;
use crate::wire;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    sessions: Vec<Entry>,
    next: Option<String>,
    is_first_page: bool,
    questions: usize,
    topics: usize,
}

/// A session in the list.
struct Entry {
    url: String,
    when: String,
    topics: String,
    questions: Vec<String>,
    progress: String,
}

pub(super) async fn home(
    State(app): State<Arc<App>>,
    Query(filter): Query<SessionFilter>,
) -> Result<Html<String>, ApiError> {
    let is_first_page = filter.cursor.is_none();
    let page = app.store.sessions(&wire::wishes::session_query(&filter)?).await?;
    let SessionPage { sessions, next_cursor } = wire::session::page(&page);
    rendered(&Home {
        sessions: sessions.iter().map(entry).collect(),
        next: next_cursor.map(|cursor| format!("/?cursor={cursor}")),
        is_first_page,
        questions: app.bank.questions().len(),
        topics: app
            .bank
            .questions()
            .iter()
            .map(|question| &question.topic)
            .collect::<std::collections::HashSet<_>>()
            .len(),
    })
}

fn entry(head: &SessionHead) -> Entry {
    let state = if head.state == SessionState::Finished { "finished" } else { "open" };
    let answers = counted(head.answered, "answer");
    Entry {
        url: format!("/sessions/{}", head.id),
        when: day(head.created_at),
        topics: head.topics.join(", ").replace('-', " "),
        questions: head.questions.clone(),
        progress: format!("{answers}, {state}"),
    }
}
