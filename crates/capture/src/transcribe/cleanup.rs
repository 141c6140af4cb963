//! Removes what recognisers write and nobody said: annotations such as `[BLANK_AUDIO]`, `(music)`, `*laughs*` and `♪`, and
//! loops, in which a recogniser repeats one phrase again and again.

use interview::Word;

use super::words::WrittenWord;

/// Words that describe a sound. Brackets around any of them are an annotation.
const SOUNDS: &str = "applause audio background beep blank breathing chuckles clapping click clicking cough coughing \
    coughs foreign inaudible laughing laughs laughter music noise pause sighs silence sound speaking \
    static typing unintelligible";

/// The words of a phrase without annotations. Brackets that may have been dictated, as in "f(x)", stay.
pub fn without_annotations(words: Vec<WrittenWord>) -> Vec<WrittenWord> {
    let mut kept: Vec<WrittenWord> = Vec::with_capacity(words.len());
    let mut rest = words.as_slice();
    while let [first, after @ ..] = rest {
        match annotation_length(rest, kept.is_empty()) {
            Some(length) => rest = &rest[length..],
            None => {
                kept.push(first.clone());
                rest = after;
            }
        }
    }
    kept
}

/// The number of words of the annotation at the beginning of `words`, if there is one.
fn annotation_length(words: &[WrittenWord], nothing_said_yet: bool) -> Option<usize> {
    let first = words.first()?.text.as_str();
    if first.chars().all(|c| c == '♪' || c == '♫') {
        return Some(1);
    }
    let close = match first.chars().next()? {
        '[' => ']',
        '(' => ')',
        '*' => '*',
        _ => return None,
    };
    let ends = |word: &WrittenWord, is_first: bool| {
        let text = word.text.trim_end_matches(['.', ',', '!', '?']);
        text.ends_with(close) && (!is_first || text.chars().count() > 1)
    };
    let length = 1 + words.iter().enumerate().position(|(index, word)| ends(word, index == 0))?;
    let inside: Vec<String> = words[..length]
        .iter()
        .flat_map(|word| word.text.split('_').map(letters))
        .filter(|word| !word.is_empty())
        .collect();
    let is_all_there_is = nothing_said_yet && length == words.len();
    let is_annotation = is_all_there_is || inside.iter().any(|word| SOUNDS.split(' ').any(|sound| sound == word));
    is_annotation.then_some(length)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

/// The longest repeated phrase, in words.
const LONGEST_PHRASE: usize = 30;
/// From this many words on saying a phrase twice is a loop: recognisers repeat the last sentence of a span, people hardly ever do.
const SENTENCE: usize = 7;
/// At the end of a span a sentence of this many words that stands there twice is one, too.
const LAST_SENTENCE: usize = 3;
/// Repetitions from which on a shorter phrase is a loop: people do say "very very very".
const FEWEST_REPEATS: usize = 5;

/// Whether the words contain a loop.
pub fn is_loop(words: &[Word]) -> bool {
    (0..words.len()).any(|from| loop_at(&words[from..]).is_some())
}

/// The words with every loop reduced to one occurrence of its phrase.
pub fn without_loops(words: Vec<Word>) -> Vec<Word> {
    let mut kept = Vec::with_capacity(words.len());
    let mut rest = words.as_slice();
    while let [first, after @ ..] = rest {
        match loop_at(rest) {
            Some(Loop { phrase, repeats }) => {
                kept.extend_from_slice(&rest[..phrase]);
                rest = &rest[phrase * repeats..];
            }
            None => {
                kept.push(first.clone());
                rest = after;
            }
        }
    }
    kept
}

struct Loop {
    phrase: usize,
    repeats: usize,
}

fn loop_at(words: &[Word]) -> Option<Loop> {
    (1..=LONGEST_PHRASE.min(words.len())).find_map(|phrase| {
        let same = |chunk: &&[Word]| chunk.iter().zip(words).all(|(one, other)| one.text == other.text);
        let repeats = words.chunks_exact(phrase).take_while(same).count();
        let is_last = phrase >= LAST_SENTENCE && phrase * repeats == words.len() && ends_sentence(&words[phrase - 1]);
        let fewest = if phrase >= SENTENCE || is_last { 2 } else { FEWEST_REPEATS };
        (repeats >= fewest).then_some(Loop { phrase, repeats })
    })
}

fn ends_sentence(word: &Word) -> bool {
    word.text.ends_with(['.', '!', '?'])
}
