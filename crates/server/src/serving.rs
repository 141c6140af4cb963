//! Starting, running and stopping a server.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use interview::Bank;
use store::{AudioStore, Store, StoreError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::app::{App, RenderedSessions};
use crate::coaches::Coaches;
use crate::connections::{self, Limits};
use crate::settings::Settings;
use crate::transcription::Transcription;
use crate::turn_events::TurnEvents;
use crate::{grading, question_files, router};

/// The file of a data folder in which the server that uses it writes its address. It is true as long as that server holds the database.
const ADDRESS_FILE: &str = "viva.address";

/// How long the server as a whole may take to stop. Connections end long before, whatever clients do.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// A running server. Dropping it stops it at once; [`Server::stop`] lets what is under way end first.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    base_url: Url,
    stopping: CancellationToken,
    /// `None` once its end was seen.
    running: Option<JoinHandle<Result<(), ServerError>>>,
}

impl Server {
    /// Starts a server on `listener`. It answers requests when this returns.
    ///
    /// # Errors
    /// When the address is not loopback, the database cannot be opened, or there are no questions; see [`ServerError`].
    pub async fn start(settings: Settings, listener: TcpListener) -> Result<Self, ServerError> {
        let address = listener.local_addr()?;
        if !(address.ip().is_loopback() || settings.open_to_network) {
            return Err(ServerError::NotLoopback { address });
        }
        let base_url = base_url(address)?;
        let stopping = CancellationToken::new();
        let app = Arc::new(open(settings, stopping.clone()).await?);
        announce(&app.settings, &base_url).await?;
        let running = tokio::spawn(run(app, listener, stopping.clone()));
        tracing::info!(%address, "serving");
        Ok(Self { address, base_url, stopping, running: Some(running) })
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for programs and browsers on this machine.
    pub fn base_url(&self) -> &Url {
        &self.base_url
    }

    /// Waits until the server ends by itself, which only a failure makes it do.
    ///
    /// # Errors
    /// What made it end.
    pub async fn ended(&mut self) -> Result<(), ServerError> {
        let Some(running) = self.running.as_mut() else { return Ok(()) };
        let ended = running.await;
        self.running = None;
        ended.unwrap_or_else(|failure| Err(std::io::Error::other(failure).into()))
    }

    /// Stops taking requests, and returns when those under way have ended.
    ///
    /// # Errors
    /// [`ServerError::CutOff`] when they did not end in time, or what went wrong before.
    pub async fn stop(mut self) -> Result<(), ServerError> {
        self.stopping.cancel();
        if let Ok(ended) = tokio::time::timeout(STOP_TIMEOUT, self.ended()).await {
            return ended;
        }
        if let Some(running) = self.running.take() {
            running.abort();
            running.await.ok(); // it was aborted
        }
        Err(ServerError::CutOff)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.cancel();
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}

/// A failure of the server as a whole. Requests that fail get a problem document instead.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Other machines would reach it, and nobody said that they may: bind it to loopback, or allow it.
    #[error(
        "{address} can be reached from other machines, and there are no accounts: bind to 127.0.0.1, or open the server to the network on purpose"
    )]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// What is remembered cannot be opened: see the message.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The connection to the outside failed: check the address.
    #[error("cannot serve: {0}")]
    Listener(#[from] std::io::Error),
    /// There is no question to ask: correct the files that the log names.
    #[error("the bank has no valid question")]
    NoQuestions,
    /// It had to be cut off, because requests did not end in time.
    #[error("the server did not stop in time and was cut off")]
    CutOff,
}

impl ServerError {
    /// Whether another server has the database; see [`address_of_running`].
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Store(StoreError::InUse { .. }))
    }
}

/// Tells other programs of this machine where the server of the data folder is. One that judges nothing is no server for them.
async fn announce(settings: &Settings, base_url: &Url) -> std::io::Result<()> {
    let file = settings.data_folder.join(ADDRESS_FILE);
    if settings.grading { tokio::fs::write(file, base_url.as_str()).await } else { withdraw(&file).await }
}

async fn withdraw(file: &Path) -> std::io::Result<()> {
    match tokio::fs::remove_file(file).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The address of the server that uses the database of this data folder. Ask only when [`Server::start`] failed with
/// [`StoreError::InUse`]: what a server that is gone left behind is not removed before the next one starts.
pub async fn address_of_running(data_folder: &Path) -> Option<Url> {
    let address = tokio::fs::read_to_string(data_folder.join(ADDRESS_FILE)).await.ok()?;
    Url::parse(address.trim()).ok()
}

/// The URL of an address; `0.0.0.0` and `[::]` are reached by loopback.
fn base_url(address: SocketAddr) -> Result<Url, ServerError> {
    let ip = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
    let url = Url::parse(&format!("http://{}", SocketAddr::new(ip, address.port())));
    url.map_err(|error| std::io::Error::other(error).into())
}

async fn open(settings: Settings, stopping: CancellationToken) -> Result<App, ServerError> {
    let own_questions = settings.question_folder.clone();
    let reading = tokio::task::spawn_blocking(move || load_bank(own_questions.as_deref()));
    let data_folder = settings.data_folder.clone();
    let created = tokio::task::spawn_blocking(move || store::create_data_folder(&data_folder)).await;
    created.map_err(std::io::Error::other)?.map_err(StoreError::from)?;
    let store = store::open(&settings.database, &settings.data_folder).await?;
    let audio = AudioStore::in_folder(&settings.data_folder.join("audio"), settings.audio_limit_bytes).await?;
    remove_leftovers(&settings.data_folder, &*store, &audio).await?;
    let bank = reading.await.map_err(std::io::Error::other)??;
    let transcription = Transcription::new(&settings);
    let coaches = Coaches::new(settings.language_model.clone(), bank.questions());
    Ok(App {
        bank,
        store,
        audio,
        coaches,
        transcription,
        events: TurnEvents::new(),
        rendered: RenderedSessions::default(),
        archive: tokio::sync::Mutex::default(),
        stopping,
        settings,
    })
}

/// Removes what a crash left: recordings of sessions that were deleted, and copies of recordings that were being decoded.
async fn remove_leftovers(data_folder: &Path, store: &dyn Store, audio: &AudioStore) -> Result<(), StoreError> {
    let deleted = store.deleted_sessions().await?;
    for session in &deleted {
        audio.delete_session(*session).await?;
    }
    store.recordings_deleted(&deleted).await?;
    match tokio::fs::remove_dir_all(data_folder.join("incoming")).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn load_bank(own_questions: Option<&Path>) -> Result<Bank, ServerError> {
    let loaded = question_files::bank(own_questions)?;
    for fault in &loaded.faults {
        tracing::warn!(%fault, "a question is left out");
    }
    if loaded.bank.questions().is_empty() { Err(ServerError::NoQuestions) } else { Ok(loaded.bank) }
}

/// Answers requests and has answers judged until it is told to stop, or until judging fails.
async fn run(app: Arc<App>, listener: TcpListener, stopping: CancellationToken) -> Result<(), ServerError> {
    let grading = async {
        if app.settings.grading {
            grading::run(&app, stopping.clone()).await;
        }
    };
    let router = router::router(Arc::clone(&app));
    let requests = connections::serve(listener, router, Limits::default(), stopping.clone());
    tokio::join!(grading, requests);
    withdraw(&app.settings.data_folder.join(ADDRESS_FILE)).await?;
    Ok(app.store.close().await?)
}
