//! Sessions, turns, questions and transcripts as the API shows them.

use std::collections::BTreeSet;

use api::feedback::Judging;
use api::question::{Citation, KeyPoint, Misconception, QuestionAnswer, Snippet, SnippetAnswer, Versions};
use api::session::{
    BestPoint, ComesBack, Debrief, MissedPoint, Mode, Session, SessionHead, SessionPage, SessionState,
    StatedMisconception, Summary, WeakestPoint,
};
use api::transcript::{Segment, TimeSpan, Transcript, Word};
use api::turn::{Answer, NextTurn, Role, Source, Target, Turn};
use interview::bank::{self, Bank, Outcome, Question};
use interview::schedule::Schedule;
use interview::scoring::Score;
use interview::session::{self, Sureness, TurnState};
use interview::summary::ToImprove;
use interview::{Seconds, SessionId, Span, debrief, follow_up, summary};
use store::{Page, PastJudging, QuestionHead, SessionOverview, StoredSession};

use super::feedback::{feedback, judging};
use super::progress::timestamp;

/// Where people review a session.
pub(crate) fn review_url(session: SessionId) -> String {
    format!("/sessions/{session}")
}

/// A session with all that belongs to it.
pub(crate) fn session(stored: &StoredSession, bank: &Bank) -> Session {
    let waiting = stored.turns.iter().filter(|turn| turn.state == TurnState::Asked).min_by_key(|turn| turn.place);
    let totals = summary::Summary::of(&stored.session, &stored.turns);
    Session {
        head: head(stored, &totals, bank),
        mode: match stored.session.mode {
            session::Mode::Study => Mode::Study,
            session::Mode::Real => Mode::Real,
        },
        turns: stored.turns.iter().filter_map(|one| turn(stored, one)).collect(),
        next_turn: waiting.filter(|_| stored.finished_at.is_none()).map(next_turn),
        summary: summary(&totals),
        review_url: review_url(stored.session.id),
    }
}

/// A session with every judging of its answers.
pub(crate) fn session_with_judgings(stored: &StoredSession, past: &[PastJudging], bank: &Bank) -> Session {
    let mut session = session(stored, bank);
    for (shown, turn) in session.turns.iter_mut().zip(&stored.turns) {
        shown.judgings = judgings(stored, turn, past);
    }
    session
}

/// The judgings of the answer to `turn`. `past` are those of the whole session.
pub(crate) fn judgings(stored: &StoredSession, turn: &session::Turn, past: &[PastJudging]) -> Vec<Judging> {
    let Some(asked) = stored.session.question(&turn.question) else { return Vec::new() };
    past.iter().filter(|past| past.judging.turn == turn.id).map(|past| judging(asked, past)).collect()
}

/// One page of sessions.
pub(crate) fn session_page(page: &Page, bank: &Bank) -> SessionPage {
    SessionPage {
        sessions: page.sessions.iter().map(|session| overview(session, bank)).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }
}

fn head(stored: &StoredSession, summary: &summary::Summary<'_>, bank: &Bank) -> SessionHead {
    let known = SessionOverview {
        id: stored.session.id,
        created_at: stored.created_at,
        finished_at: stored.finished_at,
        questions: stored.session.questions.iter().map(QuestionHead::from).collect(),
        answered: u32::try_from(summary.answered).unwrap_or(u32::MAX),
        correctness: summary.correctness,
    };
    overview(&known, bank)
}

fn overview(overview: &SessionOverview, bank: &Bank) -> SessionHead {
    let topics = || overview.questions.iter().map(|question| &question.topic);
    let subjects = topics().filter_map(|topic| bank.topics().get(topic)).map(|topic| topic.subject.clone());
    SessionHead {
        id: overview.id.uuid(),
        state: if overview.finished_at.is_some() { SessionState::Finished } else { SessionState::Open },
        created_at: overview.created_at,
        finished_at: overview.finished_at,
        subjects: distinct(subjects),
        topics: distinct(topics().map(ToString::to_string)),
        questions: overview.questions.iter().map(|question| question.title.clone()).collect(),
        answered: overview.answered,
        correctness: overview.correctness.map(Score::get),
    }
}

/// Every name once, in the order in which they first occur.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}

pub(crate) fn summary(summary: &summary::Summary<'_>) -> Summary {
    Summary {
        questions: summary.questions,
        answered: summary.answered,
        skipped: summary.skipped,
        ungraded: summary.ungraded,
        correctness: summary.correctness.map(Score::get),
        clarity: summary.clarity.map(Score::get),
        words_per_minute: summary.words_per_minute.map(|rate| (rate * 10.0).round() / 10.0),
        missed: summary.missed.iter().map(missed).collect(),
        misconceptions: summary.misconceptions.iter().map(stated).collect(),
    }
}

fn missed(ToImprove { question, claim: point, is_sure }: &ToImprove<'_, bank::KeyPoint>) -> MissedPoint {
    MissedPoint {
        question: question.id.to_string(),
        key_point: point.id.to_string(),
        summary: point.summary.clone(),
        core: point.core,
        sure: *is_sure,
    }
}

