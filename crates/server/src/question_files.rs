//! The files that questions come from: those in the binary, and a folder of the user's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use interview::bank::{Bank, Fault, Loaded, SourceFile};

/// Every file of the built-in bank, as it was when the program was built.
static BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/built_in_questions.rs"));

/// The largest file that can be a question. Real ones have some ten thousand bytes.
const LARGEST_FILE: u64 = 1024 * 1024;

/// The most files a folder may have.
const MOST_FILES: usize = 10_000;

/// How deep folders may be nested: subject folders, and one around them.
const DEEPEST: usize = 3;

/// The files of a user's folder.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The files that can be read.
    pub files: Vec<SourceFile>,
    /// Those that cannot, and why.
    pub faults: Vec<Fault>,
}

/// The files of the built-in bank.
pub fn built_in() -> Vec<SourceFile> {
    let file = |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), text: (*text).to_owned() };
    BUILT_IN.iter().map(file).collect()
}

/// Every `.toml` file in a folder and the folders in it. Reads the disk: keep it off an async runtime's threads.
///
/// # Errors
/// When the folder itself cannot be read; single files that cannot be are among the faults.
pub fn folder(path: &Path) -> io::Result<Found> {
    let mut found = Found::default();
    visit(path, 0, &mut found)?;
    Ok(found)
}

/// The built-in bank, and beside it what is sound in the user's folder. Reads the disk: keep it off an async runtime's threads.
///
/// # Errors
/// When the user's folder cannot be read.
pub fn bank(own_folder: Option<&Path>) -> io::Result<Loaded> {
    let mut files = built_in();
    let own = own_folder.map(folder).transpose()?.unwrap_or_default();
    files.extend(own.files);
    let mut loaded = Bank::load(&files);
    loaded.faults.extend(own.faults);
    Ok(loaded)
}

fn visit(folder: &Path, depth: usize, found: &mut Found) -> io::Result<()> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        if found.files.len() >= MOST_FILES {
            found.faults.push(fault(folder, &format!("there are more than {MOST_FILES} files; the rest is left out")));
            return Ok(());
        }
        if path.is_dir() && depth + 1 < DEEPEST {
            visit(&path, depth + 1, found)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            match read(&path) {
                Ok(file) => found.files.push(file),
                Err(error) => found.faults.push(fault(&path, &format!("cannot be read: {error}"))),
            }
        } else if is_stray(&path) {
            found.faults.push(fault(
                &path,
                "is no question: a folder of questions holds .toml files, and a README.md if you like",
            ));
        }
    }
    Ok(())
}

/// Whether a file neither belongs to a bank nor is hidden nor explains the folder.
fn is_stray(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.is_file() && name != "README.md" && !name.starts_with('.')
}

fn read(path: &Path) -> io::Result<SourceFile> {
    if fs::metadata(path)?.len() > LARGEST_FILE {
        let message = format!("it has more than {LARGEST_FILE} bytes, which no question needs");
        return Err(io::Error::other(message));
    }
    Ok(SourceFile { path: shown(path), text: fs::read_to_string(path)? })
}

fn fault(path: &Path, message: &str) -> Fault {
    Fault::new(&SourceFile { path: shown(path), text: String::new() }, 1, message)
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_bank_is_sound_and_not_small() {
        let loaded = bank(None).unwrap();
        assert_eq!(loaded.faults, []);
        assert!(loaded.bank.questions().len() >= 14, "{}", loaded.bank.questions().len());
    }

    #[test]
    fn a_broken_file_of_ones_own_is_named_and_the_rest_still_works() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("rust");
        fs::create_dir(&own).unwrap();
        fs::write(own.join("broken.toml"), "format_version = 1\nid = ").unwrap();
        fs::write(own.join("latin1.toml"), b"title = \"d\xe9j\xe0 vu\"").unwrap();
        fs::write(own.join("notes.txt"), "not a question").unwrap();
        fs::write(own.join("README.md"), "about my questions").unwrap();
        fs::write(own.join(".hidden"), "an editor's").unwrap();

        let loaded = bank(Some(folder.path())).unwrap();
        let broken: Vec<&str> = loaded.faults.iter().map(|fault| fault.path.rsplit('/').next().unwrap()).collect();
        for named in ["broken.toml", "latin1.toml", "notes.txt"] {
            assert!(broken.contains(&named), "{named}: {broken:?}");
        }
        assert!(!broken.contains(&"README.md") && !broken.contains(&".hidden"), "{broken:?}");
        assert_eq!(loaded.bank.questions().len(), bank(None).unwrap().bank.questions().len());
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(folder(Path::new("/nowhere/questions")).is_err());
    }
}
