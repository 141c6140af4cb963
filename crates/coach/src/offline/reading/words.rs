//! The words of an answer in normal form, with what the recogniser and the punctuation say about them.

use interview::transcript::normal_words;
use interview::{Transcript, Word};

use crate::lexicon::{Sort, markers};

/// A silence of this many seconds between two words ends a clause.
const CLAUSE_PAUSE: f64 = 0.8;

/// The most words of a bracketed annotation; anything longer is speech in brackets.
const LONGEST_ANNOTATION: usize = 5;

/// One normal word of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// The word as it is compared.
    pub(crate) normal: String,
    /// The word of the transcript that it stands for, counted from 0.
    pub(crate) index: usize,
    /// Whether the recogniser may have misheard it.
    pub(crate) doubtful: bool,
    /// What ends behind it.
    pub(crate) end: End,
}

/// What ends after a word, going by punctuation and pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Nothing that could be told.
    Word,
    /// A part of a sentence.
    Clause,
    /// A sentence.
    Sentence,
    /// A question.
    Question,
}

/// The normal words of a transcript, without what recognisers write down about sounds.
pub(super) fn spoken(transcript: &Transcript) -> Vec<Spoken> {
    let words: Vec<&Word> = transcript.words().collect();
    let mut spoken = Vec::with_capacity(words.len());
    let mut segment_ends = segment_ends(transcript).peekable();
    let mut index = 0;
    while index < words.len() {
        if let Some(length) = annotation(&words[index..]) {
            index += length;
            continue;
        }
        while segment_ends.next_if(|end| *end < index).is_some() {}
        let ends_segment = segment_ends.peek() == Some(&index);
        let end = end_of(words[index], words.get(index + 1).copied(), ends_segment);
        let first = spoken.len();
        let doubtful = words[index].is_in_doubt();
        spoken.extend(normal_words(&words[index].text).map(|normal| Spoken {
            normal,
            index,
            doubtful,
            end: End::Word,
        }));
        if spoken.len() > first
            && let Some(last) = spoken.last_mut()
        {
            last.end = end;
        }
        index += 1;
    }
    spoken
}

/// The number of each segment's last word.
fn segment_ends(transcript: &Transcript) -> impl Iterator<Item = usize> + '_ {
    transcript.segments().iter().scan(0, |words, segment| {
        *words += segment.words().len();
        Some(*words - 1)
    })
}

fn end_of(word: &Word, next: Option<&Word>, ends_segment: bool) -> End {
    let is_abbreviation = word.text.trim_end_matches(['.', ',']).contains('.');
    match word.text.trim_end_matches(['"', ')', '\'', '\u{201D}', '\u{2019}', '*']).chars().last() {
        Some('?') => End::Question,
        Some('.' | '!' | ';' | '\u{2026}') if !is_abbreviation => End::Sentence,
        Some(',' | ':' | '\u{2014}' | '\u{2013}' | '-') => End::Clause,
        _ if word.span.is_none() && ends_segment => End::Sentence,
        _ if ends_segment || is_long_pause(word, next) => End::Clause,
        _ => End::Word,
    }
}

fn is_long_pause(word: &Word, next: Option<&Word>) -> bool {
    let times = word.span.zip(next.and_then(|next| next.span));
    times.is_some_and(|(before, after)| after.start().since(before.end()).get() > CLAUSE_PAUSE)
}

/// How many of the first words are an annotation such as "`[BLANK_AUDIO]`" or "(soft music)".
fn annotation(words: &[&Word]) -> Option<usize> {
    let first = &words.first()?.text;
    let (open, close) = [('[', ']'), ('(', ')'), ('*', '*'), ('\u{266A}', '\u{266A}')]
        .into_iter()
        .find(|(open, _)| first.starts_with(*open))?;
    let closes = |word: &&Word| word.text.trim_end_matches(['.', ',']).ends_with(close);
    let length = 1 + words.iter().take(LONGEST_ANNOTATION).position(closes)?;
    let inside: Vec<String> = words[..length].iter().flat_map(|word| normal_words(&word.text)).collect();
    let inside: Vec<&str> = inside.iter().map(String::as_str).collect();
    let names_a_sound = markers(&inside).iter().any(|marker| marker.sort == Sort::Annotation);
    (inside.is_empty() || open == '\u{266A}' || names_a_sound).then_some(length)
}
