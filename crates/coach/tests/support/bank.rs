//! The built-in bank, read from the repository.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use interview::Bank;
use interview::bank::SourceFile;

/// The built-in bank.
pub fn built_in() -> Bank {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../questions");
    let mut files = Vec::new();
    read_folder(&root, &root, &mut files);
    Bank::load(&files).bank
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push(SourceFile { path: name, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}
