//! The invariants of ARCHITECTURE.md that can be read off the dependency graph.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::collections::{BTreeSet, HashMap};
use std::process::Command;

use journeys::workspace;
use serde_json::Value;

/// Which crates each crate of the workspace may use: arrows point down only.
const ARROWS: [(&str, &[&str]); 8] = [
    ("interview", &[]),
    ("api", &["interview"]),
    ("capture", &["interview"]),
    ("coach", &["interview"]),
    ("store", &["interview"]),
    ("server", &["interview", "api", "capture", "coach", "store"]),
    ("eval", &["interview", "coach"]),
    ("viva", &["interview", "api", "capture", "coach", "eval", "server"]),
];

/// The direct dependencies of every crate of the workspace, development ones left out, by name.
fn dependencies() -> HashMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(workspace::root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names = |package: &Value| -> BTreeSet<String> {
        let dependencies = package["dependencies"].as_array().unwrap();
        let used = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
        used.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
    };
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), names(package))).collect()
}

#[test]
fn arrows_point_down_only() {
    let dependencies = dependencies();
    let crates: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in ARROWS {
        let used: Vec<&String> = dependencies[name].iter().filter(|used| crates.contains(used.as_str())).collect();
        assert!(
            used.iter().all(|used| allowed.contains(&used.as_str())),
            "{name} uses {used:?}, allowed is {allowed:?}"
        );
    }
}

#[test]
fn each_crate_knows_only_its_own_part_of_the_outside_world() {
    let forbidden: [(&str, &[&str]); 7] = [
        ("interview", &["tokio", "sqlx", "axum", "reqwest", "jiff", "rand", "async-trait", "cpal", "whisper-rs"]),
        ("coach", &["sqlx", "axum", "object_store", "cpal", "whisper-rs"]),
        ("eval", &["sqlx", "axum", "reqwest", "tokio"]),
        ("store", &["reqwest", "axum", "minijinja", "cpal", "whisper-rs"]),
        ("capture", &["sqlx", "axum", "minijinja"]),
        ("api", &["sqlx", "axum", "cpal", "whisper-rs"]),
        ("server", &["sqlx", "cpal", "whisper-rs"]),
    ];
    let dependencies = dependencies();
    for (name, unknown) in forbidden {
        for other in unknown {
            assert!(!dependencies[name].contains(*other), "{name} must not know {other}");
        }
    }
}

#[test]
fn the_server_builds_without_audio_libraries() {
    let tree = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO")).args(arguments).current_dir(workspace::root()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let server = tree(&["tree", "-p", "server", "-e", "normal,build", "--prefix", "none", "--offline"]);
    assert!(!server.contains("cpal "), "the server pulls in cpal");
    let program = tree(&["tree", "-p", "viva", "-e", "normal", "--prefix", "none", "--offline"]);
    assert!(program.contains("cpal "), "this test must be able to see cpal where it is used");
}
