//! What clients send, parsed: past this border nothing is too long, out of order or out of range.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use api::feedback::Coach;
use api::progress::ProgressQuery;
use api::question::QuestionFilter;
use api::session::{NewSession, SessionFilter, SessionState};
use api::transcript::{HeardTranscript, Segment, TimeSpan, Word};
use api::turn::{DecidedVerdict, Source, Target};
use interview::bank::{Bank, Question};
use interview::delivery;
use interview::follow_up::{self, FollowUpLimit};
use interview::marks::{self, CoachKind, Decision, Marks};
use interview::selection::{Wishes, fitting};
use interview::session::Spoken;
use interview::transcript::normal_words;
use interview::{Probability, Seconds, Span, TopicId, Transcript, session};
use store::{PageLimit, SessionQuery};

use crate::api_error::ApiError;

/// The most questions of one session.
pub(crate) const MOST_QUESTIONS: usize = 50;

/// How many minutes an interview can take.
const INTERVIEW_MINUTES: RangeInclusive<u32> = 5..=120;

/// The most entries of each list of wishes.
const MOST_WISHES: usize = 100;

/// What the questions of a new session are to be.
pub(crate) fn wishes(new: &NewSession) -> Result<Wishes, ApiError> {
    let lists = [&new.subjects, &new.topics, &new.levels, &new.kinds, &new.tags, &new.question_ids];
    if lists.iter().any(|list| list.len() > MOST_WISHES) {
        return Err(unprocessable(format!("a list of wishes has at most {MOST_WISHES} entries")));
    }
    if new.questions.is_some_and(|count| !(1..=MOST_QUESTIONS).contains(&(count as usize)))
        || new.question_ids.len() > MOST_QUESTIONS
    {
        return Err(unprocessable(format!("a session has 1 to {MOST_QUESTIONS} questions")));
    }
    if new.real_minutes.is_some_and(|minutes| !INTERVIEW_MINUTES.contains(&minutes)) {
        return Err(unprocessable("an interview takes 5 to 120 minutes"));
    }
    if let Some(twice) = first_repeated(&new.question_ids) {
        return Err(unprocessable(format!("the question `{twice}` is asked for twice")));
    }
    Ok(Wishes {
        subjects: new.subjects.clone(),
        topics: parsed(&new.topics)?,
        levels: parsed(&new.levels)?,
        kinds: parsed(&new.kinds)?,
        tags: parsed(&new.tags)?,
        question_ids: parsed(&new.question_ids)?,
        count: new.questions.map(|count| count as usize),
        interview: new.real_minutes.map(|minutes| Duration::from_secs(60 * u64::from(minutes))),
        nothing_twice: new.repeat == Some(false),
    })
}

/// The point that a new session is about, when it is about one.
pub(crate) fn focus(new: &NewSession) -> Result<Option<follow_up::Target>, ApiError> {
    let Some(focus) = &new.focus else { return Ok(None) };
    if new.question_ids.len() != 1 {
        return Err(unprocessable("`focus` needs exactly one of `question_ids`"));
    }
    Ok(Some(match focus {
        Target::KeyPoint(id) => follow_up::Target::KeyPoint(id.parse().map_err(unprocessable)?),
        Target::Misconception(id) => follow_up::Target::Misconception(id.parse().map_err(unprocessable)?),
        Target::Stretch => follow_up::Target::Stretch,
    }))
}

