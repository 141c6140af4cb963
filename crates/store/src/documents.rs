//! The stored form of sessions and of what their turns have come to. This is the only place that knows it.
//!
//! Documents have types of their own, so that the domain can change without changing what is on people's disks. Every row says by which
//! [`FORMAT`] its documents were written:
//!
//! - 1: before documents had types of their own. Feedback also held scores and bands, which are ignored: they are computed again.
//! - 2: a panel that could not be judged is null.
//! - 3: an answer holds the candidate's decisions. An older reader would drop them, and show the coach's score for theirs.
//!
//! A follow-up may aim at a stretch question; a reader from before there were any refuses its turn.
//!
//! A change that an older reader would misunderstand gets a new number, and golden files of the one before (`tests/golden`).

use std::collections::{BTreeMap, BTreeSet};

use interview::claims::{ClaimedVerdict, Claims, ClarityClaim, KeyPointClaim, MisconceptionClaim, Quote};
use interview::delivery::{CountedPhrase, Delivery, FilledPauses, Length, Pauses, PlacedPhrase};
use interview::follow_up::{FollowUpLimit, Rubric, Target};
use interview::judging::{Record, restore};
use interview::marks::{ClarityCheck, ClarityVerdict, CoachKind, DecidedVerdict, Decision, Decisions, Doubt, JudgedBy};
use interview::schedule::Outcome;
use interview::session::{
    Answer, AudioObject, Mode, Recording, Session, Source, Spoken, TurnState, UngradedAnswer, UngradedReason,
};
use interview::{
    AnswerId, KeyPointId, MisconceptionId, Probability, Question, Seconds, Segment, SessionId, Span, Transcript, Word,
};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// The format that is written.
pub(crate) const FORMAT: u32 = 3;

/// The stored form of a `T`.
trait Stored<T>: Sized {
    fn of(value: &T) -> Self;

    fn restore(self) -> Result<T, StoreError>;
}

/// Implements [`Stored`] for things that are stored as themselves.
macro_rules! stored_as_is {
    ($($type:ty),*) => { $(impl Stored<$type> for $type {
        fn of(value: &$type) -> Self {
            value.to_owned()
        }

        fn restore(self) -> Result<$type, StoreError> {
            Ok(self)
        }
    })* };
}

stored_as_is!(AnswerId, KeyPointId, MisconceptionId, SessionId);
// A question is as the bank had it when the session began. Its stored form is the bank's concern.
stored_as_is!(Question, FollowUpLimit);
stored_as_is!(bool, u32, u64, usize, f64, String);

