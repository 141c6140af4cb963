//! Getting a model from a server.
//!
//! What has come is kept in a `.part` file, and the next attempt goes on from there: a 206 must begin where we stopped, a 200
//! begins anew, a 416 means that the part is already whole or is not of this file. A server that sends nothing for a while is
//! given up, one that sends too much is cut off, and only a file with the right size and checksum gets the model's name.

use std::fs::TryLockError;
use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Response, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use url::Url;

use super::folder::check_sum;
use super::{Folder, Model, http};
use crate::Error;

/// Where models come from unless somebody says otherwise.
pub const DEFAULT_SOURCE: &str = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main";

/// How a model is downloaded.
#[derive(Clone, Debug)]
pub struct PullSettings {
    /// The address that a model's file name is appended to: the hub, or a mirror of it.
    pub source: Url,
    /// A server that sends nothing for this long is given up.
    pub stall: Duration,
}

/// How far a download has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The bytes that are here, those of earlier attempts included.
    pub received: u64,
    /// The bytes that there are, once the server has said so.
    pub total: Option<u64>,
}

/// Downloads a model into the folder, or goes on with a download that was broken off, and gives the file's path. A model that is
/// whole already is not downloaded again.
///
/// # Errors
/// [`Error::DownloadFailed`] when another attempt may succeed, [`Error::DownloadRefused`] for a server that does not have the file,
/// [`Error::DownloadCorrupt`] for one that gave out something else, [`Error::Unwritable`].
pub async fn pull(
    model: &Model,
    folder: &Folder,
    settings: &PullSettings,
    mut progress: impl FnMut(Progress),
) -> Result<PathBuf, Error> {
    let target = folder.path_of(model);
    if target.is_file() && is_whole(&target, *model).await? {
        return Ok(target);
    }
    tokio::fs::create_dir_all(folder.path()).await.map_err(Error::unwritable(folder.path()))?;
    let part = folder.part_of(model);
    let mut download = Download::begin(model, &part, settings).await?;
    download.run(&mut progress).await?;
    download.close().await?;
    if !is_whole(&part, *model).await? {
        tokio::fs::remove_file(&part).await.map_err(Error::unwritable(&part))?;
        let reason = format!("its SHA-1 is not {}", model.sha1);
        return Err(Error::DownloadCorrupt { name: model.name.to_owned(), reason });
    }
    tokio::fs::rename(&part, &target).await.map_err(Error::unwritable(&target))?;
    Ok(target)
}

async fn is_whole(path: &Path, model: Model) -> Result<bool, Error> {
    let file = path.to_owned();
    let checked = tokio::task::spawn_blocking(move || check_sum(&file, &model)).await;
    match checked {
        Ok(Ok(())) => Ok(true),
        Ok(Err(Error::ModelDamaged { .. })) => Ok(false),
        Ok(Err(fault)) => Err(fault),
        Err(stopped) => Err(Error::DownloadFailed { name: model.name.to_owned(), reason: stopped.to_string() }),
    }
}

struct Download<'a> {
    model: &'a Model,
    client: reqwest::Client,
    address: String,
    path: &'a Path,
    file: File,
    received: u64,
}

/// What the server's answer means for the part that is here.
enum Answer {
    /// The rest follows; together it is so long.
    GoesOn { total: Option<u64> },
    /// The whole file follows.
    BeginsAnew { total: Option<u64> },
    /// There is nothing more to come.
    Complete,
    /// The part is not of this file.
    DoesNotFit,
}

