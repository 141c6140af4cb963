//! The entries of a tar archive, as a stream.

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{Stream, TryStreamExt};
use jiff::Timestamp;

use crate::error::StoreError;

/// Headers have this size, and contents are padded to a multiple of it.
const BLOCK: usize = 512;

static ZEROS: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// The header of a file.
pub(super) fn header(name: &str, size: u64, time: Timestamp) -> Result<Bytes, StoreError> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(time.as_second().cast_unsigned());
    header.set_cksum();
    Ok(Bytes::copy_from_slice(header.as_bytes()))
}

/// What follows a content of this size.
pub(super) fn padding(size: u64) -> Bytes {
    Bytes::from_static(&ZEROS[..padding_size(size)])
}

/// What follows the last entry.
pub(super) fn end() -> Bytes {
    Bytes::from_static(&ZEROS)
}

fn padding_size(size: u64) -> usize {
    let beyond = (size % BLOCK as u64) as usize;
    (BLOCK - beyond) % BLOCK
}

/// The header of an entry that is read.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
}

/// The entries of an archive as it arrives. After a header, its content is read or skipped.
pub(super) struct Entries<'a> {
    chunks: BoxStream<'a, Result<Bytes, StoreError>>,
    rest: Bytes,
}

impl<'a> Entries<'a> {
    pub(super) fn new(chunks: BoxStream<'a, Result<Bytes, StoreError>>) -> Self {
        Self { chunks, rest: Bytes::new() }
    }

    /// The next entry; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Entry>, StoreError> {
        let block = self.exactly(BLOCK).await?;
        if *block == ZEROS[..BLOCK] {
            return Ok(None);
        }
        let header = tar::Header::from_byte_slice(&block);
        let mut summed = header.clone();
        summed.set_cksum();
        let is_sound = header.entry_type() == tar::EntryType::Regular && header.cksum().ok() == summed.cksum().ok();
        match (std::str::from_utf8(&header.path_bytes()), header.entry_size()) {
            (Ok(name), Ok(size)) if is_sound => Ok(Some(Entry { name: name.to_owned(), size })),
            _ => Err(StoreError::Archive("it is no tar file, or it is damaged".to_owned())),
        }
    }

    /// The whole of a small entry.
    pub(super) async fn document(&mut self, entry: &Entry, limit: u64) -> Result<Bytes, StoreError> {
        if entry.size > limit {
            let what = format!("its entry {:?} is larger than {limit} bytes", entry.name);
            return Err(StoreError::Archive(what));
        }
        let document = self.exactly(entry.size as usize).await?;
        self.exactly(padding_size(entry.size)).await?;
        Ok(document)
    }

    /// The content of an entry piece by piece. The next entry can be read once it ended.
    pub(super) fn content(&mut self, size: u64) -> impl Stream<Item = Result<Bytes, StoreError>> + Send {
        stream::try_unfold((self, size), move |(entries, left)| async move {
            if left == 0 {
                entries.exactly(padding_size(size)).await?;
                return Ok(None);
            }
            let piece = entries.piece(left.try_into().unwrap_or(usize::MAX)).await?;
            let left = left - piece.len() as u64;
            Ok(Some((piece, (entries, left))))
        })
    }

    pub(super) async fn skip(&mut self, size: u64) -> Result<(), StoreError> {
        let mut content = std::pin::pin!(self.content(size));
        while content.try_next().await?.is_some() {}
        Ok(())
    }

    async fn exactly(&mut self, size: usize) -> Result<Bytes, StoreError> {
        let mut whole = BytesMut::new();
        while whole.len() < size {
            whole.extend_from_slice(&self.piece(size - whole.len()).await?);
        }
        Ok(whole.freeze())
    }

    /// What arrives next, at least one byte.
    async fn piece(&mut self, most: usize) -> Result<Bytes, StoreError> {
        while self.rest.is_empty() {
            let chunk = self.chunks.try_next().await?;
            self.rest = chunk.ok_or_else(|| StoreError::BrokenOff("it ends early".into()))?;
        }
        Ok(self.rest.split_to(most.min(self.rest.len())))
    }
}