/// Declares the stored form of a struct, field by field.
macro_rules! stored_struct {
    ($name:ident of $domain:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Serialize, Deserialize)]
        struct $name { $($(#[$attribute])* $field: $type,)* }

        impl Stored<$domain> for $name {
            fn of(value: &$domain) -> Self {
                Self { $($field: Stored::of(&value.$field),)* }
            }

            fn restore(self) -> Result<$domain, StoreError> {
                Ok($domain { $($field: self.$field.restore()?,)* })
            }
        }
    };
}

/// An enum of the domain without data: the words by which documents name its cases.
macro_rules! stored_enum {
    ($name:ident of $domain:ident { $($case:ident),* }) => {
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum $name { $($case),* }

        impl Stored<$domain> for $name {
            fn of(value: &$domain) -> Self {
                match value { $($domain::$case => Self::$case),* }
            }

            fn restore(self) -> Result<$domain, StoreError> {
                Ok(match self { $(Self::$case => $domain::$case),* })
            }
        }
    };
}

stored_enum!(SourceWord of Source { Microphone, Upload, Stream, Typed });
stored_enum!(ModeWord of Mode { Study, Real });
stored_enum!(CoachWord of CoachKind { Offline, Llm });
stored_enum!(DecidedWord of DecidedVerdict { Hit, Missed });
stored_enum!(CheckWord of ClarityCheck {
    AnswersTheQuestion, HeadlineFirst, SaysWhy, DefinesOrExemplifies, Ordered, StopsWhenDone
});
stored_enum!(CheckVerdictWord of ClarityVerdict { Yes, No, Unclear });
stored_enum!(DoubtWord of Doubt { QuoteNotFound, WordsInDoubt, Contradicted, CoachesDisagree, CoachUndecided });

/// Implements [`Stored`] for numbers that have a type of their own.
macro_rules! stored_number {
    ($($type:ty),*) => { $(impl Stored<$type> for f64 {
        fn of(value: &$type) -> Self {
            value.get()
        }

        fn restore(self) -> Result<$type, StoreError> {
            self.try_into().map_err(|error| StoreError::Corrupt(Box::new(error)))
        }
    })* };
}

stored_number!(Seconds, Probability);

impl<T, S: Stored<T>> Stored<Option<T>> for Option<S> {
    fn of(value: &Option<T>) -> Self {
        value.as_ref().map(S::of)
    }

    fn restore(self) -> Result<Option<T>, StoreError> {
        self.map(S::restore).transpose()
    }
}

impl<T, S: Stored<T>> Stored<Vec<T>> for Vec<S> {
    fn of(value: &Vec<T>) -> Self {
        value.iter().map(S::of).collect()
    }

    fn restore(self) -> Result<Vec<T>, StoreError> {
        self.into_iter().map(S::restore).collect()
    }
}

stored_struct!(SessionDocument of Session {
    id: SessionId,
    questions: Vec<Question>,
    follow_ups: FollowUpLimit,
    // A round from before there were modes is for study. An older reader takes every round for that.
    #[serde(default = "for_study")]
    mode: ModeWord,
});

fn for_study() -> ModeWord {
    ModeWord::Study
}

/// A session as it is stored.
pub(crate) fn session_to_json(session: &Session) -> Result<String, StoreError> {
    write(&SessionDocument::of(session))
}

/// A session as it was stored.
pub(crate) fn session_of_json(json: &str) -> Result<Session, StoreError> {
    read::<SessionDocument>(json)?.restore()
}

/// What a turn has come to, or, with feedback or a reason, what a judging came to.
#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "one lives at a time, while it is written or read")]
enum StateDocument {
    Asked,
    Skipped,
    Transcribing {
        answer: RecordingDocument,
    },
    Judging {
        answer: AnswerDocument,
    },
    Judged {
        answer: AnswerDocument,
        feedback: FeedbackDocument,
    },
    Ungraded {
        answer: UngradedDocument,
        #[serde(with = "ReasonDocument")]
        reason: UngradedReason,
    },
}

/// The state of a turn as it is stored.
pub(crate) fn state_to_json(state: &TurnState) -> Result<String, StoreError> {
    write(&match state {
        TurnState::Asked => StateDocument::Asked,
        TurnState::Skipped => StateDocument::Skipped,
        TurnState::Transcribing { answer } => StateDocument::Transcribing { answer: Stored::of(answer) },
        TurnState::Judging { answer } => StateDocument::Judging { answer: Stored::of(answer) },
        TurnState::Judged { answer, feedback } => {
            StateDocument::Judged { answer: Stored::of(answer), feedback: Stored::of(&feedback.record()) }
        }
        TurnState::Ungraded { answer, reason } => {
            StateDocument::Ungraded { answer: Stored::of(answer), reason: reason.clone() }
        }
    })
}

/// The state of a turn as it was stored. `rubric` gives what its answer was judged by; called only when there is feedback.
pub(crate) fn state_of_json(
    json: &str,
    rubric: impl FnOnce() -> Result<Rubric, StoreError>,
) -> Result<TurnState, StoreError> {
    Ok(match read(json)? {
        StateDocument::Asked => TurnState::Asked,
        StateDocument::Skipped => TurnState::Skipped,
        StateDocument::Transcribing { answer } => TurnState::Transcribing { answer: answer.restore()? },
        StateDocument::Judging { answer } => TurnState::Judging { answer: answer.restore()? },
        StateDocument::Judged { answer, feedback } => {
            let answer = answer.restore()?;
            let feedback = restore(feedback.restore()?, &answer.transcript, &rubric()?, &answer.decisions)
                .ok_or_else(|| StoreError::Corrupt("a judged answer has neither panel".into()))?;
            TurnState::Judged { feedback: Box::new(feedback), answer }
        }
        StateDocument::Ungraded { answer, reason } => TurnState::Ungraded { answer: answer.restore()?, reason },
    })
}

/// The verdicts of a judged turn, from the parts of its state that hold them.
pub(crate) fn marked_of_json(claims: &str, decisions: Option<&str>, judged_by: &str) -> Result<Outcome, StoreError> {
    Ok(Outcome::Marked {
        claims: read::<ClaimsDocument>(claims)?.restore()?,
        decisions: decisions.map(read::<DecisionsDocument>).transpose()?.unwrap_or_default().restore()?,
        judged_by: read::<JudgedByDocument>(judged_by)?.restore()?,
    })
}

fn write(document: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(document).map_err(|error| StoreError::Corrupt(error.into()))
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Corrupt(error.into()))
}

stored_struct!(RecordingDocument of Recording { id: AnswerId, audio: AudioDocument, source: SourceWord, });

stored_struct!(AudioDocument of AudioObject { key: String, media_type: String, bytes: u64, });

