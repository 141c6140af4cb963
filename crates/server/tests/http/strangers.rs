//! Requests from where none should come.

use server::{Server, ServerError, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::running::Running;

/// What the server says to these very bytes.
async fn exchange(viva: &Running, request: &str) -> String {
    let mut stream = TcpStream::connect(viva.server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    reply
}

#[tokio::test]
async fn a_name_of_somebody_elses_that_points_here_is_refused() {
    let viva = Running::start().await;
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "192.168.1.7"] {
        let reply =
            exchange(&viva, &format!("GET /api/v1/sessions HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
                .await;
        assert!(reply.starts_with("HTTP/1.1 421 "), "{host}: {reply}");
        assert!(reply.contains("/problems/foreign-host"), "{reply}");
    }
    let without = exchange(&viva, "GET /api/v1/sessions HTTP/1.0\r\n\r\n").await;
    assert!(without.contains(" 421 "), "{without}");
    let two = "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(exchange(&viva, two).await.contains(" 421 "));
}

#[tokio::test]
async fn the_server_answers_to_loopback_by_any_name_and_to_the_names_it_was_given() {
    let viva = Running::start_with(|settings| settings.hosts = vec!["viva.example".to_owned()]).await;
    let port = viva.server.address().port();
    for host in [
        "localhost".to_owned(),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        "viva.example".to_owned(),
    ] {
        let reply =
            exchange(&viva, &format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
        assert!(reply.starts_with("HTTP/1.1 204 "), "{host}: {reply}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_can_change_nothing() {
    let viva = Running::start().await;
    let post = || viva.plain().post(viva.url("/api/v1/sessions"));
    for origin in ["https://evil.example", "http://127.0.0.1:1", "http://localhost", "null"] {
        assert_eq!(post().header("origin", origin).send().await.unwrap().status(), 403, "{origin}");
    }
    assert_eq!(post().header("sec-fetch-site", "cross-site").send().await.unwrap().status(), 403);
    let own = viva.server.base_url().origin().ascii_serialization();
    assert_eq!(
        post().header("origin", own).header("sec-fetch-site", "same-origin").send().await.unwrap().status(),
        201
    );
}

#[tokio::test]
async fn clients_that_never_finish_do_not_hold_up_a_stop() {
    let viva = Running::start().await;
    let turn = viva.turn("ownership-why").await;
    let mut clients = Vec::new();
    for request in [
        "GET / HTTP/1.1\r\nHost: local".to_owned(),
        format!("GET /api/v1/turns/{turn}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        format!("GET /api/v1/turns/{turn} HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=60\r\n\r\n"),
        format!(
            "POST /api/v1/turns/{turn}/answer HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\nContent-Length: 99\r\n\r\n"
        ),
    ] {
        for _ in 0..50 {
            let mut stream = TcpStream::connect(viva.server.address()).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            clients.push(stream);
        }
    }
    viva.client.ready().await.unwrap();
    viva.stop().await;
}

#[tokio::test]
async fn every_response_tells_browsers_to_keep_to_themselves() {
    let viva = Running::start().await;
    for path in ["/", "/docs", "/style.css", "/api/v1/questions", "/nothing"] {
        let response = viva.plain().get(viva.url(path)).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn an_address_that_others_reach_must_be_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = Server::start(Settings::in_folder(folder.path()), listener).await;
    assert!(matches!(refused, Err(ServerError::NotLoopback { .. })), "{refused:?}");

    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let settings = Settings { open_to_network: true, ..Settings::in_folder(folder.path()) };
    let server = Server::start(settings, listener).await.unwrap();
    assert_eq!(server.base_url().host_str(), Some("127.0.0.1"));
    server.stop().await.unwrap();
}
