//! Downloading a model.
//!
//! What has arrived is kept in a `.part` file, and the next attempt resumes there: a 206 must begin where we stopped, a 200 starts
//! over, a 416 means that the part is complete or belongs to another file. A server that sends nothing for a while is given up, one
//! that sends too much is cut off, and only a file with the right checksum gets the model's name.

use std::fs::TryLockError;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Response, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use url::Url;

use super::{Folder, Model, check_sum};
use crate::Error;

/// The default source of models.
pub const DEFAULT_SOURCE: &str = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main";

/// The progress of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are here, including those of earlier attempts.
    pub received: u64,
    /// All bytes, once the server has said so.
    pub total: Option<u64>,
}

/// Downloads a model into the folder, or resumes an interrupted download, and returns the file's path. A complete model is not
/// downloaded again. The file's name is appended to `source`, the hub or a mirror; a server that sends nothing for as long as `stall` is
/// given up.
///
/// # Errors
/// [`Error::DownloadFailed`] when another attempt may succeed, [`Error::DownloadRefused`] for a server that does not have the file,
/// [`Error::DownloadCorrupt`] for one that sent something else, [`Error::Unwritable`].
pub async fn pull(
    model: &Model,
    folder: &Folder,
    source: &Url,
    stall: Duration,
    mut progress: impl FnMut(Progress),
) -> Result<PathBuf, Error> {
    let target = folder.path_of(model);
    if target.is_file() && is_complete(&target, *model).await? {
        return Ok(target);
    }
    tokio::fs::create_dir_all(&folder.0).await.map_err(Error::unwritable(&folder.0))?;
    let part = folder.part_of(model);
    let mut download = Download::open(model, &part, source, stall).await?;
    download.run(&mut progress).await?;
    download.close().await?;
    if !is_complete(&part, *model).await? {
        tokio::fs::remove_file(&part).await.map_err(Error::unwritable(&part))?;
        let reason = format!("its SHA-1 is not {}", model.sha1);
        return Err(Error::DownloadCorrupt { name: model.name.to_owned(), reason });
    }
    tokio::fs::rename(&part, &target).await.map_err(Error::unwritable(&target))?;
    Ok(target)
}

async fn is_complete(path: &Path, model: Model) -> Result<bool, Error> {
    let file = path.to_owned();
    let checked = tokio::task::spawn_blocking(move || check_sum(&file, &model)).await;
    match checked {
        Ok(Ok(())) => Ok(true),
        Ok(Err(Error::ModelDamaged { .. })) => Ok(false),
        Ok(Err(fault)) => Err(fault),
        Err(stopped) => Err(Error::DownloadFailed { name: model.name.to_owned(), reason: stopped.to_string() }),
    }
}

/// A client that gives up on a server that does not respond, or stops sending, for as long as `stall`.
fn client(stall: Duration) -> Result<reqwest::Client, reqwest::Error> {
    // Without a default provider the builder panics.
    rustls::crypto::ring::default_provider().install_default().ok(); // The program may have installed one before.
    reqwest::Client::builder()
        .connect_timeout(stall.min(Duration::from_secs(10)))
        .read_timeout(stall)
        .user_agent(concat!("viva/", env!("CARGO_PKG_VERSION")))
        .build()
}

struct Download<'a> {
    model: &'a Model,
    client: reqwest::Client,
    address: String,
    path: &'a Path,
    file: File,
    received: u64,
}

/// A response, for the part that is here.
enum Reply {
    /// The file follows, from this byte on.
    Body { response: Response, from: u64, total: Option<u64> },
    /// There is nothing more to send.
    Complete,
    /// The part belongs to another file.
    Mismatch,
}

