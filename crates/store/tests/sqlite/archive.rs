//! Everything in one archive, out of one data folder and into another.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use futures::{TryStreamExt, stream};
use interview::SessionId;
use interview::marks::{CoachKind, DecidedVerdict, Decision};
use interview::session::{Answer, Recording, Source};
use serde_json::{Value, json};
use store::archive::{self, Imported};
use store::audio::{AudioKey, AudioStore};
use store::{CoachWish, Lane, PastJudging, SessionQuery, Settlement, Store, StoreError, StoredSession, Submission};
use tempfile::TempDir;

use crate::contract::fixtures::{self, WORDS, judge, next_job};
use crate::golden::copy_of;
use crate::{occurs, open_in};

const SOUND: &[u8] = b"RIFF quixotic marmalade";

#[tokio::test]
async fn a_session_comes_back_as_it_was_with_its_recording_its_history_and_its_decisions() {
    let from = Folder::new().await;
    let session = from.lived_through().await;
    let to = Folder::new().await;
    let imported = to.import(&from.export().await).await.unwrap();
    assert_eq!(imported, Imported { sessions: 1, recordings: 1, skipped: 0 });
    assert_eq!(to.all().await, from.all().await);
    assert_eq!(to.sound(session).await, SOUND);
    let job = next_job(&to.store).await;
    assert_eq!(
        (job.lane, job.attempt, job.wish.model.as_deref()),
        (Lane::Judging, 1, Some("some-model")),
        "what waited to be judged still does"
    );
}

#[tokio::test]
async fn databases_of_older_versions_can_be_archived() {
    for golden in ["0.1/viva.sqlite", "format-2/viva.sqlite"] {
        let from = Folder::at(copy_of(golden).await.0).await;
        let to = Folder::new().await;
        // The golden databases are without their recordings.
        let imported = to.import(&from.export().await).await.unwrap();
        assert_eq!(imported, Imported { sessions: 6, recordings: 0, skipped: 0 });
        assert_eq!(to.all().await, from.all().await);
    }
}

#[tokio::test]
async fn what_is_there_already_is_skipped() {
    let folder = Folder::new().await;
    folder.lived_through().await;
    let archive = folder.export().await;
    folder.lived_through().await;
    let before = folder.all().await;
    assert_eq!(folder.import(&archive).await.unwrap(), Imported { sessions: 0, recordings: 0, skipped: 1 });
    assert_eq!(folder.all().await, before);
}

#[tokio::test]
async fn an_archive_that_ends_early_can_be_imported_again() {
    let from = Folder::new().await;
    from.lived_through().await;
    from.lived_through().await;
    let archive = from.export().await;
    for end in (0..archive.len() - 512).step_by(3100) {
        let to = Folder::new().await;
        let refused = to.import(&archive[..end]).await.unwrap_err();
        assert!(matches!(refused, StoreError::BrokenOff(_)), "{end}: {refused}");
        let (sessions, folders) = (to.all().await.len(), to.sound_folders());
        assert_eq!(sessions, folders, "a session that was read in part leaves nothing behind");
        let rest = to.import(&archive).await.unwrap();
        assert_eq!((rest.sessions + rest.skipped, rest.skipped), (2, sessions as u64), "{end}");
        assert_eq!(to.all().await, from.all().await);
    }
}

#[tokio::test]
async fn what_a_killed_import_left_is_known_at_the_next_start() {
    let from = Folder::new().await;
    let session = from.lived_through().await;
    let archive = from.export().await;
    let to = Folder::new().await;
    // The sender stops after the recording, and the import is dropped.
    let chunks = stream::iter([Ok::<_, Infallible>(Bytes::from(archive[..4 * 512].to_vec()))]);
    let stalled = futures::StreamExt::chain(chunks, stream::pending());
    let dropped = futures::future::select(
        Box::pin(archive::import(&*to.store, &to.audio, Box::pin(stalled))),
        Box::pin(async {
            while to.sound_folders() == 0 {
                tokio::task::yield_now().await;
            }
        }),
    );
    drop(dropped.await);
    assert_eq!(to.store.deleted_sessions().await.unwrap(), [session]);
    to.import(&archive).await.unwrap();
    assert_eq!(to.store.deleted_sessions().await.unwrap(), []);
    assert_eq!(to.sound(session).await, SOUND);
}

