//! What a server is told when it starts.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use api::progress::ProgressQuery;
use capture::transcribe::WhisperSettings;
use coach::LlmCoach;
use jiff::Timestamp;
use store::DatabaseUrl;

/// The settings of one server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder for the embedded database and for recordings. Created when it is missing.
    pub data_folder: PathBuf,
    /// Where sessions are remembered; a file in the data folder unless said otherwise.
    pub database: DatabaseUrl,
    /// A folder of the user's own questions, loaded beside the built-in bank.
    pub question_folder: Option<PathBuf>,
    /// The speech model that turns uploaded recordings into words. Without one such answers are kept and stay ungraded.
    pub model: Option<PathBuf>,
    /// How it recognises.
    pub whisper: WhisperSettings,
    /// The language model that judges; without one, the offline coach does.
    pub language_model: Option<Arc<LlmCoach>>,
    /// The largest recording that is taken, in bytes.
    pub audio_limit_bytes: u64,
    /// The longest recording that is transcribed. Guards against small files that decode to days of silence.
    pub audio_limit_length: Duration,
    /// Whether answers are transcribed and judged. Without that they wait for a server that does.
    pub grading: bool,
    /// How many answers are judged at a time.
    pub grading_concurrency: NonZeroUsize,
    /// Names by which the server may be called besides those of loopback, such as the name of a reverse proxy. Requests for any other
    /// host are refused.
    pub hosts: Vec<String>,
    /// Whether the server may listen on an address that other machines reach. It has no accounts: whoever reaches it may read
    /// everything.
    pub open_to_network: bool,
    /// What the candidate prepares for, where a client does not say.
    pub preparation: ProgressQuery,
    /// How many minutes a day the candidate practises, if they said.
    pub minutes_a_day: Option<u32>,
    /// What time it is, for the schedule of questions.
    pub clock: fn() -> Timestamp,
}

impl Settings {
    /// The settings of a server that keeps its data in `data_folder`; everything else as most people want it.
    pub fn in_folder(data_folder: impl Into<PathBuf>) -> Self {
        Self {
            data_folder: data_folder.into(),
            database: DatabaseUrl::default(),
            question_folder: None,
            model: None,
            whisper: WhisperSettings::default(),
            language_model: None,
            audio_limit_bytes: 100 * 1024 * 1024,
            audio_limit_length: Duration::from_secs(60 * 60),
            grading: true,
            grading_concurrency: const { NonZeroUsize::new(2).unwrap() },
            hosts: Vec::new(),
            open_to_network: false,
            preparation: ProgressQuery::default(),
            minutes_a_day: None,
            clock: Timestamp::now,
        }
    }
}
