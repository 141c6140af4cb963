//! Sessions on the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::feedback::is_sure;
use crate::turn::{NextTurn, Target, Turn};

/// What a new session is to be. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// Subjects to ask about, such as `rust`; any when empty.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Topics to ask about; any when empty.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Levels to ask for; any when empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Kinds of question to ask; any when empty.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Tags, of which a question has at least one; any when empty.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Exactly these questions in this order; the other wishes do not apply then.
    #[serde(default)]
    pub question_ids: Vec<String>,
    /// Only this key point or misconception of the question in `question_ids`, which is the only one then: the turn asks about it (`target`), and
    /// the answer is judged by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Target>,
    /// How many questions. When missing, as many as are left a day before the interview, if its date is known and neither topics, kinds, tags
    /// nor a seed are given; else 5.
    pub questions: Option<u32>,
    /// Makes it a real interview of this many minutes, 5 to 120: as many questions as fit, from easy to hard, in place of `questions`. Its pages
    /// show no feedback until it is finished.
    pub real_minutes: Option<u32>,
    /// When the interview is that is prepared for: what was missed comes back before it. When missing, as the settings of the server say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub interview_at: Option<Timestamp>,
    /// How many follow-ups a question may get, 0 to 3; 1 when missing.
    pub follow_ups: Option<u8>,
    /// Whether questions may come again that were asked within the last 24 hours: when missing they may, last of all. With `false` a session has
    /// fewer questions when fewer are left, and there is none when nothing is left. Questions chosen by id or by a seed are asked in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<bool>,
    /// Makes the choice of questions repeatable, whatever was asked before. When missing, questions that are due come first, then new ones by
    /// chance.
    pub seed: Option<u64>,
}

/// Which sessions to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SessionFilter {
    /// How many at most, 1 to 100; 20 when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where to go on: `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Only sessions that ask about this subject, such as `rust`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Only sessions that ask about this topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// Only sessions with all of these words in the titles and topics of their questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only sessions that are `open` or `finished`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<SessionState>,
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SessionState {
    /// It can be gone on with.
    Open,
    /// It was finished.
    Finished,
}

/// What a session is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// To learn: pages show the feedback on a question once its follow-ups are over.
    #[default]
    Study,
    /// To try out an interview: pages show no feedback until it is finished.
    Real,
}

/// One page of sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionPage {
    /// The sessions, newest first.
    pub sessions: Vec<SessionHead>,
    /// Where the next page begins; none on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// A session as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SessionHead {
    /// Names the session.
    pub id: Uuid,
    /// How far it has come.
    pub state: SessionState,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// The subjects it asks about, without those of topics that are gone.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The topics it asks about.
    pub topics: Vec<String>,
    /// The titles of its questions.
    pub questions: Vec<String>,
    /// How many turns were answered.
    pub answered: u32,
    /// The mean correctness score of the main answers that the judge of the last one scored, 0 to 10.
    pub correctness: Option<f64>,
}

/// A session with all that belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session as lists show it.
    #[serde(flatten)]
    pub head: SessionHead,
    /// What it is for.
    #[serde(default)]
    pub mode: Mode,
    /// Its turns by place: each question, then its follow-ups.
    pub turns: Vec<Turn>,
    /// The turn that waits for the candidate; null when all are answered.
    pub next_turn: Option<NextTurn>,
    /// What it comes to so far.
    pub summary: Summary,
    /// Where people review it.
    pub review_url: String,
}

impl Session {
    /// Whether nothing about the question at this place must be revealed: it may still be asked about, or it belongs to an interview that goes
    /// on.
    pub fn withholds(&self, position: u32) -> bool {
        let mut turns = self.turns.iter().filter(|turn| turn.position == position);
        let goes_on = self.mode == Mode::Real || turns.any(|turn| !turn.state.is_settled());
        self.head.state == SessionState::Open && goes_on
    }
}

