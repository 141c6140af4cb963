//! The wire: what goes over HTTP between Viva's server and its clients.
//!
//! Requests and responses as they stand in `openapi.json`, problem documents (RFC 9457), and, behind the feature `client`, a typed
//! client. Types that cross this border live only here; the domain is converted at the border by the server.
//!
//! Start reading at [`turn::Turn`], which carries everything about one question asked.

pub mod archive;
pub mod feedback;
pub mod problem;
pub mod progress;
pub mod question;
pub mod session;
pub mod transcript;
pub mod turn;
pub mod view;

#[cfg(feature = "client")]
pub mod client;

#[cfg(feature = "testing")]
#[path = "../tests/samples/turns.rs"]
pub mod testing;

/// Where every versioned path begins.
pub const PREFIX: &str = "/api/v1";

/// The header by which a client makes a repeated `POST` harmless: the same key means the same request.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The header by which a client asks the server to answer only once the turn is settled: `Prefer: wait=SECONDS` (RFC 7240).
pub const PREFER: &str = "prefer";
