//! Wrong usage of the command line.
//!
//! An integration test of this package also makes `cargo test --workspace` build the program, which the tests in `tests/` run.

#![allow(clippy::unwrap_used)]

use std::process::Command;

#[test]
fn wrong_usage_exits_with_status_2_and_says_what_is_wrong() {
    for arguments in [["practice", "--level", "guru"], ["practice", "--follow-ups", "nine"], ["fly", "--to", "moon"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_viva")).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(arguments[2]) || errors.contains(arguments[0]), "{errors}");
        assert!(output.stdout.is_empty());
    }
}
