//! `/turns`

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use api::PREFER;
use api::feedback::{Feedback, JudgingList};
use api::transcript::HeardTranscript;
use api::turn::{AnswerForm, Correction, Decision, Hint, NewAnswer, Regrade, StateEvent, Sureness, Turn, TurnState};
use axum::Json as JsonReply;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures::Stream;
use interview::TurnId;
use interview::session::{self, Answer};
use store::queue::CoachWish;
use utoipa::{IntoParams, IntoResponses};

use crate::answering;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Id, Json, byte_range, idempotency_key, wait};
use crate::openapi::Audio;
use crate::turn_events::{Subscription, TurnEvent};
use crate::wire;
use crate::wire::incoming::{coach_kind, correction, heard};

/// How the OpenAPI document describes the header that [`wait`] reads.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only described")]
struct Waiting {
    /// `wait=SECONDS`: reply once the turn is settled.
    prefer: Option<String>,
}

/// How the OpenAPI document describes what [`awaited`] returns.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only described")]
enum Awaited {
    /// The turn is settled: judged, or kept without feedback.
    #[response(status = OK)]
    Settled(Turn),
    /// The answer is stored and not judged yet.
    #[response(status = ACCEPTED)]
    Accepted(Turn),
}

/// A turn as it is now, or, with `Prefer: wait=SECONDS`, once nothing more happens to it by itself.
#[utoipa::path(get, path = "/turns/{id}", tag = "turns", params(("id" = uuid::Uuid, Path), Waiting),
    responses((status = OK, body = Turn)))]
pub(crate) async fn show_turn(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    headers: HeaderMap,
) -> Result<JsonReply<Turn>, ApiError> {
    app.wait_for(id, wait(&headers)).await?;
    Ok(JsonReply(app.shown(id).await?))
}

/// Answers a turn: with typed text or a transcript as JSON, with a recording, or with a form of a recording and its transcript.
///
/// A recording is wav, flac, mp3, ogg (Opus or Vorbis), webm (Opus), m4a/aac or aiff.
#[utoipa::path(post, path = "/turns/{id}/answer", tag = "turns",
    params(
        ("id" = uuid::Uuid, Path),
        Waiting,
        ("idempotency-key" = Option<String>, Header,
            description = "Names this answer. The same answer under the same key changes nothing; another one is refused (422)"),
    ),
    request_body(content(
        (NewAnswer = "application/json"),
        (AnswerForm = "multipart/form-data"),
        (Audio = "application/octet-stream"),
        (Audio = "audio/*"),
    )),
    responses(Awaited, (status = CONFLICT)))]
pub(crate) async fn answer_turn(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers().clone();
    let key = idempotency_key(&headers)?;
    let turn = app.store.turn(id).await?;
    answering::accept(&app, &turn, key.as_ref(), request).await?;
    awaited(&app, id, &headers).await
}

/// Gives the next hint of a turn that waits for an answer, and counts it.
#[utoipa::path(post, path = "/turns/{id}/hint", tag = "turns", params(("id" = uuid::Uuid, Path)),
    responses((status = OK, body = Hint), (status = CONFLICT)))]
pub(crate) async fn take_hint(State(app): State<Arc<App>>, Id(id): Id<TurnId>) -> Result<JsonReply<Hint>, ApiError> {
    let before = app.store.turn(id).await?;
    let stored = app.store.session(before.session).await?;
    let hints =
        stored.session.question(&before.question).map_or(&[][..], |question| wire::session::hints(&before, question));
    let available = u8::try_from(hints.len()).unwrap_or(u8::MAX);
    let hints_used = app.store.take_hint(id, available).await?.hints_used;
    let hint = hints.get(usize::from(before.hints_used)).filter(|_| hints_used > before.hints_used).cloned();
    Ok(JsonReply(Hint { hint, hints_used, hints_left: available.saturating_sub(hints_used) }))
}

