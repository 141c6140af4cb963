//! The word that a point hangs on, where the recogniser was not sure of it.

use std::collections::HashSet;

use crate::bank::{KeyPoint, Question};
use crate::marks::{Doubt, Verdict};
use crate::terms::alike;
use crate::transcript::{Transcript, Word, is_function_word, normal_words};

/// A word in doubt, and what it may have been instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordInDoubt {
    /// The number of the word in the transcript, counted from 0.
    pub word: usize,
    /// The word as the transcript has it, without punctuation.
    pub heard: String,
    /// A word with which people make the point, of like sound and spelling; where a term of the glossary was put in, what was heard.
    pub perhaps: String,
}

/// The word in doubt that would decide whether the answer makes `point`. `None` where the point is not unclear for words in doubt, or
/// none of them is like a word that people make the point with.
pub fn deciding_word(
    question: &Question,
    point: &KeyPoint,
    verdict: &Verdict,
    transcript: &Transcript,
) -> Option<WordInDoubt> {
    let Verdict::Unclear { doubt: Doubt::WordsInDoubt, evidence: Some(passage) } = verdict else { return None };
    let (first, last) = transcript.find_words_at(passage.quote(), passage.span())?;
    let said: Vec<(usize, &Word)> = transcript.words().enumerate().skip(first).take(last + 1 - first).collect();
    let doubtful = || said.iter().filter(|(_, word)| word.is_in_doubt() && word.is_telling());
    let corrected = doubtful().find_map(|(index, word)| {
        let heard = word.heard_as.as_deref()?;
        Some(WordInDoubt { word: *index, heard: bare(&word.text), perhaps: bare(heard) })
    });
    let known: HashSet<String> = said.iter().flat_map(|(_, word)| normal_words(&word.text)).collect();
    let expected = expected(question, point);
    let expected: Vec<&String> = expected.iter().filter(|word| !known.contains(*word)).collect();
    let like_a_word = || {
        let pairs = doubtful().flat_map(|(index, word)| {
            let heard: String = normal_words(&word.text).collect();
            let (index, word) = (*index, *word);
            expected.iter().filter_map(move |other| Some((alike(&heard, other)?, index, word, *other)))
        });
        let (_, word, heard, perhaps) = pairs.max_by(|one, other| one.0.total_cmp(&other.0))?;
        Some(WordInDoubt { word, heard: bare(&heard.text), perhaps: perhaps.clone() })
    };
    corrected.or_else(like_a_word)
}

/// The words with which people make the point, in normal form, in order and each once.
fn expected(question: &Question, point: &KeyPoint) -> Vec<String> {
    let terms = question.glossary.iter().map(|term| term.spoken.as_str());
    let phrasings = point.says.iter().map(String::as_str);
    let words = [point.summary.as_str()].into_iter().chain(phrasings).chain(terms).flat_map(normal_words);
    let mut seen = HashSet::new();
    words.filter(|word| !is_function_word(word) && seen.insert(word.clone())).collect()
}

/// The text without the punctuation around it.
fn bare(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::GlossaryTerm;
    use crate::tests::{self, question};

    /// `~` in front of a word makes it doubtful.
    fn heard(text: &str) -> Transcript {
        tests::heard(text.split(' ').map(|word| match word.strip_prefix('~') {
            Some(word) => (word, 0.3),
            None => (word, 0.9),
        }))
    }

    /// A question whose first point is about a value with one owner.
    fn about_owners() -> Question {
        let mut question = question();
        question.key_points[0].summary = "every value has exactly one owner".to_owned();
        question.key_points[0].says = vec!["a value belongs to a single variable".to_owned()];
        question
    }

    fn word_of(transcript: &Transcript, doubt: Doubt) -> Option<WordInDoubt> {
        let question = about_owners();
        let last = transcript.words().count() - 1;
        let verdict = Verdict::Unclear { doubt, evidence: transcript.evidence_at(0, last) };
        deciding_word(&question, &question.key_points[0], &verdict, transcript)
    }

    fn word(word: usize, heard: &str, perhaps: &str) -> WordInDoubt {
        WordInDoubt { word, heard: heard.to_owned(), perhaps: perhaps.to_owned() }
    }

    #[test]
    fn the_doubtful_word_most_like_one_of_the_points_words_is_asked_about() {
        let found = word_of(&heard("the value has one ~honour, ~clearly"), Doubt::WordsInDoubt);
        assert_eq!(found, Some(word(4, "honour", "owner")));
    }

    #[test]
    fn no_word_is_asked_about_that_is_sure_or_unlike_the_points_words() {
        assert_eq!(word_of(&heard("it has one honour"), Doubt::WordsInDoubt), None);
        assert_eq!(word_of(&heard("it has one ~cat ~for"), Doubt::WordsInDoubt), None);
        assert_eq!(word_of(&heard("an owner has one ~honour"), Doubt::WordsInDoubt), None, "the owner was heard");
    }

    #[test]
    fn a_point_that_is_unclear_for_another_reason_hangs_on_no_word() {
        assert_eq!(word_of(&heard("it has one ~honour"), Doubt::CoachUndecided), None);
    }

    #[test]
    fn a_doubtful_term_that_was_put_in_is_asked_about_with_what_was_heard() {
        let mutex =
            GlossaryTerm { term: "Mutex".to_owned(), spoken: "mutex".to_owned(), heard_as: vec!["mute x".to_owned()] };
        let transcript = heard("a ~mute ~x, of course").with_terms(&[mutex]);
        assert_eq!(word_of(&transcript, Doubt::WordsInDoubt), Some(word(1, "mutex", "mute x")));
    }
}
