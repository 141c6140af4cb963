//! Cuts the sound at pauses into the spans that the recogniser gets.

use std::ops::Range;
use std::time::Duration;

use interview::{Seconds, Span};

use super::{Change, FRAME_SAMPLES, Frame, VoiceActivity};
use crate::audio::{RATE, duration, root_mean_square, samples_in};

/// How the sound is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanSettings {
    /// Sound before the onset that belongs to the span, so that a soft first consonant is not lost.
    pub lead_in: Duration,
    /// Sound after the end that belongs to the span: with less than half a second recognisers lose the last word.
    pub tail: Duration,
    /// A silence this long ends any span. It is longer than the tail.
    pub rest: Duration,
    /// A silence this long ends a span of [`enough`](Self::enough). It is longer than the tail, too.
    pub pause: Duration,
    /// Recognisers hear a sentence better with those around it, so a shorter span goes on after a pause.
    pub enough: Duration,
    /// A span this long ends at the end of a run of speech, however short the pause.
    pub plenty: Duration,
    /// No span is longer than this. Whisper hears 30 s at a time.
    pub longest: Duration,
}

impl Default for SpanSettings {
    fn default() -> Self {
        Self {
            lead_in: Duration::from_millis(300),
            tail: Duration::from_millis(500),
            rest: Duration::from_secs(3),
            pause: Duration::from_millis(800),
            enough: Duration::from_secs(15),
            plenty: Duration::from_secs(20),
            longest: Duration::from_secs(28),
        }
    }
}

/// A stretch of sound with speech in it, and where it is on the original timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechSpan {
    /// Its sound at [`RATE`], with lead-in and tail.
    pub samples: Vec<f32>,
    /// When that sound starts.
    pub start: Seconds,
    /// The runs of speech in it, in order, on the original timeline; never empty.
    pub runs: Vec<Span>,
    /// Whether more of it may come: its words are then provisional, and worth no second look.
    pub is_open: bool,
}

impl SpeechSpan {
    /// The length of its sound.
    pub fn length(&self) -> Seconds {
        duration(self.samples.len() as u64)
    }

    /// The middle of the first pause after this much of the span, on the original timeline; `None` where there is none yet.
    pub fn pause_after(&self, length: Duration) -> Option<Seconds> {
        let after = self.start + Seconds::new(length.as_secs_f64())?;
        let pair = self.runs.windows(2).find(|pair| pair[0].end() >= after)?;
        Some(pair[0].end() + Seconds::new(pair[1].start().since(pair[0].end()).get() / 2.0)?)
    }

    /// What is left of the span after words that end at `end`, from the middle of the pause after them; `None` where that is less speech than
    /// `least`.
    pub fn rest_after(&self, end: Seconds, least: Duration) -> Option<Self> {
        let index = self.runs.iter().position(|run| run.start() >= end).filter(|index| *index > 0)?;
        let runs = self.runs[index..].to_vec();
        if runs.iter().map(|run| run.length().get()).sum::<f64>() < least.as_secs_f64() {
            return None;
        }
        let before = self.runs[index - 1].end();
        let start = before + Seconds::new(runs[0].start().since(before).get() / 2.0)?;
        let samples = self.samples[(position(start) - position(self.start)) as usize..].to_vec();
        Some(Self { samples, start, runs, ..*self })
    }

    /// From the onset of the first speech in it to the end of the last.
    pub fn voiced(&self) -> Span {
        let nothing = Span::between(self.start, self.start);
        self.runs.iter().copied().reduce(Span::hull).unwrap_or(nothing)
    }
}

/// Cuts sound, pushed in blocks of any size, into [`SpeechSpan`]s, in order and without overlap. Between spans only as much sound
/// is kept as the lead-in needs.
pub struct SpeechSpans {
    activity: VoiceActivity,
    settings: SpanSettings,
    /// Sound that may still become part of a span.
    kept: Vec<f32>,
    /// The position of the first kept sample since the beginning.
    kept_from: u64,
    /// How many of the kept samples have been judged.
    judged: u64,
    open: Option<OpenSpan>,
    /// The beginning of the current or last run of speech.
    run_began: u64,
    runs: Vec<Span>,
}