/// "I don't know": moves on from a turn. Skipping it again changes nothing.
#[utoipa::path(post, path = "/turns/{id}/skip", tag = "turns", params(("id" = uuid::Uuid, Path)),
    responses((status = OK, body = Turn), (status = CONFLICT)))]
pub(crate) async fn skip_turn(State(app): State<Arc<App>>, Id(id): Id<TurnId>) -> Result<JsonReply<Turn>, ApiError> {
    app.store.skip(id).await?;
    app.events.notify(id);
    Ok(JsonReply(app.shown(id).await?))
}

/// Corrects what the recogniser heard and has the answer judged again. Delivery stays as it was measured.
#[utoipa::path(put, path = "/turns/{id}/transcript", tag = "turns", params(("id" = uuid::Uuid, Path), Waiting),
    request_body = Correction, responses(Awaited, (status = CONFLICT)))]
pub(crate) async fn correct_transcript(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    headers: HeaderMap,
    Json(Correction { text }): Json<Correction>,
) -> Result<Response, ApiError> {
    app.correct(id, &text).await?;
    awaited(&app, id, &headers).await
}

/// Settles one word of the transcript, such as a `word_in_doubt`, and has the answer judged again. The other words stay as sure as they
/// were.
#[utoipa::path(put, path = "/turns/{id}/transcript/{word}", tag = "turns",
    params(
        ("id" = uuid::Uuid, Path),
        ("word" = usize, Path, description = "The number of the word, counted from 0 over all segments"),
        Waiting,
    ),
    request_body = Correction, responses(Awaited, (status = CONFLICT)))]
pub(crate) async fn correct_word(
    State(app): State<Arc<App>>,
    Id((id, word)): Id<(TurnId, usize)>,
    headers: HeaderMap,
    Json(Correction { text }): Json<Correction>,
) -> Result<Response, ApiError> {
    let text = correction(&text)?;
    let turn = app.store.turn(id).await?;
    let answer = turn.state.answer().ok_or_else(|| {
        ApiError::Conflict(format!("turn {id} is {}, so there is nothing to correct", turn.state.name()))
    })?;
    let transcript = answer.transcript.with_word(word, &text);
    let transcript = transcript.ok_or_else(|| ApiError::NotFound(format!("the transcript has no word {word}")))?;
    app.replace_answer(id, Answer { transcript, corrected: true, ..answer.clone() }).await?;
    awaited(&app, id, &headers).await
}

/// Replaces the transcript of a recording by another one of it, such as a better speech model makes, measures the delivery again and has
/// the answer judged again. The transcript before stays in the history.
#[utoipa::path(put, path = "/turns/{id}/heard", tag = "turns", params(("id" = uuid::Uuid, Path), Waiting),
    request_body = HeardTranscript, responses(Awaited, (status = CONFLICT)))]
pub(crate) async fn hear_again(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    headers: HeaderMap,
    Json(transcript): Json<HeardTranscript>,
) -> Result<Response, ApiError> {
    let heard = heard(&transcript, app.transcription.limit())?;
    if heard.transcript.is_empty() {
        return Err(ApiError::Unprocessable("the transcript has no words".to_owned()));
    }
    let turn = app.store.turn(id).await?;
    let state = &turn.state;
    let (transcript, spoken) = heard.measured(&app.question_of(&turn).await?);
    let answer = match (state.answer(), state.recording()) {
        (Some(answer), _) if state.is_settled() && answer.audio.is_some() => {
            Answer { transcript, corrected: false, spoken: Some(spoken), ..answer.clone() }
        }
        (None, Some(recording)) if state.is_settled() => recording.with_words(transcript, Some(spoken)),
        _ => {
            let detail = format!("turn {id} is {} and has no recording that could be heard again", state.name());
            return Err(ApiError::Conflict(detail));
        }
    };
    app.replace_answer(id, answer).await?;
    awaited(&app, id, &headers).await
}

/// Has an answer judged again, by another coach if one is named. Earlier feedback stays in the history.
#[utoipa::path(post, path = "/turns/{id}/regrade", tag = "turns", params(("id" = uuid::Uuid, Path), Waiting),
    request_body = Regrade, responses(Awaited, (status = CONFLICT), (status = NOT_IMPLEMENTED)))]
