//! Where the database is, and opening it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use crate::error::StoreError;
use crate::sqlite::SqliteStore;
use crate::store::Store;

/// Opens the database and creates what is missing in it. A relative path is taken from `data_folder`.
///
/// # Errors
/// [`StoreError::InUse`], [`StoreError::Newer`], [`StoreError::Corrupt`], [`StoreError::Full`] or [`StoreError::Unavailable`].
pub async fn open(database: &DatabaseUrl, data_folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open(&data_folder.join(&database.0)).await?))
}

/// Where the database is: `sqlite://PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl(PathBuf);

impl Default for DatabaseUrl {
    /// `viva.sqlite` in the data folder.
    fn default() -> Self {
        Self(PathBuf::from("viva.sqlite"))
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.strip_prefix("sqlite://").filter(|path| !path.is_empty());
        path.map(|path| Self(PathBuf::from(path))).ok_or(InvalidDatabaseUrl)
    }
}

/// The text is not a database URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a database is given as sqlite://PATH")]
pub struct InvalidDatabaseUrl;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_path_behind_the_scheme_of_sqlite() {
        assert_eq!("sqlite://viva.sqlite".parse(), Ok(DatabaseUrl::default()));
        assert_eq!("sqlite:///tmp/ü b.db".parse(), Ok(DatabaseUrl("/tmp/ü b.db".into())));
        for refused in ["sqlite://", "viva.db", "mysql://viva:secret@host/viva"] {
            assert_eq!(refused.parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl), "{refused}");
        }
    }
}
