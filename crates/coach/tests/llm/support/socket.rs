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
    /// A list of models that is empty, and to everything else nothing at all.
    SilentModel,
    /// The head of a response and then a byte now and again.
    SlowDrip,
    /// Half a response, and then the end.
    Truncated,
    /// The same, where only the end of the connection would tell that the response is whole.
    TruncatedOfUnknownLength,
    /// A response without end.
    Flood,
    /// The head of a stream, and then nothing.
    NoToken,
    /// A stream of one token, and then nothing.
    Stalls,
    /// A stream of one token, and then the end of the connection.
    BreaksOff,
}

/// The head of a stream.
const HEAD_OF_STREAM: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

/// The head of a stream and its first token.
const FIRST_TOKEN: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
    data: {\"choices\": [{\"delta\": {\"content\": \"{\"}}]}\n\n";

/// Starts a server that behaves like this and returns its base address.
pub async fn start(behaviour: Behaviour) -> String {
    listen(move |stream| serve(stream, behaviour)).await
}

/// Serves every connection on a task of its own, and returns the base address.
async fn listen<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    url
}

/// The base address of a server that is not there.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n";
    match behaviour {
        Behaviour::SilentModel if request.starts_with(b"GET") => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\nconnection: close\r\n\r\n{\"data\": []}")
                .await?;
        }
        Behaviour::Silence | Behaviour::SilentModel => std::future::pending::<()>().await,
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
        Behaviour::NoToken => {
            stream.write_all(HEAD_OF_STREAM.as_bytes()).await?;
            std::future::pending::<()>().await;
        }
        Behaviour::Stalls => {
            stream.write_all(FIRST_TOKEN.as_bytes()).await?;
            std::future::pending::<()>().await;
        }
        Behaviour::BreaksOff => stream.write_all(FIRST_TOKEN.as_bytes()).await?,
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
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut request, mut length) = (Vec::new(), None);
    while length.is_none_or(|length| request.len() < length) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(request);
        }
        let text = String::from_utf8_lossy(&request).to_lowercase();
        length = text.split_once("\r\n\r\n").map(|(head, _)| {
            let body = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            head.len() + 4 + body.parse::<usize>().unwrap()
        });
    }
    Ok(request)
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

/// Starts a model that says next to nothing and takes its time, and returns its base address and the most calls that were under way at
/// once. With `slots` the server says how many it has, as llama.cpp does.
pub async fn count_calls(slots: Option<usize>) -> (String, Arc<AtomicUsize>) {
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&most);
    let url = listen(move |stream| take_time(stream, slots, Arc::clone(&under_way), Arc::clone(&counted))).await;
    (url, most)
}

async fn take_time(
    mut stream: TcpStream,
    slots: Option<usize>,
    under_way: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let is_question = read_request(&mut stream).await?.starts_with(b"GET");
    let body = match slots {
        Some(slots) if is_question => format!("{{\"total_slots\": {slots}}}"),
        None if is_question => "{}".to_owned(),
        _ => {
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            r#"{"choices": [{"message": {"content": "{}"}}]}"#.to_owned()
        }
    };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await
}

/// Starts a server that never replies, and returns its base address and the number of connections that are open with a request.
pub async fn count_open() -> (String, Arc<AtomicUsize>) {
    let open = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&open);
    let url = listen(move |mut stream| {
        let open = Arc::clone(&counted);
        async move {
            read_request(&mut stream).await?;
            open.fetch_add(1, Ordering::SeqCst);
            let read = stream.read(&mut [0; 64]).await;
            open.fetch_sub(1, Ordering::SeqCst);
            read
        }
    })
    .await;
    (url, open)
}

/// Waits until it is so.
pub async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
