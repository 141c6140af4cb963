//! The typed client of the API, on one connection pool.
//!
//! Every call has a time limit and a size limit, and every failure says what its caller can do ([`ClientError`]).

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::{StreamExt, stream};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder, Response, header};
use serde::de::DeserializeOwned;
use tokio::io::AsyncReadExt;
use url::Url;
use uuid::Uuid;

use crate::archive::{self, Contents, Imported};
use crate::feedback::JudgingList;
use crate::problem::{self, Problem};
use crate::progress::{Progress, ProgressQuery};
use crate::question::{Question, QuestionFilter, QuestionList, Reveal};
use crate::session::{Debrief, DebriefQuery, Export, ExportFormat, NewSession, Session, SessionFilter, SessionPage};
use crate::transcript::{HeardTranscript, Transcription};
use crate::turn::{Correction, Decision, Hint, NewAnswer, Regrade, Sureness, Turn};
use crate::{IDEMPOTENCY_KEY, PREFER, PREFIX};

/// How long the server may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// How long the server may take to reply to a request that asks for no waiting and sends no audio.
const REPLY_LIMIT: Duration = Duration::from_secs(30);

/// How long sending a recording, and transcribing it while the client waits, may take on top of what the client is willing to wait.
const UPLOAD_LIMIT: Duration = Duration::from_secs(600);

/// How long sending or receiving an archive may take.
const ARCHIVE_LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

/// How much of an archive is read from its file at a time.
const ARCHIVE_CHUNK: usize = 256 * 1024;

