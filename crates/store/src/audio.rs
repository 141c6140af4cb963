//! Recordings: large objects beside the database, in a folder.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use interview::session::AudioObject;
use interview::{AnswerId, SessionId};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};

use crate::error::{BoxError, Missing, StoreError};
use crate::private;

/// How much of a recording is held in memory while it is stored.
const CHUNK: usize = 1024 * 1024;

/// How many chunks may be on their way to the disk at once; a faster sender has to wait.
const CHUNKS_IN_FLIGHT: usize = 2;

/// The stored recordings. Clones share them.
#[derive(Clone, Debug)]
pub struct AudioStore {
    objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
    limit: u64,
}

/// The name of a recording: its session's folder, its answer's id, and an ending that other programs know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AudioKey(ObjectPath);

impl AudioKey {
    /// The key of an answer's recording.
    pub fn new(session: SessionId, answer: AnswerId, media_type: &str) -> Self {
        Self(ObjectPath::from(session.to_string()).join(format!("{answer}.{}", ending(media_type))))
    }

    /// The key of this text, with the session and the answer in it; none if the text is no key.
    pub(crate) fn parse(text: &str) -> Option<(Self, SessionId, AnswerId)> {
        let (session, file) = text.split_once('/')?;
        let (answer, ending) = file.split_once('.')?;
        let (session, answer): (SessionId, AnswerId) = (session.parse().ok()?, answer.parse().ok()?);
        let is_ending = (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // Ids can be written in several ways; a key has one.
        let key = format!("{session}/{answer}.{ending}");
        (is_ending && key == text).then(|| (Self(ObjectPath::from(key)), session, answer))
    }
}

impl fmt::Display for AudioKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A recording, or a part of one, on its way out.
pub struct Sound {
    /// Which bytes of the recording these are.
    pub range: Range<u64>,
    /// The size of the whole recording in bytes.
    pub size: u64,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes, StoreError>>,
}

impl AudioStore {
    /// Recordings in a folder, which is created when it is missing; none larger than `limit` bytes. What a crash left of uploads is
    /// removed.
    ///
    /// # Errors
    /// [`StoreError::Full`] or [`StoreError::Unavailable`].
    pub async fn in_folder(folder: &Path, limit: u64) -> Result<Self, StoreError> {
        let path = folder.to_owned();
        let prepared = tokio::task::spawn_blocking(move || {
            private::create_folder(&path)?;
            remove_partial_uploads(&path)
        });
        prepared.await.map_err(std::io::Error::other)??;
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self { objects: Arc::new(files), folder: folder.to_owned(), limit })
    }

    /// Stores a recording while it arrives. It is there whole, and on disk, or not at all.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], [`StoreError::BrokenOff`], [`StoreError::Full`] or [`StoreError::Unavailable`].
    pub async fn put<E: Into<BoxError>>(
        &self,
        key: &AudioKey,
        media_type: &str,
        sound: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<AudioObject, StoreError> {
        let upload = self.objects.put_multipart(&key.0).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, CHUNK);
        match self.receive(&mut upload, sound).await {
            Ok(bytes) => {
                upload.finish().await?;
                Ok(AudioObject { key: key.to_string(), media_type: media_type.to_owned(), bytes })
            }
            Err(error) => {
                if let Err(left) = upload.abort().await {
                    tracing::warn!(%key, error = %left, "part of a refused recording was left behind");
                }
                Err(error)
            }
        }
    }

    /// Reads a recording, or the bytes of it that `range` names, as far as it has them. `range` begins within it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] or [`StoreError::Unavailable`].
    pub async fn get(&self, audio: &AudioObject, range: Option<Range<u64>>) -> Result<Sound, StoreError> {
        let path = stored_path(&audio.key)?;
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.objects.get_opts(&path, options).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => StoreError::NotFound(Missing::Audio(audio.key.clone())),
            error => error.into(),
        })?;
        Ok(Sound {
            range: found.range.clone(),
            size: found.meta.size,
            bytes: found.into_stream().map_err(StoreError::from).boxed(),
        })
    }

    /// Deletes a recording. One that is not there is deleted already.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delete(&self, audio: &AudioObject) -> Result<(), StoreError> {
        match self.objects.delete(&stored_path(&audio.key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes every recording of a session, those that no answer names and parts of uploads included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delete_session(&self, session: SessionId) -> Result<(), StoreError> {
        match tokio::fs::remove_dir_all(self.folder.join(session.to_string())).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Deletes every recording, those that no answer names and parts of uploads included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delete_all(&self) -> Result<(), StoreError> {
        let folder = self.folder.clone();
        let deleted = tokio::task::spawn_blocking(move || {
            let folders = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
            folders.filter(|path| path.as_ref().map_or(true, |path| path.is_dir())).try_for_each(|path| {
                match std::fs::remove_dir_all(path?) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                    _ => Ok(()),
                }
            })
        });
        Ok(deleted.await.map_err(std::io::Error::other)??)
    }

    /// How many recordings there are, and how many bytes they have.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn total(&self) -> Result<(u64, u64), StoreError> {
        let (mut recordings, mut bytes) = (0, 0_u64);
        let mut objects = self.objects.list(None);
        while let Some(object) = objects.try_next().await? {
            recordings += 1;
            bytes = bytes.saturating_add(object.size);
        }
        Ok((recordings, bytes))
    }

    async fn receive<E: Into<BoxError>>(
        &self,
        upload: &mut WriteMultipart,
        sound: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<u64, StoreError> {
        let mut sound = std::pin::pin!(sound);
        let mut received: u64 = 0;
        while let Some(piece) = sound.next().await {
            let piece = piece.map_err(|error| StoreError::BrokenOff(error.into()))?;
            received = received.saturating_add(piece.len() as u64);
            if received > self.limit {
                return Err(StoreError::TooLarge { limit: self.limit });
            }
            upload.wait_for_capacity(CHUNKS_IN_FLIGHT).await?;
            upload.put(piece);
        }
        Ok(received)
    }
}

/// The object store writes an upload to `NAME#NUMBER` until it is complete. Nothing else has such a name.
fn remove_partial_uploads(folder: &Path) -> std::io::Result<()> {
    for session in std::fs::read_dir(folder)? {
        let session = session?;
        if !session.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(session.path())? {
            let file = file?;
            if file.file_name().to_string_lossy().contains('#') {
                std::fs::remove_file(file.path())?;
            }
        }
        // Fails, as it should, if there is anything left in it.
        std::fs::remove_dir(session.path()).ok();
    }
    Ok(())
}

fn stored_path(key: &str) -> Result<ObjectPath, StoreError> {
    ObjectPath::parse(key).map_err(|error| StoreError::Corrupt(error.into()))
}

fn ending(media_type: &str) -> &'static str {
    match media_type {
        "audio/wav" => "wav",
        "audio/flac" => "flac",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/webm" => "webm",
        "audio/mp4" => "m4a",
        "audio/aac" => "aac",
        "audio/aiff" => "aiff",
        _ => "audio",
    }
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        if is_disk_full(&error) { Self::Full } else { Self::Unavailable(error.into()) }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        if is_disk_full(&error) { Self::Full } else { Self::Unavailable(error.into()) }
    }
}

/// Whether a full disk is at the bottom of the error.
fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source())
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .any(|error| matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded))
}

#[cfg(test)]
mod tests;
