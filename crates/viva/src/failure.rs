//! Why a command failed: one line that says what happened, and one that says what to do.

use std::error::Error;
use std::process::ExitCode;

use api::client::ClientError;
use coach::CoachError;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Failed,
    Misused,
    /// The reader of its output went away, as with `viva … | head`.
    Unread,
}

impl Failure {
    /// `message` says what went wrong: lower case, without a full stop.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, kind: Kind::Failed }
    }

    /// Wrong usage: exit status 2.
    pub fn misuse(message: impl Into<String>) -> Self {
        Self { kind: Kind::Misused, ..Self::new(message) }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Puts the subject in front of the message, unless it names it already.
    #[must_use]
    pub fn about(self, subject: &str) -> Self {
        if self.message.contains(subject) {
            return self;
        }
        Self { message: format!("{subject}: {}", self.message), ..self }
    }

    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Writes it to standard error and returns the exit status.
    pub fn report(&self) -> ExitCode {
        match self.kind {
            Kind::Unread => return ExitCode::SUCCESS,
            Kind::Failed | Kind::Misused => eprintln!("viva: {}", one_line(&self.message)),
        }
        if let Some(help) = &self.help {
            eprintln!("help: {}", one_line(help));
        }
        ExitCode::from(if self.kind == Kind::Misused { 2 } else { 1 })
    }

    fn of(error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = error.source();
        }
        Self::new(message)
    }

    /// For messages that end with advice, after the last `separator`.
    fn with_advice_behind(error: &dyn Error, separator: &str) -> Self {
        let failure = Self::of(error);
        match failure.message.rsplit_once(separator) {
            Some((message, advice)) => Self::new(message).help(advice),
            None => failure,
        }
    }
}

const UNREACHABLE: &str = "start it with `viva serve`, or omit --server to use this machine";

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let help = match &error {
            // The causes only name the layers of a library.
            ClientError::Unreachable { .. } => return Self::new(error.to_string()).help(UNREACHABLE),
            ClientError::TimedOut { .. } => "try again; your answers are not lost",
            ClientError::Garbled { .. } => "check the address, and that client and server are the same version",
            ClientError::Recording { .. } => "check that the file exists and is readable",
            ClientError::InvalidBaseUrl { .. } => "use an address such as http://127.0.0.1:7878",
            ClientError::NotSetUp { .. } => {
                "install the system's root certificates, for instance the package ca-certificates"
            }
            ClientError::Problem(problem) => match problem.status {
                404 => "`viva review` lists the sessions, `viva questions list` the questions and topics",
                401 | 403 => "check the address of the server",
                // With 501 the problem itself says what the server supports.
                500 | 502..=599 => "see the server's log; your answers are not lost",
                _ => return Self::of(&error),
            },
        };
        Self::of(&error).help(help)
    }
}

impl From<capture::Error> for Failure {
    fn from(error: capture::Error) -> Self {
        match &error {
            capture::Error::ModelDamaged { .. } => Self::with_advice_behind(&error, "; "),
            capture::Error::Unreadable { .. } => Self::of(&error).help("check that the file exists and is readable"),
            capture::Error::Unwritable { .. } => Self::of(&error).help("check the folder and the free disk space"),
            capture::Error::MicrophoneFailed { .. } => {
                Self::of(&error).help("`viva devices` lists the microphones; with --typed you type your answers")
            }
            capture::Error::Thread { .. } => Self::of(&error).help("close other programs and try again"),
            capture::Error::DownloadFailed { .. } => Self::with_advice_behind(&error, "; "),
            capture::Error::DownloadCorrupt { .. } => Self::of(&error).help("try again, or set another model_source"),
            _ => Self::with_advice_behind(&error, ": "),
        }
    }
}

impl From<server::ServerError> for Failure {
    fn from(error: server::ServerError) -> Self {
        let failure = Self::of(&error);
        match error {
            server::ServerError::NotLoopback { .. } => Self::with_advice_behind(&error, ": "),
            error if error.is_in_use() => failure.help(
                "stop it or wait until it ends; to use a `viva serve` that has another data folder, give --server URL",
            ),
            server::ServerError::Listener(_) => failure.help("choose another address with --bind"),
            server::ServerError::Store(_) => failure.help("`viva doctor` checks the data folder and the database"),
            server::ServerError::NoQuestions | server::ServerError::CutOff => failure,
        }
    }
}

impl From<CoachError> for Failure {
    fn from(error: CoachError) -> Self {
        let help = match &error {
            CoachError::Unavailable { .. } => {
                "start it, or set base_url (VIVA_LLM_BASE_URL); without [llm] the offline coach judges"
            }
            CoachError::TimedOut { .. } => "raise the limit in the [llm] settings, or choose a faster model",
            CoachError::Malformed { .. } => "choose another model, or another preset: docs/config.toml lists them",
            CoachError::Refused { .. } => {
                "check model (VIVA_LLM_MODEL), preset, and key_variable or key_file: docs/config.toml shows them"
            }
            CoachError::Misconfigured { .. } => {
                "correct [llm] in the settings file, or VIVA_LLM_BASE_URL and the like: docs/config.toml lists them"
            }
        };
        Self::of(&error).help(help)
    }
}

impl From<eval::Unreadable> for Failure {
    fn from(error: eval::Unreadable) -> Self {
        Self::of(&error).help("give a file or folder with --dataset")
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { kind: Kind::Unread, ..Self::of(&error) };
        }
        Self::of(&error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        if error.is_io() { Self::from(std::io::Error::from(error)) } else { Self::of(&error) }
    }
}

impl From<tokio::task::JoinError> for Failure {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::of(&error)
    }
}

/// The text as one line without control characters, because parts of it may come from files and servers.
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|character: char| character.is_whitespace() || character.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_is_separate_from_the_message() {
        let failure = Failure::from(capture::Error::ModelMissing { name: "base.en".to_owned() });
        assert_eq!(failure.message, "the model `base.en` is not on this machine");
        assert_eq!(failure.help.as_deref(), Some("run `viva model pull base.en`"));
        let failure = Failure::from(capture::Error::EmptyAudio);
        assert_eq!(failure.help.as_deref(), Some("record again, or choose another file"));
    }

    #[test]
    fn causes_are_reported_once() {
        let source = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let path = "/a/b.wav".into();
        let failure = Failure::from(capture::Error::Unreadable { path, source });
        assert_eq!(failure.message, "cannot read `/a/b.wav`: no such file");
        assert!(failure.help.is_some());
    }

    #[test]
    fn a_message_is_one_harmless_line() {
        assert_eq!(one_line("a\n b\u{1b}[2Jc\t d"), "a b [2Jc d");
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let failure = Failure::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert_eq!(failure.kind, Kind::Unread);
    }
}
