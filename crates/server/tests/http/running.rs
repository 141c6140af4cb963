//! A server that runs for one test.

use std::path::{Path, PathBuf};
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::{NewSession, Session};
use api::turn::{NewAnswer, Turn};
use server::{Server, Settings};
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::some_model::{self, Asked, Reply};

/// How long a test waits for feedback before it fails.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a free port, with a data folder of its own.
pub struct Running {
    pub server: Server,
    pub client: Client,
    folder: TempDir,
}

impl Running {
    /// A server as most people have it.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A server with settings of its own.
    pub async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::resume_with(tempfile::tempdir().unwrap(), change).await
    }

    /// A server that hears.
    pub async fn hearing() -> Self {
        Self::start_with(|settings| settings.model = Some(speech("ggml-espeak-closed.en.bin"))).await
    }

    /// Stops the server, whatever is under way, and keeps its data.
    pub async fn stop(self) -> TempDir {
        self.server.stop().await.unwrap();
        self.folder
    }

    /// A server on data that another one left behind.
    pub async fn resume(folder: TempDir) -> Self {
        Self::resume_with(folder, |_| {}).await
    }

    /// The same, with settings of its own.
    pub async fn resume_with(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::in_folder(folder.path());
        change(&mut settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(settings, listener).await.unwrap();
        let client = Client::new(server.base_url().clone()).unwrap();
        Self { server, client, folder }
    }

    pub fn data_folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of a path of the server.
    pub fn url(&self, path: &str) -> String {
        self.server.base_url().join(path).unwrap().to_string()
    }

    /// A client that knows nothing of the API.
    pub fn plain(&self) -> reqwest::Client {
        // The typed client has settled which implementation of TLS there is.
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    /// A session that asks just these questions.
    pub async fn session(&self, questions: &[&str]) -> Session {
        let question_ids = questions.iter().map(|id| (*id).to_owned()).collect();
        self.client.create_session(&NewSession { question_ids, ..NewSession::default() }).await.unwrap()
    }

    /// The first turn of a session that asks one question.
    pub async fn turn(&self, question: &str) -> Uuid {
        self.session(&[question]).await.turns[0].id
    }

    /// Answers by keyboard and waits for the feedback.
    pub async fn answer(&self, turn: Uuid, text: &str) -> Turn {
        self.client.answer(turn, &typed(text), &sending()).await.unwrap()
    }

    /// Answers by a recording and waits for the feedback.
    pub async fn answer_aloud(&self, turn: Uuid, recording: &Path) -> Turn {
        self.client.answer_aloud(turn, recording, None, &sending()).await.unwrap()
    }

    /// A finished session with this answer to its one question.
    pub async fn finished(&self, question: &str, text: &str) -> Session {
        let session = self.session(&[question]).await;
        self.answer(session.turns[0].id, text).await;
        self.client.finish_session(session.head.id).await.unwrap()
    }

    /// A server whose language model judges, under the name `some-model`, unless the script says otherwise of a request.
    pub async fn with_model(script: impl Fn(&Asked, usize) -> Option<Reply> + Send + Sync + 'static) -> Self {
        Self::start_with(|settings| settings.language_model = Some(some_model::coach(script))).await
    }

    /// The question's own model answer.
    pub async fn model_answer(&self, question: &str) -> String {
        self.client.revealed_question(question).await.unwrap().answer.unwrap().model_answer
    }
}

/// A page as a browser asks for it.
pub async fn page(viva: &Running, path: &str) -> String {
    let request = viva.plain().get(viva.url(path)).header("accept", "text/html");
    request.send().await.unwrap().text().await.unwrap()
}

/// An answer by keyboard.
pub fn typed(text: &str) -> NewAnswer {
    NewAnswer { text: Some(text.to_owned()), ..NewAnswer::default() }
}

/// A fresh key, and patience.
pub fn sending() -> Sending {
    Sending { key: Uuid::now_v7(), wait: PATIENCE }
}

/// A fresh key, and no waiting.
pub fn without_waiting() -> Sending {
    Sending { wait: Duration::ZERO, ..sending() }
}

/// A file of the speech that tests share.
pub fn speech(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/speech").join(name)
}
