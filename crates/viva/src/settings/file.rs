//! Changes the settings file.

use std::path::{Path, PathBuf};

use toml_edit::DocumentMut;

use super::{DataFolder, Settings};
use crate::failure::Failure;
use crate::files::replace;

impl Settings {
    /// A file beside the settings that exists once something was done; none where there is no place for settings.
    pub fn mark(&self, name: &str) -> Option<PathBuf> {
        Some(self.file.as_deref()?.parent()?.join(name))
    }

    /// Changes the settings file, which is made when it is not there; returns its path. Everything else in it stays as it is.
    pub fn change_file(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<String, Failure> {
        let path = self.file.clone().or_else(DataFolder::usual_settings_file);
        let path =
            path.ok_or_else(|| Failure::new("there is no place for a settings file").help("name one with --config"))?;
        let failed = |error: std::io::Error| Failure::new(format!("cannot change {}: {error}", path.display()));
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(failed)?,
        };
        let mut document: DocumentMut =
            text.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        change(&mut document);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        replace(&path, document.to_string().as_bytes()).map_err(failed)?;
        Ok(path.display().to_string())
    }
}

/// Creates a [`Settings::mark`]. Where nothing can be written, the thing is done again the next time.
pub fn set_mark(mark: &Path) {
    mark.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(mark, "")).ok();
}
