//! What recognisers write about sound that is not speech: `[BLANK_AUDIO]`, `(music)`, `*laughs*`, `♪`.

use super::words::WrittenWord;

/// Words that describe a sound. Brackets round any of them hold an annotation, not something said.
const SOUNDS: [&str; 28] = [
    "applause",
    "audio",
    "background",
    "beep",
    "blank",
    "breathing",
    "chuckles",
    "clapping",
    "click",
    "clicking",
    "cough",
    "coughing",
    "coughs",
    "foreign",
    "inaudible",
    "laughing",
    "laughs",
    "laughter",
    "music",
    "noise",
    "pause",
    "sighs",
    "silence",
    "sound",
    "speaking",
    "static",
    "typing",
    "unintelligible",
];

/// The words of a phrase without those that belong to an annotation. Brackets that may have been dictated, as in "f(x)", stay.
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

/// How many words the annotation at the beginning of `words` takes, if there is one.
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
    let is_annotation = is_all_there_is || inside.iter().any(|word| SOUNDS.contains(&word.as_str()));
    is_annotation.then_some(length)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}
