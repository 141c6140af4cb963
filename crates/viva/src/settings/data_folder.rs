//! Where everything is kept.

use std::path::{Path, PathBuf};

use capture::models;
use directories::ProjectDirs;

use crate::failure::Failure;

/// The folder for the database, recordings, models and answers on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder {
    path: PathBuf,
    /// Whether somebody chose it, so that commands must name it to find it again.
    is_chosen: bool,
}

impl DataFolder {
    /// The folder that was chosen, or the one that the system has for such things. It need not exist.
    pub fn at_or_usual(chosen: Option<PathBuf>) -> Result<Self, Failure> {
        if let Some(path) = chosen {
            return Ok(Self { path, is_chosen: true });
        }
        let usual = project().map(|project| project.data_dir().to_owned());
        let path = usual.ok_or_else(|| {
            Failure::new("there is no home folder to keep sessions in").help("name a folder with --data or VIVA_DATA")
        })?;
        Ok(Self { path, is_chosen: false })
    }

    /// Where the settings file usually is, if the system knows a home.
    pub fn usual_settings_file() -> Option<PathBuf> {
        project().map(|project| project.config_dir().join("config.toml"))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn models(&self) -> models::Folder {
        models::Folder::at(self.path.join("models"))
    }

    /// Where answers wait until they have reached their server.
    pub fn outbox(&self) -> PathBuf {
        self.path.join("outbox")
    }

    /// A command of this program that works on this folder, as somebody would type it: `viva review last`.
    pub fn command(&self, arguments: &str) -> String {
        let folder = if self.is_chosen { format!(" --data {}", quoted(&self.path)) } else { String::new() };
        format!("{} {arguments}{folder}", program())
    }
}

/// The program as it was called: with its path when the system would not find it without.
fn program() -> String {
    let called = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    if called.components().count() > 1 { quoted(&called) } else { "viva".to_owned() }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let needs_quotes = path.chars().any(|character| !(character.is_alphanumeric() || "/._-+~:\\".contains(character)));
    if needs_quotes { format!("'{}'", path.replace('\'', "'\\''")) } else { path }
}

fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "viva")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_name_a_folder_that_was_chosen() {
        let folder = DataFolder::at_or_usual(Some("/tmp/my data".into())).unwrap();
        assert!(folder.command("review last --open").ends_with(" review last --open --data '/tmp/my data'"));
        let folder = DataFolder::at_or_usual(Some(".demo".into())).unwrap();
        assert!(folder.command("review").ends_with(" review --data .demo"));
    }

    #[test]
    fn a_path_is_quoted_for_the_shell() {
        assert_eq!(quoted(Path::new("/home/me/data")), "/home/me/data");
        assert_eq!(quoted(Path::new("it's $HOME")), "'it'\\''s $HOME'");
    }
}
