//! The HTTP client that models are downloaded with. The one place where it is made.

use std::time::Duration;

/// A client that gives up on a server which does not answer, or stops sending, for as long as `stall`.
pub(super) fn client(stall: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // Without a provider the builder would panic. The program may have installed one before, and then keeps it.
    let _one_is_installed_already = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(stall.min(Duration::from_secs(10)))
        .read_timeout(stall)
        .user_agent(concat!("viva/", env!("CARGO_PKG_VERSION")))
        .build()
}
