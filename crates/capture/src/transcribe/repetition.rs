//! A recogniser that has lost its way says the same again and again.

use interview::Word;

/// The longest phrase, in words, whose repetition is looked for.
const LONGEST_PHRASE: usize = 8;
/// How often a phrase must follow itself before nobody said it: people do say "very very very".
const FEWEST_REPEATS: usize = 5;

/// Whether some phrase follows itself so often that the recogniser must be caught in a loop.
pub fn is_loop(words: &[Word]) -> bool {
    (0..words.len()).any(|from| loop_at(&words[from..]).is_some())
}

/// The words with every loop cut down to one turn.
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
        (repeats >= FEWEST_REPEATS).then_some(Loop { phrase, repeats })
    })
}