impl<'a> Download<'a> {
    async fn open(model: &'a Model, path: &'a Path, source: &Url, stall: Duration) -> Result<Self, Error> {
        let failed = |reason: String| Error::DownloadFailed { name: model.name.to_owned(), reason };
        let file = std::fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(Error::unwritable(path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(failed("another program is downloading it".to_owned())),
            // A file system without locks: two downloads at once would fail the checksum, nothing worse.
            Err(TryLockError::Error(_)) => {}
        }
        let received = file.metadata().map_err(Error::unwritable(path))?.len();
        let client = client(stall).map_err(|fault| failed(cause(&fault)))?;
        let address = format!("{}/{}", source.as_str().trim_end_matches('/'), model.file_name());
        Ok(Self { model, client, address, path, file: File::from_std(file), received })
    }

    async fn run(&mut self, progress: &mut impl FnMut(Progress)) -> Result<(), Error> {
        let mut reply = self.request().await?;
        if let Reply::Mismatch = reply {
            self.empty().await?;
            reply = self.request().await?;
        }
        let (response, total) = match reply {
            Reply::Complete => return Ok(()),
            Reply::Mismatch => return Err(self.failed("the server sends another part than the requested one")),
            Reply::Body { response, from, total } => {
                if from == 0 {
                    self.empty().await?;
                }
                (response, total)
            }
        };
        if total.is_some_and(|total| total > self.limit()) {
            return Err(self.too_large().await);
        }
        self.receive(response, total, progress).await
    }

    async fn request(&self) -> Result<Reply, Error> {
        let mut request = self.client.get(&self.address);
        if self.received > 0 {
            request = request.header(RANGE, format!("bytes={}-", self.received));
        }
        let response = request.send().await.map_err(|fault| self.failed(&cause(&fault)))?;
        let (start, total) = content_range(response.headers());
        match response.status() {
            StatusCode::OK => Ok(Reply::Body { from: 0, total: response.content_length(), response }),
            StatusCode::PARTIAL_CONTENT if start == Some(self.received) => {
                Ok(Reply::Body { from: self.received, total, response })
            }
            StatusCode::RANGE_NOT_SATISFIABLE if self.received > 0 && total == Some(self.received) => {
                Ok(Reply::Complete)
            }
            StatusCode::PARTIAL_CONTENT => Ok(Reply::Mismatch),
            StatusCode::RANGE_NOT_SATISFIABLE if self.received > 0 => Ok(Reply::Mismatch),
            status => Err(Error::DownloadRefused {
                name: self.model.name.to_owned(),
                address: without_credentials(response.url()),
                status: status.as_u16(),
            }),
        }
    }

    async fn receive(
        &mut self,
        mut response: Response,
        total: Option<u64>,
        progress: &mut impl FnMut(Progress),
    ) -> Result<(), Error> {
        progress(Progress { received: self.received, total });
        self.file.seek(SeekFrom::Start(self.received)).await.map_err(Error::unwritable(self.path))?;
        while let Some(piece) = response.chunk().await.map_err(|fault| self.failed(&cause(&fault)))? {
            if self.received + piece.len() as u64 > self.limit() {
                return Err(self.too_large().await);
            }
            self.file.write_all(&piece).await.map_err(Error::unwritable(self.path))?;
            // tokio's buffer would be lost if this future were dropped.
            self.file.flush().await.map_err(Error::unwritable(self.path))?;
            self.received += piece.len() as u64;
            progress(Progress { received: self.received, total });
        }
        match total {
            Some(total) if self.received < total => Err(self.failed("the server stopped before the end")),
            _ => Ok(()),
        }
    }

    /// Syncs the file to disk before it gets its name.
    async fn close(mut self) -> Result<(), Error> {
        self.file.flush().await.map_err(Error::unwritable(self.path))?;
        self.file.sync_all().await.map_err(Error::unwritable(self.path))
    }

    async fn empty(&mut self) -> Result<(), Error> {
        self.file.set_len(0).await.map_err(Error::unwritable(self.path))?;
        self.received = 0;
        Ok(())
    }

    /// The size in the catalogue is rounded, hence a tenth more.
    fn limit(&self) -> u64 {
        self.model.bytes + self.model.bytes / 10
    }

    async fn too_large(&mut self) -> Error {
        let reason = format!("it is larger than {} bytes", self.limit());
        self.empty().await.ok(); // The next attempt overwrites it.
        Error::DownloadCorrupt { name: self.model.name.to_owned(), reason }
    }

    fn failed(&self, reason: &str) -> Error {
        Error::DownloadFailed { name: self.model.name.to_owned(), reason: reason.to_owned() }
    }
}

/// Start and total of the `Content-Range` header (RFC 9110, section 14.4), where it has them.
fn content_range(headers: &HeaderMap) -> (Option<u64>, Option<u64>) {
    let value = headers.get(CONTENT_RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (range, total) = value.strip_prefix("bytes ").and_then(|value| value.split_once('/')).unwrap_or_default();
    (range.split_once('-').and_then(|(start, _)| start.parse().ok()), total.parse().ok())
}

fn without_credentials(address: &Url) -> String {
    let mut address = address.clone();
    address.set_username("").and_then(|()| address.set_password(None)).ok(); // Fails only where there can be none.
    address.set_query(None);
    address.to_string()
}

/// The innermost cause, which says more than "error sending request" and has no address, which may hold credentials.
fn cause(fault: &reqwest::Error) -> String {
    if fault.is_timeout() {
        return "the server sent nothing for too long".to_owned();
    }
    let mut reason: &dyn std::error::Error = fault;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}
