//! Servers that misbehave below the level of HTTP.

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
