//! A session and its turns, ready to be read.

use api::question::Citation;
use api::session::Summary;
use api::turn::{Role, Source, Turn, TurnState};
use interview::session;
use interview::wording::counted;
use store::{PastJudging, StoredSession};

use super::clock::{day, stopwatch};
use super::code::coloured;
use super::history::History;
use super::judge::Judge;
use super::measures::{Measure, measures};
use super::panels::{ClarityPanel, CorrectnessPanel, clarity, correctness, score};
use super::prose::prose;
use super::timeline::{Timeline, timeline};
use super::transcript::{Paragraph, paragraphs};
use crate::wire;

/// A session in review.
pub(crate) struct Review {
    pub(crate) id: String,
    pub(crate) when: String,
    pub(crate) topics: String,
    pub(crate) is_finished: bool,
    pub(crate) summary: Vec<SummaryLine>,
    pub(crate) missed: Vec<String>,
    pub(crate) misconceptions: Vec<(String, String)>,
    pub(crate) questions: Vec<ReviewedQuestion>,
}

/// One figure of a summary.
pub(crate) struct SummaryLine {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) note: String,
}

/// A question with its follow-ups.
pub(crate) struct ReviewedQuestion {
    pub(crate) main: ReviewedTurn,
    pub(crate) follow_ups: Vec<ReviewedTurn>,
    pub(crate) reference: Option<Reference>,
}

/// One turn.
pub(crate) struct ReviewedTurn {
    pub(crate) id: String,
    pub(crate) eyebrow: String,
    /// Of a question; a follow-up has none.
    pub(crate) title: Option<String>,
    pub(crate) prompt: String,
    /// Of a question; a follow-up does not repeat it.
    pub(crate) snippet: Option<Code>,
    /// What became of a turn without feedback.
    pub(crate) notice: Option<String>,
    /// What the answer is and how long it took.
    pub(crate) answer_note: String,
    pub(crate) audio: Option<String>,
    pub(crate) timeline: Option<Timeline>,
    pub(crate) transcript: Vec<Paragraph>,
    pub(crate) has_doubtful_words: bool,
    pub(crate) correctness: Option<CorrectnessPanel>,
    pub(crate) clarity: Option<ClarityPanel>,
    pub(crate) delivery: Vec<Measure>,
    pub(crate) next_step: Option<String>,
    pub(crate) stronger_answer: Option<String>,
    pub(crate) judge: Option<Judge>,
    pub(crate) history: History,
}

/// Code, coloured.
pub(crate) struct Code {
    pub(crate) language: String,
    pub(crate) html: String,
}

/// What a good answer makes of a question.
pub(crate) struct Reference {
    pub(crate) model_answer: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) explanation: Option<String>,
    pub(crate) corrected: Option<Code>,
    pub(crate) sources: Vec<Citation>,
}

impl Review {
    /// A stored session with every judging of its answers, ready to be read. Recordings are linked when `with_sound`.
    pub(crate) fn of(stored: &StoredSession, past: &[PastJudging], with_sound: bool) -> Self {
        let shown = wire::session::session(stored);
        let mut questions: Vec<ReviewedQuestion> = Vec::new();
        for turn in &stored.turns {
            let Some(shown) = wire::turn::turn(stored, turn) else { continue };
            let reviewed = reviewed(turn, &shown, History::of(turn, stored, past), with_sound);
            match questions.last_mut() {
                Some(question) if shown.role == Role::FollowUp => question.follow_ups.push(reviewed),
                _ => questions.push(ReviewedQuestion {
                    reference: reference(&shown).filter(|_| !is_still_asked(stored, turn)),
                    main: reviewed,
                    follow_ups: Vec::new(),
                }),
            }
        }
        Self {
            id: shown.head.id.to_string(),
            when: day(shown.head.created_at),
            topics: shown.head.topics.join(", ").replace('-', " "),
            is_finished: shown.head.finished_at.is_some(),
            summary: summary(&shown.summary),
            missed: shown.summary.missed.iter().map(|missed| missed.summary.clone()).collect(),
            misconceptions: shown
                .summary
                .misconceptions
                .iter()
                .map(|stated| (stated.claim.clone(), stated.why_wrong.clone()))
                .collect(),
            questions,
        }
    }
}

fn summary(summary: &Summary) -> Vec<SummaryLine> {
    let line = |name, value: String, note: &str| SummaryLine { name, value, note: note.to_owned() };
    let rate = summary.words_per_minute.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.0}"));
    let mut kept = counted(summary.questions, "question");
    if summary.skipped > 0 {
        kept.push_str(&format!(", {} skipped", summary.skipped));
    }
    if summary.ungraded > 0 {
        kept.push_str(&format!(", {} without feedback", summary.ungraded));
    }
    vec![
        line("Correctness", score(summary.correctness), "mean of the main answers, of 10"),
        line("Clarity", score(summary.clarity), "mean of the main answers, of 10"),
        line("Pace", rate, "words a minute, spoken answers"),
        line("Answered", summary.answered.to_string(), &kept),
    ]
}