/// The questions of the interview that is prepared for.
pub(crate) fn prepared(query: &ProgressQuery) -> Result<Wishes, ApiError> {
    let list = |list: &Option<String>| -> Vec<String> {
        let names = list.as_deref().unwrap_or_default().split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    Ok(Wishes { subjects: list(&query.subjects), levels: parsed(&list(&query.levels))?, ..Wishes::default() })
}

/// How many follow-ups a question may get.
pub(crate) fn follow_ups(new: &NewSession) -> Result<FollowUpLimit, ApiError> {
    match new.follow_ups {
        None => Ok(FollowUpLimit::default()),
        Some(limit) => limit.try_into().map_err(unprocessable),
    }
}

/// The questions of the bank that a filter lets through.
pub(crate) fn filtered<'a>(bank: &'a Bank, filter: &QuestionFilter) -> Result<Vec<&'a Question>, ApiError> {
    let wishes = Wishes {
        subjects: filter.subject.iter().cloned().collect(),
        topics: parsed(filter.topic.as_slice())?,
        levels: parsed(filter.level.as_slice())?,
        kinds: parsed(filter.kind.as_slice())?,
        tags: parsed(filter.tag.as_slice())?,
        ..Wishes::default()
    };
    let text = filter.q.as_deref().unwrap_or_default();
    Ok(fitting(bank, &wishes)?.into_iter().filter(|question| question.has_words(text)).collect())
}

/// Which sessions to list.
pub(crate) fn session_query(filter: &SessionFilter, bank: &Bank) -> Result<SessionQuery, ApiError> {
    let limit = filter.limit.map(PageLimit::try_from).transpose().map_err(unprocessable)?;
    let wishes = Wishes {
        subjects: filter.subject.iter().cloned().collect(),
        topics: parsed(filter.topic.as_slice())?,
        ..Wishes::default()
    };
    let fitting: BTreeSet<&TopicId> = fitting(bank, &wishes)?.into_iter().map(|question| &question.topic).collect();
    let is_open = wishes.subjects.is_empty() && wishes.topics.is_empty();
    let words: Vec<String> = filter.q.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    if words.len() > MOST_WISHES {
        return Err(unprocessable(format!("sessions are looked up by at most {MOST_WISHES} words")));
    }
    Ok(SessionQuery {
        topics: (!is_open).then(|| fitting.into_iter().cloned().collect()),
        words,
        is_finished: filter.state.map(|state| state == SessionState::Finished),
        after: filter.cursor.as_deref().map(str::parse).transpose().map_err(unprocessable)?,
        limit: limit.unwrap_or_default(),
    })
}

/// The candidate's decision about the mark of this name.
pub(crate) fn decision(marks: &Marks, name: &str, verdict: Option<DecidedVerdict>) -> Result<Decision, ApiError> {
    let key_point = name.parse().ok().map(|id| Decision::KeyPoint(id, None)).filter(|decision| marks.has(decision));
    let misconception = name.parse().ok().map(|id| Decision::Misconception(id, true));
    let Some(known) = key_point.or(misconception.filter(|decision| marks.has(decision))) else {
        let detail = "the feedback has no such mark; name a key point or a misconception of it by its id";
        return Err(ApiError::NotFound(detail.to_owned()));
    };
    let Some(verdict) = verdict else { return Ok(known) };
    Ok(match (known, verdict) {
        (Decision::KeyPoint(id, _), DecidedVerdict::Hit) => Decision::KeyPoint(id, Some(marks::DecidedVerdict::Hit)),
        (Decision::KeyPoint(id, _), DecidedVerdict::Missed) => {
            Decision::KeyPoint(id, Some(marks::DecidedVerdict::Missed))
        }
        (Decision::Misconception(id, _), DecidedVerdict::Stated) => Decision::Misconception(id, true),
        (Decision::Misconception(id, _), DecidedVerdict::NotStated) => Decision::Misconception(id, false),
        (Decision::KeyPoint(..), _) => return Err(unprocessable("a key point is decided as `hit` or `missed`")),
        (Decision::Misconception(..), _) => {
            return Err(unprocessable("a misconception is decided as `stated` or `not_stated`"));
        }
    })
}

fn first_repeated(names: &[String]) -> Option<&String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

fn parsed<T>(names: &[String]) -> Result<Vec<T>, ApiError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    names.iter().map(|name| name.parse().map_err(unprocessable)).collect()
}

fn unprocessable(error: impl std::fmt::Display) -> ApiError {
    ApiError::Unprocessable(error.to_string())
}

