//! Files that only their owner may read, because they hold the candidate's answers.
//!
//! On systems without Unix permissions, files have whatever rights their folder gives them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// What Viva keeps in its data folder, and nobody else may read.
#[cfg(unix)]
const PRIVATE: [&str; 8] = [
    "viva.sqlite", "viva.sqlite-wal", "viva.sqlite-shm", "viva.sqlite.lock", "viva.address", "audio", "incoming",
    "outbox",
];

/// What else is in the data folder, and no secret.
#[cfg(unix)]
const PUBLIC: [&str; 1] = ["models"];

/// Creates the data folder, closed to other users of the machine. In one that is there already, what Viva made is closed to them; so is
/// the folder itself if there is nothing else in it.
///
/// # Errors
/// When the folder cannot be created or read.
pub fn create_data_folder(folder: &Path) -> io::Result<()> {
    create_folder(folder)?;
    #[cfg(unix)]
    {
        for name in PRIVATE {
            close(&folder.join(name))?;
        }
        let mut is_ours = true;
        for entry in std::fs::read_dir(folder)? {
            let name = entry?.file_name();
            is_ours &= PRIVATE.iter().chain(&PUBLIC).any(|ours| name == *ours);
        }
        if is_ours {
            set_mode(folder, 0o700)?;
        }
    }
    Ok(())
}

/// Creates a folder, its parents included, closed to other users. One that is there already stays as it is.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens a file for writing, and creates it closed to other users when it is missing.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Takes away what other users may do with a file or a folder and all in it. Links are not followed.
#[cfg(unix)]
fn close(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    let mode = metadata.permissions().mode();
    if metadata.is_symlink() || mode & 0o077 == 0 {
        return Ok(());
    }
    if metadata.is_dir() {
        for entry in std::fs::read_dir(path)? {
            close(&entry?.path())?;
        }
    }
    // Last, so that a folder that is closed has nothing open in it.
    set_mode(path, mode & 0o700)
}

/// What belongs to somebody else, as a mounted folder may, keeps its rights.
#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    match std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            tracing::warn!("the rights of {} cannot be changed: {error}", path.display());
            Ok(())
        }
        result => result,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_folder_is_private_from_the_first_moment() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("share/viva");
        create_data_folder(&folder).unwrap();
        assert_eq!([mode(&folder), mode(&home.path().join("share"))], [0o700; 2]);
        open_file(&folder.join("viva.sqlite")).unwrap();
        assert_eq!(mode(&folder.join("viva.sqlite")), 0o600);
    }

    #[test]
    fn what_an_older_version_left_open_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for path in ["", "audio", "audio/session", "models"] {
            DirBuilder::new().recursive(true).create(folder.join(path)).unwrap();
            std::fs::set_permissions(folder.join(path), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        for path in ["viva.sqlite", "audio/session/answer.wav", "models/base.en.bin"] {
            std::fs::write(folder.join(path), "x").unwrap();
            std::fs::set_permissions(folder.join(path), std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        create_data_folder(folder).unwrap();
        assert_eq!(["", "audio", "audio/session"].map(|path| mode(&folder.join(path))), [0o700; 3]);
        assert_eq!(["viva.sqlite", "audio/session/answer.wav"].map(|path| mode(&folder.join(path))), [0o600; 2]);
        assert_eq!(mode(&folder.join("models/base.en.bin")), 0o644, "models are no secret");
    }

    #[test]
    fn a_folder_that_holds_other_things_too_is_not_viva_s_to_close() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["viva.sqlite", "thesis.tex"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
            std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        create_data_folder(folder.path()).unwrap();
        let modes =
            [mode(folder.path()), mode(&folder.path().join("thesis.tex")), mode(&folder.path().join("viva.sqlite"))];
        assert_eq!(modes, [0o755, 0o644, 0o600]);
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777).unwrap_or_default()
    }
}
