//! Replies that come before the request was read to its end.
//!
//! A connection that is closed while the client still sends is reset, and the client never sees why it was refused. So what is left of a
//! refused request is read, within limits, and thrown away.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::sync::oneshot;

/// The most bytes that are read of a request that was refused: a recording of some minutes.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// How long a client that was refused may go on sending.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lets a client that is refused finish what it sends, so that it sees the refusal.
pub(crate) async fn hear_out(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let (back, returned) = oneshot::channel();
    let lent = Lent { pieces: Some(body.into_data_stream()), back: Some(back) };
    let response = next.run(Request::from_parts(head, Body::from_stream(lent))).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        let _it_may_go_on_for_longer = tokio::time::timeout(PATIENCE, discard(returned)).await;
    }
    response
}

async fn discard(returned: oneshot::Receiver<BodyDataStream>) {
    let Ok(mut pieces) = returned.await else { return };
    let mut read = 0;
    while let Some(Ok(piece)) = pieces.next().await {
        read += piece.len();
        if read > MOST_BYTES {
            return;
        }
    }
}

/// A body that goes back to where it came from when nobody reads it any more.
struct Lent {
    pieces: Option<BodyDataStream>,
    back: Option<oneshot::Sender<BodyDataStream>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.as_mut().map_or(Poll::Ready(None), |pieces| pieces.poll_next_unpin(context))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(pieces), Some(back)) = (self.pieces.take(), self.back.take()) {
            let _nobody_may_want_it = back.send(pieces);
        }
    }
}
