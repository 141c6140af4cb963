//! Bodies: how much of one is read, and how long for.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};

use crate::api_error::ApiError;

/// How long the client may stay silent in the middle of a body.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a body could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokenBody {
    /// The client sent nothing for too long.
    #[error("the request came too slowly")]
    TooSlow,
    /// The body is larger than allowed.
    #[error("the request is larger than {0} bytes")]
    TooLarge(u64),
    /// The connection or the form broke.
    #[error("the request broke off: {0}")]
    BrokenOff(String),
}

impl From<BrokenBody> for ApiError {
    fn from(error: BrokenBody) -> Self {
        match error {
            BrokenBody::TooSlow => Self::ClientTooSlow,
            BrokenBody::TooLarge(limit) => Self::TooLarge(limit),
            BrokenBody::BrokenOff(_) => Self::Malformed(format!("{error}; send it again")),
        }
    }
}

/// A body as it arrives.
pub(crate) type Pieces<'a> = BoxStream<'a, Result<Bytes, BrokenBody>>;

/// Refuses a body by the length it announces, before any of it is read.
pub(crate) fn without_more_than(limit: u64, headers: &HeaderMap) -> Result<(), ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) { Err(ApiError::TooLarge(limit)) } else { Ok(()) }
}

/// The body piece by piece: no more than `limit` bytes of it, and no waiting for a client that has gone silent.
pub(crate) fn limited(body: Body, limit: u64) -> Pieces<'static> {
    read_within(limit, body.into_data_stream().map(|piece| piece.map_err(|error| error.to_string()))).boxed()
}

/// Pieces that are counted and timed.
pub(crate) fn read_within<S>(limit: u64, pieces: S) -> impl Stream<Item = Result<Bytes, BrokenBody>>
where
    S: Stream<Item = Result<Bytes, String>>,
{
    let state = (Box::pin(pieces), 0_u64, false);
    futures::stream::unfold(state, move |(mut pieces, read, is_over)| async move {
        if is_over {
            return None;
        }
        match tokio::time::timeout(PATIENCE, pieces.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(piece))) => {
                let read = read.saturating_add(piece.len() as u64);
                let piece = if read > limit { Err(BrokenBody::TooLarge(limit)) } else { Ok(piece) };
                let is_over = piece.is_err();
                Some((piece, (pieces, read, is_over)))
            }
            Ok(Some(Err(error))) => Some((Err(BrokenBody::BrokenOff(error)), (pieces, read, true))),
            Err(_) => Some((Err(BrokenBody::TooSlow), (pieces, read, true))),
        }
    })
}

/// The whole of a body that is known to be small.
pub(crate) async fn whole(mut pieces: Pieces<'_>) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        whole.extend_from_slice(&piece?);
    }
    Ok(whole.freeze())
}
