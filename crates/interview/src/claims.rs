//! Claims: what a coach says about an answer, not yet checked. [`judging`](crate::judging) turns claims into marks.

use crate::follow_up::FollowUp;
use crate::id::{KeyPointId, MisconceptionId};
use crate::marks::{ClarityCheck, ClarityVerdict, Doubt, JudgedBy};
use crate::time::Span;
use crate::transcript::Probability;

/// All that a coach returns for one answer. `E` says why it could not judge a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Report<E> {
    /// The claims about what was said.
    pub correctness: Result<Claims, E>,
    /// The claims about how clearly it was said.
    pub clarity: Result<Vec<ClarityClaim>, E>,
    /// What a stronger answer would be.
    pub stronger_answer: StrongerAnswer,
    /// The follow-up in the coach's own words. What a follow-up aims at is decided by [`judging`](crate::judging); a wording for anything
    /// else is not used.
    pub follow_up: Option<FollowUp>,
    /// Something the candidate should know about this judging.
    pub remark: Option<String>,
    /// Who judged, by what.
    pub judged_by: JudgedBy,
}

/// Where the stronger answer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StrongerAnswer {
    /// There is none.
    None,
    /// A language model wrote it.
    Written(String),
    /// The question's model answer, shown with the key points that were missed.
    ModelAnswer,
}

/// What a coach claims about correctness.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// One verdict for every key point that the rubric asks for, and hits beyond those, in any order.
    pub key_points: Vec<KeyPointClaim>,
    /// The misconceptions that the answer states.
    pub misconceptions: Vec<MisconceptionClaim>,
}

/// A verdict on one key point.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPointClaim {
    /// Which key point.
    pub id: KeyPointId,
    /// The verdict.
    pub verdict: ClaimedVerdict,
    /// How plausible the coach finds it that the answer makes the point; `None` when it does not say.
    pub plausibility: Option<Probability>,
}

/// A verdict on a key point whose quote has not been looked up yet.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimedVerdict {
    /// The answer makes the point in these words.
    Hit(Quote),
    /// The answer does not make the point; the words, if any, that come closest to it.
    Missed(Option<Quote>),
    /// It is unclear whether it does, and why.
    Unclear(Doubt, Option<Quote>),
}

/// A misconception that the answer states.
#[derive(Clone, Debug, PartialEq)]
pub struct MisconceptionClaim {
    /// Which misconception.
    pub id: MisconceptionId,
    /// Where the answer states it.
    pub quote: Quote,
    /// How plausible the coach finds it that the answer states it; `None` when it does not say.
    pub plausibility: Option<Probability>,
}

/// The outcome of one clarity check.
#[derive(Clone, Debug, PartialEq)]
pub struct ClarityClaim {
    /// Which check.
    pub check: ClarityCheck,
    /// Its outcome.
    pub verdict: ClarityVerdict,
    /// The words it rests on.
    pub quote: Option<Quote>,
    /// A remark for the candidate, one sentence.
    pub note: Option<String>,
}

/// Words that a coach says are in the transcript.
#[derive(Clone, Debug, PartialEq)]
pub enum Quote {
    /// The words by number, counted from 0 over the whole transcript, the last one included.
    Words {
        /// The first word.
        first: usize,
        /// The last word.
        last: usize,
    },
    /// The words and when they were said: what a [`Record`](crate::judging::Record) keeps of evidence.
    Timed {
        /// The words themselves.
        text: String,
        /// Tells apart the places where the words were said; typed words have no time. The first place counts when none was then.
        span: Option<Span>,
    },
}
