//! Calls that only turn sound into words.

use reqwest::{Method, header};

use super::{AudioFile, Client, ClientError, UPLOAD_LIMIT};
use crate::transcript::Transcription;

impl Client {
    /// Transcribes a recording; the server stores nothing of it.
    ///
    /// # Errors
    /// See [`ClientError`]; a server without a speech model says so in a [`ClientError::Problem`].
    pub async fn transcribe(&self, audio: &AudioFile) -> Result<Transcription, ClientError> {
        let (body, length) = audio.open().await?;
        let request = self
            .request(Method::POST, &["transcriptions"])
            .header(header::CONTENT_TYPE, audio.media_type())
            .header(header::CONTENT_LENGTH, length)
            .timeout(UPLOAD_LIMIT)
            .body(body);
        self.value(request).await
    }
}
