//! Every session with its recordings in one file: a tar archive, written and read as a stream. `docs/archive.md` describes the format.
//!
//! Of an archive that is read, no name is used as a path: ids are parsed, and recordings get the keys that those ids make.

mod entries;
mod session;

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use interview::SessionId;
use interview::session::AudioObject;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audio::{AudioKey, AudioStore, Sound};
use crate::error::{BoxError, StoreError};
use crate::store::Store;
use entries::{Entries, Entry, end, header, padding};
pub use session::ArchivedSession;

/// The format of archives. A change that an older program would misunderstand gets a new number.
const FORMAT: u32 = 1;

/// Names of the entries. Session ids and `.json`, or the keys of recordings, follow the folders.
const MANIFEST: &str = "manifest.json";
const SESSIONS: &str = "sessions/";
const RECORDINGS: &str = "recordings/";

/// The most bytes of a manifest, and of a session without its recordings.
const MANIFEST_LIMIT: u64 = 64 * 1024;
const SESSION_LIMIT: u64 = 64 * 1024 * 1024;

/// The most sessions of an archive, and the most recordings of a session.
const MOST_SESSIONS: u64 = 1_000_000;
const MOST_RECORDINGS: usize = 1_000;

/// The result of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Sessions that were added.
    pub sessions: u64,
    /// Their recordings.
    pub recordings: u64,
    /// Sessions that were there already.
    pub skipped: u64,
}

/// The first entry.
#[derive(Debug, Deserialize, Serialize)]
struct Manifest {
    format: u32,
    /// The version of the program that wrote it.
    program: String,
    created: Timestamp,
    sessions: u64,
    recordings: u64,
}

/// Writes an archive of everything. Every session is read once before this returns, so that most failures come before the first byte.
///
/// # Errors
/// [`StoreError::Corrupt`], [`StoreError::Newer`] or [`StoreError::Unavailable`], from the stream too; also [`StoreError::NotFound`] from the
/// stream, when a session is deleted meanwhile.
pub async fn export(
    store: Arc<dyn Store>,
    audio: AudioStore,
) -> Result<BoxStream<'static, Result<Bytes, StoreError>>, StoreError> {
    let sessions = store.session_ids().await?;
    let created = Timestamp::now();
    let mut recordings = 0;
    for id in &sessions {
        for recording in store.export_session(*id).await?.recordings()? {
            recordings += u64::from(sound(&audio, &recording).await?.is_some());
        }
    }
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        created,
        sessions: sessions.len() as u64,
        recordings,
    };
    let manifest = document(MANIFEST, &manifest, created)?;
    let entries = stream::iter(sessions)
        .then(move |id| session_entries(Arc::clone(&store), audio.clone(), id, created))
        .try_flatten();
    let whole = stream::iter([Ok(manifest)]).chain(entries).chain(stream::iter([Ok(end())]));
    Ok(whole.boxed())
}

/// Adds the sessions of an archive that are not there, each in one transaction, its recordings first. One import at a time.
///
/// An import that failed or was cut off can be repeated: what it added is there already then.
///
/// # Errors
/// [`StoreError::Archive`], [`StoreError::Newer`], [`StoreError::BrokenOff`], [`StoreError::TooLarge`] for a recording,
/// [`StoreError::Full`] or [`StoreError::Unavailable`].
pub async fn import<E: Into<BoxError>>(
    store: &dyn Store,
    audio: &AudioStore,
    archive: impl Stream<Item = Result<Bytes, E>> + Send,
) -> Result<Imported, StoreError> {
    let chunks = archive.map_err(|error| StoreError::BrokenOff(error.into())).boxed();
    let mut import = Import { store, audio, imported: Imported::default(), arriving: None };
    let result = import.read(Entries::new(chunks)).await;
    if result.is_err()
        && let Some(Arriving { session, is_new: true, .. }) = import.arriving
    {
        // The next start does it if this fails.
        audio.delete_session(session).await?;
        store.recordings_deleted(&[session]).await?;
    }
    result
}

