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
struct Home {
    sessions: Vec<Entry>,
    next: Option<String>,
    is_first_page: bool,
    search: Search,
    /// Whether the list is narrowed.
    is_narrowed: bool,
    subjects: Vec<Choice>,
    questions: usize,
    topics: usize,
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

/// A subject, with its topics.
struct Choice {
    id: String,
    name: String,
    topics: Vec<(String, String)>,
}

/// A session in the list.
struct Entry {
    url: String,
    when: String,
    subjects: String,
    topics: String,
    questions: Vec<String>,
    progress: String,
}

pub(super) async fn home(State(app): State<Arc<App>>, Query(search): Query<Search>) -> Result<Html<String>, ApiError> {
    let filter = search.filter()?;
    let page = app.session_page(&session_query(&filter, &app.bank)?).await?;
    let questions = app.bank.questions();
    rendered(&Home {
        sessions: page.sessions.iter().map(entry).collect(),
        next: page.next_cursor.map(|cursor| search.address(&cursor)),
        is_first_page: search.cursor.is_empty(),
        is_narrowed: SessionFilter { cursor: None, ..filter } != SessionFilter::default(),
        search,
        subjects: subjects(&app.bank),
        questions: questions.len(),
        topics: questions.iter().map(|question| &question.topic).collect::<HashSet<_>>().len(),
    })
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

fn subjects(bank: &Bank) -> Vec<Choice> {
    let topics_of = |subject: &str| {
        let topics = bank.topics().iter().filter(|topic| topic.subject == subject);
        topics.map(|topic| (topic.id.to_string(), topic.title.clone())).collect()
    };
    let subjects = bank.topics().subjects().into_iter();
    subjects.map(|id| Choice { id: id.to_owned(), name: standing::subject(id), topics: topics_of(id) }).collect()
}

fn entry(head: &SessionHead) -> Entry {
    let is_finished = head.state == SessionState::Finished;
    let state = if is_finished { "finished" } else { "open" };
    // An open round withholds its feedback.
    let score = head.correctness.filter(|_| is_finished).map(|score| format!(", correctness {score:.1} of 10"));
    Entry {
        url: format!("/sessions/{}", head.id),
        when: day(head.created_at),
        subjects: head.subjects.iter().map(|subject| standing::subject(subject)).collect::<Vec<_>>().join(", "),
        topics: topics(&head.topics),
        questions: head.questions.clone(),
        progress: format!("{}, {state}{}", counted(head.answered, "answer"), score.unwrap_or_default()),
    }
}
