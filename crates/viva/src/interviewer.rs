//! The server that a command uses over HTTP: a remote one, the one that uses the data folder already, or one inside the program.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use api::client::Client;
use server::Server;
use tokio::net::TcpListener;
use url::Url;

use crate::failure::Failure;
use crate::settings::Settings;

/// How long another program that has the database may take to end or to say where it serves.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is looked for.
const POLL: Duration = Duration::from_millis(200);

/// A client with its server.
pub struct Interviewer {
    client: Client,
    place: Place,
}

enum Place {
    Remote(Url),
    /// Another viva that uses the same data folder.
    Running(Url),
    /// Inside this program, on a free loopback port.
    BuiltIn(Server),
}

impl Interviewer {
    /// Connects to the configured server or to the one that uses the data folder, or starts one. `model` transcribes recordings there.
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
        let of_server = server::Settings { grading, ..settings.of_server(model)? };
        let began = Instant::now();
        loop {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            match Server::start(of_server.clone(), listener).await {
                Ok(server) => {
                    return Ok(Self { client: Client::new(server.base_url().clone())?, place: Place::BuiltIn(server) });
                }
                Err(error) if !error.is_in_use() => return Err(error.into()),
                Err(error) => match running(settings).await {
                    Some(interviewer) => return Ok(interviewer),
                    None if began.elapsed() >= PATIENCE => return Err(error.into()),
                    None => tokio::time::sleep(POLL).await,
                },
            }
        }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The address of a remote server, which has a data folder of its own.
    pub fn remote(&self) -> Option<&Url> {
        match &self.place {
            Place::Remote(address) => Some(address),
            Place::Running(_) | Place::BuiltIn(_) => None,
        }
    }

    /// The address of another viva that uses the same data folder, for people.
    pub fn running(&self) -> Option<&str> {
        match &self.place {
            Place::Running(address) => Some(address.as_str().trim_end_matches('/')),
            Place::Remote(_) | Place::BuiltIn(_) => None,
        }
    }

    /// Whether the server ends with this program.
    pub fn is_built_in(&self) -> bool {
        matches!(self.place, Place::BuiltIn(_))
    }

    /// Stops a built-in server. It resumes unfinished work at its next start.
    pub async fn stop(self) -> Result<(), Failure> {
        match self.place {
            Place::Remote(_) | Place::Running(_) => Ok(()),
            Place::BuiltIn(server) => Ok(server.stop().await?),
        }
    }
}

/// The viva that uses the database of the data folder, once it answers.
async fn running(settings: &Settings) -> Option<Interviewer> {
    let address = server::address_of_running(settings.data.path()).await?;
    let client = Client::new(address.clone()).ok()?;
    client.ready().await.ok()?;
    Some(Interviewer { client, place: Place::Running(address) })
}
