//! Failures of SQLite, by what the caller can do about them.

use crate::error::StoreError;

/// Primary result codes of <https://sqlite.org/rescode.html>.
mod code {
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOT_A_DATABASE: i32 = 26;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::Corrupt(error.into())
            }
            sqlx::Error::Database(failure) if failure.is_unique_violation() => Self::Duplicate,
            sqlx::Error::Database(failure) => match primary_code(failure.code().as_deref()) {
                Some(code::FULL) => Self::Full,
                Some(code::CORRUPT | code::NOT_A_DATABASE) => Self::Corrupt(error.into()),
                _ => Self::Unavailable(error.into()),
            },
            _ => Self::Unavailable(error.into()),
        }
    }
}

impl From<apalis_sqlite::Error> for StoreError {
    fn from(error: apalis_sqlite::Error) -> Self {
        match error {
            apalis_sqlite::Error::Database(error) => error.into(),
            error => Self::Unavailable(error.into()),
        }
    }
}

/// SQLite's extended codes keep the primary one in their lowest byte.
fn primary_code(extended: Option<&str>) -> Option<i32> {
    extended?.parse::<i32>().ok().map(|code| code & 0xff)
}
