//! Speech recognition while the person still speaks.
//!
//! A [`Recogniser`] is one thread that owns the model; a program starts one and keeps it. Each recording gets a
//! [`RecognitionStream`]. It hands closed spans of speech to the recogniser as they come, so that at the end of an answer
//! only the last one is left to do.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};

use interview::{Seconds, Segment, Span, Transcript, Word};
use tokio_util::sync::CancellationToken;

use crate::audio::{Decoder, Level, duration};
use crate::speech::{ActivitySettings, EarshotDetector, SpanSettings, SpeechSpan, SpeechSpans, VoiceActivity};
use crate::transcribe::{Prompt, Transcriber};
use crate::{Error, Patience};

#[cfg(test)]
mod tests;

/// Spans of one stream that the recogniser holds at a time, so that several streams get their turn.
const SPANS_IN_FLIGHT: usize = 2;
/// Spans that wait for the model at most, over all streams.
const QUEUE_LENGTH: usize = 64;
/// How often a wait checks for cancellation and tries a full queue again.
const POLL: Duration = Duration::from_millis(10);

/// The result of recognising one recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// What was said.
    pub transcript: Transcript,
    /// When somebody spoke, in order and without overlap.
    pub speech: Vec<Span>,
    /// The length of the recording.
    pub duration: Seconds,
    /// Whether the recording ends before its promised length; what there was is in the transcript.
    pub truncated: bool,
}

/// Something that happened during recognition. Events are for display: a receiver that does not keep up misses some.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The current loudness and silence.
    Level {
        /// The loudness of the last block of sound.
        level: Level,
        /// The time since the last speech ended; zero while somebody speaks.
        silence: Seconds,
    },
    /// The next segment of the transcript.
    Segment(Segment),
    /// The number of samples lost so far because the machine did not keep up.
    Overrun {
        /// Samples since the recording began.
        lost: u64,
    },
}

/// How a recording is recognised.
#[derive(Clone, Debug, Default)]
pub struct RecognitionSettings {
    /// When a run of speech begins and ends.
    pub activity: ActivitySettings,
    /// How the sound is cut into spans.
    pub spans: SpanSettings,
    /// Terms to expect.
    pub prompt: Prompt,
    /// How long to wait for one span.
    pub patience: Patience,
}

/// Transcribes a whole file or upload. This blocks for as long as recognition takes: keep it off the async runtime.
///
/// # Errors
/// Those of [`Decoder::next_block`] and [`RecognitionStream::finish`].
pub fn transcribe(mut sound: Decoder, mut stream: RecognitionStream) -> Result<Recognition, Error> {
    while let Some(block) = sound.next_block()? {
        stream.push(block);
        stream.catch_up()?;
    }
    let recognition = stream.finish()?;
    Ok(Recognition { truncated: sound.is_truncated(), ..recognition })
}

/// Recognises one recording: takes sound as it comes, sends segments as events, returns the whole at the end.
///
/// Dropping it cancels: queued spans are not recognised, and a running recognition is aborted.
pub struct RecognitionStream {
    recogniser: Recogniser,
    spans: SpeechSpans,
    events: Option<tokio::sync::mpsc::Sender<Event>>,
    prompt: Arc<Prompt>,
    patience: Patience,
    samples: u64,
    queued: VecDeque<SpeechSpan>,
    in_flight: usize,
    results_sender: SyncSender<Result<Vec<Word>, Error>>,
    results: Receiver<Result<Vec<Word>, Error>>,
    cancellation: CancellationToken,
    segments: Vec<Segment>,
    failure: Option<Error>,
}

impl RecognitionStream {
    /// A stream that `recogniser` works on and that sends its events to `events`.
    pub fn new(
        recogniser: &Recogniser,
        settings: RecognitionSettings,
        events: Option<tokio::sync::mpsc::Sender<Event>>,
    ) -> Self {
        // Room for the result of every span in flight: the recogniser never waits for a stream.
        let (results_sender, results) = mpsc::sync_channel(SPANS_IN_FLIGHT);
        let detector = Box::new(EarshotDetector::default());
        Self {
            recogniser: recogniser.clone(),
            spans: SpeechSpans::new(VoiceActivity::new(detector, settings.activity), settings.spans),
            events,
            prompt: Arc::new(settings.prompt),
            patience: settings.patience,
            samples: 0,
            queued: VecDeque::new(),
            in_flight: 0,
            results_sender,
            results,
            cancellation: CancellationToken::new(),
            segments: Vec::new(),
            failure: None,
        }
    }

    /// Cancels this stream from elsewhere; its methods then return [`Error::Cancelled`].
    pub fn cancellation(&self) -> CancellationToken {
        self.cancellation.clone()
    }

