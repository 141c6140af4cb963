//! Pages for people: plain HTML from this server alone, readable without scripts.

mod docs;
mod progress;

use std::collections::HashSet;
use std::sync::Arc;

use api::problem::Problem;
use api::session::{DebriefQuery, SessionFilter, SessionHead, SessionState};
use api::turn::DecidedVerdict;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use interview::SessionId;
use interview::wording::counted;
use serde::Deserialize;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Id, MarkPath, Query};
use crate::review::{DebriefView, Review, day, topics};
use crate::wire;

/// The style sheet of every page.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");

/// The pages and their assets.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(home))
        .route("/progress", get(progress::progress))
        .route("/sessions/{id}", get(session))
        .route("/sessions/{id}/finish", post(finish))
        .route("/turns/{id}/marks/{mark}", post(decide))
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
    page.render().map(Html).map_err(|error| ApiError::Internal(error.into()))
}

/// Past sessions, and how to start one.
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

async fn home(State(app): State<Arc<App>>, Query(filter): Query<SessionFilter>) -> Result<Html<String>, ApiError> {
    let page = app.session_page(&wire::incoming::session_query(&filter)?).await?;
    let questions = app.bank.questions();
    rendered(&Home {
        sessions: page.sessions.iter().map(entry).collect(),
        next: page.next_cursor.map(|cursor| format!("/?cursor={cursor}")),
        is_first_page: filter.cursor.is_none(),
        questions: questions.len(),
        topics: questions.iter().map(|question| &question.topic).collect::<HashSet<_>>().len(),
    })
}

fn entry(head: &SessionHead) -> Entry {
    let is_finished = head.state == SessionState::Finished;
    let state = if is_finished { "finished" } else { "open" };
    // An open round withholds its feedback.
    let score = head.correctness.filter(|_| is_finished).map(|score| format!(", correctness {score:.1} of 10"));
    Entry {
        url: format!("/sessions/{}", head.id),
        when: day(head.created_at),
        topics: topics(&head.topics),
        questions: head.questions.clone(),
        progress: format!("{}, {state}{}", counted(head.answered, "answer"), score.unwrap_or_default()),
    }
}

#[derive(Template)]
#[template(path = "session.html")]
pub(crate) struct SessionPage {
    pub(crate) review: Review,
}

async fn session(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<Html<String>, ApiError> {
    let (stored, past) = app.with_history(id).await?;
    let mut review = Review::of(&stored, &past, true);
    if stored.finished_at.is_some() {
        review.debrief = DebriefView::of(app.debrief(&stored, DebriefQuery::default()).await?, (app.settings.clock)());
    }
    rendered(&SessionPage { review })
}

/// Finishes a round that was left open, so that its page withholds nothing any more.
async fn finish(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<Redirect, ApiError> {
    app.store.finish(id).await?;
    Ok(Redirect::to(&wire::session::review_url(id)))
}

/// What a form on a session's page decides; without a verdict it takes an earlier decision back.
#[derive(Deserialize)]
struct Decided {
    verdict: Option<DecidedVerdict>,
}

/// Stores the candidate's decision about a mark, and goes back to the turn's details on its session's page.
async fn decide(
    State(app): State<Arc<App>>,
    MarkPath { turn, mark }: MarkPath,
    Query(Decided { verdict }): Query<Decided>,
) -> Result<Redirect, ApiError> {
    let turn = app.decide(turn, &mark, verdict).await?;
    Ok(Redirect::to(&format!("{}#details-{}", wire::session::review_url(turn.session), turn.id)))
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