fn stated(ToImprove { question, claim: wrong, is_sure }: &ToImprove<'_, bank::Misconception>) -> StatedMisconception {
    StatedMisconception {
        question: question.id.to_string(),
        misconception: wrong.id.to_string(),
        claim: wrong.claim.clone(),
        why_wrong: wrong.why_wrong.clone(),
        sure: *is_sure,
    }
}

/// What to take away from a session.
pub(crate) fn debrief(stored: &StoredSession, schedule: &Schedule) -> Debrief {
    let debrief = debrief::Debrief::of(&stored.session, &stored.turns, schedule);
    let best =
        |best: debrief::Best| BestPoint { question: best.question.to_string(), claim: best.claim, quote: best.quote };
    let weakest = |weakest: debrief::Weakest| WeakestPoint {
        question: weakest.question.to_string(),
        title: weakest.title,
        advice: weakest.advice,
        focus: weakest.focus.as_ref().map(target),
    };
    let comes_back = |back: debrief::ComesBack| ComesBack {
        question: back.question.to_string(),
        title: back.title,
        due: timestamp(back.due),
    };
    Debrief {
        best: debrief.best.map(best),
        habit: debrief.habit.map(|habit| habit.to_string()),
        feeling: debrief.feeling.map(|feeling| feeling.to_string()),
        weakest: debrief.weakest.map(weakest),
        comes_back: debrief.comes_back.into_iter().map(comes_back).collect(),
    }
}

/// A turn of `stored`. `None` when the session lacks the turn's question; no stored session does.
pub(crate) fn turn(stored: &StoredSession, turn: &session::Turn) -> Option<Turn> {
    let asked = stored.session.question(&turn.question)?;
    let goes_on = turn.state.is_settled() && stored.finished_at.is_none();
    Some(Turn {
        id: turn.id.uuid(),
        session_id: turn.session.uuid(),
        position: turn.place.position,
        depth: turn.place.depth,
        role: role(turn),
        target: turn.target.as_ref().map(target),
        prompt: turn.prompt.clone(),
        spoken_prompt: asked.spoken(&turn.prompt),
        hints_used: turn.hints_used,
        sureness: turn.sureness.map(Sureness::get),
        hints_left: u8::try_from(hints(turn, asked).len()).unwrap_or(u8::MAX).saturating_sub(turn.hints_used),
        // With its answer once this turn can no longer be answered.
        question: if turn.state.is_settled() { revealed_question(asked) } else { asked_question(asked) },
        state: turn_state(&turn.state),
        ungraded_reason: ungraded_reason(&turn.state),
        answer: answer(turn),
        feedback: feedback(turn, asked),
        next_turn: session::next_turn(&stored.turns, turn.place).filter(|_| goes_on).map(next_turn),
        judgings: Vec::new(),
        model_is_loading: false,
    })
}

fn given_by(source: session::Source) -> Source {
    match source {
        session::Source::Microphone => Source::Microphone,
        session::Source::Upload => Source::Upload,
        session::Source::Stream => Source::Stream,
        session::Source::Typed => Source::Typed,
    }
}

fn role(turn: &session::Turn) -> Role {
    if turn.target.is_some() { Role::FollowUp } else { Role::Main }
}

fn target(target: &follow_up::Target) -> Target {
    match target {
        follow_up::Target::KeyPoint(id) => Target::KeyPoint(id.to_string()),
        follow_up::Target::Misconception(id) => Target::Misconception(id.to_string()),
        follow_up::Target::Stretch => Target::Stretch,
    }
}

fn turn_state(state: &TurnState) -> api::turn::TurnState {
    match state {
        TurnState::Asked => api::turn::TurnState::Asked,
        TurnState::Skipped => api::turn::TurnState::Skipped,
        TurnState::Transcribing { .. } => api::turn::TurnState::Transcribing,
        TurnState::Judging { .. } => api::turn::TurnState::Judging,
        TurnState::Judged { .. } => api::turn::TurnState::Judged,
        TurnState::Ungraded { .. } => api::turn::TurnState::Ungraded,
    }
}

pub(super) fn ungraded_reason(state: &TurnState) -> Option<String> {
    match state {
        TurnState::Ungraded { reason, .. } => Some(reason.to_string()),
        _ => None,
    }
}

fn answer(turn: &session::Turn) -> Option<Answer> {
    let given = turn.state.answer();
    let (id, source) = match given {
        Some(answer) => (answer.id, answer.source),
        None => turn.state.recording().map(|recording| (recording.id, recording.source))?,
    };
    Some(Answer {
        id: id.uuid(),
        source: given_by(source),
        transcript: given.map(|answer| transcript(&answer.transcript)),
        corrected: given.is_some_and(|answer| answer.corrected),
        duration: given.and_then(|answer| answer.spoken.as_ref()).map(|spoken| seconds(spoken.duration)),
        audio_url: turn.state.audio().map(|_| format!("{}/turns/{}/audio", api::PREFIX, turn.id)),
    })
}

