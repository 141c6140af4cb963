//! Correcting what the recogniser heard without losing when it was said.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Transcript, Word, normal_words};
use crate::time::{Seconds, Span};

impl Transcript {
    /// The transcript as the candidate corrected it. Words that were kept keep their times; words that were put in share the time
    /// between their neighbours. Every word of it is certain, because somebody looked at it.
    pub fn corrected(&self, text: &str) -> Self {
        let mut corrected = Self::typed(text);
        let heard: Vec<&Word> = self.words().collect();
        let kept = {
            let before: Vec<String> = heard.iter().map(|word| comparable(word)).collect();
            let after: Vec<String> = corrected.words().map(comparable).collect();
            capture_diff_slices(Algorithm::Myers, &before, &after)
        };
        let mut words = corrected.words_mut();
        for operation in kept {
            if let DiffOp::Equal { old_index, new_index, len } = operation {
                for offset in 0..len {
                    words[new_index + offset].span = heard[old_index + offset].span;
                }
            }
        }
        if let Some(speech) = self.words().filter_map(|word| word.span).reduce(Span::hull) {
            fill_times(&mut words, speech);
        }
        corrected
    }

    fn words_mut(&mut self) -> Vec<&mut Word> {
        self.segments.iter_mut().flat_map(|segment| segment.words.iter_mut()).collect()
    }
}

fn comparable(word: &Word) -> String {
    normal_words(&word.text).collect::<Vec<_>>().join(" ")
}

/// Gives words without a time the stretch between their timed neighbours, shared evenly, within the whole stretch of speech.
fn fill_times(words: &mut [&mut Word], speech: Span) {
    let mut from = speech.start();
    let mut index = 0;
    while index < words.len() {
        if let Some(span) = words[index].span {
            from = span.end();
            index += 1;
            continue;
        }
        let gap = words[index..].iter().take_while(|word| word.span.is_none()).count();
        let until = words.get(index + gap).and_then(|word| word.span).map_or(speech.end(), Span::start);
        let share = until.since(from).get() / gap as f64;
        for word in &mut words[index..index + gap] {
            let end = from + Seconds::new(share).unwrap_or_default();
            word.span = Some(Span::between(from, end));
            from = end;
        }
        index += gap;
    }
}

#[cfg(test)]
mod tests {
    use crate::time::{Seconds, Span};
    use crate::transcript::{Probability, Segment, Transcript, Word};

    fn heard(text: &str) -> Transcript {
        let at = |second: usize| Seconds::new(second as f64).unwrap();
        let words = text
            .split(' ')
            .enumerate()
            .map(|(index, word)| Word::heard(word, Span::between(at(index), at(index + 1)), Probability::clamped(0.3)));
        Transcript::heard(Segment::new(words).into_iter().collect())
    }

    fn times(transcript: &Transcript) -> Vec<(f64, f64)> {
        transcript.words().map(|word| word.span.unwrap()).map(|span| (span.start().get(), span.end().get())).collect()
    }

    #[test]
    fn kept_words_keep_their_times_and_new_words_take_those_of_the_words_they_replace() {
        let corrected = heard("use an ark mute x here").corrected("use an Arc Mutex here");
        assert_eq!(corrected.text(), "use an Arc Mutex here");
        assert_eq!(times(&corrected), [(0.0, 1.0), (1.0, 2.0), (2.0, 3.5), (3.5, 5.0), (5.0, 6.0)]);
    }

    #[test]
    fn corrected_words_are_no_longer_in_doubt() {
        assert!(heard("ark").corrected("arc").words().all(|word| !word.is_in_doubt()));
    }

    #[test]
    fn correcting_a_typed_answer_leaves_it_without_times() {
        let corrected = Transcript::typed("one onwer").corrected("one owner");
        assert!(corrected.words().all(|word| word.span.is_none()));
    }

    #[test]
    fn everything_may_be_struck_out() {
        assert!(heard("never mind").corrected("  \n ").is_empty());
    }
}