/// The most characters of an answer's text. A person who speaks for an hour says about 60,000.
pub(crate) const MOST_CHARACTERS: usize = 100_000;

/// The most words of an answer. A person who speaks for an hour says about 10,000.
pub(crate) const MOST_WORDS: usize = 20_000;

/// What somebody typed, as a transcript: harmless, not too long, and with at least one word.
pub(crate) fn typed(text: &str) -> Result<Transcript, ApiError> {
    if text.chars().count() > MOST_CHARACTERS {
        return Err(unprocessable(format!("the text is too long: at most {MOST_CHARACTERS} characters are taken")));
    }
    let transcript = Transcript::typed(&harmless(text));
    let words = transcript.words().flat_map(|word| normal_words(&word.text)).count();
    match words {
        0 => Err(unprocessable("there is no word in the text; skip the turn instead")),
        1..=MOST_WORDS => Ok(transcript),
        _ => Err(unprocessable(format!("the text is too long: at most {MOST_WORDS} words are taken"))),
    }
}

/// The text of a correction: harmless, not too long, and with at least one word.
pub(crate) fn correction(text: &str) -> Result<String, ApiError> {
    typed(text).map(|_| harmless(text))
}

/// The text without characters that control terminals or reorder what is shown around them; line breaks stay.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || !is_harmful(c) { c } else { ' ' }).collect()
}

/// Control characters, and the marks that make text run backwards (Unicode's explicit directional formatting).
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

/// The most stretches of speech in one answer.
const MOST_SPANS: usize = 10_000;

/// The most characters of one word. Longer ones are no words.
const LONGEST_WORD: usize = 100;

/// How far times may go past the end of the recording before they count as wrong: clients round.
const SLACK_SECONDS: f64 = 0.5;

/// What was heard in an answer, checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    /// The words.
    pub(crate) transcript: Transcript,
    /// Where there was speech, in order and without overlap.
    pub(crate) speech: Vec<Span>,
    /// How long the recording is.
    pub(crate) duration: Seconds,
    /// The speech model.
    pub(crate) model: Option<String>,
}

impl Heard {
    /// The words with the question's terms in place of what was misheard of them, and what was measured before that.
    pub(crate) fn measured(self, question: &Question) -> (Transcript, Spoken) {
        let Self { transcript, speech, duration, model } = self;
        let delivery = delivery::measure(&transcript, &speech, duration, Some(question.time_limit));
        (transcript.with_terms(&question.glossary), Spoken { duration, speech, delivery, model })
    }
}

/// Checks a client's transcript: no more than `limit` seconds, words and speech in order, every number in range.
pub(crate) fn heard(heard: &HeardTranscript, limit: Seconds) -> Result<Heard, ApiError> {
    check_size(heard)?;
    let segments: Vec<Vec<interview::Word>> =
        heard.segments.iter().enumerate().map(|(index, segment)| words(index, segment)).collect::<Result<_, _>>()?;
    let speech = heard.speech.iter().map(span).collect::<Result<Vec<Span>, _>>()?;
    check_order("words", segments.iter().flatten().filter_map(|word| word.span).map(Span::start))?;
    check_order("speech", speech.iter().flat_map(|span| [span.start(), span.end()]))?;
    let timed = segments.iter().flatten().filter_map(|word| word.span).chain(speech.iter().copied());
    let end = timed.map(Span::end).fold(Seconds::ZERO, Seconds::max);
    let duration = duration(heard.duration, end, limit)?;
    let transcript = Transcript::heard(segments.into_iter().filter_map(interview::Segment::new).collect());
    let model =
        heard.model.as_deref().map(|model| harmless(model).replace('\n', " ").chars().take(LONGEST_WORD).collect());
    Ok(Heard { transcript, speech, duration, model })
}

