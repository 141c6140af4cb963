//! Every address of the server, and what stands before them.
//!
//! The API's routes are declared once: the table that answers requests and the OpenAPI document come from the same lines.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api_error::ApiError;
use crate::app::App;
use crate::guard::{
    Hosts, browser_headers, hear_out, own_host_only, panicked, present_failures, time_limit, with_request_id,
};
use crate::routes::{health, questions, sessions, transcriptions, turns};
use crate::{openapi, pages};

/// How long a request may take on top of what the client asked to wait.
const QUICK: Duration = Duration::from_secs(30);

/// How long sending a recording, and transcribing it while the client waits, may take.
const PATIENT: Duration = Duration::from_secs(600);

/// The whole server.
pub(crate) fn router(app: Arc<App>) -> Router {
    let hosts = Hosts::with(&app.settings.hosts);
    let quick = QUICK.saturating_add(app.settings.wait_limit);
    let patient = PATIENT.saturating_add(app.settings.wait_limit);
    let quickly = from_fn_with_state(quick, time_limit);
    let patiently = from_fn_with_state(patient, time_limit);
    Router::from(quick_routes().layer(quickly.clone()))
        .merge(Router::from(patient_routes().layer(patiently)))
        .merge(Router::from(endless_routes()))
        .merge(pages::routes().layer(quickly))
        .route("/openapi.json", get(openapi::serve))
        .fallback(async || ApiError::UnknownRoute)
        .with_state(app)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(hosts, own_host_only))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(hear_out))
        .layer(from_fn(present_failures))
        .layer(from_fn(browser_headers))
        .layer(from_fn(with_request_id))
}

/// Every route of the API, for the OpenAPI document.
pub(crate) fn api_routes() -> OpenApiRouter<Arc<App>> {
    quick_routes().merge(patient_routes()).merge(endless_routes())
}

/// Routes that answer at once, or wait as long as the client asked.
fn quick_routes() -> OpenApiRouter<Arc<App>> {
    let versioned = OpenApiRouter::new()
        .routes(routes!(questions::list_questions))
        .routes(routes!(questions::show_question))
        .routes(routes!(sessions::create_session, sessions::list_sessions))
        .routes(routes!(sessions::show_session, sessions::delete_session))
        .routes(routes!(sessions::finish_session))
        .routes(routes!(sessions::export_session))
        .routes(routes!(turns::show_turn))
        .routes(routes!(turns::turn_audio))
        .routes(routes!(turns::list_judgings))
        .routes(routes!(turns::correct_transcript))
        .routes(routes!(turns::regrade_turn))
        .routes(routes!(turns::skip_turn));
    let unversioned = OpenApiRouter::new().routes(routes!(health::healthz)).routes(routes!(health::readyz));
    unversioned.nest(api::PREFIX, versioned)
}

/// Routes that take recordings.
fn patient_routes() -> OpenApiRouter<Arc<App>> {
    let versioned =
        OpenApiRouter::new().routes(routes!(turns::answer_turn)).routes(routes!(transcriptions::transcribe));
    OpenApiRouter::new().nest(api::PREFIX, versioned)
}

/// Routes that go on for as long as there is something to tell.
fn endless_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().nest(api::PREFIX, OpenApiRouter::new().routes(routes!(turns::turn_events)))
}
