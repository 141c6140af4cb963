//! `/sessions`

use std::sync::Arc;

use api::session::{Debrief, DebriefQuery, Export, ExportFormat, NewSession, Session, SessionFilter, SessionPage};
use axum::Json as JsonReply;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use interview::progress::Remaining;
use interview::schedule::Schedule;
use interview::session::{self, Mode, Place, Turn, TurnState};
use interview::{SessionId, TurnId, follow_up, selection};
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::app::App;
use crate::export;
use crate::extract::{Id, Json, Query};
use crate::review::Review;
use crate::wire;
use crate::wire::incoming::{MOST_QUESTIONS, focus, follow_ups, session_query, wishes};

/// The exported file has its own styles and loads nothing: no script, nothing from elsewhere.
const EXPORT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// Starts a session. Without `seed` and `question_ids`, questions that are due come first, then new ones, and last those that were asked within the
/// last 24 hours, unless `repeat` is false.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = NewSession,
    responses(
        (status = CREATED, body = Session, headers(("location" = String, description = "The session's address"))),
        (status = CONFLICT, description = "Every question that fits was asked within the last 24 hours, and `repeat` is false"),
    ))]
pub(crate) async fn create_session(
    State(app): State<Arc<App>>,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, [(HeaderName, String); 1], JsonReply<Session>), ApiError> {
    let mut wishes = wishes(&new)?;
    let is_scheduled = new.seed.is_none() && wishes.question_ids.is_empty();
    let schedule = if is_scheduled { app.schedule(new.interview_at).await? } else { Schedule::default() };
    let is_narrowed = !(wishes.topics.is_empty() && wishes.kinds.is_empty() && wishes.tags.is_empty());
    if is_scheduled && wishes.count.is_none() && !is_narrowed {
        let left = app.remaining(&wishes, &schedule, new.interview_at)?;
        wishes.count = left.map(Remaining::a_day).filter(|count| *count > 0).map(|count| count.min(MOST_QUESTIONS));
    }
    let seed = new.seed.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
    let questions = selection::choose(&app.bank, &wishes, seed, &schedule, (app.settings.clock)().into())?;
    let session = session::Session {
        id: SessionId::from(Uuid::now_v7()),
        questions: questions.into_iter().cloned().collect(),
        follow_ups: follow_ups(&new)?,
        mode: if new.real_minutes.is_some() { Mode::Real } else { Mode::Study },
    };
    let focus = focus(&new)?;
    let mut turns = Vec::with_capacity(session.questions.len());
    for (position, question) in (1..).zip(&session.questions) {
        let (target, prompt) = match focus.clone() {
            Some(target) => {
                let asked = follow_up::about(question, target).ok_or_else(|| {
                    ApiError::Unprocessable(format!("the question `{}` has no such point as `focus` says", question.id))
                })?;
                (Some(asked.target), asked.prompt)
            }
            None => {
                let asked_before = app.store.prompts_asked(&question.id).await?;
                (None, selection::wording(question, &asked_before, seed).to_owned())
            }
        };
        turns.push(Turn {
            id: TurnId::from(Uuid::now_v7()),
            session: session.id,
            place: Place { position, depth: 0 },
            question: question.id.clone(),
            target,
            prompt,
            hints_used: 0,
            sureness: None,
            state: TurnState::Asked,
        });
    }
    let stored = app.store.create_session(&session, &turns).await?;
    let location = format!("{}/sessions/{}", api::PREFIX, session.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], JsonReply(wire::session::session(&stored, &app.bank))))
}

/// One page of sessions, the newest first.
#[utoipa::path(get, path = "/sessions", tag = "sessions", params(SessionFilter),
    responses((status = OK, body = SessionPage)))]
pub(crate) async fn list_sessions(
    State(app): State<Arc<App>>,
    Query(filter): Query<SessionFilter>,
) -> Result<JsonReply<SessionPage>, ApiError> {
    Ok(JsonReply(app.session_page(&session_query(&filter, &app.bank)?).await?))
}

/// A session with its turns, answers and feedback.
#[utoipa::path(get, path = "/sessions/{id}", tag = "sessions",
    params(
        ("id" = uuid::Uuid, Path),
        ("if-none-match" = Option<String>, Header, description = "The `etag` of a response that the client has"),
    ),
    responses(
        (status = OK, body = Session, headers(("etag" = String, description = "Changes with the session"))),
        (status = NOT_MODIFIED, description = "The client has the current state"),
    ))]