stored_struct!(AnswerDocument of Answer {
    id: AnswerId,
    source: SourceWord,
    transcript: Vec<Vec<WordDocument>>,
    corrected: bool,
    #[serde(default, skip_serializing_if = "DecisionsDocument::is_empty")]
    decisions: DecisionsDocument,
    spoken: Option<SpokenDocument>,
    audio: Option<AudioDocument>,
});

#[derive(Default, Serialize, Deserialize)]
struct DecisionsDocument {
    key_points: BTreeMap<KeyPointId, DecidedWord>,
    not_stated: BTreeSet<MisconceptionId>,
}

impl DecisionsDocument {
    fn is_empty(&self) -> bool {
        self.key_points.is_empty() && self.not_stated.is_empty()
    }
}

impl Stored<Decisions> for DecisionsDocument {
    fn of(decisions: &Decisions) -> Self {
        let key_points = decisions.key_points().map(|(id, verdict)| (id.clone(), Stored::of(&verdict)));
        Self { key_points: key_points.collect(), not_stated: decisions.not_stated().cloned().collect() }
    }

    fn restore(self) -> Result<Decisions, StoreError> {
        let mut decisions = Decisions::default();
        for (id, verdict) in self.key_points {
            decisions.add(Decision::KeyPoint(id, Some(verdict.restore()?)));
        }
        self.not_stated.into_iter().for_each(|id| decisions.add(Decision::Misconception(id, false)));
        Ok(decisions)
    }
}

impl Stored<Transcript> for Vec<Vec<WordDocument>> {
    fn of(transcript: &Transcript) -> Self {
        transcript.segments().iter().map(|segment| segment.words().iter().map(WordDocument::of).collect()).collect()
    }

    fn restore(self) -> Result<Transcript, StoreError> {
        let segments: Vec<Vec<Word>> = self.restore()?;
        Ok(Transcript::heard(segments.into_iter().filter_map(Segment::new).collect()))
    }
}

stored_struct!(WordDocument of Word {
    text: String,
    span: Option<SpanDocument>,
    probability: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    heard_as: Option<String>,
});

#[derive(Serialize, Deserialize)]
struct SpanDocument {
    start: f64,
    end: f64,
}

impl Stored<Span> for SpanDocument {
    fn of(span: &Span) -> Self {
        Self { start: span.start().get(), end: span.end().get() }
    }

    fn restore(self) -> Result<Span, StoreError> {
        Ok(Span::between(self.start.restore()?, self.end.restore()?))
    }
}

stored_struct!(SpokenDocument of Spoken {
    duration: f64,
    speech: Vec<SpanDocument>,
    delivery: DeliveryDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
});

stored_struct!(DeliveryDocument of Delivery {
    duration: f64,
    words: usize,
    words_per_minute: Option<f64>,
    articulation_rate: Option<f64>,
    pauses: PausesDocument,
    time_to_first_word: Option<f64>,
    filled_pauses: FilledPausesDocument,
    discourse_markers: Vec<CountedDocument>,
    hedges: Vec<PlacedDocument>,
    repeated_phrases: Vec<CountedDocument>,
    immediate_repeats: usize,
    length: LengthDocument,
});

stored_struct!(PausesDocument of Pauses {
    over_1s: usize,
    over_2_5s: usize,
    median: Option<f64>,
    longest: Option<SpanDocument>,
    ratio: Option<f64>,
});

stored_struct!(FilledPausesDocument of FilledPauses {
    heard: usize,
    per_minute: Option<f64>,
    per_hundred_words: Option<f64>,
});

stored_struct!(CountedDocument of CountedPhrase { phrase: String, count: usize, });

stored_struct!(PlacedDocument of PlacedPhrase { quote: String, span: Option<SpanDocument>, });

stored_struct!(LengthDocument of Length { spoken: f64, limit: Option<u32>, });

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum UngradedDocument {
    Words(Box<AnswerDocument>),
    Sound(RecordingDocument),
}

impl Stored<UngradedAnswer> for UngradedDocument {
    fn of(answer: &UngradedAnswer) -> Self {
        match answer {
            UngradedAnswer::Words(answer) => Self::Words(Box::new(Stored::of(&**answer))),
            UngradedAnswer::Sound(recording) => Self::Sound(Stored::of(recording)),
        }
    }

