//! A transcript with its uncertain words and the evidence in it marked.

use interview::marks::{Counted, Feedback};
use interview::{Transcript, Word};

/// A segment of speech, or a typed paragraph.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paragraph {
    /// When it starts, in seconds.
    pub(crate) start: Option<f64>,
    /// Its words, joined where they look alike.
    pub(crate) runs: Vec<Run>,
}

/// Words that look alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    /// The words.
    pub(crate) text: String,
    /// What they are evidence for, if anything.
    pub(crate) mark: Option<Mark>,
    /// Whether the recogniser was unsure of them.
    pub(crate) is_doubtful: bool,
    /// What the recogniser wrote, if this is a term in its place. Such a word is a run of its own.
    pub(crate) heard_as: Option<String>,
}

/// What words are evidence for. Neighbours with different numbers stay apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) role: Role,
    /// The index among the feedback's marks.
    pub(super) number: usize,
}

/// The kind of evidence; the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Makes a key point.
    Hit,
    /// May make one.
    Unclear,
    /// States a misconception.
    Misconception,
}

impl Role {
    /// The CSS class.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Unclear => "unclear",
            Self::Misconception => "misconception",
        }
    }
}

/// The transcript with the evidence that `feedback` found in it.
pub(super) fn paragraphs(transcript: &Transcript, feedback: Option<&Feedback>) -> Vec<Paragraph> {
    let mut marks = feedback.map(|feedback| marks(transcript, feedback)).unwrap_or_default().into_iter();
    let segments = transcript.segments().iter();
    segments
        .map(|segment| {
            let mut runs: Vec<Run> = Vec::new();
            for word in segment.words() {
                add(&mut runs, word, marks.next().flatten());
            }
            Paragraph { start: segment.span().map(|span| span.start().get()), runs }
        })
        .collect()
}

/// For each word what it is evidence for; the gravest if there are several.
fn marks(transcript: &Transcript, feedback: &Feedback) -> Vec<Option<Mark>> {
    let mut marked = vec![None; transcript.words().count()];
    let Some(marks) = feedback.marks() else { return marked };
    let points = marks.key_points().iter().chain(marks.beyond()).filter_map(|mark| {
        let role = if mark.counted() == Counted::Hit { Role::Hit } else { Role::Unclear };
        Some((mark.evidence()?, role))
    });
    let stated = marks.misconceptions().iter().map(|mark| (&mark.evidence, Role::Misconception));
    for (number, (evidence, role)) in points.chain(stated).enumerate() {
        let place = transcript.find_words(evidence.quote());
        for slot in place.and_then(|(first, last)| marked.get_mut(first..=last)).into_iter().flatten() {
            *slot = (*slot).max(Some(Mark { role, number }));
        }
    }
    marked
}

fn add(runs: &mut Vec<Run>, word: &Word, mark: Option<Mark>) {
    let run = Run { text: word.text.clone(), mark, is_doubtful: word.is_in_doubt(), heard_as: word.heard_as.clone() };
    let is_alike = |last: &&mut Run| {
        let looks = |run: &Run| (run.mark, run.is_doubtful);
        looks(last) == looks(&run) && last.heard_as.is_none() && run.heard_as.is_none()
    };
    match runs.last_mut().filter(is_alike) {
        Some(last) => {
            last.text.push(' ');
            last.text.push_str(&run.text);
        }
        None => runs.push(run),
    }
}
