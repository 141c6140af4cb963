//! Lists the files of the built-in bank, so that the binary carries them and a new question is noticed by the next build.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let root = Path::new("../../questions").canonicalize()?;
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let target = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("built_in_questions.rs");
    let mut list = fs::File::create(target)?;
    writeln!(list, "&[")?;
    for file in files {
        let shown = Path::new("questions").join(file.strip_prefix(&root).unwrap_or(&file));
        writeln!(list, "    ({:?}, include_str!({:?})),", shown.to_string_lossy().replace('\\', "/"), file)?;
    }
    writeln!(list, "]")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    Ok(())
}
