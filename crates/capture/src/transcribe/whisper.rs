//! Recognition by whisper.cpp. The only file that uses whisper-rs.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use interview::{Seconds, Span, Word};
use tokio_util::sync::CancellationToken;
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperState};

use super::cleanup::{is_loop, without_annotations, without_loops};
use super::words::{Phrase, Token, align, phrases_of};
use super::{Prompt, Transcriber};
use crate::audio::{duration, samples_in};
use crate::speech::SpeechSpan;
use crate::{Error, models};

/// One position of the encoder covers this much sound.
const POSITION: Duration = Duration::from_millis(20);
/// Silence added after a span: the encoder, which has learnt from 30 s, does better the more of it there is. With 1 s it makes a twentieth more
/// errors; 5 s find no more than this; the whole window takes nearly half as much time again.
const MARGIN_POSITIONS: usize = 192;
/// The same for provisional words, which must come soon.
const PROVISIONAL_MARGIN_POSITIONS: usize = 48;
/// By how much the window of a second pass is longer. The whole window of 1500 positions finds no more, and takes seconds.
const MORE_POSITIONS: usize = 192;
/// Numbers of positions are rounded up to a multiple of this, to need few sizes of working memory.
const POSITION_STEP: usize = 32;
/// Shorter spans are padded with silence; whisper ignores anything below 0.1 s.
const SHORTEST: Duration = Duration::from_millis(1_000);
/// An upper bound: fast speech has 6 syllables a second, each at most a token, plus punctuation.
const TOKENS_PER_SECOND: f64 = 10.0;
/// Whisper writes 448 tokens at most, prompt included.
const MOST_TOKENS: usize = 220;
/// The part of the decoder's 448 positions that a prompt may take; whisper.cpp takes 224, and short ones do less harm.
const MOST_PROMPT_TOKENS: usize = 120;
/// Below this average log probability a reading is doubtful; OpenAI's figure.
const DOUBTFUL_LOG_PROBABILITY: f64 = -1.0;

/// Whisper may end a pass at a pause before the last sentence. This much speech after its last word is heard in a pass of its own.
const LEAST_UNHEARD: Duration = Duration::from_millis(1_500);
/// Fewer letters a second of voice, pauses not counted, may mean that a pass left something out: people say 10 to 16. Those who speak slower
/// cost a second pass.
const FEWEST_LETTERS_A_SECOND: f64 = 10.0;
/// With less voice than this, in seconds, the number of letters tells nothing.
const SHORT_VOICE: f64 = 3.0;

/// How whisper recognises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhisperSettings {
    /// Threads to compute with. On busy cores several are slower than one.
    pub threads: NonZeroUsize,
    /// The smallest number of the encoder's 1500 positions, of 20 ms each. Fewer are cheaper; with too few, short spans are
    /// recognised wrongly.
    pub fewest_positions: usize,
    /// Whether the question's glossary, and the words before a span, are given as a prompt.
    pub glossary: bool,
    /// The language spoken. English-only models ignore it.
    pub language: Language,
}

/// A language that whisper knows, by its code of two or three letters, such as `en`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(&'static str);

impl Language {
    /// The default, here and in whisper.cpp.
    pub const ENGLISH: Self = Self("en");
}

impl std::str::FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        let known = if is_code { whisper_rs::get_lang_id(code).and_then(whisper_rs::get_lang_str) } else { None };
        known.map(Self).ok_or_else(|| UnknownLanguage(code.to_owned()))
    }
}

/// Whisper does not know the language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language that whisper knows: give a code such as `en`")]
pub struct UnknownLanguage(String);

impl Default for WhisperSettings {
    fn default() -> Self {
        Self { threads: spare_cores(), fewest_positions: 256, glossary: true, language: Language::ENGLISH }
    }
}

/// All cores but one, at least one. With more than two hardware threads half of them count as cores: a second thread on a core
/// does not make it faster.
fn spare_cores() -> NonZeroUsize {
    let hardware_threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let cores = if hardware_threads > 2 { hardware_threads / 2 } else { hardware_threads };
    NonZeroUsize::new(cores - 1).unwrap_or(NonZeroUsize::MIN)
}

/// A whisper model in memory, with the working memory of one recognition.
pub struct Whisper {
    /// The name of the model, as its file has it.
    name: Option<String>,
    context: WhisperContext,
    state: WhisperState,
    settings: WhisperSettings,
    /// What all recognitions have in common; each works on a copy.
    parameters: FullParams<'static, 'static>,
    /// Cancels the current recognition.
    cancellation: Arc<Mutex<CancellationToken>>,
}

