//! Why a server does not start, or stops by itself.

use std::net::SocketAddr;

use store::StoreError;

/// A failure of the server as a whole. Requests that fail get a problem document instead.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Other machines would reach it, and nobody said that they may: bind it to loopback, or allow it.
    #[error(
        "{address} can be reached from other machines, and there are no accounts: bind to 127.0.0.1, or open the server to the network on purpose"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// What is remembered cannot be opened: see the message.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The connection to the outside failed: check the address.
    #[error("cannot serve: {0}")]
    Listener(#[from] std::io::Error),
    /// There is no question to ask: correct the files that the log names.
    #[error("the bank has no valid question")]
    NoQuestions,
    /// It had to be cut off, because requests did not end in time.
    #[error("the server did not stop in time and was cut off")]
    CutOff,
}

impl ServerError {
    /// Whether another server has the database; see [`address_of_running`](crate::address_of_running).
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Store(StoreError::InUse { .. }))
    }
}
