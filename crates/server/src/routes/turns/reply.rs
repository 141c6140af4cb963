//! A turn as an answer to a request that may have asked to wait for it, and how the OpenAPI document describes both.

use std::time::Duration;

use api::PREFER;
use api::turn::Turn;
use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use interview::TurnId;
use utoipa::{IntoParams, IntoResponses};

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::wait;

/// What the server made of a preference (RFC 7240).
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// How long the client is willing to wait.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "this is a description: the header is read by `extract::wait`")]
pub(super) struct Waiting {
    /// `wait=SECONDS`: reply once the turn is settled
    prefer: Option<String>,
}

/// A turn that may have been waited for.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "this is a description: the responses themselves are made of `Reply`")]
pub(super) enum Awaited {
    /// judged, or kept without feedback
    #[response(status = OK)]
    Settled(Turn),
    /// stored; feedback follows
    #[response(status = ACCEPTED)]
    Promised(Turn),
}

/// A turn, and how long was waited for it.
pub(super) struct Reply {
    turn: Turn,
    waited: Duration,
}

impl Reply {
    /// The turn once it is settled, or as it is when the client does not want to wait any longer.
    pub(super) async fn of(app: &App, id: TurnId, headers: &HeaderMap) -> Result<Self, ApiError> {
        let waited = wait(headers, app.settings.wait_limit);
        app.wait_for(id, waited).await?;
        Ok(Self { turn: app.shown(id).await?, waited })
    }
}

impl IntoResponse for Reply {
    /// 200 when the turn is settled, 202 when something still happens to it.
    fn into_response(self) -> Response {
        let status = if self.turn.state.is_settled() { StatusCode::OK } else { StatusCode::ACCEPTED };
        let mut response = (status, Json(self.turn)).into_response();
        response.headers_mut().insert("vary", HeaderValue::from_static(PREFER));
        if !self.waited.is_zero()
            && let Ok(applied) = HeaderValue::try_from(format!("wait={}", self.waited.as_secs()))
        {
            response.headers_mut().insert(PREFERENCE_APPLIED, applied);
        }
        response
    }
}
