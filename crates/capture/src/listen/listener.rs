//! One recording on its way to a transcript.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use interview::{Seconds, Segment, Transcript, Word};

use super::event::{Event, Events};
use super::heard::Heard;
use super::recogniser::{Job, Recogniser, Refused};
use crate::Error;
use crate::audio::duration;
use crate::speech::{ActivitySettings, EarshotDetector, SpanSettings, SpeechSpan, SpeechSpans, VoiceActivity};
use crate::transcribe::Prompt;

/// Spans of one listener that the recogniser holds at a time, so that several listeners get their turn.
const IN_HAND: usize = 2;
/// How often a full recogniser is asked again.
const RETRY: Duration = Duration::from_millis(10);

/// How a recording is listened to.
#[derive(Clone, Debug)]
pub struct ListenerSettings {
    /// When a run of speech begins and ends.
    pub activity: ActivitySettings,
    /// How the sound is cut into spans.
    pub spans: SpanSettings,
    /// What the recogniser is told to expect.
    pub prompt: Prompt,
    /// How long one span may take. A recogniser that is slower is given up.
    pub patience: Duration,
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            activity: ActivitySettings::default(),
            spans: SpanSettings::default(),
            prompt: Prompt::default(),
            patience: Duration::from_secs(120),
        }
    }
}

/// Listens to one recording. Sound is pushed in as it comes; words come back through the watcher's events and at the end.
///
/// Dropping it without finishing gives the recording up: spans that wait are not recognised.
pub struct Listener {
    recogniser: Recogniser,
    spans: SpeechSpans,
    events: Events,
    prompt: Arc<Prompt>,
    patience: Duration,
    samples: u64,
    waiting: VecDeque<SpeechSpan>,
    in_hand: usize,
    replies: SyncSender<Result<Vec<Word>, Error>>,
    done: Receiver<Result<Vec<Word>, Error>>,
    alive: Arc<()>,
    segments: Vec<Segment>,
    failure: Option<Error>,
}

impl Listener {
    /// Listens for `recogniser`. Events go to `watcher`.
    pub fn new(
        recogniser: &Recogniser,
        settings: ListenerSettings,
        watcher: Option<tokio::sync::mpsc::Sender<Event>>,
    ) -> Self {
        // There is room for a reply to every span in hand, so the recogniser never waits for its listeners.
        let (replies, done) = mpsc::sync_channel(IN_HAND);
        let detector = Box::new(EarshotDetector::default());
        Self {
            recogniser: recogniser.clone(),
            spans: SpeechSpans::new(VoiceActivity::new(detector, settings.activity), settings.spans),
            events: Events::to(watcher),
            prompt: Arc::new(settings.prompt),
            patience: settings.patience,
            samples: 0,
            waiting: VecDeque::new(),
            in_hand: 0,
            replies,
            done,
            alive: Arc::new(()),
            segments: Vec::new(),
            failure: None,
        }
    }

    /// Takes the next sound, mono at [`RATE`](crate::audio::RATE). It never waits for the recogniser.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples += samples.len() as u64;
        let waiting = &mut self.waiting;
        self.spans.push(samples, |span| waiting.push_back(span));
        self.collect();
    }

    /// Takes the words that have come by now, without waiting. Pushing does it, too; this is for while no sound comes.
    pub fn collect(&mut self) {
        while let Ok(words) = self.done.try_recv() {
            self.take(words);
        }
        self.hand_over();
    }

    /// Waits until the recogniser has nearly caught up. Whoever reads from a file calls this between blocks, so that no more than a
    /// few spans are in memory.
    ///
    /// # Errors
    /// [`Error::TooSlow`], and what the recogniser reports.
    pub fn catch_up(&mut self) -> Result<(), Error> {
        self.wait_until(|listener| listener.waiting.is_empty())
    }

    /// How much has been heard.
    pub fn duration(&self) -> Seconds {
        duration(self.samples)
    }

    /// How long nobody has been speaking; zero while somebody is.
    pub fn silence(&self) -> Seconds {
        self.spans.silence()
    }

    /// The segments of the transcript so far.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Ends the recording and waits for the words that are still missing.
    ///
    /// # Errors
    /// [`Error::TooSlow`], and what the recogniser reports.
    pub fn finish(mut self) -> Result<Heard, Error> {
        let waiting = &mut self.waiting;
        self.spans.finish(|span| waiting.push_back(span));
        self.wait_until(|listener| listener.waiting.is_empty() && listener.in_hand == 0)?;
        Ok(Heard {
            duration: self.duration(),
            speech: self.spans.runs().to_vec(),
            transcript: Transcript::heard(self.segments),
            truncated: false,
        })
    }

    /// Where events go; for whoever feeds the listener and has something to report, too.
    pub(crate) fn events(&self) -> &Events {
        &self.events
    }

    fn wait_until(&mut self, is_enough: impl Fn(&Self) -> bool) -> Result<(), Error> {
        let mut deadline = Instant::now() + self.patience;
        loop {
            self.hand_over();
            if let Some(failure) = self.failure.take() {
                return Err(failure);
            }
            if is_enough(self) {
                return Ok(());
            }
            // With nothing in hand the recogniser is busy with others, and has to be asked again soon.
            let pause = if self.in_hand == 0 { RETRY } else { deadline.saturating_duration_since(Instant::now()) };
            match self.done.recv_timeout(pause) {
                Ok(words) => {
                    self.take(words);
                    deadline = Instant::now() + self.patience;
                }
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(_) => return Err(Error::TooSlow { limit: self.patience }),
            }
        }
    }

    fn hand_over(&mut self) {
        while self.in_hand < IN_HAND && self.failure.is_none() {
            let Some(span) = self.waiting.pop_front() else { return };
            let (prompt, done) = (Arc::clone(&self.prompt), self.replies.clone());
            match self.recogniser.offer(Job { span, prompt, done, caller: Arc::downgrade(&self.alive) }) {
                Ok(()) => self.in_hand += 1,
                Err(Refused::Busy(job)) => return self.waiting.push_front(job.span),
                Err(Refused::Gone) => {
                    self.failure =
                        Some(Error::Transcription { reason: "it has stopped; start the program again".to_owned() });
                }
            }
        }
    }

    fn take(&mut self, words: Result<Vec<Word>, Error>) {
        self.in_hand -= 1;
        match words {
            Ok(words) => {
                if let Some(segment) = Segment::new(words) {
                    self.events.send(Event::Segment(segment.clone()));
                    self.segments.push(segment);
                }
            }
            Err(failure) => self.failure = Some(failure),
        }
    }
}
