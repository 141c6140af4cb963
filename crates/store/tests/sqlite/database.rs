//! The database file: who may open it, and what state it may be in.

use std::path::PathBuf;

use store::{DatabaseUrl, StoreError};

use crate::contract::fixtures::answered;
use crate::{look_into, open, open_in};

#[tokio::test]
async fn a_second_viva_is_kept_out_until_the_first_is_gone() {
    let (store, folder) = open().await;
    let refused = open_in(folder.path()).await.err().unwrap();
    assert!(matches!(&refused, StoreError::InUse { path } if *path == folder.path().join("viva.sqlite")), "{refused}");

    drop(store);
    open_in(folder.path()).await.unwrap();
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart() {
    let (store, folder) = open().await;
    let turn = answered(&store).await;
    drop(store);
    assert_eq!(open_in(folder.path()).await.unwrap().turn(turn.id).await.unwrap(), turn);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let (store, folder) = open().await;
    drop(store);
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'from the future', true, x'00', 0)";
    sqlx::query(newer).execute(&mut look_into(folder.path()).await).await.unwrap();
    let refused = open_in(folder.path()).await.err().unwrap();
    assert!(matches!(refused, StoreError::Newer { .. }), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_not_taken_for_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("viva.sqlite");
    std::fs::write(&path, "these are somebody's notes\n".repeat(400)).unwrap();
    let refused = open_in(folder.path()).await.err().unwrap();
    assert!(matches!(refused, StoreError::Corrupt(_)), "{refused}");
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("these are somebody's notes"));
}

#[tokio::test]
async fn a_damaged_row_is_told_from_a_missing_one() {
    let (store, folder) = open().await;
    let turn = answered(&store).await;
    let mut connection = look_into(folder.path()).await;
    sqlx::query("update turns set state_document = '{\"state\": \"judg'").execute(&mut connection).await.unwrap();
    let damaged = store.turn(turn.id).await.unwrap_err();
    assert!(matches!(damaged, StoreError::Corrupt(_)), "{damaged}");
}

#[tokio::test]
async fn a_path_may_be_new_and_in_any_script() {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("Übung 面接 100%");
    let store = store::open(&DatabaseUrl::default(), &data).await.unwrap();
    answered(&store).await;
    assert!(data.join("viva.sqlite").is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&data).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else may read what was answered");
    }
}

#[tokio::test]
async fn every_table_of_ours_is_strict() {
    let (_store, folder) = open().await;
    let mut connection = look_into(folder.path()).await;
    let strict: Vec<String> =
        sqlx::query_scalar("select name from pragma_table_list where schema = 'main' and strict order by name")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    assert_eq!(strict, ["deleted_sessions", "judgings", "sessions", "turns"]);
}