#[tokio::test]
async fn an_archive_of_a_newer_format_is_refused_and_says_so() {
    let newer = tar([("manifest.json", json!({"format": 2, "anything": "else"}).to_string().into_bytes())]);
    let refused = Folder::new().await.import(&newer).await.unwrap_err();
    assert!(matches!(refused, StoreError::Newer { .. }));
    assert_eq!(refused.to_string(), "an archive of format 2 was written by a newer version; update this program");
}

#[tokio::test]
async fn hostile_archives_are_refused_and_leave_nothing_behind() {
    let from = Folder::new().await;
    let session = from.lived_through().await;
    let good = entries(&from.export().await);
    let [manifest, sound, document] = [0, 1, 2].map(|place| good[place].clone());
    let renamed = |name: &str, (_, content): &(String, Vec<u8>)| (name.to_owned(), content.clone());
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_slice(&document.1).unwrap();
        edit(&mut value);
        (document.0.clone(), value.to_string().into_bytes())
    };
    let counting = |sessions: u64, recordings: u64| {
        let mut value: Value = serde_json::from_slice(&manifest.1).unwrap();
        (value["sessions"], value["recordings"]) = (sessions.into(), recordings.into());
        ("manifest.json".to_owned(), value.to_string().into_bytes())
    };
    let another = SessionId::from(uuid::Uuid::now_v7());
    let with_sound = |name: &str| vec![manifest.clone(), renamed(name, &sound), document.clone()];
    let with_document = |document| vec![manifest.clone(), sound.clone(), document];
    let hostile = [
        ("no manifest", vec![sound.clone(), document.clone()]),
        ("nothing in it", vec![]),
        ("a path upwards", with_sound("recordings/../../../outside.wav")),
        ("an absolute path", with_sound("/tmp/outside.wav")),
        ("a name that is no id", with_sound(&format!("recordings/{session}/outside.wav"))),
        ("an ending that is a path", with_sound(&format!("recordings/{session}/{another}.wav/x"))),
        ("another spelling of an id", with_sound(&sound.0.to_uppercase().replace("RECORDINGS", "recordings"))),
        ("an unknown entry", with_sound("settings/config.toml")),
        ("a recording that no answer names", with_sound(&format!("recordings/{session}/{another}.wav"))),
        ("a recording of another session", with_sound(&sound.0.replace(&session.to_string(), &another.to_string()))),
        ("a recording of another size", vec![manifest.clone(), (sound.0.clone(), b"short".to_vec()), document.clone()]),
        ("another id in the name", vec![counting(1, 0), renamed(&format!("sessions/{another}.json"), &document)]),
        ("more recordings than it says", vec![counting(1, 0), sound.clone(), document.clone()]),
        ("no rows behind the recording", vec![counting(0, 1), sound.clone()]),
        ("no JSON", with_document((document.0.clone(), b"{".to_vec()))),
        ("a newer document", with_document(edited(&|it| it["turns"][0]["format"] = 99.into()))),
        ("a turn of another session", with_document(edited(&|it| it["turns"][0]["session_id"] = json!(another)))),
        ("a question that is not asked", with_document(edited(&|it| it["turns"][0]["question_id"] = "another".into()))),
        ("a judging of no turn", with_document(edited(&|it| it["judgings"][0]["turn_id"] = json!(another)))),
        (
            "a page as a recording",
            with_document(edited(&|it| {
                it["turns"][0]["state_document"]["answer"]["audio"]["media_type"] = "text/html".into();
            })),
        ),
        (
            "a file elsewhere as a recording",
            with_document(edited(&|it| {
                it["judgings"][0]["ending"]["answer"]["audio"]["key"] = "../viva.sqlite".into();
            })),
        ),
        (
            "a turn twice",
            with_document(edited(&|it| {
                let turn = it["turns"][0].clone();
                it["turns"].as_array_mut().unwrap().push(turn);
            })),
        ),
    ];
    for (what, entries) in hostile {
        let to = Folder::new().await;
        let entries = entries.iter().map(|(name, content)| (name.as_str(), content.clone()));
        let refused = to.import(&tar(entries)).await.expect_err(what);
        assert!(
            matches!(refused, StoreError::Archive(_) | StoreError::Newer { .. } | StoreError::BrokenOff(_)),
            "{what}: {refused}"
        );
        assert_eq!((to.all().await.len(), to.sound_folders()), (0, 0), "{what}");
        assert_eq!(to.store.deleted_sessions().await.unwrap(), [], "{what}");
        assert_eq!(to.import(&from.export().await).await.unwrap().sessions, 1, "{what}");
    }
}

