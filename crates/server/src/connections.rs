//! Accepting connections and ending them: within limits while the server runs, and in time when it stops, whatever clients do.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What clients may use of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many connections are served at a time. More wait until one of them ends.
    connections: usize,
    /// How long a client may take for the headers of a request, and how long a connection may be idle before them.
    headers: Duration,
    /// How long a client may take nothing of a response that is ready for it.
    write: Duration,
    /// How long requests under way get to end when the server stops.
    stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let half_a_minute = Duration::from_secs(30);
        Self { connections: 512, headers: half_a_minute, write: half_a_minute, stop: Duration::from_secs(1) }
    }
}

/// Answers requests until `stopping` is cancelled. When this returns, every connection has ended.
pub(crate) async fn serve(mut listener: TcpListener, router: Router, limits: Limits, stopping: CancellationToken) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    loop {
        let accept = async {
            let slot = Arc::clone(&slots).acquire_owned().await;
            (Listener::accept(&mut listener).await.0, slot)
        };
        let (stream, slot) = tokio::select! {
            accepted = accept => accepted,
            () = stopping.cancelled() => break,
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        connections.spawn(async move {
            serve_connection(stream, router, limits, stopping).await;
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn serve_connection(stream: TcpStream, router: Router, limits: Limits, stopping: CancellationToken) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(limits.write));
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            timeout(limits.stop, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::body::Body;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::task::JoinHandle;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const HALF_A_REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: loc";

    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(20);

    struct Served {
        address: SocketAddr,
        stopping: CancellationToken,
        running: JoinHandle<()>,
    }

    impl Served {
        async fn start(limits: Limits) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let endless = || async {
                Body::from_stream(futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![0_u8; 1 << 16])))
            };
            let silent = || async { Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>()) };
            let router = Router::new()
                .route("/", get(|| async { "hello" }))
                .route("/endless", get(endless))
                .route("/silent", get(silent));
            let stopping = CancellationToken::new();
            let running = tokio::spawn(serve(listener, router, limits, stopping.clone()));
            Self { address, stopping, running }
        }

        async fn send(&self, bytes: &[u8]) -> TcpStream {
            let mut stream = TcpStream::connect(self.address).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            stream
        }
    }

    async fn answer(stream: &mut TcpStream) -> String {
        let mut answer = vec![0; 512];
        let read = timeout(LONG, stream.read(&mut answer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    /// Waits until the server has closed the connection.
    async fn closed(mut stream: TcpStream) {
        timeout(LONG, stream.read_to_end(&mut Vec::new())).await.unwrap().ok(); // a reset is an end, too
    }

    #[tokio::test]
    async fn clients_that_send_no_whole_request_are_cut_off() {
        let server = Served::start(Limits { headers: Duration::from_millis(50), ..Limits::default() }).await;
        for sent in [&b""[..], HALF_A_REQUEST] {
            closed(server.send(sent).await).await;
        }
        let mut idle = server.send(REQUEST).await;
        assert!(answer(&mut idle).await.starts_with("HTTP/1.1 200"));
        closed(idle).await;
    }

    #[tokio::test]
    async fn a_client_that_does_not_read_its_response_is_cut_off() {
        let server =
            Served::start(Limits { connections: 1, write: Duration::from_millis(50), ..Limits::default() }).await;
        let _stalled = server.send(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        let mut next = server.send(REQUEST).await;
        assert!(answer(&mut next).await.starts_with("HTTP/1.1 200"), "the only slot is free again");
    }

    #[tokio::test]
    async fn connections_over_the_limit_wait_for_one_to_end() {
        let server = Served::start(Limits { connections: 2, ..Limits::default() }).await;
        let mut first = server.send(REQUEST).await;
        let mut second = server.send(REQUEST).await;
        for stream in [&mut first, &mut second] {
            assert!(answer(stream).await.contains("hello"));
        }
        let mut third = server.send(REQUEST).await;
        let early = timeout(Duration::from_millis(100), third.read(&mut [0; 1])).await;
        assert!(early.is_err(), "the third connection is not served beside two others");
        drop(first);
        assert!(answer(&mut third).await.contains("hello"));
    }

    #[tokio::test]
    async fn stopping_waits_for_no_client() {
        let server = Served::start(Limits { stop: Duration::from_millis(100), ..Limits::default() }).await;
        let mut clients = vec![server.send(b"GET /silent HTTP/1.1\r\nHost: localhost\r\n\r\n").await];
        for _ in 0..50 {
            clients.push(server.send(b"").await);
            clients.push(server.send(HALF_A_REQUEST).await);
        }
        assert!(answer(&mut clients[0]).await.starts_with("HTTP/1.1 200"));
        server.stopping.cancel();
        timeout(LONG, server.running).await.unwrap().unwrap();
        for client in clients {
            closed(client).await;
        }
    }
}