pub(crate) async fn show_session(
    State(app): State<Arc<App>>,
    Id(id): Id<SessionId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // Read before the session: a change in between makes the client ask again, and never keeps it from a newer state.
    let version = app.store.session_version(id).await?;
    let tag = format!("\"{version}-{}\"", env!("CARGO_PKG_VERSION"));
    // Weak, because the response may be compressed.
    let head = [(header::ETAG, format!("W/{tag}")), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if matches_tag(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let document = match app.rendered.get(id, version) {
        Some(document) => document,
        None => {
            let session = wire::session::session(&app.store.session(id).await?, &app.bank);
            let document = serde_json::to_vec(&session).map_err(ApiError::internal)?.into();
            app.rendered.keep(id, version, &document);
            document
        }
    };
    Ok((head, [(header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// Finishes a session and sums it up. Finishing it again changes nothing.
#[utoipa::path(post, path = "/sessions/{id}/finish", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses((status = OK, body = Session)))]
pub(crate) async fn finish_session(
    State(app): State<Arc<App>>,
    Id(id): Id<SessionId>,
) -> Result<JsonReply<Session>, ApiError> {
    Ok(JsonReply(wire::session::session(&app.store.finish(id).await?, &app.bank)))
}

/// What to take away from a finished session: the best thing said, the one habit to change, what to practise first, and what comes back when.
#[utoipa::path(get, path = "/sessions/{id}/debrief", tag = "sessions", params(("id" = uuid::Uuid, Path), DebriefQuery),
    responses((status = OK, body = Debrief), (status = CONFLICT)))]
pub(crate) async fn debrief_session(
    State(app): State<Arc<App>>,
    Id(id): Id<SessionId>,
    Query(query): Query<DebriefQuery>,
) -> Result<JsonReply<Debrief>, ApiError> {
    let stored = app.store.session(id).await?;
    if stored.finished_at.is_none() {
        return Err(ApiError::Conflict(format!("session {id} is not finished, so there is no debrief yet")));
    }
    let schedule = app.schedule(query.interview_at).await?;
    Ok(JsonReply(wire::session::debrief(&stored, &schedule)))
}

/// Deletes a session and its recordings.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)),
    responses((status = NO_CONTENT, description = "It is deleted")))]
pub(crate) async fn delete_session(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<StatusCode, ApiError> {
    app.delete(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A session as a document: Markdown, JSON or one HTML file.
#[utoipa::path(get, path = "/sessions/{id}/export", tag = "sessions", params(("id" = uuid::Uuid, Path), Export),
    responses((status = OK, description = "The document", content(
        (String = "text/markdown"), (Session = "application/json"), (String = "text/html"),
    ))))]
pub(crate) async fn export_session(
    State(app): State<Arc<App>>,
    Id(id): Id<SessionId>,
    Query(Export { format }): Query<Export>,
) -> Result<Response, ApiError> {
    let (stored, past) = app.with_history(id).await?;
    let review = || Review::of(&stored, &past, &app.bank, false);
    let (media_type, extension, text) = match format {
        ExportFormat::Md => {
            ("text/markdown; charset=utf-8", "md", export::markdown(&review()).map_err(ApiError::internal)?)
        }
        ExportFormat::Json => {
            let session = wire::session::session_with_judgings(&stored, &past, &app.bank);
            ("application/json", "json", serde_json::to_string_pretty(&session).map_err(ApiError::internal)?)
        }
        ExportFormat::Html => ("text/html; charset=utf-8", "html", export::html(review()).map_err(ApiError::internal)?),
    };
    let name = format!("inline; filename=\"viva-{}.{extension}\"", stored.created_at.strftime("%Y-%m-%d"));
    let head = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    let mut response = (head, text).into_response();
    if format == ExportFormat::Html {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(EXPORT_POLICY));
    }
    Ok(response)
}

/// Whether `if-none-match` has the tag, weak or strong (RFC 9110, section 13.1.2).
fn matches_tag(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = values.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|other| other == "*" || other.trim_start_matches("W/") == tag)
}