    /// Takes the next sound, mono at [`RATE`](crate::audio::RATE). It never waits for the recogniser.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples += samples.len() as u64;
        let queued = &mut self.queued;
        self.spans.push(samples, |span| queued.push_back(span));
        self.collect();
    }

    /// Takes the results that are ready, without waiting. [`push`](Self::push) does so too; this is for while no sound comes.
    pub fn collect(&mut self) {
        while let Ok(words) = self.results.try_recv() {
            self.take(words);
        }
        self.hand_over();
    }

    /// Waits until the recogniser has nearly caught up. A reader of files calls this between blocks, so that only a few spans
    /// are in memory.
    ///
    /// # Errors
    /// [`Error::TooSlow`], [`Error::Cancelled`] and those of the recogniser.
    pub fn catch_up(&mut self) -> Result<(), Error> {
        self.wait_until(|stream| stream.queued.is_empty())
    }

    /// The length of the sound so far.
    pub fn duration(&self) -> Seconds {
        duration(self.samples)
    }

    /// How long nobody has been speaking; zero while somebody is.
    pub fn silence(&self) -> Seconds {
        self.spans.silence()
    }

    /// Ends the recording and waits for the remaining words.
    ///
    /// # Errors
    /// [`Error::TooSlow`], [`Error::Cancelled`] and those of the recogniser.
    pub fn finish(mut self) -> Result<Recognition, Error> {
        let queued = &mut self.queued;
        self.spans.finish(|span| queued.push_back(span));
        self.wait_until(|stream| stream.queued.is_empty() && stream.in_flight == 0)?;
        Ok(Recognition {
            duration: self.duration(),
            speech: self.spans.runs().to_vec(),
            transcript: Transcript::heard(std::mem::take(&mut self.segments)),
            truncated: false,
        })
    }

    pub(crate) fn send_event(&self, event: Event) {
        if let Some(events) = &self.events {
            events.try_send(event).ok(); // A slow receiver misses it.
        }
    }

    fn wait_until(&mut self, is_done: impl Fn(&Self) -> bool) -> Result<(), Error> {
        let limit = self.patience.recognition;
        let mut deadline = Instant::now() + limit;
        loop {
            self.hand_over();
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if is_done(self) {
                return Ok(());
            }
            if self.cancellation.is_cancelled() {
                return Err(Error::Cancelled);
            }
            match self.results.recv_timeout(POLL) {
                Ok(words) => {
                    self.take(words);
                    deadline = Instant::now() + limit;
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(_) => return Err(Error::TooSlow { limit }),
            }
        }
    }

    fn hand_over(&mut self) {
        while self.in_flight < SPANS_IN_FLIGHT && self.failure.is_none() {
            let Some(span) = self.queued.pop_front() else { return };
            let job = Job {
                span,
                prompt: Arc::clone(&self.prompt),
                result: self.results_sender.clone(),
                cancellation: self.cancellation.clone(),
            };
            match self.recogniser.jobs.try_send(job) {
                Ok(()) => self.in_flight += 1,
                Err(TrySendError::Full(job)) => return self.queued.push_front(job.span),
                Err(TrySendError::Disconnected(_)) => {
                    let reason = "its thread has stopped; start the program again".to_owned();
                    self.failure = Some(Error::Transcription { reason });
                }
            }
        }
    }

    fn take(&mut self, words: Result<Vec<Word>, Error>) {
        self.in_flight -= 1;
        match words {
            Ok(words) => {
                if let Some(segment) = Segment::new(words) {
                    self.send_event(Event::Segment(segment.clone()));
                    self.segments.push(segment);
                }
            }
            Err(failure) => self.failure = Some(failure),
        }
    }
}

impl Drop for RecognitionStream {
    fn drop(&mut self) {
        self.cancellation.cancel();
    }
}

/// A handle to the thread that owns the model. Handles are cheap to clone; the thread ends, and the model is freed, when the
/// last one is dropped and its work is done.
#[derive(Clone)]
pub struct Recogniser {
    jobs: SyncSender<Job>,
}

/// A span on its way to the model.
struct Job {
    span: SpeechSpan,
    prompt: Arc<Prompt>,
    result: SyncSender<Result<Vec<Word>, Error>>,
    cancellation: CancellationToken,
}

impl Recogniser {
    /// Starts the thread, which owns `transcriber` from now on.
    ///
    /// # Errors
    /// [`Error::Thread`].
    pub fn start(transcriber: impl Transcriber + 'static) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::sync_channel(QUEUE_LENGTH);
        std::thread::Builder::new()
            .name("recogniser".to_owned())
            .spawn(move || run(transcriber, &queue))
            .map_err(|source| Error::Thread { source })?;
        Ok(Self { jobs })
    }
}

fn run(mut transcriber: impl Transcriber, queue: &Receiver<Job>) {
    while let Ok(Job { span, prompt, result, cancellation }) = queue.recv() {
        if cancellation.is_cancelled() {
            continue;
        }
        // A panic over one span must not lose the others.
        let words = catch_unwind(AssertUnwindSafe(|| transcriber.transcribe(&span, &prompt, &cancellation)))
            .unwrap_or_else(|_| Err(Error::Transcription { reason: "it crashed on this sound".to_owned() }));
        result.send(words).ok(); // The stream may be gone.
    }
}