pub(crate) async fn regrade_turn(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    headers: HeaderMap,
    Json(Regrade { coach, model }): Json<Regrade>,
) -> Result<Response, ApiError> {
    app.regrade(id, CoachWish { coach: coach.map(coach_kind), model }).await?;
    awaited(&app, id, &headers).await
}

/// Stores the candidate's own decision about a mark of a turn's feedback, and recomputes score, band and next step.
///
/// A decision belongs to the answer: it stays when the answer is corrected or judged again. It adds no quote.
#[utoipa::path(put, path = "/turns/{id}/marks/{mark}", tag = "turns",
    params(
        ("id" = uuid::Uuid, Path),
        ("mark" = String, Path, description = "The id of a key point or a misconception in the feedback"),
    ),
    request_body = Decision, responses((status = OK, body = Turn), (status = CONFLICT)))]
pub(crate) async fn decide_mark(
    State(app): State<Arc<App>>,
    Id((turn, mark)): Id<(TurnId, String)>,
    Json(Decision { verdict }): Json<Decision>,
) -> Result<JsonReply<Turn>, ApiError> {
    app.decide(turn, &mark, verdict).await?;
    Ok(JsonReply(app.shown(turn).await?))
}

/// Stores how sure the candidate is of an answer, before they look at its feedback.
#[utoipa::path(put, path = "/turns/{id}/sureness", tag = "turns", params(("id" = uuid::Uuid, Path)), request_body = Sureness,
    responses((status = OK, body = Turn), (status = CONFLICT)))]
pub(crate) async fn set_sureness(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    Json(Sureness { sureness }): Json<Sureness>,
) -> Result<JsonReply<Turn>, ApiError> {
    let sureness = sureness.map(session::Sureness::try_from).transpose();
    let sureness = sureness.map_err(|error| ApiError::Unprocessable(error.to_string()))?;
    app.store.set_sureness(id, sureness).await?;
    Ok(JsonReply(app.shown(id).await?))
}

/// Every judging of a turn's answer, the oldest first: each with the words that were judged and who judged them.
///
/// Scores of two judgings are comparable only where `judged_by` is the same in both.
#[utoipa::path(get, path = "/turns/{id}/judgings", tag = "turns", params(("id" = uuid::Uuid, Path)),
    responses((status = OK, body = JudgingList)))]
pub(crate) async fn list_judgings(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
) -> Result<JsonReply<JudgingList>, ApiError> {
    let turn = app.store.turn(id).await?;
    let (stored, past) = app.with_history(turn.session).await?;
    Ok(JsonReply(JudgingList { judgings: wire::session::judgings(&stored, &turn, &past) }))
}

/// The recording of an answer, or the part of it that the header `range` asks for.
#[utoipa::path(get, path = "/turns/{id}/audio", tag = "turns",
    params(("id" = uuid::Uuid, Path), ("range" = Option<String>, Header, description = "`bytes=FIRST-LAST`")),
    responses(
        (status = OK, description = "The recording", content((Audio = "audio/*"), (Audio = "application/octet-stream"))),
        (status = PARTIAL_CONTENT, description = "The range",
            content((Audio = "audio/*"), (Audio = "application/octet-stream"))),
        (status = RANGE_NOT_SATISFIABLE),
    ))]
