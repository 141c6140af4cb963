use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use interview::TurnId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Named, byte_range};
use crate::routes::refusals::{NotFound, OutOfRange};

/// The recording of an answer, or the part of it that the header `range` asks for.
#[utoipa::path(get, path = "/turns/{id}/audio", tag = "turns",
    params(
        ("id" = uuid::Uuid, Path),
        ("range" = Option<String>, Header, description = "`bytes=FIRST-LAST`"),
    ),
    responses(
        (status = OK, description = "the recording", body = Vec<u8>, content_type = "audio/*"),
        (status = PARTIAL_CONTENT, description = "the part asked for", body = Vec<u8>, content_type = "audio/*"),
        NotFound,
        OutOfRange,
    ))]
pub(crate) async fn turn_audio(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let turn = app.store.turn(id).await?;
    let recording = turn.state.audio().ok_or_else(|| ApiError::NotFound(format!("turn {id} has no recording")))?;
    let range = byte_range(&headers, recording.bytes)?;
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let sound = app.audio.get(recording, range).await?;
    let length = sound.range.end.saturating_sub(sound.range.start);
    let mut head = vec![
        (header::CONTENT_TYPE, recording.media_type.clone()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        // A recording never changes under its name, so players may keep what they have.
        (header::CACHE_CONTROL, "private, max-age=86400, immutable".to_owned()),
    ];
    if status == StatusCode::PARTIAL_CONTENT {
        let last = sound.range.end.saturating_sub(1);
        head.push((header::CONTENT_RANGE, format!("bytes {}-{last}/{}", sound.range.start, sound.size)));
    }
    let head: HeaderMap =
        head.into_iter().filter_map(|(name, value)| value.parse().ok().map(|value| (name, value))).collect();
    Ok((status, head, Body::from_stream(sound.bytes)).into_response())
}
