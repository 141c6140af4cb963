//! What is deleted is gone from the files, and a closed database is one file.

use interview::session::{Answer, Turn};
use interview::{SessionId, Transcript};
use store::{Store, StoreError, Submission};

use crate::contract::fixtures::{self, judge, next_job};
use crate::{occurs, open, open_in};

/// Words that are in no other file.
const SPOKEN: &str = "quixotic-marmalade-answer";
const CORRECTED: &str = "quixotic-marmalade-correction";
const PROMPT: &str = "quixotic-marmalade-prompt";

#[tokio::test]
async fn nothing_of_a_deleted_session_is_left_in_any_file() {
    let (store, folder) = open().await;
    let (kept, _) = stored(&*store, "kept").await;
    let (session, turn) = stored(&*store, SPOKEN).await;
    judge(&store, &next_job(&store).await.judging).await;
    judge(&store, &next_job(&store).await.judging).await;
    let answer = turn.state.answer().unwrap().clone();
    let answer = Answer { transcript: Transcript::typed(&CORRECTED.repeat(2000)), corrected: true, ..answer };
    store.correct_transcript(turn.id, answer).await.unwrap();
    judge(&store, &next_job(&store).await.judging).await;
    for text in [SPOKEN, CORRECTED, PROMPT] {
        assert!(occurs(folder.path(), text.as_bytes()), "the test looks in the right place for {text}");
    }

    store.delete(session).await.unwrap();
    for text in [SPOKEN, CORRECTED, PROMPT] {
        assert!(!occurs(folder.path(), text.as_bytes()), "{text}");
    }
    assert_eq!(store.session(kept).await.unwrap().session.id, kept);
}

#[tokio::test]
async fn a_closed_database_is_complete_in_one_file() {
    let (store, folder) = open().await;
    let (session, turn) = stored(&*store, SPOKEN).await;
    store.close().await.unwrap();
    assert!(matches!(store.session(session).await, Err(StoreError::Unavailable(_))));
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("viva.sqlite"), copy.path().join("viva.sqlite")).unwrap();
    assert_eq!(open_in(copy.path()).await.unwrap().turn(turn.id).await.unwrap(), turn);
}

/// A session whose one turn is answered with `words`; for any but "kept" the prompt is one to look for too.
async fn stored(store: &dyn Store, words: &str) -> (SessionId, Turn) {
    let (session, mut turns) = fixtures::session(&["ownership"]);
    if words != "kept" {
        turns[0].prompt = PROMPT.to_owned();
    }
    store.create_session(&session, &turns).await.unwrap();
    let answer = Submission::Words(Box::new(fixtures::typed(words)));
    (session.id, store.accept_answer(turns[0].id, answer, None).await.unwrap())
}
