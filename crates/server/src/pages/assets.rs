//! The files that pages are made of, served from the binary.

use axum::http::{HeaderName, header};
use axum::response::IntoResponse;

pub(super) const STYLE: &str = include_str!("../../assets/style.css");

pub(super) async fn style() -> impl IntoResponse {
    (kept_as("text/css; charset=utf-8"), STYLE)
}

pub(super) async fn script() -> impl IntoResponse {
    (kept_as("text/javascript; charset=utf-8"), include_str!("../../assets/listen.js"))
}

pub(super) async fn icon() -> impl IntoResponse {
    (kept_as("image/svg+xml"), include_str!("../../assets/favicon.svg"))
}

/// Browsers may keep these for a while, and no longer: the next version of the program brings others.
fn kept_as(media_type: &'static str) -> [(HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "max-age=300")]
}
