//! A small HTTP server that misbehaves on demand.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use url::Url;

/// A server on the loopback interface that answers every request by one rule.
pub struct Server {
    address: Url,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    headers: Vec<String>,
}

/// What is answered.
pub struct Reply {
    status: &'static str,
    headers: Vec<String>,
    body: Vec<u8>,
    has_length: bool,
    ending: Ending,
}

enum Ending {
    Complete,
    CutAfter(usize),
    StallAfter(usize),
}

impl Server {
    pub fn start(rule: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/mirror/", listener.local_addr().unwrap()).parse().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let request = Request::read(&connection);
                let reply = rule(&request);
                seen.lock().unwrap().push(request);
                // A client that hangs up is part of what is tested.
                let _ = reply.write(&mut connection);
            }
        });
        Self { address, requests }
    }

    pub fn address(&self) -> Url {
        self.address.clone()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Request {
    fn read(connection: &TcpStream) -> Self {
        let mut lines = BufReader::new(connection).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
        let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        Self { path, headers: lines.map(|line| line.to_ascii_lowercase()).collect() }
    }

    pub fn range_from(&self) -> Option<usize> {
        let range = self.headers.iter().find_map(|header| header.strip_prefix("range: bytes="))?;
        range.trim_end_matches('-').parse().ok()
    }
}

impl Reply {
    pub fn new(status: &'static str, body: &[u8]) -> Self {
        Self { status, headers: Vec::new(), body: body.to_vec(), has_length: true, ending: Ending::Complete }
    }

    pub fn ok(body: &[u8]) -> Self {
        Self::new("200 OK", body)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push(format!("{name}: {value}\r\n"));
        self
    }

    pub fn without_length(self) -> Self {
        Self { has_length: false, ..self }
    }

    pub fn cut_after(self, bytes: usize) -> Self {
        Self { ending: Ending::CutAfter(bytes), ..self }
    }

    pub fn stall_after(self, bytes: usize) -> Self {
        Self { ending: Ending::StallAfter(bytes), ..self }
    }

    fn write(self, connection: &mut TcpStream) -> std::io::Result<()> {
        let length = if self.has_length { format!("Content-Length: {}\r\n", self.body.len()) } else { String::new() };
        write!(connection, "HTTP/1.1 {}\r\nConnection: close\r\n{length}{}\r\n", self.status, self.headers.concat())?;
        match self.ending {
            Ending::Complete => connection.write_all(&self.body),
            Ending::CutAfter(bytes) => connection.write_all(&self.body[..bytes]),
            Ending::StallAfter(bytes) => {
                connection.write_all(&self.body[..bytes])?;
                // Until the client gives up and closes its end.
                connection.set_read_timeout(Some(Duration::from_secs(60)))?;
                std::io::Read::read(connection, &mut [0]).map(|_| ())
            }
        }
    }
}
