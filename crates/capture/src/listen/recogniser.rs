//! The thread that owns the model.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Weak};

use interview::Word;

use crate::Error;
use crate::speech::SpeechSpan;
use crate::transcribe::{Prompt, Transcriber};

/// Spans that wait for the model at most, over all listeners.
const WAITING_SPANS: usize = 64;

/// A handle to the thread that recognises speech. Handles are cheap to clone; the thread ends, and the model is freed, when the
/// last one is dropped and its work is done.
#[derive(Clone)]
pub struct Recogniser {
    jobs: SyncSender<Job>,
    model: Arc<str>,
}

/// A span on its way to the model.
pub(crate) struct Job {
    pub(crate) span: SpeechSpan,
    pub(crate) prompt: Arc<Prompt>,
    pub(crate) done: SyncSender<Result<Vec<Word>, Error>>,
    /// Gone when nobody waits for the words any more.
    pub(crate) caller: Weak<()>,
}

impl Recogniser {
    /// Starts the thread; from now on it owns `transcriber`.
    ///
    /// # Errors
    /// [`Error::Thread`].
    pub fn start(transcriber: impl Transcriber + 'static) -> Result<Self, Error> {
        let model = Arc::from(transcriber.model());
        let (jobs, waiting) = mpsc::sync_channel(WAITING_SPANS);
        std::thread::Builder::new()
            .name("recogniser".to_owned())
            .spawn(move || work(transcriber, &waiting))
            .map_err(|source| Error::Thread { source })?;
        Ok(Self { jobs, model })
    }

    /// The model that listens, as results name it.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Hands a span over, or gives it back while too many wait.
    pub(crate) fn offer(&self, job: Job) -> Result<(), Refused> {
        self.jobs.try_send(job).map_err(|refusal| match refusal {
            TrySendError::Full(job) => Refused::Busy(Box::new(job)),
            TrySendError::Disconnected(_) => Refused::Gone,
        })
    }
}

/// Why a span was not taken.
pub(crate) enum Refused {
    /// Too many wait; here it is again.
    Busy(Box<Job>),
    /// The thread has ended, which nothing is known to bring about.
    Gone,
}

fn work(mut transcriber: impl Transcriber, waiting: &Receiver<Job>) {
    while let Ok(Job { span, prompt, done, caller }) = waiting.recv() {
        if caller.strong_count() == 0 {
            continue;
        }
        // A crash over one span must not take the others' words along.
        let recognition = AssertUnwindSafe(|| transcriber.transcribe(&span, &prompt));
        let words = catch_unwind(recognition)
            .unwrap_or_else(|_| Err(Error::Transcription { reason: "it crashed over this sound".to_owned() }));
        let _the_caller_may_have_left = done.send(words);
    }
}