pub(crate) async fn turn_audio(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let turn = app.store.turn(id).await?;
    let recording = turn.state.audio().ok_or_else(|| ApiError::NotFound(format!("turn {id} has no recording")))?;
    let range = byte_range(&headers, recording.bytes)?;
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let sound = app.audio.get(recording, range).await?;
    let (start, end) = (sound.range.start, sound.range.end);
    let mut head = vec![
        (header::CONTENT_TYPE, recording.media_type.clone()),
        (header::CONTENT_LENGTH, end.saturating_sub(start).to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // A recording never changes under its name, so players may keep what they have.
        (header::CACHE_CONTROL, "private, max-age=86400, immutable".to_owned()),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        head.push((header::CONTENT_RANGE, format!("bytes {start}-{}/{}", end.saturating_sub(1), sound.size)));
    }
    let head: HeaderMap =
        head.into_iter().filter_map(|(name, value)| value.parse().ok().map(|value| (name, value))).collect();
    Ok((status, head, Body::from_stream(sound.bytes)).into_response())
}

/// What happens to a turn, as server-sent events, until nothing more happens to it by itself.
///
/// `state` (`StateEvent`) comes at once, with every change, and again when another judging begins, which takes back the panels so far;
/// `feedback.delta` (`Feedback`) carries a panel that is ready before the rest, and may repeat it; `judged` (`Turn`) carries the settled
/// turn and ends the stream.
#[utoipa::path(get, path = "/turns/{id}/events", tag = "turns", params(("id" = uuid::Uuid, Path)),
    responses((status = OK, description = "The events", body = String, content_type = "text/event-stream")))]
pub(crate) async fn turn_events(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let subscription = app.events.subscribe(id);
    let now = app.shown(id).await?;
    let mut watch = Watch { app, id, subscription, state: now.state, has_sent_panels: false, ready: VecDeque::new() };
    watch.push_state(&now);
    if now.state == TurnState::Judging {
        let Feedback { correctness, clarity, .. } = now.feedback.unwrap_or_default();
        if correctness.is_some() {
            watch.push_panel(&Feedback { correctness, ..Feedback::default() });
        }
        if clarity.is_some() {
            watch.push_panel(&Feedback { clarity, ..Feedback::default() });
        }
    }
    let events = futures::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// The turn once it is settled, with 200, or after the time that the client is willing to wait, with 202.
async fn awaited(app: &App, id: TurnId, headers: &HeaderMap) -> Result<Response, ApiError> {
    let limit = wait(headers);
    app.wait_for(id, limit).await?;
    let turn = app.shown(id).await?;
    let status = if turn.state.is_settled() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let mut response = (status, [(header::VARY, PREFER)], JsonReply(turn)).into_response();
    if !limit.is_zero()
        && let Ok(applied) = HeaderValue::try_from(format!("wait={}", limit.as_secs()))
    {
        response.headers_mut().insert("preference-applied", applied);
    }
    Ok(response)
}

/// A client that watches a turn.
struct Watch {
    app: Arc<App>,
    id: TurnId,
    subscription: Subscription,
    state: TurnState,
    /// Whether panels of the judging that runs were sent.
    has_sent_panels: bool,
    ready: VecDeque<Event>,
}

impl Watch {
    /// The next event; `None` when the turn is settled, gone, or the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.state.is_settled() {
                return None;
            }
            let event = tokio::select! {
                event = self.subscription.next() => event,
                () = self.app.stopping.cancelled() => return None,
            };
            match event {
                TurnEvent::Panel(panel) => self.push_panel(&panel),
                TurnEvent::Changed => {
                    let turn = self.app.shown(self.id).await.ok()?;
                    // Another judging began: the state is sent again, and what was sent of the last one no longer counts.
                    let is_restarted = self.has_sent_panels && !has_panels(&turn);
                    if turn.state != self.state || is_restarted {
                        self.has_sent_panels = false;
                        self.state = turn.state;
                        self.push_state(&turn);
                    }
                }
            }
        }
    }

    fn push_panel(&mut self, panel: &Feedback) {
        self.has_sent_panels = true;
        self.ready.extend(Event::default().event("feedback.delta").json_data(panel));
    }

    fn push_state(&mut self, turn: &Turn) {
        self.ready.extend(Event::default().event("state").json_data(StateEvent { state: turn.state }));
        if turn.state.is_settled() {
            self.ready.extend(Event::default().event("judged").json_data(turn));
        }
    }
}

fn has_panels(turn: &Turn) -> bool {
    turn.feedback.as_ref().is_some_and(|feedback| feedback.correctness.is_some() || feedback.clarity.is_some())
}
