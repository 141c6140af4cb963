//! Sessions as they are read, and lists of them.

use std::fmt;
use std::str::FromStr;

use interview::scoring::Score;
use interview::session::{Session, Turn};
use interview::{Question, QuestionId, SessionId, TopicId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A session with all that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSession {
    /// The session as it was created.
    pub session: Session,
    /// Its turns by place: each question, then its follow-ups.
    pub turns: Vec<Turn>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was finished, if it was.
    pub finished_at: Option<Timestamp>,
}

/// A session as lists show it.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionOverview {
    /// Names the session.
    pub id: SessionId,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was finished, if it was.
    pub finished_at: Option<Timestamp>,
    /// Its questions in order.
    pub questions: Vec<QuestionHead>,
    /// How many of its turns were answered.
    pub answered: u32,
    /// The mean score of its main answers ([`Summary::correctness`](interview::summary::Summary::correctness)).
    pub correctness: Option<Score>,
}

/// A question as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionHead {
    /// Names the question.
    pub id: QuestionId,
    /// What it is about.
    pub topic: TopicId,
    /// Its title.
    pub title: String,
}

impl From<&Question> for QuestionHead {
    fn from(question: &Question) -> Self {
        Self { id: question.id.clone(), topic: question.topic.clone(), title: question.title.clone() }
    }
}

/// Which sessions to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionQuery {
    /// Only those that ask about one of these topics.
    pub topics: Option<Vec<TopicId>>,
    /// Only those with all of these words in the titles and topics of their questions.
    pub words: Vec<String>,
    /// Only those that were finished, or only those that can be continued.
    pub is_finished: Option<bool>,
    /// Only those after this place in the list.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: PageLimit,
}

/// One page of sessions.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The sessions, the newest first.
    pub sessions: Vec<SessionOverview>,
    /// Where the next page begins; none on the last one.
    pub next: Option<Cursor>,
}

/// How many sessions a page has at most: 1 to 100, by default 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u32);

impl PageLimit {
    /// The number, 1 to 100.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self(20)
    }
}

impl TryFrom<u32> for PageLimit {
    type Error = InvalidPageLimit;

    fn try_from(limit: u32) -> Result<Self, Self::Error> {
        if (1..=100).contains(&limit) { Ok(Self(limit)) } else { Err(InvalidPageLimit) }
    }
}

/// The number is not a page limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a page has 1 to 100 entries")]
pub struct InvalidPageLimit;

/// A place in the list of sessions. It stays good when the session it was taken from is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) created_at: Timestamp,
    pub(crate) id: SessionId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.created_at.as_microsecond(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (created_at, id) = text.split_once('.').ok_or(InvalidCursor)?;
        let microseconds = created_at.parse().map_err(|_| InvalidCursor)?;
        Ok(Self {
            created_at: Timestamp::from_microsecond(microseconds).map_err(|_| InvalidCursor)?,
            id: id.parse().map_err(|_| InvalidCursor)?,
        })
    }
}

/// The text is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no cursor; take the one that the page before gave")]
pub struct InvalidCursor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_being_written_out() {
        let text = "1763805600000001.019aa9f5-6a00-7000-8000-000000000001";
        assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
    }

    #[test]
    fn what_no_page_gave_is_no_cursor() {
        for bad in ["", ".", "1", "x.019aa9f5-6a00-7000-8000-000000000001", "1.x", "99999999999999999999.1", "1'--.2"] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor), "{bad}");
        }
    }

    #[test]
    fn a_page_is_neither_empty_nor_endless() {
        assert_eq!(PageLimit::try_from(0), Err(InvalidPageLimit));
        assert_eq!(PageLimit::try_from(101), Err(InvalidPageLimit));
        assert_eq!(PageLimit::try_from(100).map(PageLimit::get), Ok(100));
    }
}
