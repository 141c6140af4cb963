//! Servers that misbehave below the level of HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a connection gets once it has sent something.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// Nothing at all, and it stays open.
    Silence,
    /// The head of a response and then a byte now and again.
    SlowDrip,
    /// Half a response, and then the end.
    Truncated,
    /// A response without end.
    Flood,
}

/// Starts a server that behaves like this and returns its base address.
pub async fn start(behaviour: Behaviour) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, behaviour));
        }
    });
    format!("http://{address}/v1")
}

/// The base address of a server that is not there.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour) -> std::io::Result<()> {
    let mut request = [0; 1024];
    let _some_of_it = stream.read(&mut request).await?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n";
    match behaviour {
        Behaviour::Silence => std::future::pending::<()>().await,
        Behaviour::SlowDrip => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Behaviour::Truncated => stream.write_all(format!("{head}{{\"choices\": [{{").as_bytes()).await?,
        Behaviour::Flood => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
    }
    Ok(())
}

/// Starts a model that is always ready and takes its time, and returns its base address and the most calls that were under way at once.
pub async fn count_calls() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&most);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(be_ready(stream, Arc::clone(&under_way), Arc::clone(&counted)));
        }
    });
    (url, most)
}

async fn be_ready(mut stream: TcpStream, under_way: Arc<AtomicUsize>, most: Arc<AtomicUsize>) -> std::io::Result<()> {
    let mut request = [0; 8192];
    let _some_of_it = stream.read(&mut request).await?;
    most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(50)).await;
    under_way.fetch_sub(1, Ordering::SeqCst);
    let body = r#"{"choices": [{"message": {"content": "{\"ready\": true}"}}]}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await
}
