//! The server that a command uses over HTTP: a remote one, or one inside the program.

use std::path::PathBuf;

use api::client::Client;
use server::Server;
use tokio::net::TcpListener;
use url::Url;

use crate::failure::Failure;
use crate::settings::Settings;

/// A client with its server.
pub struct Interviewer {
    client: Client,
    place: Place,
}

enum Place {
    Remote(Url),
    /// Inside this program, on a free loopback port.
    BuiltIn(Server),
}

impl Interviewer {
    /// Connects to the configured server, or starts one. `model` transcribes recordings there.
    pub async fn reach(settings: &Settings, model: Option<PathBuf>) -> Result<Self, Failure> {
        Self::with_grading(settings, model, true).await
    }

    /// The same for a command that only reads: a server that is started for it judges nothing, because what it began would be cut off when
    /// the command is done.
    pub async fn reach_to_read(settings: &Settings) -> Result<Self, Failure> {
        Self::with_grading(settings, None, false).await
    }

    async fn with_grading(settings: &Settings, model: Option<PathBuf>, grading: bool) -> Result<Self, Failure> {
        if let Some(address) = &settings.server {
            let client = Client::new(address.clone())?;
            client.ready().await?;
            return Ok(Self { client, place: Place::Remote(address.clone()) });
        }
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let settings = server::Settings { grading, ..settings.of_server(model)? };
        let server = Server::start(settings, listener).await?;
        Ok(Self { client: Client::new(server.base_url().clone())?, place: Place::BuiltIn(server) })
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The address of a remote server.
    pub fn remote(&self) -> Option<&Url> {
        match &self.place {
            Place::Remote(address) => Some(address),
            Place::BuiltIn(_) => None,
        }
    }

    /// Stops a built-in server. It resumes unfinished work at its next start.
    pub async fn stop(self) -> Result<(), Failure> {
        match self.place {
            Place::Remote(_) => Ok(()),
            Place::BuiltIn(server) => Ok(server.stop().await?),
        }
    }
}
