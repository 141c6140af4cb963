//! Recordings that stand in a file while they are looked at.

use std::io;
use std::path::Path;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;

/// A recording in a file that goes with this value.
#[derive(Debug)]
pub(crate) struct Spooled(TempPath);

impl Spooled {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// Writes a recording to a file in `folder`, piece by piece.
pub(crate) async fn spool<E: From<io::Error>>(
    folder: &Path,
    mut sound: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Spooled, E> {
    tokio::fs::create_dir_all(folder).await?;
    let folder = folder.to_owned();
    let created = tokio::task::spawn_blocking(move || tempfile::NamedTempFile::new_in(folder)).await;
    let (file, path) = created.map_err(io::Error::other)??.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    while let Some(piece) = sound.next().await {
        file.write_all(&piece?).await?;
    }
    file.flush().await?;
    Ok(Spooled(path))
}
