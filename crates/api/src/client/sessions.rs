//! Calls about sessions.

use reqwest::Method;
use uuid::Uuid;

use super::{Client, ClientError};
use crate::session::{Export, ExportFormat, NewSession, Session, SessionFilter, SessionPage};

impl Client {
    /// Starts a session.
    ///
    /// # Errors
    /// See [`ClientError`]; a topic or question that does not exist is a [`ClientError::Problem`].
    pub async fn create_session(&self, wishes: &NewSession) -> Result<Session, ClientError> {
        self.value(self.request(Method::POST, &["sessions"]).json(wishes)).await
    }

    /// One page of the sessions that fit `filter`, newest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn sessions(&self, filter: &SessionFilter) -> Result<SessionPage, ClientError> {
        self.value(self.request(Method::GET, &["sessions"]).query(filter)).await
    }

    /// One session with its turns, answers and feedback.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn session(&self, id: Uuid) -> Result<Session, ClientError> {
        self.value(self.request(Method::GET, &["sessions", &id.to_string()])).await
    }

    /// Finishes a session; finishing it again changes nothing.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn finish_session(&self, id: Uuid) -> Result<Session, ClientError> {
        self.value(self.request(Method::POST, &["sessions", &id.to_string(), "finish"])).await
    }

    /// Deletes a session with all its recordings.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn delete_session(&self, id: Uuid) -> Result<(), ClientError> {
        self.done(self.request(Method::DELETE, &["sessions", &id.to_string()])).await
    }

    /// A session as a document.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn export(&self, id: Uuid, format: ExportFormat) -> Result<String, ClientError> {
        let request = self.request(Method::GET, &["sessions", &id.to_string(), "export"]);
        self.text(request.query(&Export { format })).await
    }
}
