//! All sessions in one file, into another home, and deleted.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::path::Path;

use journeys::program::{Home, Run};
use journeys::workspace::fixture;
use serde_json::Value;

const ANSWER: &str = "quixotic marmalade: every value has exactly one owner and is dropped when that goes out of scope";

fn practise(home: &Home) {
    let arguments = ["practice", "--question", "ownership-why", "--follow-ups", "0", "--json"];
    home.viva(arguments).input(format!("{ANSWER}\n")).finish().success();
}

fn sessions(home: &Home) -> Value {
    home.viva(["review", "--json"]).finish().success().json()
}

fn archive(home: &Home, command: &str, file: &Path) -> Run {
    home.viva(["archive".as_ref(), command.as_ref(), file.as_os_str()])
}

#[test]
fn a_round_goes_to_another_machine_in_one_file() {
    let (here, there) = (Home::empty(), Home::empty());
    practise(&here);
    let file = here.path().join("viva.tar");
    let exported = archive(&here, "export", &file).finish().success();
    assert!(exported.errors.contains("wrote 1 session and 0 recordings to "), "{}", exported.errors);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let imported = archive(&there, "import", &file).finish().success();
    assert!(imported.errors.contains("imported 1 session with 0 recordings"), "{}", imported.errors);
    assert_eq!(sessions(&there), sessions(&here));

    // A running server does it too.
    let _server = there.serve();
    let again = archive(&there, "import", &file).finish().success();
    assert!(again.errors.contains("skipped 1 session that you have already"), "{}", again.errors);
}

#[test]
fn a_file_that_is_there_is_replaced_only_on_purpose() {
    let home = Home::empty();
    let file = home.path().join("notes.txt");
    std::fs::write(&file, "somebody's notes").unwrap();
    let refused = archive(&home, "export", &file).finish().fails_with(1);
    assert!(refused.errors.contains("--force"), "{}", refused.errors);
    let refused = archive(&home, "import", &file).finish().fails_with(1);
    assert!(refused.errors.contains("archive"), "{}", refused.errors);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "somebody's notes");
    let forced = home.viva(["archive".as_ref(), "export".as_ref(), file.as_os_str(), "--force".as_ref()]);
    forced.finish().success();
    assert!(std::fs::read(&file).unwrap().starts_with(b"manifest.json"));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().filter(is_draft).count(), 0);
}

#[test]
fn everything_is_deleted_once_somebody_agrees() {
    let home = Home::empty();
    practise(&home);
    std::fs::create_dir_all(home.data().join("outbox/one")).unwrap();
    std::fs::write(home.data().join("outbox/one/letter.json"), ANSWER).unwrap();
    std::fs::create_dir_all(home.data().join("models")).unwrap();
    std::fs::copy(fixture("speech/sentences.txt"), home.data().join("models/kept")).unwrap();
    let asked = home.viva(["delete", "--all"]).finish().fails_with(1);
    assert!(asked.errors.contains("nothing was deleted of 1 session and 0 recordings in "), "{}", asked.errors);
    assert!(occurs(&home.data()), "the test looks in the right place");

    let deleted = home.viva(["delete", "--all", "--yes"]).finish().success();
    assert!(deleted.errors.contains("deleted 1 session and 0 recordings in "), "{}", deleted.errors);
    assert!(!occurs(&home.data()));
    assert_eq!(sessions(&home)["sessions"].as_array().unwrap().len(), 0);
    assert!(home.data().join("models/kept").exists());
}

#[test]
fn one_session_is_deleted_by_its_name() {
    let home = Home::empty();
    practise(&home);
    practise(&home);
    let last = sessions(&home)["sessions"][0]["id"].clone();
    home.viva(["delete", "last", "--yes"]).finish().success();
    let left = sessions(&home);
    assert_eq!(left["sessions"].as_array().unwrap().len(), 1);
    assert_ne!(left["sessions"][0]["id"], last);
    assert!(home.viva(["delete", "--yes"]).finish().fails_with(2).errors.contains("SESSION"));
}

fn is_draft(entry: &std::io::Result<std::fs::DirEntry>) -> bool {
    entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".tmp")
}

fn occurs(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return occurs(&path);
        }
        let text = b"quixotic marmalade";
        std::fs::read(path).unwrap().windows(text.len()).any(|window| window == text)
    })
}