impl Whisper {
    /// Loads the model at `path`. The file is checked from end to end first, because whisper.cpp trusts its input.
    ///
    /// # Errors
    /// [`Error::Unreadable`] and [`Error::ModelDamaged`].
    pub fn load(path: &Path, settings: WhisperSettings) -> Result<Self, Error> {
        install_logging_hooks();
        models::check_structure(path)?;
        let context = open(path)?;
        let state = context.create_state().map_err(|fault| Error::damaged(path, fault.to_string()))?;
        let cancellation = Arc::default();
        let parameters = parameters(&settings, Arc::clone(&cancellation));
        let name = path.file_stem().map(|stem| stem.to_string_lossy().trim_start_matches("ggml-").to_owned());
        Ok(Self { name, context, state, settings, parameters, cancellation })
    }

    fn prompt_tokens(&self, prompt: &Prompt) -> Vec<i32> {
        let text = prompt.as_str();
        if !self.settings.glossary || text.is_empty() {
            return Vec::new();
        }
        // A token is at least a byte. A prompt that cannot be tokenised is left out: it is only a help.
        let mut tokens = self.context.tokenize(&format!(" {text}"), text.len() + 2).unwrap_or_default();
        // The end matters most: the span follows it.
        tokens.drain(..tokens.len().saturating_sub(MOST_PROMPT_TOKENS));
        tokens
    }

    /// The words of one pass over the span, or of a second one where they are doubtful.
    fn best_words(&mut self, span: &SpeechSpan, prompt: &[i32]) -> Result<Vec<Word>, Error> {
        let padded = padded(&span.samples);
        let first = self.recognise(&padded, span, self.positions_for(span, padded.len()), prompt)?;
        if span.is_open || first.is_sound() {
            return Ok(first.words);
        }
        // More silence after the span, no prompt. Never with randomness, as whisper's own programs do: it makes up sentences.
        let positions = (self.positions_for(span, padded.len()) + MORE_POSITIONS).min(self.most_positions());
        let second = self.recognise(&padded, span, positions, &[])?;
        let worth = |reading: &Reading| (reading.is_sound(), !reading.is_cut_off, reading.log_probability);
        Ok(if worth(&second) > worth(&first) { second.words } else { first.words })
    }

    /// One pass over sound that begins as `span` does.
    fn recognise(
        &mut self,
        samples: &[f32],
        span: &SpeechSpan,
        positions: usize,
        prompt: &[i32],
    ) -> Result<Reading, Error> {
        let seconds = duration(samples.len() as u64).get();
        let most_tokens = ((seconds * TOKENS_PER_SECOND) as usize + 8).min(MOST_TOKENS);
        let mut parameters: FullParams<'_, '_> = self.parameters.clone();
        parameters.set_tokens(prompt);
        parameters.set_max_tokens(most_tokens as i32);
        parameters.set_audio_ctx(positions as i32);
        let done = self.state.full(parameters, samples);
        if current(&self.cancellation).is_cancelled() {
            return Err(Error::Cancelled);
        }
        done.map_err(|fault| Error::Transcription { reason: fault.to_string() })?;
        Ok(self.reading(span, most_tokens))
    }

    fn reading(&self, span: &SpeechSpan, most_tokens: usize) -> Reading {
        let (end_of_text, first_time) = (self.context.token_eot(), self.context.token_beg());
        let segments: Vec<_> = self.state.as_iter().collect();
        let tokens: Vec<_> = segments
            .iter()
            .flat_map(|segment| (0..segment.n_tokens()).filter_map(|index| segment.get_token(index)))
            .collect();
        let text = || tokens.iter().filter(|token| token.token_id() < end_of_text);
        let log_probability: f64 = text().map(|token| f64::from(token.token_data().plog)).sum();
        let average = log_probability / text().count().max(1) as f64;
        let phrases = phrases_of(tokens.iter().filter_map(|token| {
            let (id, data) = (token.token_id(), token.token_data());
            if id < end_of_text {
                Some(Token::Text { bytes: token.to_bytes().unwrap_or_default(), probability: f64::from(data.p) })
            } else if id >= first_time {
                let position = u32::try_from(id - first_time).unwrap_or(0);
                Seconds::new((POSITION * position).as_secs_f64()).map(Token::Time)
            } else {
                None
            }
        }));
        let phrases = phrases.into_iter().map(|phrase| Phrase { words: without_annotations(phrase.words), ..phrase });
        let words = align(phrases.filter(|phrase| !phrase.words.is_empty()).collect(), span);
        let is_cut_off = tokens.len() >= most_tokens || ended_early(&words, &span.runs);
        Reading { words, log_probability: average, is_cut_off }
    }

    fn positions_for(&self, span: &SpeechSpan, samples: usize) -> usize {
        let spoken = samples.div_ceil(samples_in(POSITION));
        let margin = if span.is_open { PROVISIONAL_MARGIN_POSITIONS } else { MARGIN_POSITIONS };
        let wanted = (spoken + margin).next_multiple_of(POSITION_STEP);
        wanted.max(self.settings.fewest_positions).min(self.most_positions())
    }