    fn restore(self) -> Result<UngradedAnswer, StoreError> {
        Ok(match self {
            Self::Words(answer) => UngradedAnswer::Words(Box::new(answer.restore()?)),
            Self::Sound(recording) => UngradedAnswer::Sound(recording.restore()?),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "UngradedReason", tag = "kind", rename_all = "snake_case")]
enum ReasonDocument {
    NothingSaid,
    NotTranscribed { detail: String },
    CoachFailed { detail: String },
}

// Feedback without what follows from it: scores and bands are computed from the marks, and quotes looked up in the transcript.
stored_struct!(FeedbackDocument of Record {
    correctness: Option<PanelDocument<ClaimsDocument>>,
    clarity: Option<PanelDocument<Vec<CheckDocument>>>,
    stronger_answer: Option<String>,
    next_step: String,
    remark: Option<String>,
    judged_by: JudgedByDocument,
});

#[derive(Serialize, Deserialize)]
struct PanelDocument<Marks> {
    marks: Marks,
}

impl<T, S: Stored<T>> Stored<T> for PanelDocument<S> {
    fn of(marks: &T) -> Self {
        Self { marks: S::of(marks) }
    }

    fn restore(self) -> Result<T, StoreError> {
        self.marks.restore()
    }
}

stored_struct!(JudgedByDocument of JudgedBy {
    coach: CoachWord,
    model: Option<String>,
    prompt_version: String,
    rubric_version: String,
});

stored_struct!(ClaimsDocument of Claims { key_points: Vec<KeyPointDocument>, misconceptions: Vec<MisconceptionDocument>, });

#[derive(Serialize, Deserialize)]
struct KeyPointDocument {
    id: KeyPointId,
    #[serde(flatten)]
    verdict: VerdictDocument,
    /// Not in what earlier versions stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plausibility: Option<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "lowercase")]
enum VerdictDocument {
    Hit { evidence: EvidenceDocument },
    Missed,
    Unclear { doubt: DoubtWord, evidence: Option<EvidenceDocument> },
}

impl Stored<KeyPointClaim> for KeyPointDocument {
    fn of(claim: &KeyPointClaim) -> Self {
        let verdict = match &claim.verdict {
            ClaimedVerdict::Hit(quote) => VerdictDocument::Hit { evidence: Stored::of(quote) },
            ClaimedVerdict::Missed(_) => VerdictDocument::Missed,
            ClaimedVerdict::Unclear(doubt, quote) => {
                VerdictDocument::Unclear { doubt: Stored::of(doubt), evidence: Stored::of(quote) }
            }
        };
        Self { id: claim.id.clone(), verdict, plausibility: Stored::of(&claim.plausibility) }
    }

    fn restore(self) -> Result<KeyPointClaim, StoreError> {
        let verdict = match self.verdict {
            VerdictDocument::Hit { evidence } => ClaimedVerdict::Hit(evidence.restore()?),
            VerdictDocument::Missed => ClaimedVerdict::Missed(None),
            VerdictDocument::Unclear { doubt, evidence } => {
                ClaimedVerdict::Unclear(doubt.restore()?, evidence.restore()?)
            }
        };
        Ok(KeyPointClaim { id: self.id, verdict, plausibility: self.plausibility.restore()? })
    }
}

#[derive(Serialize, Deserialize)]
struct EvidenceDocument {
    quote: String,
    span: Option<SpanDocument>,
}

impl Stored<Quote> for EvidenceDocument {
    fn of(quote: &Quote) -> Self {
        match quote {
            Quote::Timed { text, span } => Self { quote: text.clone(), span: Stored::of(span) },
            // Records hold timed quotes only.
            Quote::Words { .. } => Self { quote: String::new(), span: None },
        }
    }

    fn restore(self) -> Result<Quote, StoreError> {
        Ok(Quote::Timed { text: self.quote, span: self.span.restore()? })
    }
}

stored_struct!(MisconceptionDocument of MisconceptionClaim {
    id: MisconceptionId,
    #[serde(rename = "evidence")]
    quote: EvidenceDocument,
    /// Not in what earlier versions stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plausibility: Option<f64>,
});

stored_struct!(CheckDocument of ClarityClaim {
    check: CheckWord,
    verdict: CheckVerdictWord,
    #[serde(rename = "evidence")]
    quote: Option<EvidenceDocument>,
    note: Option<String>,
});

/// What a follow-up aims at.
#[derive(Serialize, Deserialize)]
struct TargetRow(#[serde(with = "TargetDocument")] Target);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Target", tag = "kind", content = "id", rename_all = "snake_case")]
enum TargetDocument {
    KeyPoint(KeyPointId),
    Misconception(MisconceptionId),
    Stretch,
}

/// What a follow-up aims at, as it is stored.
pub(crate) fn target_to_json(target: &Target) -> Result<String, StoreError> {
    write(&TargetRow(target.clone()))
}

/// What a follow-up aims at, as it was stored.
pub(crate) fn target_of_json(json: &str) -> Result<Target, StoreError> {
    read::<TargetRow>(json).map(|row| row.0)
}

#[cfg(test)]
mod tests;
