//! The first page: past sessions, looked up by words, subject, topic and state, and how to start one.

use std::collections::HashSet;
use std::sync::Arc;

use api::session::{SessionFilter, SessionHead, SessionState};
use api::view::standing;
use askama::Template;
use axum::extract::State;
use axum::response::Html;
use interview::bank::Bank;
use interview::wording::counted;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::rendered;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Query;
use crate::review::{day, topics};
use crate::wire::incoming::session_query;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    sessions: Vec<SessionHead>,
    /// The address of the next page.
    next: Option<String>,
    search: Search,
    is_narrowed: bool,
    bank: &'a Bank,
}

/// What the form sends. A field that was left alone is empty.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Search {
    q: String,
    subject: String,
    topic: String,
    state: String,
    cursor: String,
}

pub(super) async fn home(State(app): State<Arc<App>>, Query(search): Query<Search>) -> Result<Html<String>, ApiError> {
    let filter = search.filter()?;
    let page = app.session_page(&session_query(&filter, &app.bank)?).await?;
    rendered(&Home {
        next: page.next_cursor.map(|cursor| search.address(&cursor)),
        sessions: page.sessions,
        is_narrowed: SessionFilter { cursor: None, ..filter } != SessionFilter::default(),
        search,
        bank: &app.bank,
    })
}

impl Home<'_> {
    /// How many topics have questions.
    fn topics(&self) -> usize {
        self.bank.questions().iter().map(|question| &question.topic).collect::<HashSet<_>>().len()
    }
}

impl Search {
    fn filter(&self) -> Result<SessionFilter, ApiError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(SessionFilter {
            limit: None,
            cursor: given(&self.cursor),
            subject: given(&self.subject),
            topic: given(&self.topic),
            q: given(&self.q),
            state: match self.state.as_str() {
                "" => None,
                "open" => Some(SessionState::Open),
                "finished" => Some(SessionState::Finished),
                other => {
                    return Err(ApiError::Malformed(format!("`{other}` is no state; there are open and finished")));
                }
            },
        })
    }

    /// The address of the page that begins at `cursor` of the same search.
    fn address(&self, cursor: &str) -> String {
        let fields = [("q", &self.q), ("subject", &self.subject), ("topic", &self.topic), ("state", &self.state)];
        let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
        let query = Serializer::new(String::new()).extend_pairs(fields).append_pair("cursor", cursor).finish();
        format!("/?{query}")
    }
}

fn progress(head: &SessionHead) -> String {
    let is_finished = head.state == SessionState::Finished;
    let state = if is_finished { "finished" } else { "open" };
    // An open round withholds its feedback.
    let score = head.correctness.filter(|_| is_finished).map(|score| format!(", correctness {score:.1} of 10"));
    format!("{}, {state}{}", counted(head.answered, "answer"), score.unwrap_or_default())
}
