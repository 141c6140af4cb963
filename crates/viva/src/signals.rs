//! Signals that ask the program to end.

/// What asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndRequest {
    /// Ctrl-C: somebody is at the keyboard.
    Interrupt,
    /// The system, or a terminal that was closed.
    Terminate,
}

/// Waits until the program is asked to end.
pub async fn end_requested() {
    next_request().await;
}

/// Waits for SIGINT, SIGTERM or SIGHUP. Without signal handlers this waits forever, and the system's default applies.
pub async fn next_request() -> EndRequest {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => EndRequest::Interrupt,
            _ = terminate.recv() => EndRequest::Terminate,
            _ = hang_up.recv() => EndRequest::Terminate,
        }
    }
    #[cfg(not(unix))]
    match tokio::signal::ctrl_c().await {
        Ok(()) => EndRequest::Interrupt,
        Err(_) => std::future::pending().await,
    }
}
