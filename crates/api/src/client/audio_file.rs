//! Recordings on this machine that are sent to a server.

use std::path::{Path, PathBuf};

use reqwest::Body;
use reqwest::multipart::Part;

use super::ClientError;

/// A recording in a file. It is streamed when it is sent, never read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFile {
    path: PathBuf,
}

impl AudioFile {
    /// The recording at `path`. The file is opened when it is sent.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its media type by its name; the server looks at the sound itself.
    pub fn media_type(&self) -> &'static str {
        let extension = self.path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
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

    pub(super) async fn part(&self) -> Result<Part, ClientError> {
        let (body, length) = self.open().await?;
        let part = Part::stream_with_length(body, length).file_name("answer");
        part.mime_str(self.media_type()).map_err(|source| ClientError::NotSetUp { source })
    }

    pub(super) async fn open(&self) -> Result<(Body, u64), ClientError> {
        let unreadable = |source| ClientError::Recording { path: self.path.clone(), source };
        let file = tokio::fs::File::open(&self.path).await.map_err(unreadable)?;
        let length = file.metadata().await.map_err(unreadable)?.len();
        Ok((Body::from(file), length))
    }
}