fn reviewed(turn: &session::Turn, shown: &Turn, history: History, with_sound: bool) -> ReviewedTurn {
    let audio = shown.answer.as_ref().and_then(|answer| answer.audio_url.clone()).filter(|_| with_sound);
    let feedback = shown.feedback.as_ref();
    let is_main = shown.role == Role::Main;
    let given = turn.state.answer();
    let transcript = given.map(|answer| paragraphs(&answer.transcript, turn.state.feedback())).unwrap_or_default();
    let delivery = feedback.and_then(|feedback| feedback.delivery.as_ref());
    ReviewedTurn {
        id: shown.id.to_string(),
        eyebrow: eyebrow(shown),
        title: is_main.then(|| shown.question.title.clone()),
        prompt: shown.prompt.clone(),
        snippet: shown
            .question
            .snippet
            .as_ref()
            .filter(|_| is_main)
            .map(|snippet| code(&snippet.language, &snippet.code)),
        notice: notice(shown),
        answer_note: answer_note(shown),
        timeline: given.and_then(|answer| answer.spoken.as_ref()).and_then(timeline),
        has_doubtful_words: transcript.iter().flat_map(|paragraph| &paragraph.runs).any(|run| run.is_doubtful),
        transcript,
        correctness: feedback
            .and_then(|feedback| feedback.correctness.as_ref())
            .map(|panel| correctness(panel, audio.as_deref())),
        clarity: feedback.and_then(|feedback| feedback.clarity.as_ref()).map(|panel| clarity(panel, audio.as_deref())),
        delivery: delivery.map(|delivery| measures(delivery, audio.as_deref())).unwrap_or_default(),
        next_step: feedback.and_then(|feedback| feedback.next_step.clone()),
        stronger_answer: feedback.and_then(|feedback| feedback.stronger_answer.as_deref()).map(prose),
        judge: feedback.and_then(Judge::of),
        history,
        audio,
    }
}

fn eyebrow(turn: &Turn) -> String {
    match turn.role {
        Role::Main => {
            let question = &turn.question;
            format!("Question {} · {} · {}", turn.position, question.topic.replace('-', " "), question.level)
        }
        Role::FollowUp => "Follow-up".to_owned(),
    }
}

fn notice(turn: &Turn) -> Option<String> {
    match turn.state {
        TurnState::Asked => Some("Not answered yet.".to_owned()),
        TurnState::Skipped => Some("Skipped: “I don’t know”.".to_owned()),
        TurnState::Transcribing => {
            Some("The recording is being turned into words. Load the page again in a moment.".to_owned())
        }
        TurnState::Judging => Some("The answer is with the coach. Load the page again in a moment.".to_owned()),
        TurnState::Ungraded => {
            let reason = turn.ungraded_reason.as_deref().unwrap_or("it could not be judged");
            Some(format!("No feedback: {reason}. The answer is kept."))
        }
        TurnState::Judged => None,
    }
}

fn answer_note(turn: &Turn) -> String {
    let Some(answer) = &turn.answer else { return String::new() };
    let source = match answer.source {
        Source::Microphone => "spoken",
        Source::Upload => "from a recording",
        Source::Stream => "spoken in the browser",
        Source::Typed => "typed",
    };
    let duration = answer.duration.map(|duration| format!(", {}", stopwatch(duration))).unwrap_or_default();
    let corrected = if answer.corrected { ", transcript corrected" } else { "" };
    format!("{source}{duration}{corrected}")
}

/// Whether the candidate may still be asked about the question of `turn`, so that nothing must be given away.
fn is_still_asked(stored: &StoredSession, turn: &session::Turn) -> bool {
    let waits = |other: &session::Turn| other.state == session::TurnState::Asked;
    let position = turn.place.position;
    stored.finished_at.is_none() && stored.turns.iter().any(|other| other.place.position == position && waits(other))
}

/// What a strong answer says, without what the feedback's stronger answer says already.
fn reference(turn: &Turn) -> Option<Reference> {
    let answer = turn.question.answer.as_ref()?;
    let said = turn.feedback.as_ref().and_then(|feedback| feedback.stronger_answer.as_deref()).map(in_one_line);
    let is_new = said.is_none_or(|said| !said.contains(&in_one_line(&answer.model_answer)));
    let language = turn.question.snippet.as_ref().map(|snippet| snippet.language.as_str()).unwrap_or_default();
    let snippet = answer.snippet.as_ref();
    Some(Reference {
        model_answer: is_new.then(|| prose(&answer.model_answer)),
        outcome: snippet.map(|snippet| snippet.outcome.clone()),
        explanation: snippet.map(|snippet| snippet.explanation.clone()),
        corrected: snippet.map(|snippet| code(language, &snippet.corrected)),
        sources: answer.sources.clone(),
    })
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn code(language: &str, code: &str) -> Code {
    Code { language: language.to_owned(), html: coloured(language, code) }
}