#[derive(Clone, Copy)]
struct OpenSpan {
    start: u64,
    first_voice: u64,
    last_voice: u64,
}

impl SpeechSpans {
    /// Cuts where `activity` finds pauses.
    pub fn new(activity: VoiceActivity, settings: SpanSettings) -> Self {
        Self {
            activity,
            settings,
            kept: Vec::new(),
            kept_from: 0,
            judged: 0,
            open: None,
            run_began: 0,
            runs: Vec::new(),
        }
    }

    /// Takes the next block of sound at [`RATE`] and passes on the spans that it closes.
    pub fn push(&mut self, samples: &[f32], mut closed: impl FnMut(SpeechSpan)) {
        // A second at a time, to keep little of a long silence.
        for piece in samples.chunks(RATE.get() as usize) {
            self.kept.extend_from_slice(piece);
            while let Some(frame) = self.next_frame() {
                if let Some(change) = self.activity.push(&frame) {
                    self.apply(change);
                }
                self.judged += FRAME_SAMPLES as u64;
                if let Some(span) = self.close_when_due() {
                    closed(span);
                }
            }
            self.drop_silence();
        }
    }

    /// Ends the recording and passes on the last span.
    pub fn finish(&mut self, closed: impl FnOnce(SpeechSpan)) {
        if let Some(change) = self.activity.finish() {
            self.apply(change);
        }
        let end = self.kept_from + self.kept.len() as u64;
        if let Some(open) = self.open.take() {
            let until = end.min(open.last_voice + samples_in(self.settings.tail) as u64);
            closed(self.take(open, until));
        }
    }

    /// The span that is still open, from a time on and as far as it has been heard. `None` where nobody has spoken since.
    pub fn open(&self, from: Seconds) -> Option<SpeechSpan> {
        let (open, from) = (self.open?, position(from));
        let open = OpenSpan {
            start: open.start.max(from),
            first_voice: open.first_voice.max(from),
            last_voice: if self.activity.is_speech() { self.judged } else { open.last_voice },
        };
        let has_voice = open.first_voice < open.last_voice;
        has_voice.then(|| SpeechSpan { is_open: true, ..self.span(open, self.judged) })
    }

    /// The runs of speech so far, in order, without lead-in and tail.
    pub fn runs(&self) -> &[Span] {
        &self.runs
    }

    /// How long nobody has been speaking; zero while somebody is.
    pub fn silence(&self) -> Seconds {
        if self.activity.is_speech() {
            return Seconds::ZERO;
        }
        duration(self.judged).since(self.runs.last().map_or(Seconds::ZERO, |run| run.end()))
    }

    #[cfg(test)]
    pub(super) fn kept_samples(&self) -> usize {
        self.kept.len()
    }

