//! Speech recognition while the person still speaks.
//!
//! A [`Recogniser`] is one thread that owns the model; a program starts one and keeps it. Each recording gets a
//! [`RecognitionStream`]. It hands closed spans of speech to the recogniser one after the other, so that at the end of an answer
//! only the last one is left to do. While there is no closed span, the open one may be heard for provisional words.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError};
use std::time::{Duration, Instant};

use interview::{Seconds, Segment, Span, Transcript, Word};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::audio::{Decoder, Level, duration};
use crate::speech::{EarshotDetector, SpanSettings, SpeechSpan, SpeechSpans, VoiceActivity};
use crate::transcribe::{Prompt, Transcriber};
use crate::{Error, Patience};

#[cfg(test)]
mod tests;

/// Spans that wait for the model at most, over all streams.
const QUEUE_LENGTH: usize = 64;
/// The least new sound that provisional words are worth hearing an open span again for.
const PROVISIONAL_STEP: Duration = Duration::from_millis(1_500);
/// From the start of a provisional pass to the next goes this many times the time that it took, so that they take half a core.
const PROVISIONAL_PERIOD: u32 = 2;
/// After this much of it the beginning of an open span, to the next pause, is not heard again for provisional words: they must come soon.
const SETTLED: Duration = Duration::from_secs(6);
/// Segments that a span is told at most: more than a prompt has room for.
const SEGMENTS_BEFORE: usize = 4;
/// Fewer words than these are no repetition of the prompt: people say two or three words twice themselves.
const FEWEST_REPEATED: usize = 4;
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
    /// The name of the model that heard it, if it has one.
    pub model: Option<String>,
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
    /// The next segment of the transcript. It takes the place of the provisional words.
    Segment(Segment),
    /// The words of the speech since the last segment, so far; they take the place of earlier provisional words. They may still change.
    Provisional(String),
    /// How much closed speech still waits for its words.
    Backlog(Seconds),
    /// The number of samples lost so far because the machine did not keep up.
    Overrun {
        /// Samples since the recording began.
        lost: u64,
    },
}

/// How a recording is recognised.
#[derive(Clone, Debug, Default)]
pub struct RecognitionSettings {
    /// How the sound is cut into spans.
    pub spans: SpanSettings,
    /// Terms to expect. The words before a span are added to them.
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
    prompt: Prompt,
    patience: Patience,
    samples: u64,
    queued: VecDeque<SpeechSpan>,
    /// The span that the recogniser works on. It is one at a time: the next one is told its words.
    current: Option<Pass>,
    /// Sound of the open span on its way to provisional words, and the pause up to which it is not heard again.
    provisional: Option<(Pass, Option<Seconds>)>,
    /// The beginning of the open span, which is not heard again for provisional words.
    settled: Settled,
    /// The end of the last sound that was heard for provisional words, and how much more must come before the next.
    provisional_until: Seconds,
    provisional_step: Duration,
    cancellation: CancellationToken,
    segments: Vec<Segment>,
    failure: Option<Error>,
}

/// Provisional words that stay until the final ones.
#[derive(Default)]
struct Settled {
    words: String,
    until: Seconds,
}

/// A span that the recogniser works on, or will. Dropping it cancels the work.
struct Pass {
    words: Receiver<Result<Vec<Word>, Error>>,
    length: Seconds,
    begun: Instant,
    _cancel_on_drop: DropGuard,
}