/// The most that is read of a reply: a session of many long answers stays far below it.
const REPLY_LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// A client of one Viva server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:7878`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::InvalidBaseUrl`] when `base` is no `http` or `https` URL, and [`ClientError::NotSetUp`] when TLS cannot be set up.
    pub fn new(base: Url) -> Result<Self, ClientError> {
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(ClientError::InvalidBaseUrl { base });
        }
        // Without a provider the builder would panic.
        rustls::crypto::ring::default_provider().install_default().ok(); // an error: one is installed already
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            .user_agent(concat!("viva/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none());
        if base.scheme() == "http" {
            // Root certificates are slow to load, and machines without any must still reach a server on loopback.
            builder = builder.tls_certs_only([]);
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|source| ClientError::NotSetUp { source })?;
        Ok(Self { http, base })
    }

    /// The address of a path of the server, such as a session's `review_url`.
    ///
    /// # Errors
    /// [`ClientError::Garbled`] when `path` is no path.
    pub fn address(&self, path: &str) -> Result<Url, ClientError> {
        self.base.join(path).map_err(|error| garbled(format!("`{path}` is no path of the server: {error}")))
    }

    /// Whether the server is up and its database answers.
    pub async fn ready(&self) -> Result<(), ClientError> {
        self.done(self.at(Method::GET, &["readyz"])).await
    }

    /// Starts a session.
    pub async fn create_session(&self, wishes: &NewSession) -> Result<Session, ClientError> {
        self.value(self.request(Method::POST, &["sessions"]).json(wishes)).await
    }

    /// One page of the sessions that fit `filter`, newest first.
    pub async fn sessions(&self, filter: &SessionFilter) -> Result<SessionPage, ClientError> {
        self.value(self.request(Method::GET, &["sessions"]).query(filter)).await
    }

    /// One session with its turns, answers and feedback.
    pub async fn session(&self, id: Uuid) -> Result<Session, ClientError> {
        self.value(self.request(Method::GET, &["sessions", &id.to_string()])).await
    }

    /// Finishes a session; finishing it again changes nothing.
    pub async fn finish_session(&self, id: Uuid) -> Result<Session, ClientError> {
        self.value(self.request(Method::POST, &["sessions", &id.to_string(), "finish"])).await
    }

    /// What to take away from a finished session.
    pub async fn debrief(&self, id: Uuid, query: DebriefQuery) -> Result<Debrief, ClientError> {
        self.value(self.request(Method::GET, &["sessions", &id.to_string(), "debrief"]).query(&query)).await
    }

    /// Deletes a session with all its recordings.
    pub async fn delete_session(&self, id: Uuid) -> Result<(), ClientError> {
        self.done(self.request(Method::DELETE, &["sessions", &id.to_string()])).await
    }

    /// A session as a document.
    pub async fn export(&self, id: Uuid, format: ExportFormat) -> Result<String, ClientError> {
        let request = self.request(Method::GET, &["sessions", &id.to_string(), "export"]).query(&Export { format });
        let body = self.body(self.send(request).await?).await?;
        String::from_utf8(body).map_err(|_| garbled("it is not UTF-8"))
    }

    /// How much is stored.
    pub async fn archive_contents(&self) -> Result<Contents, ClientError> {
        self.value(self.request(Method::GET, &["archive", "contents"])).await
    }

    /// All sessions with their recordings, as one archive.
    pub async fn export_archive(&self) -> Result<ArchiveDownload, ClientError> {
        let request = self.request(Method::GET, &["archive"]).timeout(ARCHIVE_LIMIT);
        Ok(ArchiveDownload { response: self.send(request).await?, client: self.clone() })
    }

    /// Adds the sessions of an archive that the server does not have. `sent` counts the bytes on their way.
    pub async fn import_archive(
        &self,
        archive: tokio::fs::File,
        sent: Arc<AtomicU64>,
    ) -> Result<Imported, ClientError> {
        let chunks = stream::try_unfold(archive, |mut archive| async move {
            let mut chunk = vec![0; ARCHIVE_CHUNK];
            let read = archive.read(&mut chunk).await?;
            chunk.truncate(read);
            Ok::<_, std::io::Error>((read > 0).then_some((chunk, archive)))
        });
        let counted = chunks.inspect(move |chunk| {
            let length = chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
            sent.fetch_add(length, Ordering::Relaxed);
        });
        let request = self
            .request(Method::POST, &["archive"])
            .header(header::CONTENT_TYPE, archive::MEDIA_TYPE)
            .timeout(ARCHIVE_LIMIT)
            .body(Body::wrap_stream(counted));
        self.value(request).await
    }

    /// Deletes all sessions with all recordings.
    pub async fn delete_all(&self) -> Result<(), ClientError> {
        self.done(self.request(Method::DELETE, &["archive"])).await
    }

    /// How far the candidate has come.
    pub async fn progress(&self, query: &ProgressQuery) -> Result<Progress, ClientError> {
        self.value(self.request(Method::GET, &["progress"]).query(query)).await
    }

    /// The questions that fit `filter`, without what would give their answers away.
    pub async fn questions(&self, filter: &QuestionFilter) -> Result<QuestionList, ClientError> {
        self.value(self.request(Method::GET, &["questions"]).query(filter)).await
    }

    /// One question; with its answer once it was answered in a session.
    pub async fn question(&self, id: &str) -> Result<Question, ClientError> {
        self.value(self.request(Method::GET, &["questions", id])).await
    }

    /// One question with its answer, whether it was answered or not.
    pub async fn revealed_question(&self, id: &str) -> Result<Question, ClientError> {
        self.value(self.request(Method::GET, &["questions", id]).query(&Reveal { reveal: true })).await
    }

    /// A turn as it is now.
    pub async fn turn(&self, id: Uuid) -> Result<Turn, ClientError> {
        self.value(self.turn_request(Method::GET, id, &[])).await
    }

    /// A turn once nothing more happens to it by itself, or as it is after `wait`.
    pub async fn settled_turn(&self, id: Uuid, wait: Duration) -> Result<Turn, ClientError> {
        self.value(waiting(self.turn_request(Method::GET, id, &[]), wait, REPLY_LIMIT)).await
    }

    /// Answers a turn with typed text, or with a transcript that was made on this machine.
    pub async fn answer(&self, turn: Uuid, answer: &NewAnswer, sending: &Sending) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::POST, turn, &["answer"]).json(answer);
        self.value(sent(request, sending, REPLY_LIMIT)).await
    }

    /// Answers a turn with a recording, and with its transcript when it was transcribed on this machine already. The file is streamed.
    pub async fn answer_aloud(
        &self,
        turn: Uuid,
        recording: &Path,
        transcript: Option<&NewAnswer>,
        sending: &Sending,
    ) -> Result<Turn, ClientError> {
        let mut form = Form::new();
        if let Some(transcript) = transcript {
            form = form.part("transcript", json_part(transcript)?);
        }
        let (body, length) = audio_body(recording).await?;
        let audio = Part::stream_with_length(body, length).file_name("answer").mime_str(audio_type(recording));
        form = form.part("audio", audio.map_err(|source| ClientError::NotSetUp { source })?);
        let request = self.turn_request(Method::POST, turn, &["answer"]).multipart(form);
        self.value(sent(request, sending, UPLOAD_LIMIT)).await
    }

    /// Takes the next hint for a turn that waits for an answer.
    pub async fn hint(&self, turn: Uuid) -> Result<Hint, ClientError> {
        self.value(self.turn_request(Method::POST, turn, &["hint"])).await
    }

    /// "I don't know": moves on from a turn.
    pub async fn skip(&self, turn: Uuid) -> Result<Turn, ClientError> {
        self.value(self.turn_request(Method::POST, turn, &["skip"])).await
    }

    /// Corrects what the recogniser heard and has the answer judged again; waits up to `wait` for that.
    pub async fn correct(&self, turn: Uuid, correction: &Correction, wait: Duration) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::PUT, turn, &["transcript"]).json(correction);
        self.value(waiting(request, wait, REPLY_LIMIT)).await
    }

    /// Settles one word of the transcript, counted from 0, and has the answer judged again; waits up to `wait` for that.
    pub async fn correct_word(
        &self,
        turn: Uuid,
        word: usize,
        correction: &Correction,
        wait: Duration,
    ) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::PUT, turn, &["transcript", &word.to_string()]).json(correction);
        self.value(waiting(request, wait, REPLY_LIMIT)).await
    }

    /// Replaces the transcript of a recording by another one of it and has the answer judged again; waits up to `wait` for that.
    pub async fn hear_again(&self, turn: Uuid, heard: &HeardTranscript, wait: Duration) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::PUT, turn, &["heard"]).json(heard);
        self.value(waiting(request, wait, REPLY_LIMIT)).await
    }

    /// The recording of a turn's answer.
    pub async fn audio(&self, turn: Uuid) -> Result<Vec<u8>, ClientError> {
        let response = self.send(self.turn_request(Method::GET, turn, &["audio"]).timeout(UPLOAD_LIMIT)).await?;
        self.body(response).await
    }

    /// Has an answer judged again; waits up to `wait` for that.
    pub async fn regrade(&self, turn: Uuid, regrade: &Regrade, wait: Duration) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::POST, turn, &["regrade"]).json(regrade);
        self.value(waiting(request, wait, REPLY_LIMIT)).await
    }

    /// Stores the candidate's decision about a mark: a key point or misconception of the turn's feedback, by its id.
    pub async fn decide(&self, turn: Uuid, mark: &str, decision: &Decision) -> Result<Turn, ClientError> {
        self.value(self.turn_request(Method::PUT, turn, &["marks", mark]).json(decision)).await
    }

    /// Stores how sure the candidate is of a settled answer.
    pub async fn set_sureness(&self, turn: Uuid, sureness: &Sureness) -> Result<Turn, ClientError> {
        self.value(self.turn_request(Method::PUT, turn, &["sureness"]).json(sureness)).await
    }

    /// Every judging of a turn's answer that has ended, the oldest first.
    pub async fn judgings(&self, turn: Uuid) -> Result<JudgingList, ClientError> {
        self.value(self.turn_request(Method::GET, turn, &["judgings"])).await
    }

    /// Transcribes a recording; the server stores nothing of it.
    pub async fn transcribe(&self, recording: &Path) -> Result<Transcription, ClientError> {
        let (body, length) = audio_body(recording).await?;
        let request = self
            .request(Method::POST, &["transcriptions"])
            .header(header::CONTENT_TYPE, audio_type(recording))
            .header(header::CONTENT_LENGTH, length)
            .timeout(UPLOAD_LIMIT)
            .body(body);
        self.value(request).await
    }

    /// A request for a versioned path.
    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let prefix: Vec<&str> = PREFIX.split('/').filter(|part| !part.is_empty()).collect();
        self.at(method, &[prefix.as_slice(), path].concat())
    }

    /// A request for a path; each part of it is percent-encoded.
    fn at(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http.request(method, url).timeout(REPLY_LIMIT)
    }

    fn turn_request(&self, method: Method, turn: Uuid, rest: &[&str]) -> RequestBuilder {
        self.request(method, &[&["turns", turn.to_string().as_str()], rest].concat())
    }

    /// Sends the request and reads the value that comes back.
    async fn value<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let body = self.body(self.send(request).await?).await?;
        serde_json::from_slice(&body).map_err(garbled)
    }

    /// Sends the request and looks at nothing but its success.
    async fn done(&self, request: RequestBuilder) -> Result<(), ClientError> {
        self.send(request).await.map(drop)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|error| self.failure(error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_problem = kind.and_then(|kind| kind.split(';').next()).map(str::trim) == Some(problem::MEDIA_TYPE);
        let body = self.body(response).await?;
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if is_problem => Err(ClientError::Problem(Box::new(problem))),
            _ => Err(garbled(format!("status {status} without a problem document"))),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(error))? {
            if body.len() + chunk.len() > REPLY_LIMIT_BYTES {
                return Err(garbled(format!("it is longer than {REPLY_LIMIT_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failure(&self, error: reqwest::Error) -> ClientError {
        let base = self.base.clone();
        if error.is_timeout() && !error.is_connect() {
            ClientError::TimedOut { base }
        } else {
            ClientError::Unreachable { base, source: error.without_url() }
        }
    }
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn sent(request: RequestBuilder, sending: &Sending, limit: Duration) -> RequestBuilder {
    waiting(request.header(IDEMPOTENCY_KEY, sending.key.to_string()), sending.wait, limit)
}

/// Asks the server to wait, and waits longer than it does.
fn waiting(request: RequestBuilder, wait: Duration, limit: Duration) -> RequestBuilder {
    let request = request.timeout(limit.saturating_add(wait));
    if wait.as_secs() == 0 { request } else { request.header(PREFER, format!("wait={}", wait.as_secs())) }
}

fn json_part(transcript: &NewAnswer) -> Result<Part, ClientError> {
    let not_json = |error: &dyn Display| garbled(format!("the transcript cannot be written as JSON: {error}"));
    let text = serde_json::to_string(transcript).map_err(|error| not_json(&error))?;
    Part::text(text).mime_str("application/json").map_err(|error| not_json(&error))
}

/// The recording as it is sent, streamed and never read whole, and its length.
async fn audio_body(recording: &Path) -> Result<(Body, u64), ClientError> {
    let unreadable = |source| ClientError::Recording { path: recording.to_owned(), source };
    let file = tokio::fs::File::open(recording).await.map_err(unreadable)?;
    let length = file.metadata().await.map_err(unreadable)?.len();
    Ok((Body::from(file), length))
}

/// The media type of a recording by its name; the server looks at the sound itself.
fn audio_type(recording: &Path) -> &'static str {
    let extension = recording.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "wav" | "wave" => "audio/wav",
        "flac" => "audio/flac",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "webm" => "audio/webm",
        "m4a" | "mp4" => "audio/mp4",
        "aac" => "audio/aac",
        "aiff" | "aif" => "audio/aiff",
        _ => "application/octet-stream",
    }
}

fn garbled(detail: impl Display) -> ClientError {
    ClientError::Garbled { detail: detail.to_string() }
}

/// An archive on its way.
#[derive(Debug)]
pub struct ArchiveDownload {
    response: Response,
    client: Client,
}

impl ArchiveDownload {
    /// The next piece of it; none at its end.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] or [`ClientError::TimedOut`] when it ends early.
    pub async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, ClientError> {
        let timed_out = |_| ClientError::TimedOut { base: self.client.base.clone() };
        let chunk = tokio::time::timeout(REPLY_LIMIT, self.response.chunk()).await.map_err(timed_out)?;
        chunk.map_err(|error| self.client.failure(error))
    }
}

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Names this answer. Sending it again under the same key changes nothing and gives the same turn.
    pub key: Uuid,
    /// How long to wait for the feedback; in whole seconds, and no longer than the server allows. Without waiting the turn comes back
    /// as soon as the answer is stored.
    pub wait: Duration,
}

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server cannot be reached: check that it runs, or start it. Nothing is known of the request's effect; sending it again with
    /// the same idempotency key is safe.
    #[error("cannot reach the server at {base}")]
    Unreachable {
        /// Where it was expected.
        base: Url,
        /// What failed.
        #[source]
        source: reqwest::Error,
    },
    /// The server did not reply in time: send the request again with the same idempotency key, or wait longer.
    #[error("the server at {base} did not reply in time")]
    TimedOut {
        /// The server.
        base: Url,
    },
    /// The server refused the request and says why.
    #[error("{}", .0.detail.as_deref().unwrap_or(&.0.title))]
    Problem(Box<Problem>),
    /// The reply is none of ours: something other than Viva answers at this address, or its version differs.
    #[error("the server's reply is not valid: {detail}")]
    Garbled {
        /// What is wrong with it.
        detail: String,
    },
    /// The recording to send cannot be read: check the file.
    #[error("cannot read the recording {}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What failed.
        #[source]
        source: std::io::Error,
    },
    /// The address of the server is no `http` or `https` URL: correct the setting.
    #[error("`{base}` is not the address of a server: use one such as http://127.0.0.1:7878")]
    InvalidBaseUrl {
        /// The address.
        base: Url,
    },
    /// The client cannot be set up on this machine: for `https`, install root certificates.
    #[error("cannot set up the HTTP client")]
    NotSetUp {
        /// What failed.
        #[source]
        source: reqwest::Error,
    },
}

impl ClientError {
    /// Whether sending the same request again later may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Problem(problem) => matches!(problem.status, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Whether the server says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 404)
    }

    /// Whether the server says that the request does not fit the state that the thing is in.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 409)
    }

    /// Whether the server will never take what was sent: too large, of a kind that it does not read, or not what it asked for.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Problem(problem) if matches!(problem.status, 400 | 413 | 415 | 422))
    }
}

#[cfg(test)]
mod tests;