fn check_size(heard: &HeardTranscript) -> Result<(), ApiError> {
    let words: usize = heard.segments.iter().map(|segment| segment.words.len()).sum();
    let characters: usize = heard.segments.iter().flat_map(|segment| &segment.words).map(|word| word.text.len()).sum();
    if words > MOST_WORDS || heard.segments.len() > MOST_WORDS || characters > MOST_CHARACTERS * 4 {
        return Err(unprocessable(format!("the transcript is too long: an answer has at most {MOST_WORDS} words")));
    }
    if heard.speech.len() > MOST_SPANS {
        return Err(unprocessable(format!("an answer has at most {MOST_SPANS} stretches of speech")));
    }
    Ok(())
}

fn words(index: usize, segment: &Segment) -> Result<Vec<interview::Word>, ApiError> {
    if segment.words.is_empty() && !segment.text.trim().is_empty() {
        return Err(unprocessable(format!("segment {} has text and no words; give its words, with times", index + 1)));
    }
    segment.words.iter().map(word).collect()
}

fn word(word: &Word) -> Result<interview::Word, ApiError> {
    let text = harmless(&word.text).replace('\n', " ");
    if text.chars().count() > LONGEST_WORD {
        return Err(unprocessable(format!("a word has at most {LONGEST_WORD} characters")));
    }
    let probability = Probability::try_from(word.probability).map_err(unprocessable)?;
    let span = match (word.start, word.end) {
        (None, None) => None,
        (Some(start), Some(end)) => Some(span(&TimeSpan { start, end })?),
        _ => return Err(unprocessable(format!("the word `{text}` has a start or an end only; give both or neither"))),
    };
    Ok(interview::Word { text, span, probability, heard_as: None })
}

fn span(span: &TimeSpan) -> Result<Span, ApiError> {
    let time = |seconds: f64| Seconds::try_from(seconds).map_err(unprocessable);
    let (start, end) = (time(span.start)?, time(span.end)?);
    if start > end {
        return Err(unprocessable(format!("the stretch from {} to {} ends before it starts", span.start, span.end)));
    }
    Ok(Span::between(start, end))
}

fn check_order(what: &str, times: impl Iterator<Item = Seconds> + Clone) -> Result<(), ApiError> {
    let later = times.clone().skip(1);
    match times.zip(later).find(|(one, next)| next < one) {
        Some((one, next)) => {
            Err(unprocessable(format!("the {what} must be in order: {} comes after {}", next.get(), one.get())))
        }
        None => Ok(()),
    }
}

fn duration(claimed: Option<f64>, end: Seconds, limit: Seconds) -> Result<Seconds, ApiError> {
    let duration = match claimed {
        Some(seconds) => Seconds::try_from(seconds).map_err(unprocessable)?,
        None => end,
    };
    if end.since(duration).get() > SLACK_SECONDS {
        return Err(unprocessable(format!(
            "the recording is {} s long and has words at {} s",
            duration.get(),
            end.get()
        )));
    }
    if duration > limit {
        return Err(unprocessable(format!(
            "the recording is {} s long; the limit is {} s",
            duration.get(),
            limit.get()
        )));
    }
    Ok(duration.max(end))
}

pub(crate) fn source(source: Source) -> session::Source {
    match source {
        Source::Microphone => session::Source::Microphone,
        Source::Upload => session::Source::Upload,
        Source::Stream => session::Source::Stream,
        Source::Typed => session::Source::Typed,
    }
}

