//! Keeps a second process, or a second worker, out of one database.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use tokio::sync::{Mutex, MutexGuard};

use crate::error::StoreError;

/// The right to use a database. It ends with the value, and with the process however that ends: the operating system holds the lock.
pub(super) struct Lease {
    database: PathBuf,
    serving: Mutex<()>,
    _locked: File,
}

impl Lease {
    /// Takes the lease of the database at `path`; its folder is created when it is missing.
    pub(super) async fn take(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let taken = tokio::task::spawn_blocking(move || lock(path)).await;
        taken.map_err(|error| StoreError::Unavailable(error.into()))?
    }

    /// The right to serve the database's queue, for one worker at a time: a second would take the first one's jobs for abandoned.
    pub(super) fn serve(&self) -> Result<MutexGuard<'_, ()>, StoreError> {
        self.serving.try_lock().map_err(|_| StoreError::InUse { path: self.database.clone() })
    }
}

fn lock(database: PathBuf) -> Result<Lease, StoreError> {
    if let Some(folder) = database.parent() {
        create_folder(folder)?;
    }
    let mut beside = database.clone().into_os_string();
    beside.push(".lock");
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(PathBuf::from(beside))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { path: database }),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    // For people who wonder which process holds it. Nothing depends on it, so a full disk does not matter here.
    let _noted = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(Lease { database, serving: Mutex::new(()), _locked: file })
}

/// Answers are private: a new folder for them is closed to other users of the machine.
fn create_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
