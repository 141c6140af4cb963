//! Calls about turns and their answers.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use uuid::Uuid;

use super::{AudioFile, Client, ClientError, REPLY_LIMIT, UPLOAD_LIMIT};
use crate::judging::JudgingList;
use crate::turn::{Correction, NewAnswer, Regrade, Turn};
use crate::{IDEMPOTENCY_KEY, PREFER};

/// How an answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Names this answer. Sending it again under the same key changes nothing and gives the same turn.
    pub key: Uuid,
    /// How long to wait for the feedback; in whole seconds, and no longer than the server allows. Without waiting the turn comes back
    /// as soon as the answer is stored.
    pub wait: Duration,
}

impl Client {
    /// A turn as it is now.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn turn(&self, id: Uuid) -> Result<Turn, ClientError> {
        self.value(self.turn_request(Method::GET, id, &[])).await
    }

    /// A turn once nothing more happens to it by itself, or as it is after `wait`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn settled_turn(&self, id: Uuid, wait: Duration) -> Result<Turn, ClientError> {
        self.value(waiting(self.turn_request(Method::GET, id, &[]), wait, REPLY_LIMIT)).await
    }

    /// Answers a turn with typed text, or with a transcript that was made on this machine.
    ///
    /// # Errors
    /// See [`ClientError`]; a turn that has another answer already is a conflict.
    pub async fn answer(&self, turn: Uuid, answer: &NewAnswer, sending: &Sending) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::POST, turn, &["answer"]).json(answer);
        self.value(sent(request, sending, REPLY_LIMIT)).await
    }

    /// Answers a turn with a recording, and with its transcript when it was transcribed on this machine already. The file is streamed.
    ///
    /// # Errors
    /// See [`ClientError`]; a turn that has another answer already is a conflict.
    pub async fn answer_aloud(
        &self,
        turn: Uuid,
        audio: &AudioFile,
        transcript: Option<&NewAnswer>,
        sending: &Sending,
    ) -> Result<Turn, ClientError> {
        let mut form = Form::new();
        if let Some(transcript) = transcript {
            form = form.part("transcript", json_part(transcript)?);
        }
        form = form.part("audio", audio.part().await?);
        let request = self.turn_request(Method::POST, turn, &["answer"]).multipart(form);
        self.value(sent(request, sending, UPLOAD_LIMIT)).await
    }

    /// "I don't know": moves on from a turn.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn skip(&self, turn: Uuid) -> Result<Turn, ClientError> {
        self.value(self.turn_request(Method::POST, turn, &["skip"])).await
    }

    /// Corrects what the recogniser heard and has the answer judged again; waits up to `wait` for that.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn correct(&self, turn: Uuid, correction: &Correction, wait: Duration) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::PUT, turn, &["transcript"]).json(correction);
        self.value(waiting(request, wait, REPLY_LIMIT)).await
    }

    /// Has an answer judged again; waits up to `wait` for that.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn regrade(&self, turn: Uuid, regrade: &Regrade, wait: Duration) -> Result<Turn, ClientError> {
        let request = self.turn_request(Method::POST, turn, &["regrade"]).json(regrade);
        self.value(waiting(request, wait, REPLY_LIMIT)).await
    }

    /// Every judging of a turn's answer that has ended, the oldest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn judgings(&self, turn: Uuid) -> Result<JudgingList, ClientError> {
        self.value(self.turn_request(Method::GET, turn, &["judgings"])).await
    }

    fn turn_request(&self, method: Method, turn: Uuid, rest: &[&str]) -> RequestBuilder {
        self.request(method, &[&["turns", turn.to_string().as_str()], rest].concat())
    }
}

fn sent(request: RequestBuilder, sending: &Sending, limit: Duration) -> RequestBuilder {
    waiting(request.header(IDEMPOTENCY_KEY, sending.key.to_string()), sending.wait, limit)
}

/// Asks the server to wait, and waits longer than it does.
fn waiting(request: RequestBuilder, wait: Duration, limit: Duration) -> RequestBuilder {
    let request = request.timeout(limit.saturating_add(wait));
    if wait.as_secs() == 0 { request } else { request.header(PREFER, format!("wait={}", wait.as_secs())) }
}

fn json_part(transcript: &NewAnswer) -> Result<Part, ClientError> {
    let not_json = |error: &dyn std::fmt::Display| ClientError::Garbled {
        status: None,
        detail: format!("the transcript cannot be written as JSON: {error}"),
    };
    let text = serde_json::to_string(transcript).map_err(|error| not_json(&error))?;
    Part::text(text).mime_str("application/json").map_err(|error| not_json(&error))
}
