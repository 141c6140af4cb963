//! From an HTTP response to a value or a typed failure.

use reqwest::{RequestBuilder, Response, header};
use serde::de::DeserializeOwned;

use super::{Client, ClientError};
use crate::problem::{self, Problem};

/// The most that is read of a reply: a session of many long answers stays far below it.
const REPLY_LIMIT_BYTES: usize = 64 * 1024 * 1024;

impl Client {
    /// Sends the request and reads the value that comes back.
    pub(super) async fn value<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClientError> {
        let response = self.send(request).await?;
        let status = response.status().as_u16();
        let body = self.body(response).await?;
        serde_json::from_slice(&body).map_err(|error| garbled(status, &error.to_string()))
    }

    /// Sends the request and reads the text that comes back.
    pub(super) async fn text(&self, request: RequestBuilder) -> Result<String, ClientError> {
        let response = self.send(request).await?;
        let status = response.status().as_u16();
        String::from_utf8(self.body(response).await?).map_err(|_| garbled(status, "it is not UTF-8"))
    }

    /// Sends the request and looks at nothing but its success.
    pub(super) async fn done(&self, request: RequestBuilder) -> Result<(), ClientError> {
        self.send(request).await.map(drop)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, ClientError> {
        let response = request.send().await.map_err(|error| self.failure(error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let is_problem = media_type(&response) == Some(problem::MEDIA_TYPE);
        let body = self.body(response).await?;
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if is_problem => Err(ClientError::Problem(Box::new(problem))),
            _ => Err(garbled(status, &format!("status {status} without a problem document"))),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ClientError> {
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failure(error))? {
            if body.len() + chunk.len() > REPLY_LIMIT_BYTES {
                return Err(garbled(status, &format!("it is longer than {REPLY_LIMIT_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn failure(&self, error: reqwest::Error) -> ClientError {
        let base = self.base.clone();
        if error.is_timeout() && !error.is_connect() {
            ClientError::TimedOut { base }
        } else {
            ClientError::Unreachable { base, source: error.without_url() }
        }
    }
}

fn media_type(response: &Response) -> Option<&str> {
    let value = response.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

fn garbled(status: u16, detail: &str) -> ClientError {
    ClientError::Garbled { status: Some(status), detail: detail.to_owned() }
}
