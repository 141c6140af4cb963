//! What was heard against what was said.

use std::ops::AddAssign;

use interview::transcript::normal_words;
use interview::{Transcript, Word};

/// Word errors, and where they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    pub said: usize,
    pub substituted: usize,
    pub dropped: usize,
    pub added: usize,
    /// Those dropped or added where one span ends and the next begins.
    pub at_seams: usize,
    pub seams: usize,
}

impl Errors {
    /// Errors per word that was said.
    pub fn rate(self) -> f64 {
        (self.substituted + self.dropped + self.added) as f64 / self.said.max(1) as f64
    }
}

impl AddAssign for Errors {
    fn add_assign(&mut self, other: Self) {
        self.said += other.said;
        self.substituted += other.substituted;
        self.dropped += other.dropped;
        self.added += other.added;
        self.at_seams += other.at_seams;
        self.seams += other.seams;
    }
}

/// One step from what was said to what was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Same,
    Substituted,
    Dropped,
    Added,
}

/// The words that were said, tied to those that were heard.
pub struct Alignment {
    steps: Vec<Step>,
}

impl Alignment {
    /// The alignment with the fewest errors (Levenshtein).
    pub fn of(said: &[String], heard: &[String]) -> Self {
        let width = heard.len() + 1;
        let mut costs = vec![0_usize; (said.len() + 1) * width];
        for row in 0..=said.len() {
            for column in 0..=heard.len() {
                let cost = |back_row: usize, back_column: usize| costs[(row - back_row) * width + column - back_column];
                costs[row * width + column] = match (row, column) {
                    (0, _) => column,
                    (_, 0) => row,
                    _ => {
                        let differs = usize::from(said[row - 1] != heard[column - 1]);
                        (cost(1, 1) + differs).min(cost(1, 0) + 1).min(cost(0, 1) + 1)
                    }
                };
            }
        }
        let (mut row, mut column, mut steps) = (said.len(), heard.len(), Vec::new());
        while row > 0 || column > 0 {
            let cost = costs[row * width + column];
            let diagonal = (row > 0 && column > 0).then(|| costs[(row - 1) * width + column - 1]);
            let differs = row > 0 && column > 0 && said[row - 1] != heard[column - 1];
            let step = match diagonal {
                Some(before) if !differs && before == cost => Step::Same,
                Some(before) if differs && before + 1 == cost => Step::Substituted,
                _ if row > 0 && costs[(row - 1) * width + column] + 1 == cost => Step::Dropped,
                _ => Step::Added,
            };
            steps.push(step);
            row -= usize::from(step != Step::Added);
            column -= usize::from(step != Step::Dropped);
        }
        steps.reverse();
        Self { steps }
    }

    /// The errors, given before which of the words heard a span begins.
    pub fn errors(&self, seams: &[usize]) -> Errors {
        let count = |wanted: Step| self.steps.iter().filter(|step| **step == wanted).count();
        let mut errors = Errors {
            said: self.steps.iter().filter(|step| **step != Step::Added).count(),
            substituted: count(Step::Substituted),
            dropped: count(Step::Dropped),
            added: count(Step::Added),
            at_seams: 0,
            seams: seams.len(),
        };
        let mut heard = 0;
        for step in &self.steps {
            let is_at_seam = match step {
                Step::Dropped => seams.contains(&heard),
                Step::Added => seams.contains(&heard) || seams.contains(&(heard + 1)),
                Step::Same | Step::Substituted => false,
            };
            errors.at_seams += usize::from(is_at_seam);
            heard += usize::from(*step != Step::Dropped);
        }
        errors
    }

    /// For each word that was said the number of the same word heard.
    pub fn same(&self) -> Vec<Option<usize>> {
        let (mut heard, mut same) = (0, Vec::new());
        for step in &self.steps {
            if *step != Step::Added {
                same.push((*step == Step::Same).then_some(heard));
            }
            heard += usize::from(*step != Step::Dropped);
        }
        same
    }
}

/// The words as they are compared.
pub fn words_of(text: &str) -> Vec<String> {
    normal_words(text).collect()
}

/// The words of a transcript as they are compared, each with the word that it is part of.
pub fn spoken(transcript: &Transcript) -> Vec<(String, &Word)> {
    transcript.words().flat_map(|word| normal_words(&word.text).map(move |normal| (normal, word))).collect()
}

/// Before which of the words, as they are compared, the segments of a transcript begin, but for the first.
pub fn seams(transcript: &Transcript) -> Vec<usize> {
    let lengths = transcript.segments().iter().map(|segment| words_of(&segment.text()).len());
    let ends: Vec<usize> = lengths
        .scan(0, |sum, length| {
            *sum += length;
            Some(*sum)
        })
        .collect();
    ends.split_last().map(|(_, seams)| seams.to_vec()).unwrap_or_default()
}