    fn next_frame(&self) -> Option<Frame> {
        let from = (self.judged - self.kept_from) as usize;
        self.kept.get(from..from + FRAME_SAMPLES)?.try_into().ok()
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Began(first_voice) => {
                self.run_began = first_voice;
                let lead_in = samples_in(self.settings.lead_in) as u64;
                let start = first_voice.saturating_sub(lead_in).max(self.kept_from);
                let open = self.open.get_or_insert(OpenSpan { start, first_voice, last_voice: first_voice });
                open.last_voice = open.last_voice.max(first_voice);
            }
            Change::Ended(run) => {
                if let Some(open) = &mut self.open {
                    open.last_voice = open.last_voice.max(run.end);
                }
                self.runs.push(time_of(run));
            }
        }
    }

    fn close_when_due(&mut self) -> Option<SpeechSpan> {
        let open = self.open?;
        let length = self.judged - open.start;
        if !self.activity.is_speech() {
            let quiet = self.judged.saturating_sub(open.last_voice);
            let tail = samples_in(self.settings.tail) as u64;
            let is_long = |limit: Duration| length >= samples_in(limit) as u64;
            let is_quiet = |limit: Duration| quiet >= samples_in(limit) as u64;
            let SpanSettings { rest, pause, enough, plenty, .. } = self.settings;
            let is_pause = is_quiet(rest) || (is_quiet(pause) && is_long(enough));
            if is_pause || is_long(plenty) {
                self.open = None;
                // Speech may go on at once: the other half of a short pause is the lead-in of the next span.
                return Some(self.take(open, open.last_voice + if is_pause { tail } else { tail.min(quiet / 2) }));
            }
        }
        let is_full = length + FRAME_SAMPLES as u64 > samples_in(self.settings.longest) as u64;
        is_full.then(|| self.split(open))
    }

    /// Ends a span that is too long at the quietest place of its second half; the next span begins there.
    fn split(&mut self, open: OpenSpan) -> SpeechSpan {
        let cut = self.quietest_between(open.start + (self.judged - open.start) / 2, self.judged);
        let before = OpenSpan { last_voice: cut.max(open.first_voice), ..open };
        self.open = Some(OpenSpan { start: cut, first_voice: cut, last_voice: cut.max(open.last_voice) });
        self.take(before, cut)
    }

    /// The middle of the quietest 48 ms of a stretch.
    fn quietest_between(&self, from: u64, until: u64) -> u64 {
        const WINDOW: usize = 3 * FRAME_SAMPLES;
        let stretch = &self.kept[(from - self.kept_from) as usize..(until - self.kept_from) as usize];
        let loudness = |place: &usize| root_mean_square(&stretch[*place..*place + WINDOW]);
        let places = (0..stretch.len().saturating_sub(WINDOW)).step_by(FRAME_SAMPLES);
        let quietest = places.min_by(|one, other| loudness(one).total_cmp(&loudness(other)));
        quietest.map_or(until, |place| from + (place + WINDOW / 2) as u64)
    }

    /// The span with its sound; sound before `until` is dropped.
    fn take(&mut self, open: OpenSpan, until: u64) -> SpeechSpan {
        let span = self.span(open, until);
        self.drop_before(until);
        span
    }

    fn span(&self, open: OpenSpan, until: u64) -> SpeechSpan {
        let runs = self.runs_within(time_of(open.first_voice..open.last_voice));
        let until = until.min(self.kept_from + self.kept.len() as u64);
        let samples = self.kept[(open.start - self.kept_from) as usize..(until - self.kept_from) as usize].to_vec();
        SpeechSpan { samples, start: duration(open.start), runs, is_open: false }
    }

    /// The runs in a stretch, the current one included.
    fn runs_within(&self, stretch: Span) -> Vec<Span> {
        let finished = self.runs.iter().rev().take_while(|run| run.end() > stretch.start());
        let mut runs: Vec<Span> = finished
            .filter(|run| run.start() < stretch.end())
            .map(|run| Span::between(run.start().max(stretch.start()), run.end().min(stretch.end())))
            .collect();
        runs.reverse();
        let known_until = runs.last().map_or(stretch.start(), |run| run.end());
        if known_until < stretch.end() {
            runs.push(Span::between(duration(self.run_began).max(known_until).min(stretch.end()), stretch.end()));
        }
        runs
    }

    /// Drops sound that no span can need any more.
    fn drop_silence(&mut self) {
        // An onset is noticed late, by less than half a second with any setting.
        let needed = samples_in(self.settings.lead_in) + RATE.get() as usize / 2;
        if self.open.is_none() {
            self.drop_before(self.judged.saturating_sub(needed as u64));
        }
    }

    fn drop_before(&mut self, position: u64) {
        let forgotten = position.min(self.judged).saturating_sub(self.kept_from);
        self.kept.drain(..forgotten as usize);
        self.kept_from += forgotten;
    }
}

fn position(time: Seconds) -> u64 {
    (time.get() * f64::from(RATE.get())).round() as u64
}

fn time_of(samples: Range<u64>) -> Span {
    Span::between(duration(samples.start), duration(samples.end))
}
