//! Turns on the wire: one question asked and, once given, its answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::feedback::{Coach, Feedback, Judging};
use crate::question::Question;
use crate::transcript::{HeardTranscript, Transcript};

/// One question asked, main or follow-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    /// Names the turn.
    pub id: Uuid,
    /// The session it belongs to.
    pub session_id: Uuid,
    /// The question's number in the session, counted from 1.
    pub position: u32,
    /// 0 for the question itself, 1 for its first follow-up, and so on.
    pub depth: u8,
    /// Whether it is the whole question or a follow-up.
    pub role: Role,
    /// What a follow-up aims at, or the question of a session with a `focus`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// What is asked, in words; a follow-up's differs from its question's.
    pub prompt: String,
    /// The same as it is read aloud.
    pub spoken_prompt: String,
    /// How many hints were taken.
    pub hints_used: u8,
    /// How many more there are; `POST /turns/{id}/hint` gives the next one.
    pub hints_left: u8,
    /// How sure the candidate says they are of the answer, 1 (not at all) to 4 (completely).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sureness: Option<u8>,
    /// The question.
    pub question: Question,
    /// How far the turn has come.
    pub state: TurnState,
    /// Whether judging waits until the language model's server has loaded it; with the state `judging`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub model_is_loading: bool,
    /// Why there is no feedback; with the state `ungraded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ungraded_reason: Option<String>,
    /// What the candidate gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Its feedback: delivery as soon as the words are known, the rest once judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// The turn to go on with, once this one is settled; null at the end of the session.
    pub next_turn: Option<NextTurn>,
    /// Every judging of the answer that has ended, the oldest first; in exports only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judgings: Vec<Judging>,
}

/// A hint for a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hint {
    /// The hint; none when all were taken before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// How many were taken, this one included.
    pub hints_used: u8,
    /// How many more there are.
    pub hints_left: u8,
}

/// The turn to go on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NextTurn {
    /// Names the turn.
    pub id: Uuid,
    /// Whether it is a question or a follow-up.
    pub role: Role,
    /// What is asked.
    pub prompt: String,
}

/// Whether a turn asks a whole question or about one of its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The whole question.
    Main,
    /// A follow-up, or the question of a session with a `focus`, whose `depth` is 0.
    FollowUp,
}

/// What a follow-up aims at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Target {
    /// A key point that was missed or could not be told.
    KeyPoint(String),
    /// A misconception that was stated.
    Misconception(String),
    /// Nothing that is scored: a bonus question for whoever made every point.
    Stretch,
}

/// How far a turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TurnState {
    /// Waiting for the candidate.
    Asked,
    /// "I don't know": moved on.
    Skipped,
    /// The recording is being turned into words.
    Transcribing,
    /// The answer is with the coach.
    Judging,
    /// There is feedback.
    Judged,
    /// The answer is kept and has no feedback.
    Ungraded,
}

impl Turn {
    /// Its feedback once it is judged. A turn that is not judged may have delivery alone.
    pub fn judged(&self) -> Option<&Feedback> {
        self.feedback.as_ref().filter(|_| self.state == TurnState::Judged)
    }

    /// Whether the stronger answer of its feedback contains the model answer: the offline coach's is that with an introduction.
    pub fn repeats_model_answer(&self) -> bool {
        let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let stronger = self.feedback.as_ref().and_then(|feedback| feedback.stronger_answer.as_deref());
        let answer = self.question.answer.as_ref();
        stronger
            .zip(answer)
            .is_some_and(|(stronger, answer)| in_one_line(stronger).contains(&in_one_line(&answer.model_answer)))
    }

    /// What a follow-up is called.
    pub fn follow_up_name(&self) -> &'static str {
        if self.target == Some(Target::Stretch) { "Bonus question" } else { "Follow-up" }
    }
}

impl TurnState {
    /// Whether nothing more happens to the turn by itself.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Skipped | Self::Judged | Self::Ungraded)
    }
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
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

/// An answer given as JSON: text that was typed, or a transcript that was made on the client's machine. Answers may also be given as
/// audio, and as `multipart/form-data` with a part `audio` and, if the client has one, a part `transcript` that holds this document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// What was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<HeardTranscript>,
    /// The transcript as the candidate corrected it before sending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected_text: Option<String>,
    /// Where it came from; `typed` for text, `upload` for audio when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// An answer as a form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnswerForm {
    /// The recording.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    pub audio: String,
    /// What the client heard in it, if it listened.
    pub transcript: Option<NewAnswer>,
}

/// The event `state` of a turn's stream of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateEvent {
    /// How far the turn has come.
    pub state: TurnState,
}

/// A correction of what the recogniser heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The text as it should be: the whole of it, or that of the word that is corrected.
    pub text: String,
}

/// How sure the candidate is of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sureness {
    /// 1 (not at all) to 4 (completely); null takes it back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, minimum = 1, maximum = 4)]
    pub sureness: Option<u8>,
}

/// What the candidate decides about a mark of their answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `hit` or `missed` for a key point, `stated` or `not_stated` for a misconception; null goes back to the coach's own verdict.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub verdict: Option<DecidedVerdict>,
}

/// A verdict that the candidate can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecidedVerdict {
    /// They made the key point.
    Hit,
    /// They did not make it.
    Missed,
    /// They stated the misconception.
    Stated,
    /// They did not state it.
    NotStated,
}

interview::word_enum!(DecidedVerdict, "verdict" {
    Hit => "hit", Missed => "missed", Stated => "stated", NotStated => "not_stated"
});

/// By whom a turn should be judged again; by the server's own choice when both are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Regrade {
    /// `offline` or `llm`.
    pub coach: Option<Coach>,
    /// The language model, by the name under which the model server that is set up knows it.
    pub model: Option<String>,
}

/// What the candidate gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// Names the answer.
    pub id: Uuid,
    /// Where it came from.
    pub source: Source,
    /// The words, once they are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Transcript>,
    /// Whether the candidate corrected the transcript.
    pub corrected: bool,
    /// Length of the recording in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Where the recording can be heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_url: Option<String>,
}
