//! Where things are in the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use interview::bank::SourceFile;

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A file or folder among the fixtures.
pub fn fixture(path: &str) -> PathBuf {
    root().join("tests/fixtures").join(path)
}

/// How many words are said in one of the spoken answers, and how many of them a transcript has wrong.
pub fn misheard(name: &str, transcript: &str) -> (usize, usize) {
    let text = fs::read_to_string(fixture(&format!("speech/answers/{name}.txt")));
    let text = text.unwrap_or_else(|error| panic!("{name}: {error}"));
    let (said, heard): (Vec<&str>, Vec<&str>) =
        (text.split_whitespace().collect(), transcript.split_whitespace().collect());
    (said.len(), strsim::generic_levenshtein(&said, &heard))
}

/// Every file of the built-in bank, with paths from the root.
pub fn bank_files() -> std::io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    collect(&root().join("questions"), "questions", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn collect(folder: &Path, shown: &str, files: &mut Vec<SourceFile>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let shown = format!("{shown}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &shown, files)?;
        } else {
            files.push(SourceFile { path: shown, text: fs::read_to_string(entry.path())? });
        }
    }
    Ok(())
}