/// Deletes every session with its recordings, and what else is among the recordings.
///
/// # Errors
/// [`StoreError::Full`] or [`StoreError::Unavailable`].
pub async fn delete_all(store: &dyn Store, audio: &AudioStore) -> Result<(), StoreError> {
    store.delete_all().await?;
    audio.delete_all().await?;
    store.recordings_deleted(&store.deleted_sessions().await?).await
}

/// The recordings of a session, then the session.
async fn session_entries(
    store: Arc<dyn Store>,
    audio: AudioStore,
    id: SessionId,
    created: Timestamp,
) -> Result<BoxStream<'static, Result<Bytes, StoreError>>, StoreError> {
    let session = store.export_session(id).await?;
    let recordings = session.recordings()?;
    let session = document(&format!("{SESSIONS}{id}.json"), &session, created)?;
    let sounds = stream::iter(recordings).then(move |recording| recording_entry(audio.clone(), recording, created));
    Ok(sounds.try_flatten().chain(stream::iter([Ok(session)])).boxed())
}

async fn recording_entry(
    audio: AudioStore,
    recording: AudioObject,
    created: Timestamp,
) -> Result<BoxStream<'static, Result<Bytes, StoreError>>, StoreError> {
    let Some(sound) = sound(&audio, &recording).await? else { return Ok(stream::empty().boxed()) };
    let header = header(&format!("{RECORDINGS}{}", recording.key), sound.size, created)?;
    let entry = stream::iter([Ok(header)]).chain(sound.bytes).chain(stream::iter([Ok(padding(sound.size))]));
    Ok(entry.boxed())
}

