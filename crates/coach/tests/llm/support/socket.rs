//! Servers that misbehave below the level of HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// What a connection gets once it has sent something.
#[derive(Clone, Copy, Debug)]
pub enum Behaviour {
    /// Nothing at all, and it stays open.
    Silence,
    /// The head of a response and then a byte now and again.
    SlowDrip,
    /// Half a response, and then the end.
    Truncated,
    /// The same, where only the end of the connection would tell that the response is whole.
    TruncatedOfUnknownLength,
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
    read_request(&mut stream).await?;
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
        Behaviour::TruncatedOfUnknownLength => {
            stream.write_all(b"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{\"choices\": [{").await?;
        }
        Behaviour::Flood => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(&[b' '; 4096]).await?;
            }
        }
    }
    Ok(())
}

/// Reads a whole request: a connection that is closed with some of it unread is reset.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let (mut request, mut length) = (Vec::new(), None);
    while length.is_none_or(|length| request.len() < length) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&request).to_lowercase();
        length = text.split_once("\r\n\r\n").map(|(head, _)| {
            let body = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            head.len() + 4 + body.parse::<usize>().unwrap()
        });
    }
    Ok(())
}

/// A server that has so many connections waiting that it takes no further one.
pub struct Crowd {
    listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

impl Crowd {
    /// Has connections made until the next one hangs.
    pub async fn gather() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = Vec::new();
        while let Ok(taken) = tokio::time::timeout(Duration::from_secs(1), TcpStream::connect(address)).await {
            waiting.push(taken.unwrap());
        }
        Self { listener, _waiting: waiting }
    }

    /// The base address for settings.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.listener.local_addr().unwrap())
    }
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
    let _bytes_read = stream.read(&mut request).await?;
    most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(50)).await;
    under_way.fetch_sub(1, Ordering::SeqCst);
    let body = r#"{"choices": [{"message": {"content": "{\"ready\": true}"}}]}"#;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await
}
