//! Where the database is, and opening it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use crate::error::StoreError;
use crate::sqlite::SqliteStore;
use crate::store::Store;

/// Opens the database and creates what is missing in it. A relative path is taken from `data_folder`.
///
/// # Errors
///
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
        match text.split_once("://") {
            Some(("sqlite", "")) => Err(InvalidDatabaseUrl::NoPath),
            Some(("sqlite", path)) => Ok(Self(PathBuf::from(path))),
            Some((scheme, _)) if is_scheme(scheme) => Err(InvalidDatabaseUrl::UnknownScheme(scheme.to_owned())),
            _ => Err(InvalidDatabaseUrl::NoScheme),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite://{}", self.0.display())
    }
}

/// The text is not a database URL. The message repeats the scheme at most: the rest may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDatabaseUrl {
    /// There is no scheme.
    #[error("a database is given as sqlite://PATH")]
    NoScheme,
    /// There is nothing after the scheme.
    #[error("the path is missing in the database's address: write sqlite://PATH")]
    NoPath,
    /// No back end is for this scheme.
    #[error("databases of the kind `{0}` are not supported: write sqlite://PATH")]
    UnknownScheme(String),
}

fn is_scheme(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_decides_which_database() {
        assert_eq!("sqlite://viva.sqlite".parse(), Ok(DatabaseUrl::default()));
        assert_eq!("sqlite:///tmp/ü b.db".parse::<DatabaseUrl>().unwrap().to_string(), "sqlite:///tmp/ü b.db");
        assert_eq!("sqlite://".parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::NoPath));
        assert_eq!("viva.db".parse::<DatabaseUrl>(), Err(InvalidDatabaseUrl::NoScheme));
    }

    #[test]
    fn a_refused_address_keeps_its_password_to_itself() {
        let refused = "mysql://viva:secret@host/viva".parse::<DatabaseUrl>().unwrap_err();
        assert_eq!(refused, InvalidDatabaseUrl::UnknownScheme("mysql".to_owned()));
        assert!(!format!("{refused} {refused:?}").contains("secret"));

        let odd = "user:secret@host://".parse::<DatabaseUrl>().unwrap_err();
        assert_eq!(odd, InvalidDatabaseUrl::NoScheme);
    }
}
