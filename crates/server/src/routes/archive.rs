//! `/archive`

use std::sync::Arc;

use api::archive::{Contents, Imported, MEDIA_TYPE};
use axum::Json as JsonReply;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode, header};
use futures::StreamExt;
use store::{StoreError, archive};
use tokio::sync::MutexGuard;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{limited, media_type};
use crate::openapi::Archive;

/// How much is stored.
#[utoipa::path(get, path = "/archive/contents", tag = "archive", responses((status = OK, body = Contents)))]
pub(crate) async fn archive_contents(State(app): State<Arc<App>>) -> Result<JsonReply<Contents>, ApiError> {
    let sessions = app.store.session_ids().await?.len() as u64;
    let (recordings, recording_bytes) = app.audio.total().await?;
    Ok(JsonReply(Contents { sessions, recordings, recording_bytes }))
}

/// All sessions with their recordings, as one tar file. docs/archive.md describes it.
#[utoipa::path(get, path = "/archive", tag = "archive",
    responses((status = OK, description = "The archive", content((Archive = "application/x-tar")))))]
pub(crate) async fn export_archive(State(app): State<Arc<App>>) -> Result<([(HeaderName, String); 2], Body), ApiError> {
    let archive = archive::export(Arc::clone(&app.store), app.audio.clone()).await?;
    let name = format!("attachment; filename=\"viva-{}.tar\"", (app.settings.clock)().strftime("%Y-%m-%d"));
    let head = [(header::CONTENT_TYPE, MEDIA_TYPE.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((head, Body::from_stream(archive)))
}

/// Adds the sessions of an archive that are not there yet. After a failure, the sessions before it stay, and the same archive can be sent
/// again.
#[utoipa::path(post, path = "/archive", tag = "archive", request_body(content((Archive = "application/x-tar"))),
    responses((status = OK, body = Imported), (status = CONFLICT)))]
pub(crate) async fn import_archive(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<JsonReply<Imported>, ApiError> {
    if media_type(request.headers()).as_deref() != Some(MEDIA_TYPE) {
        return Err(ApiError::WrongMediaType(format!("send an archive as `{MEDIA_TYPE}`")));
    }
    let _alone = alone(&app)?;
    let mut broken = None;
    let mut chunks = limited(request, u64::MAX)?;
    let result = {
        let chunks = chunks.by_ref().map(|chunk| {
            chunk.map_err(|error| {
                broken = Some(error);
                "the request broke off"
            })
        });
        archive::import(&*app.store, &app.audio, chunks).await
    };
    match result {
        Ok(archive::Imported { sessions, recordings, skipped }) => {
            Ok(JsonReply(Imported { sessions, recordings, skipped }))
        }
        Err(error) => {
            // A client that is cut off while it sends never sees why.
            while let Some(Ok(_)) = chunks.next().await {}
            Err(broken.unwrap_or_else(|| refusal(error)))
        }
    }
}

/// Deletes all sessions and all recordings.
#[utoipa::path(delete, path = "/archive", tag = "archive",
    responses((status = NO_CONTENT, description = "They are deleted"), (status = CONFLICT)))]
pub(crate) async fn delete_all(State(app): State<Arc<App>>) -> Result<StatusCode, ApiError> {
    let _alone = alone(&app)?;
    archive::delete_all(&*app.store, &app.audio).await?;
    app.rendered.forget_all();
    Ok(StatusCode::NO_CONTENT)
}

fn alone(app: &App) -> Result<MutexGuard<'_, ()>, ApiError> {
    let detail = "an import or a deletion is under way; try again when it is done";
    app.archive.try_lock().map_err(|_| ApiError::Conflict(detail.to_owned()))
}

fn refusal(error: StoreError) -> ApiError {
    match error {
        StoreError::Newer { .. } => ApiError::Unprocessable(error.to_string()),
        StoreError::BrokenOff(_) => {
            ApiError::Malformed("the archive ends early; the sessions before the end were imported".to_owned())
        }
        error => error.into(),
    }
}
