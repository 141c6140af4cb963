//! Nothing that was said is lost, and nothing is sent twice.

use super::*;

fn destination() -> Destination {
    Destination { server: None, session: Uuid::from_u128(1), turn: Uuid::from_u128(2) }
}

fn typed(text: &str) -> NewAnswer {
    NewAnswer { text: Some(text.to_owned()), ..NewAnswer::default() }
}

#[test]
fn an_answer_that_was_not_sent_is_found_at_the_next_start_under_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::in_folder(folder.path().join("outbox"));
    let mut kept = outbox.begin(destination()).unwrap();
    kept.keep(typed("one owner")).unwrap();
    let key = kept.record.key;
    drop(kept);

    let left = outbox.left_behind().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].record.key, key);
    assert_eq!(left[0].answer(), Some(&typed("one owner")));
    assert_eq!(left[0].destination(), &destination());
}

#[test]
fn an_answer_that_was_cut_off_is_told_from_a_complete_one() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::in_folder(folder.path().to_owned());
    let mut kept = outbox.begin(destination()).unwrap();
    assert!(kept.is_cut_off(), "nothing is known of it yet");
    kept.keep_cut_off(typed("one ow")).unwrap();
    drop(kept);
    let mut left = outbox.left_behind().unwrap().remove(0);
    assert!(left.is_cut_off());
    left.keep(typed("one owner")).unwrap();
    drop(left);
    assert!(!outbox.left_behind().unwrap()[0].is_cut_off());
}

#[test]
fn a_locked_answer_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::in_folder(folder.path().to_owned());
    let kept = outbox.begin(destination()).unwrap();
    assert_eq!(outbox.left_behind().unwrap().len(), 0);
    drop(kept);
    assert_eq!(outbox.left_behind().unwrap().len(), 1);
}

#[test]
fn a_recording_without_words_is_something_to_send() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::in_folder(folder.path().to_owned());
    let kept = outbox.begin(destination()).unwrap();
    assert!(kept.is_empty());
    std::fs::write(kept.recording_path(), "sound").unwrap();
    assert!(!kept.is_empty());
    assert_eq!(kept.recording(), Some(kept.recording_path()));
}

#[test]
fn what_reached_its_server_is_gone_and_what_it_refuses_is_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::in_folder(folder.path().to_owned());
    outbox.begin(destination()).unwrap().remove().unwrap();
    let mut kept = outbox.begin(destination()).unwrap();
    kept.keep(typed("one owner")).unwrap();
    let aside = kept.set_aside().unwrap();
    assert!(aside.join(RECORD).is_file());
    assert_eq!(outbox.left_behind().unwrap().len(), 0);
}

#[test]
fn an_outbox_that_is_not_there_or_holds_rubbish_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Outbox::in_folder(folder.path().join("none")).left_behind().unwrap().len(), 0);
    std::fs::create_dir(folder.path().join("half")).unwrap();
    std::fs::write(folder.path().join("half").join(RECORD), "{\"key\":").unwrap();
    std::fs::write(folder.path().join("stray.txt"), "hello").unwrap();
    assert_eq!(Outbox::in_folder(folder.path().to_owned()).left_behind().unwrap().len(), 0);
}

#[test]
fn a_recording_of_the_candidates_own_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let recording = folder.path().join("mine.flac");
    std::fs::write(&recording, "sound").unwrap();
    let outbox = Outbox::in_folder(folder.path().join("outbox"));
    let mut kept = outbox.begin(destination()).unwrap();
    kept.keep_with_recording(NewAnswer::default(), &recording).unwrap();
    assert_eq!(kept.recording(), Some(recording.clone()));
    kept.remove().unwrap();
    assert!(recording.is_file());
}