pub(crate) fn coach_kind(coach: Coach) -> CoachKind {
    match coach {
        Coach::Offline => CoachKind::Offline,
        Coach::Llm => CoachKind::Llm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_reversed_text_lose_their_power() {
        assert_eq!(harmless("one \u{1b}[31mred\u{1b}[0m\r\nowner\u{202E}!"), "one  [31mred [0m \nowner !");
    }

    #[test]
    fn ordinary_text_in_any_language_stays_as_it_is() {
        let text = "l’ownership, « déjà vu »\nשלום 🦀";
        assert_eq!(harmless(text), text);
    }

    #[test]
    fn a_typed_answer_has_words_and_an_end() {
        assert_eq!(typed("one owner\nat a time").unwrap().segments().len(), 2);
        assert!(matches!(typed(" \n ?! \u{1F980}"), Err(ApiError::Unprocessable(_))));
        assert!(matches!(typed(&"word ".repeat(MOST_WORDS + 1)), Err(ApiError::Unprocessable(_))));
        assert!(matches!(typed(&"x".repeat(MOST_CHARACTERS + 1)), Err(ApiError::Unprocessable(_))));
    }

    const LIMIT: f64 = 60.0;

    fn word(text: &str, start: f64, end: f64) -> Word {
        Word { text: text.to_owned(), start: Some(start), end: Some(end), probability: 0.9, heard_as: None }
    }

    fn transcript(words: Vec<Word>) -> HeardTranscript {
        let segment = Segment { start: None, end: None, text: String::new(), words };
        HeardTranscript { segments: vec![segment], speech: Vec::new(), duration: None, model: None }
    }

    fn check(heard_transcript: &HeardTranscript) -> Result<Heard, ApiError> {
        heard(heard_transcript, Seconds::new(LIMIT).unwrap())
    }

    fn refusal(heard_transcript: &HeardTranscript) -> String {
        match check(heard_transcript).unwrap_err() {
            ApiError::Unprocessable(detail) => detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_in_order_are_taken_as_they_are() {
        let heard = check(&transcript(vec![word("one", 0.5, 0.75), word("owner", 0.75, 1.25)])).unwrap();
        assert_eq!(heard.transcript.text(), "one owner");
        assert_eq!(heard.duration.get(), 1.25);
    }

    #[test]
    fn silence_is_a_transcript_too() {
        let silence = HeardTranscript { segments: Vec::new(), speech: Vec::new(), duration: Some(3.0), model: None };
        let heard = check(&silence).unwrap();
        assert!(heard.transcript.is_empty());
        assert_eq!(heard.duration.get(), 3.0);
    }

    #[test]
    fn times_that_cannot_be_are_refused() {
        let refused = |start, end| refusal(&transcript(vec![word("one", start, end)]));
        assert!(refused(1.0, 0.5).contains("ends before it starts"));
        assert!(refused(-1.0, 0.5).contains("is not a time"));
        assert!(refused(0.0, f64::NAN).contains("is not a time"));
        assert!(refused(0.0, 61.0).contains("limit"));
        assert!(refusal(&transcript(vec![word("b", 2.0, 3.0), word("a", 1.0, 1.5)])).contains("in order"));
    }

    #[test]
    fn a_word_with_half_a_time_or_no_probability_is_refused() {
        let half = Word { end: None, ..word("one", 0.0, 1.0) };
        assert!(refusal(&transcript(vec![half])).contains("both or neither"));
        let unsure = Word { probability: 1.5, ..word("one", 0.0, 1.0) };
        assert!(refusal(&transcript(vec![unsure])).contains("probability"));
    }

    #[test]
    fn speech_must_be_in_order_and_within_the_recording() {
        let mut overlapping = transcript(vec![word("one", 0.0, 1.0)]);
        overlapping.speech = vec![TimeSpan { start: 0.0, end: 1.0 }, TimeSpan { start: 0.5, end: 2.0 }];
        assert!(refusal(&overlapping).contains("in order"));
        let mut short = transcript(vec![word("one", 0.0, 5.0)]);
        short.duration = Some(2.0);
        assert!(refusal(&short).contains("2 s long"));
    }

    #[test]
    fn more_than_anybody_says_is_refused() {
        let many = vec![word("one", 0.0, 0.0); MOST_WORDS + 1];
        assert!(refusal(&transcript(many)).contains("too long"));
        let long = word(&"x".repeat(LONGEST_WORD + 1), 0.0, 1.0);
        assert!(refusal(&transcript(vec![long])).contains("characters"));
    }

    #[test]
    fn a_word_cannot_carry_an_escape_sequence() {
        let heard = check(&transcript(vec![word("\u{1b}[2Jowner", 0.0, 1.0)])).unwrap();
        assert_eq!(heard.transcript.text(), "[2Jowner");
    }
}
