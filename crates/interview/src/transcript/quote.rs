//! Looking up a quote in a transcript: the only way to make evidence.

use super::{Transcript, Word, normal_words};
use crate::marks::Evidence;
use crate::time::Span;

impl Transcript {
    /// Finds `quote` in the transcript, ignoring case, punctuation and white space, and returns it as evidence: in the words of the
    /// transcript and with the time they were said. `None` when the quote has no words or is not there.
    ///
    /// The quote must begin and end at whole words. Where it occurs more than once, the first place counts. Takes time linear in
    /// the transcript's length for quotes of bounded length.
    pub fn find_quote(&self, quote: &str) -> Option<Evidence> {
        let (first, last) = self.find_words(quote)?;
        self.evidence_at(first, last)
    }

    /// Where [`Transcript::find_quote`] finds `quote`: the numbers of its first and last word, counted from 0 over the whole
    /// transcript.
    pub fn find_words(&self, quote: &str) -> Option<(usize, usize)> {
        self.places(quote).first().copied()
    }

    /// The place of `quote` that was said at `span`; the first one when there is no such place.
    pub(crate) fn find_words_at(&self, quote: &str, span: Option<Span>) -> Option<(usize, usize)> {
        let places = self.places(quote);
        let is_there = |(first, last): &&(usize, usize)| {
            self.evidence_at(*first, *last).is_some_and(|evidence| evidence.span() == span)
        };
        places.iter().find(is_there).or(places.first()).copied()
    }

    fn places(&self, quote: &str) -> Vec<(usize, usize)> {
        let wanted: Vec<String> = normal_words(quote).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let spoken: Vec<(usize, String)> = self
            .words()
            .enumerate()
            .flat_map(|(index, word)| normal_words(&word.text).map(move |normal| (index, normal)))
            .collect();
        let places = spoken.windows(wanted.len()).filter(|window| window.iter().map(|(_, word)| word).eq(&wanted));
        places.filter_map(|place| Some((place.first()?.0, place.last()?.0))).collect()
    }

    /// The words from `first` to `last`, counted from 0 over the whole transcript, as evidence. `None` when the transcript does not
    /// have them all.
    pub fn evidence_at(&self, first: usize, last: usize) -> Option<Evidence> {
        let words: Vec<&Word> = self.words().skip(first).take((last + 1).saturating_sub(first)).collect();
        (first <= last && words.len() == last - first + 1).then(|| self.evidence(&words))
    }

    fn evidence(&self, words: &[&Word]) -> Evidence {
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let span = words.iter().filter_map(|word| word.span).reduce(Span::hull);
        Evidence::of_words(texts.join(" "), span)
    }
}

#[cfg(test)]
mod tests {
    use crate::time::{Seconds, Span};
    use crate::transcript::{Probability, Segment, Transcript, Word};

    fn heard(words: &[&str]) -> Transcript {
        let at = |second: usize| Seconds::new(second as f64).unwrap();
        let words = words.iter().enumerate().map(|(index, text)| {
            Word::heard(*text, Span::between(at(index), at(index + 1)), Probability::clamped(0.9))
        });
        Transcript::heard(Segment::new(words).into_iter().collect())
    }

    #[test]
    fn a_quote_is_found_whatever_its_case_and_punctuation_and_tied_to_its_time() {
        let transcript = heard(&["Well,", "a", "value", "has", "one", "owner."]);
        let evidence = transcript.find_quote("VALUE has   one, owner!").unwrap();
        assert_eq!(evidence.quote(), "value has one owner.");
        let span = evidence.span().unwrap();
        assert_eq!((span.start().get(), span.end().get()), (2.0, 6.0));
    }

    #[test]
    fn a_quote_that_was_not_said_is_not_evidence() {
        let transcript = heard(&["a", "value", "has", "one", "owner"]);
        for invented in ["a value has two owners", "alue has", "owner a", "", "?!"] {
            assert!(transcript.find_quote(invented).is_none(), "{invented}");
        }
    }

    #[test]
    fn a_quote_may_run_across_segments_and_inside_joined_words() {
        let transcript = Transcript::typed("the guard is\ndropped/freed early");
        assert_eq!(transcript.find_quote("is dropped freed").unwrap().quote(), "is dropped/freed");
    }
}
