//! Calls about questions.

use reqwest::Method;

use super::{Client, ClientError};
use crate::question::{Question, QuestionFilter, QuestionList, Reveal};

impl Client {
    /// The questions that fit `filter`, without what would give their answers away.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn questions(&self, filter: &QuestionFilter) -> Result<QuestionList, ClientError> {
        self.value(self.request(Method::GET, &["questions"]).query(filter)).await
    }

    /// One question; with its answer once it was answered in a session.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn question(&self, id: &str) -> Result<Question, ClientError> {
        self.value(self.request(Method::GET, &["questions", id])).await
    }

    /// One question with its answer, whether it was answered or not.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn revealed_question(&self, id: &str) -> Result<Question, ClientError> {
        self.value(self.request(Method::GET, &["questions", id]).query(&Reveal { reveal: true })).await
    }
}
