//! Connections, and the schema they find.

use std::path::Path;
use std::time::Duration;

use apalis_sqlite::SqliteStorage;
use futures::FutureExt;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

use crate::error::StoreError;

/// How many reads can go on at once.
const READERS: u32 = 4;

/// How long a statement waits for a lock. Only programs beside this one, such as a backup, can hold one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a call waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The queue's own migrations are recorded apart from ours: two sets in one table each take the other's entries for those of a newer
/// version, and to ignore unknown entries would be to open newer databases.
const QUEUE_MIGRATIONS_TABLE: &str = "_queue_migrations";

/// Opens the database and brings its schema up to date. Returns the one connection that writes, and those that read.
pub(super) async fn connect(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    // What is set here holds for every connection. The queue's own set-up is never run: it would switch `synchronous` off.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    let writer = pool(1).connect_with(options.clone()).await?;
    migrate(&sqlx::migrate!("migrations/sqlite"), &writer, path).await?;
    let mut queue = SqliteStorage::migrations();
    queue.dangerous_set_table_name(QUEUE_MIGRATIONS_TABLE);
    migrate(&queue, &writer, path).await?;
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

async fn migrate(migrator: &Migrator, writer: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    migrator.run(writer).await.map_err(|error| match error {
        MigrateError::VersionMissing(_) => StoreError::Newer { path: path.to_owned() },
        MigrateError::VersionMismatch(_) | MigrateError::Dirty(_) => StoreError::Corrupt(error.into()),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        error => StoreError::Unavailable(error.into()),
    })
}