#[tokio::test]
async fn an_archive_with_fewer_sessions_than_it_says_is_refused_and_those_it_has_stay() {
    let from = Folder::new().await;
    from.lived_through().await;
    let mut good = entries(&from.export().await);
    let mut manifest: Value = serde_json::from_slice(&good[0].1).unwrap();
    manifest["sessions"] = 2.into();
    good[0].1 = manifest.to_string().into_bytes();
    let to = Folder::new().await;
    let refused = to.import(&tar(good.iter().map(|(name, content)| (name.as_str(), content.clone())))).await;
    assert!(matches!(refused, Err(StoreError::Archive(_))));
    assert_eq!(to.all().await, from.all().await);
}

#[tokio::test]
async fn headers_that_lie_are_refused() {
    let from = Folder::new().await;
    from.lived_through().await;
    let archive = from.export().await;
    let with_header = |change: &dyn Fn(&mut tar::Header)| {
        let mut header = tar::Header::from_byte_slice(&archive[..512]).clone();
        change(&mut header);
        header.set_cksum();
        [header.as_bytes(), &archive[512..]].concat()
    };
    let mut flipped = archive.clone();
    flipped[3] ^= 1;
    for hostile in [
        flipped,
        b"these are somebody's notes\n".repeat(400),
        with_header(&|header| header.set_entry_type(tar::EntryType::Symlink)),
        with_header(&|header| header.set_entry_type(tar::EntryType::Directory)),
        with_header(&|header| header.set_size(u64::MAX)),
        with_header(&|header| header.set_size(1 << 30)),
    ] {
        let refused = Folder::new().await.import(&hostile).await.unwrap_err();
        assert!(matches!(refused, StoreError::Archive(_)), "{refused}");
    }
}

#[tokio::test]
async fn a_recording_larger_than_the_limit_is_refused() {
    let from = Folder::new().await;
    from.lived_through().await;
    let mut to = Folder::new().await;
    to.audio = AudioStore::in_folder(&to.folder.path().join("audio"), SOUND.len() as u64 - 1).await.unwrap();
    assert!(matches!(to.import(&from.export().await).await, Err(StoreError::TooLarge { .. })));
    assert_eq!(to.sound_folders(), 0);
}

#[tokio::test]
async fn a_session_whose_recording_is_gone_is_archived_without_it() {
    let from = Folder::new().await;
    let session = from.lived_through().await;
    from.audio.delete_session(session).await.unwrap();
    let to = Folder::new().await;
    assert_eq!(to.import(&from.export().await).await.unwrap(), Imported { sessions: 1, recordings: 0, skipped: 0 });
    assert_eq!(to.all().await, from.all().await);
}

#[tokio::test]
async fn nothing_is_left_when_everything_was_deleted() {
    let folder = Folder::new().await;
    let sessions = [folder.lived_through().await, folder.lived_through().await];
    let partial = folder.folder.path().join(format!("audio/{}/upload.wav#1", sessions[0]));
    std::fs::write(partial, SOUND).unwrap();
    let id = sessions[0].uuid();
    let texts = [WORDS.as_bytes(), SOUND, id.as_bytes()];
    for text in texts {
        assert!(occurs(folder.folder.path(), text), "the test looks in the right place");
    }
    archive::delete_all(&*folder.store, &folder.audio).await.unwrap();
    assert_eq!((folder.all().await.len(), folder.sound_folders()), (0, 0));
    assert_eq!(folder.store.deleted_sessions().await.unwrap(), []);
    for text in texts {
        assert!(!occurs(folder.folder.path(), text));
    }
    folder.lived_through().await;
    assert_eq!(folder.all().await.len(), 1, "it goes on");
}

/// A data folder.
struct Folder {
    store: Arc<dyn Store>,
    audio: AudioStore,
    folder: TempDir,
}

impl Folder {
    async fn new() -> Self {
        Self::at(tempfile::tempdir().unwrap()).await
    }

    async fn at(folder: TempDir) -> Self {
        let store = open_in(folder.path()).await.unwrap();
        let audio = AudioStore::in_folder(&folder.path().join("audio"), 1024 * 1024).await.unwrap();
        Self { store, audio, folder }
    }

