use std::io;
use std::path::Path;
use std::time::Duration;

use futures::stream;
use uuid::Uuid;

use super::*;

const LIMIT: u64 = 3 * CHUNK as u64;

#[tokio::test]
async fn a_recording_comes_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    for size in [0, 1, 44, CHUNK, 2 * CHUNK + 7] {
        let sound = noise(size);
        let audio = store.put(&key(), "audio/wav", pieces(&sound)).await.unwrap();
        assert_eq!((audio.bytes, audio.media_type.as_str()), (size as u64, "audio/wav"));
        let found = store.get(&audio, None).await.unwrap();
        assert_eq!((found.range.clone(), found.size), (0..size as u64, size as u64), "{size}");
        assert!(read(found).await == sound, "{size}");
    }
}

#[tokio::test]
async fn a_part_is_read_as_far_as_there_are_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let sound = noise(1000);
    let audio = store.put(&key(), "audio/wav", pieces(&sound)).await.unwrap();
    for (asked, given) in [(0..10, 0..10), (990..1000, 990..1000), (500..2000, 500..1000), (999..u64::MAX, 999..1000)] {
        let found = store.get(&audio, Some(asked)).await.unwrap();
        assert_eq!((found.range.clone(), found.size), (given.clone(), 1000));
        assert_eq!(read(found).await, sound[given.start as usize..given.end as usize]);
    }
}

#[tokio::test]
async fn a_recording_over_the_limit_is_refused_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let exact = noise(LIMIT as usize);
    store.put(&key(), "audio/wav", pieces(&exact)).await.unwrap();
    let before = files(folder.path());

    let endless = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from(noise(CHUNK / 3))));
    let refused = store.put(&key(), "audio/wav", endless).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { limit: LIMIT })));
    assert_eq!(files(folder.path()), before);
}

#[tokio::test]
async fn a_recording_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let broken = stream::iter([Ok(Bytes::from(noise(2 * CHUNK))), Err(io::Error::other("the line went dead"))]);
    let refused = store.put(&key(), "audio/wav", broken).await.unwrap_err();
    assert_eq!(refused.to_string(), "the upload broke off: the line went dead");
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn a_sender_that_is_given_up_on_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let stalled = stream::iter([Ok::<_, io::Error>(Bytes::from(noise(2 * CHUNK)))]).chain(stream::pending());
    let key = key();
    let put = store.put(&key, "audio/wav", stalled);
    assert!(tokio::time::timeout(Duration::from_millis(200), put).await.is_err());
    // Files are removed on a thread of their own.
    let mut rounds = 0;
    while files(folder.path()) > 0 && rounds < 600 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        rounds += 1;
    }
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn deleting_twice_is_deleting_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let audio = store.put(&key(), "audio/wav", pieces(&noise(10))).await.unwrap();
    store.delete(&audio).await.unwrap();
    store.delete(&audio).await.unwrap();
    let gone = store.get(&audio, None).await.err().unwrap();
    assert_eq!(gone.to_string(), format!("there is no recording {}", audio.key));
}

#[tokio::test]
async fn a_session_takes_its_recordings_with_it_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let session = SessionId::from(Uuid::now_v7());
    let mut own = Vec::new();
    for _ in 0..3 {
        let key = AudioKey::new(session, AnswerId::from(Uuid::now_v7()), "audio/wav");
        own.push(store.put(&key, "audio/wav", pieces(&noise(10))).await.unwrap());
    }
    let other = store.put(&key(), "audio/wav", pieces(&noise(10))).await.unwrap();

    store.delete_session(session).await.unwrap();
    store.delete_session(session).await.unwrap();
    for audio in &own {
        assert!(matches!(store.get(audio, None).await, Err(StoreError::NotFound(_))));
    }
    assert_eq!(store.get(&other, None).await.unwrap().size, 10);
}

#[tokio::test]
async fn a_crash_leaves_no_part_of_an_upload() {
    let folder = tempfile::tempdir().unwrap();
    let audio = in_folder(folder.path()).await.put(&key(), "audio/wav", pieces(&noise(10))).await.unwrap();
    let other = folder.path().join(Uuid::now_v7().to_string());
    std::fs::create_dir(&other).unwrap();
    for left in [folder.path().join(format!("{}#1", audio.key)), other.join("answer.wav#1")] {
        std::fs::write(left, "part of an upl").unwrap();
    }
    let store = in_folder(folder.path()).await;
    assert_eq!(files(folder.path()), 1);
    assert!(!other.exists(), "nor an empty folder");
    assert_eq!(store.get(&audio, None).await.unwrap().size, 10);
}

#[tokio::test]
async fn a_session_takes_parts_of_uploads_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = in_folder(folder.path()).await;
    let session = SessionId::from(Uuid::now_v7());
    let key = AudioKey::new(session, AnswerId::from(Uuid::now_v7()), "audio/wav");
    store.put(&key, "audio/wav", pieces(&noise(10))).await.unwrap();
    std::fs::write(folder.path().join(format!("{key}#1")), "part of an upl").unwrap();
    store.delete_session(session).await.unwrap();
    assert_eq!(files(folder.path()), 0);
}

#[test]
fn a_key_says_whose_recording_it_is_and_nothing_that_the_sender_wrote() {
    let session: SessionId = "019aa9f5-6a00-7000-8000-000000000001".parse().unwrap();
    let answer: AnswerId = "019aa9f5-6a00-7000-8000-000000000002".parse().unwrap();
    let key = |media_type: &str| AudioKey::new(session, answer, media_type).to_string();

    let stem = format!("{session}/{answer}");
    assert_eq!(key("audio/mp4"), format!("{stem}.m4a"));
    assert_eq!(key("audio/wav"), format!("{stem}.wav"));
    assert_eq!(key("../../etc/passwd"), format!("{stem}.audio"));
}

#[tokio::test]
async fn no_key_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let store = in_folder(&folder.path().join("audio")).await;
    for key in ["../secret", "/../secret", "a/../../secret"] {
        let audio = AudioObject { key: key.to_owned(), media_type: "audio/wav".to_owned(), bytes: 6 };
        let refused = store.get(&audio, None).await.err().unwrap();
        assert!(matches!(refused, StoreError::Corrupt(_)), "{key}: {refused}");
    }
}

async fn in_folder(folder: &Path) -> AudioStore {
    AudioStore::in_folder(folder, LIMIT).await.unwrap()
}

fn key() -> AudioKey {
    AudioKey::new(SessionId::from(Uuid::now_v7()), AnswerId::from(Uuid::now_v7()), "audio/wav")
}

fn noise(size: usize) -> Vec<u8> {
    (0..size).map(|index| (index * index % 251) as u8).collect()
}

/// The sound in pieces of a size that divides nothing.
fn pieces(sound: &[u8]) -> impl Stream<Item = Result<Bytes, io::Error>> + Send + use<> {
    let pieces: Vec<_> = sound.chunks(65_537).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

async fn read(sound: Sound) -> Vec<u8> {
    sound.bytes.try_collect::<Vec<_>>().await.unwrap().concat()
}

/// How many files there are under the folder.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}
