//! The file of the database: who may use it, its connections, its schema, and what its failures mean.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::FutureExt;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

use crate::error::StoreError;
use crate::private;

/// How many reads can go on at once.
const READERS: u32 = 4;

/// How long a statement waits for a lock. Only programs beside this one, such as a backup, can hold one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a call waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Takes the right to use the database at `path`; its folder is created when it is missing. The right ends with the file, and with the
/// process however that ends: the operating system holds the lock.
pub(super) async fn lock(path: &Path) -> Result<File, StoreError> {
    let path = path.to_owned();
    let taken = tokio::task::spawn_blocking(move || lock_now(path)).await;
    taken.map_err(|error| StoreError::Unavailable(error.into()))?
}

fn lock_now(database: PathBuf) -> Result<File, StoreError> {
    if let Some(folder) = database.parent() {
        private::create_folder(folder)?;
    }
    let mut beside = database.clone().into_os_string();
    beside.push(".lock");
    let mut file = private::open_file(Path::new(&beside))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { path: database }),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    // For people who wonder which process holds it. Nothing depends on it.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).ok();
    // SQLite would create it with whatever rights are usual. Its log gets the rights of the database.
    private::open_file(&database)?;
    Ok(file)
}

/// Opens the database and brings its schema up to date. Returns the one connection that writes, and those that read.
pub(super) async fn open(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // What is deleted is overwritten.
        .pragma("secure_delete", "on");
    let writer = pool(1).connect_with(options.clone()).await?;
    sqlx::migrate!("migrations/sqlite").run(&writer).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => StoreError::Newer { what: path.display().to_string() },
        MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => StoreError::Corrupt(error.into()),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        error => StoreError::Unavailable(error.into()),
    })?;
    let readers = pool(READERS).connect_with(options.create_if_missing(false)).await?;
    Ok((writer, readers))
}

/// Connections to a file do not go stale, and opening one costs more than keeping it.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // A full disk makes SQLite end a transaction by itself. sqlx believes such a connection to be in it still and would refuse
        // every later transaction there, so it is replaced.
        .before_acquire(|connection, _| futures::future::ready(Ok(!connection.is_in_transaction())).boxed())
}

/// Moves everything from the write-ahead log to the database, and empties the log.
pub(super) async fn empty_log(writer: &SqlitePool) -> Result<(), StoreError> {
    // Waits for readers, at most for the busy timeout.
    let (is_busy, _, _): (bool, i64, i64) = sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(writer).await?;
    if is_busy {
        tracing::warn!("the database is being read by another program, so its log still holds what was deleted");
    }
    Ok(())
}

const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_NOTADB: i32 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::Corrupt(error.into())
            }
            sqlx::Error::Database(failure) if failure.is_unique_violation() => Self::Duplicate,
            sqlx::Error::Database(failure) => {
                let code: Option<i32> = failure.code().and_then(|code| code.parse().ok());
                // Extended codes keep the primary one (<https://sqlite.org/rescode.html>) in their lowest byte.
                match code.map(|code| code & 0xff) {
                    Some(SQLITE_FULL) => Self::Full,
                    Some(SQLITE_CORRUPT | SQLITE_NOTADB) => Self::Corrupt(error.into()),
                    _ => Self::Unavailable(error.into()),
                }
            }
            _ => Self::Unavailable(error.into()),
        }
    }
}