impl RecognitionStream {
    /// A stream that `recogniser` works on and that sends its events to `events`.
    pub fn new(
        recogniser: &Recogniser,
        settings: RecognitionSettings,
        events: Option<tokio::sync::mpsc::Sender<Event>>,
    ) -> Self {
        let detector = Box::new(EarshotDetector::default());
        Self {
            recogniser: recogniser.clone(),
            spans: SpeechSpans::new(VoiceActivity::new(detector), settings.spans),
            events,
            prompt: settings.prompt,
            patience: settings.patience,
            samples: 0,
            queued: VecDeque::new(),
            current: None,
            provisional: None,
            settled: Settled::default(),
            provisional_until: Seconds::ZERO,
            provisional_step: PROVISIONAL_STEP,
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
        let waiting = self.queued.len();
        let queued = &mut self.queued;
        self.spans.push(samples, |span| queued.push_back(span));
        if self.queued.len() > waiting {
            self.send_event(Event::Backlog(self.backlog()));
        }
        self.collect();
    }

    /// Takes the results that are ready, without waiting. [`push`](Self::push) does so too; this is for while no sound comes.
    pub fn collect(&mut self) {
        if let Some(pass) = &self.current {
            match pass.words.try_recv() {
                Ok(words) => self.take(words),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => self.fail(),
            }
        }
        self.hand_over();
    }

    /// Sends provisional words of the open span as an event, and has it heard again when there is enough new sound in it. A closed span
    /// goes first, always. Only live recordings need this; the transcript is the same without.
    pub fn preview(&mut self) {
        self.collect();
        if let Some((pass, pause)) = &self.provisional {
            match pass.words.try_recv() {
                Err(TryRecvError::Empty) => return,
                Ok(Ok(words)) => {
                    self.provisional_step = PROVISIONAL_STEP.max(pass.begun.elapsed() * PROVISIONAL_PERIOD);
                    let is_settled = |word: &Word| word.span.zip(*pause).is_some_and(|(span, at)| span.start() < at);
                    let (settled, new) = words.split_at(words.partition_point(is_settled));
                    if let Some(until) = *pause {
                        self.settled = Settled { words: self.after_settled(settled), until };
                    }
                    self.send_event(Event::Provisional(self.after_settled(new)));
                }
                // What is wrong will also be wrong with the closed span.
                Ok(Err(_)) | Err(TryRecvError::Disconnected) => {}
            }
            self.provisional = None;
        }
        let step = self.provisional_step.as_secs_f64();
        if self.current.is_none()
            && self.queued.is_empty()
            && self.duration().since(self.provisional_until).get() >= step
            && let Some(span) = self.spans.open(self.settled.until)
            && span.length().get() >= step
        {
            let pause = span.pause_after(SETTLED);
            self.provisional_until = self.duration();
            self.provisional = self.submit(span).ok().map(|pass| (pass, pause));
        }
    }

    /// All provisional words, of which these are the last.
    fn after_settled(&self, words: &[Word]) -> String {
        let heard = Segment::new(words.iter().cloned()).map(|segment| segment.text()).unwrap_or_default();
        let new = without_repetition(&self.said(), &heard);
        format!("{} {new}", self.settled.words).trim().to_owned()
    }

    /// Cancels a provisional pass: the last span comes soon, and must not wait for it.
    pub fn cancel_preview(&mut self) {
        self.provisional = None;
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

    /// How much closed speech still waits for its words.
    pub fn backlog(&self) -> Seconds {
        let lengths = self.current.iter().map(|pass| pass.length).chain(self.queued.iter().map(SpeechSpan::length));
        lengths.fold(Seconds::ZERO, |sum, length| sum + length)
    }

    /// Ends the recording and waits for the remaining words.
    ///
    /// # Errors
    /// [`Error::TooSlow`], [`Error::Cancelled`] and those of the recogniser.
    pub fn finish(mut self) -> Result<Recognition, Error> {
        let queued = &mut self.queued;
        self.spans.finish(|span| queued.push_back(span));
        self.send_event(Event::Backlog(self.backlog()));
        self.wait_until(|stream| stream.queued.is_empty() && stream.current.is_none())?;
        Ok(Recognition {
            duration: self.duration(),
            speech: self.spans.runs().to_vec(),
            transcript: Transcript::heard(std::mem::take(&mut self.segments)),
            truncated: false,
            model: self.recogniser.model.clone(),
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
            let words = match &self.current {
                Some(pass) => pass.words.recv_timeout(POLL),
                None => {
                    std::thread::sleep(POLL); // The recogniser's queue is full.
                    Err(RecvTimeoutError::Timeout)
                }
            };
            match words {
                Ok(words) => {
                    self.take(words);
                    deadline = Instant::now() + limit;
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(RecvTimeoutError::Timeout) => return Err(Error::TooSlow { limit }),
                Err(RecvTimeoutError::Disconnected) => self.fail(),
            }
        }
    }

    fn hand_over(&mut self) {
        if self.current.is_some() || self.failure.is_some() {
            return;
        }
        let Some(span) = self.queued.pop_front() else { return };
        (self.provisional, self.settled) = (None, Settled::default());
        match self.submit(span) {
            Ok(pass) => self.current = Some(pass),
            Err(TrySendError::Full(job)) => self.queued.push_front(job.span),
            Err(TrySendError::Disconnected(_)) => self.fail(),
        }
    }

    fn submit(&self, span: SpeechSpan) -> Result<Pass, TrySendError<Job>> {
        // Room for the result: the recogniser never waits for a stream.
        let (result, words) = mpsc::sync_channel(1);
        let cancellation = self.cancellation.child_token();
        let prompt = self.prompt.after(&self.said());
        let pass = Pass {
            words,
            length: span.length(),
            begun: Instant::now(),
            _cancel_on_drop: cancellation.clone().drop_guard(),
        };
        self.recogniser.jobs.try_send(Job { span, prompt, result, cancellation })?;
        Ok(pass)
    }

    /// What was said before the sound that is heard next.
    fn said(&self) -> String {
        let recent = &self.segments[self.segments.len().saturating_sub(SEGMENTS_BEFORE)..];
        let said: Vec<String> = recent.iter().map(Segment::text).chain([self.settled.words.clone()]).collect();
        said.join(" ").trim().to_owned()
    }

    fn take(&mut self, words: Result<Vec<Word>, Error>) {
        self.current = None;
        match words {
            Ok(words) => match Segment::new(words) {
                Some(segment) => {
                    self.send_event(Event::Segment(segment.clone()));
                    self.segments.push(segment);
                }
                None => self.send_event(Event::Provisional(String::new())),
            },
            Err(failure) => self.failure = Some(failure),
        }
        self.send_event(Event::Backlog(self.backlog()));
    }

    /// The thread of the recogniser is gone, or has skipped the span because this stream is cancelled.
    fn fail(&mut self) {
        self.current = None;
        let reason = "its thread has stopped; start the program again".to_owned();
        self.failure =
            Some(if self.cancellation.is_cancelled() { Error::Cancelled } else { Error::Transcription { reason } });
    }
}

/// The words without a beginning that repeats the end of what was said before, as whisper may do with a few seconds of sound.
fn without_repetition(said: &str, words: &str) -> String {
    let plain = |text: &str| -> Vec<String> {
        text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', '?', '!']).to_lowercase()).collect()
    };
    let (said, heard) = (plain(said), plain(words));
    let repeated = (FEWEST_REPEATED..=heard.len()).rev().find(|count| said.ends_with(&heard[..*count]));
    words.split_whitespace().skip(repeated.unwrap_or_default()).collect::<Vec<_>>().join(" ")
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
    model: Option<String>,
}

/// A span on its way to the model.
struct Job {
    span: SpeechSpan,
    prompt: Prompt,
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
        let model = transcriber.model();
        std::thread::Builder::new()
            .name("recogniser".to_owned())
            .spawn(move || run(transcriber, &queue))
            .map_err(|source| Error::Thread { source })?;
        Ok(Self { jobs, model })
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