    fn most_positions(&self) -> usize {
        usize::try_from(self.context.n_audio_ctx()).unwrap_or(0)
    }
}

impl Transcriber for Whisper {
    fn model(&self) -> Option<String> {
        self.name.clone()
    }

    fn transcribe(
        &mut self,
        span: &SpeechSpan,
        prompt: &Prompt,
        cancellation: &CancellationToken,
    ) -> Result<Vec<Word>, Error> {
        if span.samples.is_empty() {
            return Ok(Vec::new());
        }
        *self.cancellation.lock().unwrap_or_else(PoisonError::into_inner) = cancellation.clone();
        let prompt = self.prompt_tokens(prompt);
        let words = to_the_end(span, |part| {
            let prompt = if part.start == span.start { &prompt[..] } else { &[] };
            self.best_words(part, prompt)
        })?;
        Ok(without_loops(words))
    }
}

/// The result of one pass.
struct Reading {
    words: Vec<Word>,
    /// The average of its tokens.
    log_probability: f64,
    /// Whether there is more speech than it has words for.
    is_cut_off: bool,
}

impl Reading {
    fn is_sound(&self) -> bool {
        !self.is_cut_off && self.log_probability >= DOUBTFUL_LOG_PROBABILITY && !is_loop(&self.words)
    }
}

/// The words of a span, and of what is left of it where a pass ended before the speech did.
pub(super) fn to_the_end(
    span: &SpeechSpan,
    mut hear: impl FnMut(&SpeechSpan) -> Result<Vec<Word>, Error>,
) -> Result<Vec<Word>, Error> {
    let mut words = hear(span)?;
    let rest = |words: &[Word]| span.rest_after(words.last()?.span?.end(), LEAST_UNHEARD).filter(|_| !span.is_open);
    while let Some(rest) = rest(&words) {
        let more = hear(&rest)?;
        if more.is_empty() {
            break;
        }
        words.extend(more);
    }
    Ok(words)
}

/// Whether the words are far too few for the voice they are laid over.
pub(super) fn ended_early(words: &[Word], voice: &[Span]) -> bool {
    let seconds: f64 = voice.iter().map(|run| run.length().get()).sum();
    let letters = words.iter().flat_map(|word| word.text.chars()).filter(|c| c.is_alphanumeric()).count();
    seconds >= SHORT_VOICE && (letters as f64) < FEWEST_LETTERS_A_SECOND * seconds
}

/// Discards what whisper.cpp would print: it would spoil a terminal screen.
fn install_logging_hooks() {
    static ONCE: Once = Once::new();
    ONCE.call_once(whisper_rs::install_logging_hooks);
}

fn open(path: &Path) -> Result<WhisperContext, Error> {
    let parameters = WhisperContextParameters::default;
    if let Ok(context) = WhisperContext::new_with_params(path, parameters()) {
        return Ok(context);
    }
    // Some C++ libraries cannot open every path. Reading the file here always works, at the price of a copy.
    let bytes = std::fs::read(path).map_err(Error::unreadable(path))?;
    WhisperContext::new_from_buffer_with_params(&bytes, parameters())
        .map_err(|_| Error::damaged(path, "whisper.cpp does not accept it"))
}

/// What all recognitions have in common. Between encoder passes and decoder steps whisper.cpp asks `cancellation` whether to stop.
fn parameters(settings: &WhisperSettings, cancellation: Arc<Mutex<CancellationToken>>) -> FullParams<'static, 'static> {
    let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
    // whisper-rs 0.16 casts the callback to the type given here, but stores it as this type: any other is undefined behaviour.
    // It also never frees it, so it is set once for each loaded model and copied with the parameters, not once for each call.
    let is_cancelled: Box<dyn FnMut() -> bool> = Box::new(move || current(&cancellation).is_cancelled());
    parameters.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(is_cancelled);
    parameters.set_n_threads(i32::try_from(settings.threads.get()).unwrap_or(1));
    if settings.language != Language::ENGLISH {
        // whisper-rs never frees the name, so the default is not set again.
        parameters.set_language(Some(settings.language.0));
    }
    parameters.set_single_segment(true);
    parameters.set_temperature_inc(0.0);
    parameters.set_print_progress(false);
    parameters
}

fn current(cancellation: &Mutex<CancellationToken>) -> CancellationToken {
    cancellation.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn padded(samples: &[f32]) -> Vec<f32> {
    let shortest = samples_in(SHORTEST);
    let mut padded = Vec::with_capacity(samples.len().max(shortest));
    padded.extend_from_slice(samples);
    padded.resize(samples.len().max(shortest), 0.0);
    padded
}
