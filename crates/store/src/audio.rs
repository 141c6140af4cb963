//! Recordings: large objects beside the database, in a folder.

mod key;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt};
use interview::SessionId;
use interview::session::AudioObject;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as ObjectPath;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};

use crate::error::{Missing, StoreError};

pub use key::AudioKey;

/// How much of a recording is held in memory while it is stored.
const CHUNK: usize = 1024 * 1024;

/// How many chunks may be on their way to the disk at once; a faster sender has to wait.
const CHUNKS_IN_FLIGHT: usize = 2;

/// The stored recordings. Clones share them.
#[derive(Clone, Debug)]
pub struct AudioStore {
    objects: Arc<dyn ObjectStore>,
    limit: u64,
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
    /// Recordings in a folder, which is created when it is missing; none larger than `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`StoreError::Full`] or [`StoreError::Unavailable`].
    pub async fn in_folder(folder: &Path, limit: u64) -> Result<Self, StoreError> {
        tokio::fs::create_dir_all(folder).await?;
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self { objects: Arc::new(files), limit })
    }

    /// Recordings that are gone with the process, for tests.
    pub fn in_memory(limit: u64) -> Self {
        Self { objects: Arc::new(InMemory::new()), limit }
    }

    /// Stores a recording while it arrives. It is there whole, and on disk, or not at all.
    ///
    /// # Errors
    ///
    /// [`StoreError::TooLarge`], [`StoreError::BrokenOff`], [`StoreError::Full`] or [`StoreError::Unavailable`].
    pub async fn put<E>(
        &self,
        key: &AudioKey,
        media_type: &str,
        sound: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<AudioObject, StoreError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let upload = self.objects.put_multipart(key.path()).await?;
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

    /// Reads a recording, or the bytes of it that `range` names, as far as it has them.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::OutOfRange`] when there is no byte in `range`, or [`StoreError::Unavailable`].
    pub async fn get(&self, audio: &AudioObject, range: Option<Range<u64>>) -> Result<Sound, StoreError> {
        let path = stored_path(&audio.key)?;
        if range.as_ref().is_some_and(|range| range.is_empty() || range.start >= audio.bytes) {
            return Err(StoreError::OutOfRange { size: audio.bytes });
        }
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
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete(&self, audio: &AudioObject) -> Result<(), StoreError> {
        self.delete_path(&stored_path(&audio.key)?).await
    }

    /// Deletes every recording of a session, those that no answer names included.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn delete_session(&self, session: SessionId) -> Result<(), StoreError> {
        let folder = AudioKey::folder(session);
        let recordings: Vec<_> = self.objects.list(Some(&folder)).try_collect().await?;
        for recording in recordings {
            self.delete_path(&recording.location).await?;
        }
        Ok(())
    }

    async fn receive<E>(
        &self,
        upload: &mut WriteMultipart,
        sound: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<u64, StoreError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
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

    async fn delete_path(&self, path: &ObjectPath) -> Result<(), StoreError> {
        match self.objects.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn stored_path(key: &str) -> Result<ObjectPath, StoreError> {
    ObjectPath::parse(key).map_err(|error| StoreError::Corrupt(error.into()))
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
