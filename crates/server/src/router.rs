//! Every address of the server, and the layers in front of them.
//!
//! The API's routes are declared once: the table that answers requests and the OpenAPI document come from the same lines.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::WAIT_LIMIT;
use crate::guard::{Hosts, browser_headers, drain_refused, own_host_only, panicked, present_failures, with_request_id};
use crate::routes::{self, archive, sessions, turns};
use crate::{openapi, pages};

/// How long a request may take, without what the client asked to wait.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long sending a recording, and transcribing it while the client waits, may take.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// How long sending an archive may take. It holds every recording.
const ARCHIVE_TIMEOUT: Duration = Duration::from_secs(2 * 60 * 60);

/// The whole server.
pub(crate) fn router(app: Arc<App>) -> Router {
    let hosts = Hosts::new(&app.settings.hosts, app.settings.open_to_network);
    Router::from(api_routes())
        .merge(pages::routes().layer(time_limit(REQUEST_TIMEOUT)))
        .route("/openapi.json", get(openapi::serve))
        .fallback(async || ApiError::UnknownRoute)
        .with_state(app)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(hosts, own_host_only))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(drain_refused))
        .layer(from_fn(present_failures))
        .layer(from_fn(browser_headers))
        .layer(compression())
        .layer(from_fn(with_request_id))
}

/// Compresses texts for clients that ask for it. Most of them are on this machine, so speed counts more than size.
fn compression() -> CompressionLayer<impl Predicate> {
    let texts = DefaultPredicate::new()
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new(api::archive::MEDIA_TYPE))
        .and(NotForContentType::const_new("application/octet-stream"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(texts)
}

/// Every route of the API, and what the OpenAPI document says of it.
pub(crate) fn api_routes() -> OpenApiRouter<Arc<App>> {
    let health = OpenApiRouter::new().routes(routes!(routes::healthz)).routes(routes!(routes::readyz));
    // Routes that answer at once, or wait as long as the client asked.
    let quick = OpenApiRouter::new()
        .routes(routes!(routes::list_questions))
        .routes(routes!(routes::show_question))
        .routes(routes!(sessions::create_session, sessions::list_sessions))
        .routes(routes!(sessions::show_session, sessions::delete_session))
        .routes(routes!(sessions::finish_session))
        .routes(routes!(sessions::debrief_session))
        .routes(routes!(sessions::export_session))
        .routes(routes!(archive::archive_contents))
        .routes(routes!(routes::show_progress))
        .routes(routes!(turns::show_turn))
        .routes(routes!(turns::turn_audio))
        .routes(routes!(turns::list_judgings))
        .routes(routes!(turns::decide_mark))
        .routes(routes!(turns::set_sureness))
        .routes(routes!(turns::correct_transcript))
        .routes(routes!(turns::correct_word))
        .routes(routes!(turns::hear_again))
        .routes(routes!(turns::regrade_turn))
        .routes(routes!(turns::take_hint))
        .routes(routes!(turns::skip_turn))
        .layer(time_limit(REQUEST_TIMEOUT));
    // Routes that take recordings.
    let uploads = OpenApiRouter::new()
        .routes(routes!(turns::answer_turn))
        .routes(routes!(routes::transcribe))
        .layer(time_limit(UPLOAD_TIMEOUT));
    // Routes that send or take everything.
    let archive = OpenApiRouter::new()
        .routes(routes!(archive::export_archive, archive::import_archive, archive::delete_all))
        .layer(time_limit(ARCHIVE_TIMEOUT));
    // Streams events for as long as there are any.
    let events = OpenApiRouter::new().routes(routes!(turns::turn_events));
    health.layer(time_limit(REQUEST_TIMEOUT)).nest(api::PREFIX, quick.merge(uploads).merge(archive).merge(events))
}

fn time_limit(limit: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, limit.saturating_add(WAIT_LIMIT))
}
