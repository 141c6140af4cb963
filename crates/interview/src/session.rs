//! A practice round and its turns.

use crate::bank::Question;
use crate::bounded::bounded;
use crate::delivery::Delivery;
use crate::follow_up::{FollowUpLimit, Target};
use crate::id::{AnswerId, QuestionId, SessionId, TurnId};
use crate::marks::{Decisions, Feedback};
use crate::time::{Seconds, Span};
use crate::transcript::Transcript;
use crate::word_enum;

/// One practice round: the questions in order, as they were when it began, so that editing the bank never changes what an answer was
/// judged against.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Names the round.
    pub id: SessionId,
    /// The questions in the order in which they are asked; never empty.
    pub questions: Vec<Question>,
    /// How many follow-ups each question may get.
    pub follow_ups: FollowUpLimit,
    /// When its feedback is shown.
    pub mode: Mode,
}

/// What a round is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// To learn: the feedback on a question is shown once its follow-ups are over.
    #[default]
    Study,
    /// To try out an interview: no feedback is shown until the end.
    Real,
}

impl Session {
    /// The question of that id, if it is part of the round.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.questions.iter().find(|question| &question.id == id)
    }
}

/// Where a turn stands in its session: by question, then by depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The question's number in the round, counted from 1.
    pub position: u32,
    /// 0 for the question itself, 1 for its first follow-up, and so on.
    pub depth: u8,
}

/// One question asked, main or follow-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Names the turn.
    pub id: TurnId,
    /// The round it belongs to.
    pub session: SessionId,
    /// Where it stands in the round.
    pub place: Place,
    /// The question it asks, or follows up on.
    pub question: QuestionId,
    /// What a follow-up aims at, or a question that is asked about one point only; `None` for a main turn.
    pub target: Option<Target>,
    /// What is asked, in words.
    pub prompt: String,
    /// How many of the question's hints were taken.
    pub hints_used: u8,
    /// How sure the candidate says they are of the answer.
    pub sureness: Option<Sureness>,
    /// How far it has come.
    pub state: TurnState,
}

bounded!(
    /// How sure somebody is of an answer, before they have seen its feedback: 1 (not at all) to 4 (completely).
    Sureness(u8).get, (1..=4), "how sure you are is a number from 1 to 4"
);

impl Sureness {
    /// Whether that is more sure than not.
    pub fn is_sure(self) -> bool {
        self.0 > 2
    }
}

/// How far a turn has come, with what it has by then.
///
/// `asked → (transcribing) → judging → judged | ungraded`, or from `asked` to `ungraded` at once when there is nothing to judge. Regrading
/// goes back to `judging`, and to `transcribing` where there are no words. A turn may be skipped instead of answered.
#[derive(Clone, Debug, PartialEq)]
pub enum TurnState {
    /// Waiting for the candidate.
    Asked,
    /// The candidate said that they do not know, and moved on.
    Skipped,
    /// A recording is stored and is being turned into words.
    Transcribing {
        /// The answer without its words.
        answer: Recording,
    },
    /// The answer is with the coach.
    Judging {
        /// What the candidate said.
        answer: Answer,
    },
    /// The coach is done.
    Judged {
        /// What the candidate said.
        answer: Answer,
        /// What the coach found.
        feedback: Box<Feedback>,
    },
    /// The answer is kept and has no feedback.
    Ungraded {
        /// What the candidate said; a recording that could not be turned into words has no transcript.
        answer: UngradedAnswer,
        /// Why there is no feedback.
        reason: UngradedReason,
    },
}