    /// A finished session with a recording that was judged, decided on, corrected and judged again, a typed answer that waits for
    /// a model, a skipped question and one with a hint.
    async fn lived_through(&self) -> SessionId {
        let topics = ["ownership", "borrowing", "lifetimes", "traits"];
        let (session, turns) = fixtures::create_session(&self.store, &topics).await;
        let id = interview::AnswerId::from(uuid::Uuid::now_v7());
        let key = AudioKey::new(session.id, id, "audio/wav");
        let sound = stream::iter([Ok::<_, Infallible>(Bytes::from_static(SOUND))]);
        let audio = self.audio.put(&key, "audio/wav", sound).await.unwrap();
        let recording = Recording { id, audio, source: Source::Microphone };
        let submission = Submission::Sound(recording.clone());
        self.store.accept_answer(turns[0].id, submission, Some(&"a-key".parse().unwrap())).await.unwrap();
        let job = self.store.take_job(Lane::Transcription, jiff::Timestamp::now(), fixtures::LEASE).await.unwrap();
        let judging = job.unwrap().judging;
        self.store.transcribed(&judging, fixtures::heard(&recording)).await.unwrap();
        judge(&self.store, &judging).await;
        let decision = Decision::KeyPoint("one-owner".parse().unwrap(), Some(DecidedVerdict::Missed));
        let turn = self.store.decide(turns[0].id, decision).await.unwrap();
        let corrected = Answer { corrected: true, ..turn.state.answer().unwrap().clone() };
        self.store.correct_transcript(turn.id, corrected).await.unwrap();
        let job = loop {
            let job = next_job(&self.store).await;
            if job.judging.turn == turn.id {
                break job;
            }
        };
        let answer = self.store.turn(turn.id).await.unwrap().state.answer().unwrap().clone();
        let feedback = fixtures::feedback(&answer, CoachKind::Offline, "say why");
        let follow_up = Some(fixtures::follow_up(&turn, "How many owners?"));
        self.store.settle(&job.judging, Settlement::Judged { feedback, follow_up }).await.unwrap();
        self.store.set_sureness(turn.id, Some(3.try_into().unwrap())).await.unwrap();
        self.store.take_hint(turns[3].id, 2).await.unwrap();
        self.store.skip(turns[2].id).await.unwrap();
        let typed = Submission::Words(Box::new(fixtures::typed(WORDS)));
        self.store.accept_answer(turns[1].id, typed, None).await.unwrap();
        let wish = CoachWish { coach: Some(CoachKind::Llm), model: Some("some-model".to_owned()) };
        self.store.regrade(turns[1].id, wish).await.unwrap();
        self.store.finish(session.id).await.unwrap();
        session.id
    }

    async fn export(&self) -> Vec<u8> {
        let pieces = archive::export(Arc::clone(&self.store), self.audio.clone()).await.unwrap();
        pieces.try_collect::<Vec<Bytes>>().await.unwrap().concat()
    }

    /// Imports an archive that arrives in small pieces.
    async fn import(&self, archive: &[u8]) -> Result<Imported, StoreError> {
        let pieces = archive.chunks(1000).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece)));
        archive::import(&*self.store, &self.audio, stream::iter(pieces.collect::<Vec<_>>())).await
    }

    /// Every session with its judgings.
    async fn all(&self) -> Vec<(StoredSession, Vec<PastJudging>)> {
        let mut all = Vec::new();
        for session in self.store.sessions(&SessionQuery::default()).await.unwrap().sessions {
            let judgings = self.store.session_judgings(session.id).await.unwrap();
            all.push((self.store.session(session.id).await.unwrap(), judgings));
        }
        all
    }

    /// The recording of the session's first answer.
    async fn sound(&self, session: SessionId) -> Vec<u8> {
        let stored = self.store.session(session).await.unwrap();
        let sound = self.audio.get(stored.turns[0].state.audio().unwrap(), None).await.unwrap();
        sound.bytes.try_collect::<Vec<Bytes>>().await.unwrap().concat()
    }

    fn sound_folders(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("audio")).unwrap().count()
    }
}

fn tar<'a>(entries: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in entries {
        let mut header = tar::Header::new_ustar();
        // Past `set_path`, which refuses what hostile archives have.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        archive.append(&header, &*content).unwrap();
    }
    archive.into_inner().unwrap()
}

/// What any program for tar files finds in it.
fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(archive);
    let read = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), content)
    };
    archive.entries().unwrap().map(read).collect()
}