impl<'a> Download<'a> {
    async fn begin(model: &'a Model, path: &'a Path, settings: &PullSettings) -> Result<Self, Error> {
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
            // A file system without locks: two downloads at once would fail the checksum, no worse.
            Err(TryLockError::Error(_)) => {}
        }
        let received = file.metadata().map_err(Error::unwritable(path))?.len();
        let client = http::client(settings.stall).map_err(|fault| failed(explained(&fault)))?;
        let address = format!("{}/{}", settings.source.as_str().trim_end_matches('/'), model.file_name());
        Ok(Self { model, client, address, path, file: File::from_std(file), received })
    }

    async fn run(&mut self, progress: &mut impl FnMut(Progress)) -> Result<(), Error> {
        let mut response = self.request().await?;
        let mut answer = self.understand(&response)?;
        if let Answer::DoesNotFit = answer {
            self.empty().await?;
            response = self.request().await?;
            answer = self.understand(&response)?;
        }
        let total = match answer {
            Answer::Complete => return Ok(()),
            Answer::GoesOn { total } => total,
            Answer::BeginsAnew { total } => {
                self.empty().await?;
                total
            }
            Answer::DoesNotFit => return Err(self.failed("the server sends a part that was not asked for")),
        };
        if total.is_some_and(|total| total > self.limit()) {
            return Err(self.too_large().await);
        }
        self.receive(response, total, progress).await
    }

    async fn request(&self) -> Result<Response, Error> {
        let mut request = self.client.get(&self.address);
        if self.received > 0 {
            request = request.header(RANGE, format!("bytes={}-", self.received));
        }
        request.send().await.map_err(|fault| self.failed(&explained(&fault)))
    }

    fn understand(&self, response: &Response) -> Result<Answer, Error> {
        let range = ContentRange::of(response.headers());
        match response.status() {
            StatusCode::OK => Ok(Answer::BeginsAnew { total: response.content_length() }),
            StatusCode::PARTIAL_CONTENT => Ok(match range {
                Some(ContentRange { start: Some(start), total }) if start == self.received => Answer::GoesOn { total },
                _ => Answer::DoesNotFit,
            }),
            StatusCode::RANGE_NOT_SATISFIABLE if self.received > 0 => Ok(match range {
                Some(ContentRange { total: Some(total), .. }) if total == self.received => Answer::Complete,
                _ => Answer::DoesNotFit,
            }),
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
        while let Some(piece) = response.chunk().await.map_err(|fault| self.failed(&explained(&fault)))? {
            if self.received + piece.len() as u64 > self.limit() {
                return Err(self.too_large().await);
            }
            self.file.write_all(&piece).await.map_err(Error::unwritable(self.path))?;
            // What tokio still holds back would be lost if this future were dropped.
            self.file.flush().await.map_err(Error::unwritable(self.path))?;
            self.received += piece.len() as u64;
            progress(Progress { received: self.received, total });
        }
        match total {
            Some(total) if self.received < total => Err(self.failed("the server stopped before the end")),
            _ => Ok(()),
        }
    }

    /// Makes sure that all of it is on the disk before it gets its name.
    async fn close(mut self) -> Result<(), Error> {
        self.file.flush().await.map_err(Error::unwritable(self.path))?;
        self.file.sync_all().await.map_err(Error::unwritable(self.path))
    }

    async fn empty(&mut self) -> Result<(), Error> {
        self.file.set_len(0).await.map_err(Error::unwritable(self.path))?;
        self.received = 0;
        Ok(())
    }

    /// The catalogue's size is rounded; a tenth more is still the model.
    fn limit(&self) -> u64 {
        self.model.bytes + self.model.bytes / 10
    }

    async fn too_large(&mut self) -> Error {
        let reason = format!("it is larger than {} bytes", self.limit());
        let _it_is_overwritten_next_time = self.empty().await;
        Error::DownloadCorrupt { name: self.model.name.to_owned(), reason }
    }

    fn failed(&self, reason: &str) -> Error {
        Error::DownloadFailed { name: self.model.name.to_owned(), reason: reason.to_owned() }
    }
}

/// The header that says which part of a file a response is, as RFC 9110, section 14.4, defines it.
struct ContentRange {
    start: Option<u64>,
    total: Option<u64>,
}

impl ContentRange {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(CONTENT_RANGE)?.to_str().ok()?;
        let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
        let start = range.split_once('-').and_then(|(start, _)| start.parse().ok());
        Some(Self { start, total: total.parse().ok() })
    }
}

fn without_credentials(address: &Url) -> String {
    let mut address = address.clone();
    let _not_every_address_has_some = address.set_username("").and_then(|()| address.set_password(None));
    address.set_query(None);
    address.to_string()
}

/// The innermost reason, which says more than "error sending request", and no address, which may hold credentials.
fn explained(fault: &reqwest::Error) -> String {
    if fault.is_timeout() {
        return "the server sent nothing for too long".to_owned();
    }
    let mut reason: &dyn std::error::Error = fault;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}
