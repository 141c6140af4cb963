//! The server that a command works with: one elsewhere, or one that it starts inside itself. Either way it is spoken to over HTTP.

use std::path::PathBuf;

use api::client::Client;
use server::Server;
use tokio::net::TcpListener;
use url::Url;

use crate::failure::Failure;
use crate::settings::Settings;

/// A server and the way to it.
pub struct Interviewer {
    client: Client,
    place: Place,
}

enum Place {
    /// It runs somewhere, and goes on when the command is over.
    Elsewhere(Url),
    /// It runs inside this program, on a port of loopback that the system chose.
    Here(Server),
}

impl Interviewer {
    /// Reaches the server of the settings, or starts one with the data folder's database. `model` turns uploaded recordings into
    /// words there.
    ///
    /// # Errors
    /// When there is no server at the address, or none can be started.
    pub async fn reach(settings: &Settings, model: Option<PathBuf>) -> Result<Self, Failure> {
        if let Some(address) = &settings.server {
            let client = Client::new(address.clone())?;
            client.ready().await?;
            return Ok(Self { client, place: Place::Elsewhere(address.clone()) });
        }
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let server = Server::start(settings.of_server(model)?, listener).await?;
        Ok(Self { client: Client::new(server.base_url().clone())?, place: Place::Here(server) })
    }

    /// What requests are sent with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Where the server is, when it is one that goes on after the command.
    pub fn elsewhere(&self) -> Option<&Url> {
        match &self.place {
            Place::Elsewhere(address) => Some(address),
            Place::Here(_) => None,
        }
    }

    /// Takes leave: a server inside the program ends what it is doing. What it did not finish it takes up at its next start.
    ///
    /// # Errors
    /// When it ended badly.
    pub async fn leave(self) -> Result<(), Failure> {
        match self.place {
            Place::Elsewhere(_) => Ok(()),
            Place::Here(server) => Ok(server.stop().await?),
        }
    }
}