/// What a session comes to. The panels are never blended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// How many of its questions were answered or skipped.
    pub questions: usize,
    /// How many turns were answered, follow-ups included.
    pub answered: usize,
    /// How many turns were skipped.
    pub skipped: usize,
    /// How many answers have no feedback.
    pub ungraded: usize,
    /// The mean correctness score of the main answers that the judge of the last one scored, 0 to 10.
    pub correctness: Option<f64>,
    /// The mean clarity score of the same answers, 0 to 10.
    pub clarity: Option<f64>,
    /// The mean of the words a minute of the spoken answers.
    pub words_per_minute: Option<f64>,
    /// The key points that were missed and that no follow-up made good, the heaviest first.
    pub missed: Vec<MissedPoint>,
    /// The misconceptions stated.
    pub misconceptions: Vec<StatedMisconception>,
}

/// A key point that was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MissedPoint {
    /// The question's id.
    pub question: String,
    /// The key point's id.
    pub key_point: String,
    /// The claim it makes.
    pub summary: String,
    /// Whether it is core.
    pub core: bool,
    /// Whether it is more than probable that it was missed.
    #[serde(default = "is_sure")]
    pub sure: bool,
}

/// A misconception that was stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedMisconception {
    /// The question's id.
    pub question: String,
    /// The misconception's id.
    pub misconception: String,
    /// The wrong claim.
    pub claim: String,
    /// Why it is wrong.
    pub why_wrong: String,
    /// Whether it is more than probable that it was stated.
    #[serde(default = "is_sure")]
    pub sure: bool,
}

/// How a debrief is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DebriefQuery {
    /// When the interview is that is prepared for: nothing comes back after it. When missing, as the settings of the server say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, format = DateTime)]
    pub interview_at: Option<Timestamp>,
}

/// What to take away from a finished session. What is not known from its answers is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Debrief {
    /// The best thing that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<BestPoint>,
    /// The one habit to change: a sentence about several of the answers, and one on what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub habit: Option<String>,
    /// How their feeling about the answers compares with the result, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feeling: Option<String>,
    /// What to practise first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakest: Option<WeakestPoint>,
    /// Which of its questions come back when, the first one first.
    pub comes_back: Vec<ComesBack>,
}

/// The most important key point that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BestPoint {
    /// The question's id.
    pub question: String,
    /// The claim that the key point makes.
    pub claim: String,
    /// The words that make it.
    pub quote: String,
}

/// The weakest point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeakestPoint {
    /// The question's id.
    pub question: String,
    /// The question's title.
    pub title: String,
    /// What to do about it, in a sentence.
    pub advice: String,
    /// The point to ask about; none when the question was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Target>,
}

/// A question that is asked again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComesBack {
    /// The question's id.
    pub question: String,
    /// The question's title.
    pub title: String,
    /// When it is due.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
}

/// How a session is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Export {
    /// The sort of document; `md` when missing.
    #[serde(default)]
    pub format: ExportFormat,
}

/// The sort of document a session is exported as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Markdown, for people.
    #[default]
    Md,
    /// The session as the API gives it.
    Json,
    /// One HTML file that needs nothing else.
    Html,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{asked, followed_up, judged};

    fn session(mode: Mode, state: SessionState) -> Session {
        let other = Turn { position: 2, ..judged() };
        Session {
            head: SessionHead {
                id: Uuid::nil(),
                state,
                created_at: Timestamp::UNIX_EPOCH,
                finished_at: None,
                subjects: Vec::new(),
                topics: Vec::new(),
                questions: Vec::new(),
                answered: 2,
                correctness: None,
            },
            mode,
            turns: vec![judged(), followed_up(), other, Turn { position: 3, ..asked() }],
            next_turn: None,
            summary: Summary::default(),
            review_url: String::new(),
        }
    }

    #[test]
    fn nothing_is_revealed_of_a_question_that_may_be_asked_about_or_of_an_interview_that_goes_on() {
        let withheld = |mode, state| [1, 2, 3].map(|position| session(mode, state).withholds(position));
        assert_eq!(withheld(Mode::Study, SessionState::Open), [true, false, true]);
        assert_eq!(withheld(Mode::Real, SessionState::Open), [true; 3]);
        assert_eq!(withheld(Mode::Study, SessionState::Finished), [false; 3]);
        assert_eq!(withheld(Mode::Real, SessionState::Finished), [false; 3]);
    }
}