/// A recording, if its file is there whole. A session is worth keeping without it.
async fn sound(audio: &AudioStore, recording: &AudioObject) -> Result<Option<Sound>, StoreError> {
    match audio.get(recording, None).await {
        Ok(sound) if sound.size == recording.bytes => Ok(Some(sound)),
        Ok(_) | Err(StoreError::NotFound(_)) => {
            tracing::warn!(key = %recording.key, "a recording is missing or damaged, so it is left out of the archive");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn document(name: &str, content: &impl Serialize, created: Timestamp) -> Result<Bytes, StoreError> {
    let content = serde_json::to_vec(content).map_err(|error| StoreError::Corrupt(error.into()))?;
    let size = content.len() as u64;
    Ok([header(name, size, created)?, content.into(), padding(size)].concat().into())
}

/// An import under way.
struct Import<'a> {
    store: &'a dyn Store,
    audio: &'a AudioStore,
    imported: Imported,
    arriving: Option<Arriving>,
}

/// The session whose recordings are being read.
struct Arriving {
    session: SessionId,
    is_new: bool,
    /// Keys and sizes.
    recordings: Vec<(String, u64)>,
}

impl Import<'_> {
    async fn read(&mut self, mut entries: Entries<'_>) -> Result<Imported, StoreError> {
        let manifest = read_manifest(&mut entries).await?;
        let (mut sessions, mut recordings) = (0, 0);
        while let Some(entry) = entries.next().await? {
            if let Some(key) = entry.name.strip_prefix(RECORDINGS) {
                recordings += 1;
                self.take_recording(key, &entry, &mut entries).await?;
            } else {
                sessions += 1;
                self.take_session(&entry, &mut entries).await?;
            }
            if sessions > manifest.sessions || recordings > manifest.recordings {
                return Err(invalid("it has more entries than its manifest says"));
            }
        }
        if self.arriving.is_some() || (sessions, recordings) != (manifest.sessions, manifest.recordings) {
            return Err(invalid("it has fewer entries than its manifest says"));
        }
        Ok(self.imported)
    }

    async fn take_recording(&mut self, key: &str, entry: &Entry, entries: &mut Entries<'_>) -> Result<(), StoreError> {
        let (key, session, _) = AudioKey::parse(key).ok_or_else(|| unknown(entry))?;
        let arriving = self.arrive(session).await?;
        if arriving.recordings.len() == MOST_RECORDINGS {
            return Err(invalid(&format!("session {session} has more than {MOST_RECORDINGS} recordings")));
        }
        arriving.recordings.push((key.to_string(), entry.size));
        if arriving.is_new {
            self.audio.put(&key, "", entries.content(entry.size)).await.map(drop)
        } else {
            entries.skip(entry.size).await
        }
    }

    async fn take_session(&mut self, entry: &Entry, entries: &mut Entries<'_>) -> Result<(), StoreError> {
        let name = entry.name.strip_prefix(SESSIONS).and_then(|name| name.strip_suffix(".json"));
        let id: SessionId = name.and_then(|name| name.parse().ok()).ok_or_else(|| unknown(entry))?;
        let document = entries.document(entry, SESSION_LIMIT).await?;
        let arriving = self.arrive(id).await?;
        if arriving.is_new {
            let session: ArchivedSession = serde_json::from_slice(&document).map_err(|error| damaged(id, &error))?;
            let named = session.recordings().map_err(|error| import_fault(id, error))?;
            let is_named = |(key, bytes): &(String, u64)| {
                named.iter().any(|recording| recording.key == *key && recording.bytes == *bytes)
            };
            if session.id() != Some(id) || !arriving.recordings.iter().all(is_named) {
                return Err(invalid(&format!("session {id} does not fit its name or its recordings")));
            }
            let recordings = arriving.recordings.len() as u64;
            self.store.import_session(session).await.map_err(|error| import_fault(id, error))?;
            self.imported.sessions += 1;
            self.imported.recordings += recordings;
        } else {
            self.imported.skipped += 1;
        }
        self.arriving = None;
        Ok(())
    }

    /// The session that is being read, which is this one.
    async fn arrive(&mut self, session: SessionId) -> Result<&mut Arriving, StoreError> {
        let arriving = match self.arriving.take() {
            Some(arriving) if arriving.session != session => {
                self.arriving = Some(arriving);
                return Err(invalid("recordings of different sessions are mixed"));
            }
            Some(arriving) => arriving,
            None => {
                let is_new = self.store.prepare_import(session).await?;
                if is_new {
                    // What an earlier import left.
                    self.audio.delete_session(session).await?;
                }
                Arriving { session, is_new, recordings: Vec::new() }
            }
        };
        Ok(self.arriving.insert(arriving))
    }
}

async fn read_manifest(entries: &mut Entries<'_>) -> Result<Manifest, StoreError> {
    /// What every format has.
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let first = entries.next().await?.filter(|entry| entry.name == MANIFEST);
    let first = first.ok_or_else(|| invalid("it does not begin with a manifest, so it is no archive of Viva's"))?;
    let text = entries.document(&first, MANIFEST_LIMIT).await?;
    let unreadable = |error| invalid(&format!("its manifest cannot be read: {error}"));
    let Version { format } = serde_json::from_slice(&text).map_err(unreadable)?;
    if format != FORMAT {
        return Err(StoreError::Newer { what: format!("an archive of format {format}") });
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(unreadable)?;
    if manifest.sessions > MOST_SESSIONS {
        return Err(invalid(&format!("it has more than {MOST_SESSIONS} sessions")));
    }
    Ok(manifest)
}

fn invalid(what: &str) -> StoreError {
    StoreError::Archive(what.to_owned())
}

fn unknown(entry: &Entry) -> StoreError {
    invalid(&format!("it has an entry of an unknown kind, {:?}", entry.name))
}

fn damaged(id: SessionId, error: &dyn std::fmt::Display) -> StoreError {
    invalid(&format!("session {id} is damaged: {error}"))
}

fn import_fault(id: SessionId, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(error) => damaged(id, &error),
        StoreError::Duplicate => invalid(&format!("session {id} uses an id of another session")),
        StoreError::NotFound(missing) => damaged(id, &format!("there is no {missing}")),
        error => error,
    }
}