impl TurnState {
    /// Its name in the API and in files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Skipped => "skipped",
            Self::Transcribing { .. } => "transcribing",
            Self::Judging { .. } => "judging",
            Self::Judged { .. } => "judged",
            Self::Ungraded { .. } => "ungraded",
        }
    }

    /// Whether nothing more happens to the turn by itself.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Skipped | Self::Judged { .. } | Self::Ungraded { .. })
    }

    /// The answer, once there is one with words.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Judging { answer } | Self::Judged { answer, .. } => Some(answer),
            Self::Ungraded { answer: UngradedAnswer::Words(answer), .. } => Some(answer),
            _ => None,
        }
    }

    /// The feedback, once there is one.
    pub fn feedback(&self) -> Option<&Feedback> {
        match self {
            Self::Judged { feedback, .. } => Some(feedback),
            _ => None,
        }
    }

    /// The answer, while it has no words.
    pub fn recording(&self) -> Option<&Recording> {
        match self {
            Self::Transcribing { answer } | Self::Ungraded { answer: UngradedAnswer::Sound(answer), .. } => {
                Some(answer)
            }
            _ => None,
        }
    }

    /// The stored recording of the answer, if there is one.
    pub fn audio(&self) -> Option<&AudioObject> {
        self.recording().map(|recording| &recording.audio).or_else(|| self.answer()?.audio.as_ref())
    }
}

/// An answer that is only a recording so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Names the answer.
    pub id: AnswerId,
    /// Where the sound is kept.
    pub audio: AudioObject,
    /// Where the answer came from.
    pub source: Source,
}

impl Recording {
    /// The answer with its words, and what was measured if they were heard.
    pub fn with_words(&self, transcript: Transcript, spoken: Option<Spoken>) -> Answer {
        Answer {
            id: self.id,
            source: self.source,
            transcript,
            corrected: false,
            decisions: Decisions::default(),
            spoken,
            audio: Some(self.audio.clone()),
        }
    }
}

/// What the candidate gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Names the answer.
    pub id: AnswerId,
    /// Where it came from.
    pub source: Source,
    /// What is judged: as heard or typed, or as the candidate corrected it.
    pub transcript: Transcript,
    /// Whether the candidate corrected the transcript.
    pub corrected: bool,
    /// What the candidate decided about its marks.
    pub decisions: Decisions,
    /// What was measured when it was heard; typed answers have no measures.
    pub spoken: Option<Spoken>,
    /// Where its sound is kept, if it is.
    pub audio: Option<AudioObject>,
}

/// What was measured of a spoken answer when it was heard. Correcting the transcript changes nothing here.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    /// How long the recording is.
    pub duration: Seconds,
    /// Where there was speech, in order and without overlap.
    pub speech: Vec<Span>,
    /// The third panel.
    pub delivery: Delivery,
    /// The speech model whose words delivery was measured from, if it is known.
    pub model: Option<String>,
}

/// What there is of an answer that could not be judged.
#[derive(Clone, Debug, PartialEq)]
pub enum UngradedAnswer {
    /// It has words.
    Words(Box<Answer>),
    /// It is a recording that could not be turned into words.
    Sound(Recording),
}

/// A stored recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioObject {
    /// Its key in the audio store.
    pub key: String,
    /// Its media type, such as `audio/wav`.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A microphone on the candidate's machine.
    Microphone,
    /// A file.
    Upload,
    /// A client that streams.
    Stream,
    /// A keyboard.
    Typed,
}

word_enum!(Source, "source" {
    Microphone => "microphone", Upload => "upload", Stream => "stream", Typed => "typed"
});

/// Why an answer has no feedback.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UngradedReason {
    /// There was no speech in the recording, or no word in the text.
    #[error("no speech was heard, so there is nothing to judge")]
    NothingSaid,
    /// The recording could not be turned into words.
    #[error("the recording could not be transcribed: {detail}")]
    NotTranscribed {
        /// What went wrong, in words for the candidate.
        detail: String,
    },
    /// The coach could not be reached, or gave nothing that can be used.
    #[error("the coach could not judge it: {detail}")]
    CoachFailed {
        /// What went wrong, in words for the candidate.
        detail: String,
    },
}

/// The turn to go to after the one at `after`: the first later one, by place, that still waits for the candidate.
pub fn next_turn(turns: &[Turn], after: Place) -> Option<&Turn> {
    turns.iter().filter(|turn| turn.place > after && turn.state == TurnState::Asked).min_by_key(|turn| turn.place)
}