fn next_turn(next: &session::Turn) -> NextTurn {
    NextTurn { id: next.id.uuid(), role: role(next), prompt: next.prompt.clone() }
}

/// The hints that a turn offers. A follow-up has none.
pub(crate) fn hints<'q>(turn: &session::Turn, asked: &'q Question) -> &'q [String] {
    if turn.target.is_none() { &asked.hints } else { &[] }
}

/// The question as it is asked: nothing in it gives the answer away.
pub fn asked_question(question: &Question) -> api::question::Question {
    api::question::Question {
        id: question.id.to_string(),
        title: question.title.clone(),
        topic: question.topic.to_string(),
        level: question.level.to_string(),
        kind: question.kind.to_string(),
        prompt: question.prompts.first().to_owned(),
        snippet: question.snippet.as_ref().map(snippet),
        time_limit_seconds: question.time_limit.seconds(),
        glossary: question.glossary.iter().map(|term| term.spoken.clone()).collect(),
        answer: None,
    }
}

/// The question with its answer.
pub fn revealed_question(question: &Question) -> api::question::Question {
    let citation = |source: &bank::Citation| Citation { title: source.title.clone(), url: source.url.clone() };
    let answer = QuestionAnswer {
        key_points: question.key_points.iter().map(key_point).collect(),
        misconceptions: question.misconceptions.iter().map(misconception).collect(),
        model_answer: question.model_answer.clone(),
        snippet: question.snippet.as_ref().map(snippet_answer),
        sources: question.sources.iter().map(citation).collect(),
    };
    api::question::Question { answer: Some(answer), ..asked_question(question) }
}

fn snippet(snippet: &bank::Snippet) -> Snippet {
    Snippet { language: snippet.language.as_str().to_owned(), code: snippet.code.clone() }
}

fn key_point(point: &bank::KeyPoint) -> KeyPoint {
    KeyPoint {
        id: point.id.to_string(),
        summary: point.summary.clone(),
        weight: point.weight.get(),
        core: point.core,
        any_of: point.any_of.as_ref().map(ToString::to_string),
        stage: point.stage.map(|stage| stage.to_string()),
        versions: versions(&point.since, &point.until),
    }
}

fn misconception(misconception: &bank::Misconception) -> Misconception {
    Misconception {
        id: misconception.id.to_string(),
        claim: misconception.claim.clone(),
        why_wrong: misconception.why_wrong.clone(),
        versions: versions(&misconception.since, &misconception.until),
    }
}

pub(crate) fn versions(since: &Option<String>, until: &Option<String>) -> Versions {
    Versions { since: since.clone(), until: until.clone() }
}

fn snippet_answer(snippet: &bank::Snippet) -> SnippetAnswer {
    SnippetAnswer {
        outcome: outcome(&snippet.outcome),
        explanation: snippet.explanation.clone(),
        corrected: snippet.corrected.clone(),
    }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::DoesNotCompile { code: Some(code), line, .. } => format!("does not compile: {code}, line {line}"),
        Outcome::DoesNotCompile { code: None, message: Some(message), line } => {
            format!("does not compile: {message}, line {line}")
        }
        Outcome::DoesNotCompile { code: None, message: None, line } => format!("does not compile: line {line}"),
        Outcome::Warns { message } => format!("compiles with a warning: {message}"),
        Outcome::Compiles => "compiles".to_owned(),
        Outcome::Prints { output } => format!("prints {:?}", output.trim_end()),
        Outcome::Panics { message } => format!("fails when it runs: {message}"),
        Outcome::Hangs => "never ends".to_owned(),
    }
}

pub(crate) fn transcript(transcript: &interview::Transcript) -> Transcript {
    Transcript { text: transcript.text(), segments: transcript.segments().iter().map(segment).collect() }
}

pub(crate) fn span(span: Span) -> TimeSpan {
    TimeSpan { start: seconds(span.start()), end: seconds(span.end()) }
}

/// Seconds to the millisecond: finer than any recogniser is, and short to read.
pub(crate) fn seconds(time: Seconds) -> f64 {
    (time.get() * 1000.0).round() / 1000.0
}

pub(crate) fn bounds(span: Option<Span>) -> (Option<f64>, Option<f64>) {
    (span.map(|span| seconds(span.start())), span.map(|span| seconds(span.end())))
}

fn segment(segment: &interview::Segment) -> Segment {
    let (start, end) = bounds(segment.span());
    Segment { start, end, text: segment.text(), words: segment.words().iter().map(word).collect() }
}

fn word(word: &interview::Word) -> Word {
    let (start, end) = bounds(word.span);
    Word {
        start,
        end,
        text: word.text.clone(),
        probability: (word.probability.get() * 1000.0).round() / 1000.0,
        heard_as: word.heard_as.clone(),
    }
}
