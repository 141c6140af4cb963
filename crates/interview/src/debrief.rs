//! What a candidate takes away from a round: the best thing they said, the one habit to change, the weakest point, and what comes back when.
//! What is not known from the answers is left out.

use std::cmp::Reverse;
use std::fmt;
use std::time::SystemTime;

use crate::bank::KeyPoint;
use crate::delivery::{FILLED_PAUSES_MANY, TYPICAL_WORDS_PER_MINUTE};
use crate::follow_up::Target;
use crate::id::{KeyPointId, QuestionId};
use crate::marks::{ClarityCheck, ClarityVerdict, Counted, Feedback, KeyPointMark, Marks, MisconceptionMark};
use crate::schedule::Schedule;
use crate::session::{Session, Turn, TurnState};
use crate::summary::{Summary, ToImprove, delivery};
use crate::time::Seconds;
use crate::wording::{counted, missed_point, reconsider};

/// How often something must happen to be a habit.
const HABIT: usize = 2;

/// The debrief of a round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Debrief {
    /// The most important point that was surely made, in words that are known.
    pub best: Option<Best>,
    /// What happened in the largest share of the answers and should not.
    pub habit: Option<Habit>,
    /// How the candidate's feeling about their answers compares with the result.
    pub feeling: Option<Feeling>,
    /// What to practise first.
    pub weakest: Option<Weakest>,
    /// Which of the round's questions come back when, the first one first.
    pub comes_back: Vec<ComesBack>,
}

/// A point that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// The question.
    pub question: QuestionId,
    /// The claim that the key point makes.
    pub claim: String,
    /// The words that make it.
    pub quote: String,
}

/// Something that happened in several answers. Its text is a sentence about them and one on what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habit {
    /// What.
    pub what: Shortcoming,
    /// In how many answers.
    pub times: usize,
    /// In how many answers it could be known.
    pub of: usize,
}

/// What an answer can fall short in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcoming {
    /// It states a misconception.
    SomethingWrong,
    /// It leaves out a core point.
    CoreLeftOut,
    /// It does not meet a check of clarity.
    Unclear(ClarityCheck),
    /// More than [`FILLED_PAUSES_MANY`] filled pauses a minute.
    FilledPauses,
    /// Faster than [`TYPICAL_WORDS_PER_MINUTE`]. Slower is none: thinking is allowed.
    TooFast,
    /// Longer than the question's limit.
    OverTime,
}

/// How feeling and result compare, in the largest group of answers, each count at least 1. An answer is right when it has every core point
/// and states nothing wrong. Its text is a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feeling {
    /// Sure of this many answers that are not right.
    SureAndWrong(usize),
    /// Unsure of this many answers that are right.
    UnsureAndRight(usize),
    /// Nothing but this many answers, of which the candidate was sure where they are right, and unsure where not.
    Fits(usize),
}

/// A question to practise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakest {
    /// The question.
    pub question: QuestionId,
    /// Its title.
    pub title: String,
    /// What to do about it, in a sentence.
    pub advice: String,
    /// The point to ask about; `None` when nothing is known of the question's points.
    pub focus: Option<Target>,
}

/// A question that is asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComesBack {
    /// The question.
    pub question: QuestionId,
    /// Its title.
    pub title: String,
    /// When.
    pub due: SystemTime,
}

impl Debrief {
    /// The debrief of a round with these turns. `schedule` knows their marks.
    pub fn of(session: &Session, turns: &[Turn], schedule: &Schedule) -> Self {
        Self {
            best: best(session, turns),
            habit: habit(session, turns),
            feeling: feeling(session, turns),
            weakest: weakest(session, turns, schedule),
            comes_back: comes_back(session, schedule),
        }
    }
}

fn best(session: &Session, turns: &[Turn]) -> Option<Best> {
    let made = turns.iter().flat_map(|turn| {
        let question = session.question(&turn.question);
        let marks = turn.state.feedback().and_then(Feedback::marks).map(|marks| marks.key_points());
        let is_made = |mark: &&KeyPointMark| mark.verdict.is_hit() && mark.counted() == Counted::Hit && mark.is_sure();
        let hits = marks.into_iter().flatten().filter(is_made);
        hits.filter_map(move |mark| Some((question?.id.clone(), question?.key_point(&mark.id)?, mark.evidence()?)))
    });
    let (question, point, evidence) = made.min_by_key(|(_, point, _)| Reverse((point.core, point.weight)))?;
    Some(Best { question, claim: point.summary.clone(), quote: evidence.quote().to_owned() })
}

/// Whether an answer has a shortcoming; `None` where that is not known.
type Has = Option<bool>;

fn habit(session: &Session, turns: &[Turn]) -> Option<Habit> {
    let main = || turns.iter().filter(|turn| turn.target.is_none());
    let judged = || main().filter_map(|turn| turn.state.feedback());
    let spoken = || turns.iter().filter_map(delivery);
    let checks = ClarityCheck::ALL
        .map(|check| Habit::of(Shortcoming::Unclear(check), judged().map(|feedback| not_met(feedback, check))));
    let habits = [
        Habit::of(Shortcoming::SomethingWrong, judged().map(|feedback| states_wrong(feedback.marks()?))),
        Habit::of(Shortcoming::CoreLeftOut, main().map(|turn| leaves_out_core(session, turn))),
        Habit::of(
            Shortcoming::FilledPauses,
            spoken().map(|delivery| Some(delivery.filled_pauses.per_minute? > FILLED_PAUSES_MANY)),
        ),
        Habit::of(
            Shortcoming::TooFast,
            spoken().map(|delivery| Some(delivery.words_per_minute? > *TYPICAL_WORDS_PER_MINUTE.end())),
        ),
        Habit::of(
            Shortcoming::OverTime,
            spoken().map(|delivery| delivery.length.limit.map(|_| delivery.length.over() > Seconds::ZERO)),
        ),
    ];
    let [wrong, core, said @ ..] = habits;
    let all = [wrong, core].into_iter().chain(checks).chain(said).filter(|habit| habit.times >= HABIT);
    // By share; among equals the earlier, which concerns what was said rather than how.
    all.reduce(|most, other| if other.times * most.of > most.times * other.of { other } else { most })
}

fn not_met(feedback: &Feedback, check: ClarityCheck) -> Has {
    match feedback.clarity()?.marks().iter().find(|mark| mark.check == check)?.verdict {
        ClarityVerdict::Yes => Some(false),
        ClarityVerdict::No => Some(true),
        ClarityVerdict::Unclear => None,
    }
}

fn states_wrong(marks: &Marks) -> Has {
    match marks.misconceptions() {
        [] => Some(false),
        stated => stated.iter().any(MisconceptionMark::is_sure).then_some(true),
    }
}

fn leaves_out_core(session: &Session, turn: &Turn) -> Has {
    let marks = turn.state.feedback()?.marks()?;
    let points = &session.question(&turn.question)?.key_points;
    let is_left_out =
        |(point, counted): &(&KeyPoint, Counted)| *counted == Counted::Missed && marks.is_sure(points, point);
    let core: Vec<_> = marks.counted(points).into_iter().filter(|(point, _)| point.core).collect();
    if core.iter().any(is_left_out) {
        Some(true)
    } else if !core.is_empty() && core.iter().all(|(_, counted)| *counted == Counted::Hit) {
        Some(false)
    } else {
        None
    }
}

fn feeling(session: &Session, turns: &[Turn]) -> Option<Feeling> {
    let (mut sure_and_wrong, mut unsure_and_right, mut fits) = (0, 0, 0);
    for turn in turns.iter().filter(|turn| turn.target.is_none()) {
        let Some((sureness, is_right)) = turn.sureness.zip(is_right(session, turn)) else { continue };
        match (sureness.is_sure(), is_right) {
            (true, false) => sure_and_wrong += 1,
            (false, true) => unsure_and_right += 1,
            (true, true) | (false, false) => fits += 1,
        }
    }
    if sure_and_wrong > 0 && sure_and_wrong >= unsure_and_right {
        Some(Feeling::SureAndWrong(sure_and_wrong))
    } else if unsure_and_right > 0 {
        Some(Feeling::UnsureAndRight(unsure_and_right))
    } else {
        (fits > 0).then_some(Feeling::Fits(fits))
    }
}

fn is_right(session: &Session, turn: &Turn) -> Option<bool> {
    if states_wrong(turn.state.feedback()?.marks()?)? {
        Some(false)
    } else {
        leaves_out_core(session, turn).map(|leaves_out| !leaves_out)
    }
}

/// A question whose answer states something wrong; else that of the point most surely missed, of equals the heaviest, that was not made since; else one that was skipped.
/// A point that was surely missed comes before a misconception that was only probably stated.
fn weakest(session: &Session, turns: &[Turn], schedule: &Schedule) -> Option<Weakest> {
    let Summary { missed, misconceptions, .. } = Summary::of(session, turns);
    let is_made_since = |question: &QuestionId, point: &KeyPointId| {
        let asked = schedule.question(question);
        asked.is_some_and(|asked| asked.points.iter().any(|known| known.id == *point && !known.missed))
    };
    let missed = missed.iter().find(|missed| !is_made_since(&missed.question.id, &missed.claim.id));
    let wrong = misconceptions.first().filter(|wrong| wrong.is_sure || !missed.is_some_and(|missed| missed.is_sure));
    let wrong = wrong.map(|ToImprove { question, claim, is_sure }| {
        let advice = reconsider(&claim.claim, &claim.why_wrong, *is_sure);
        (*question, advice, Some(Target::Misconception(claim.id.clone())))
    });
    let missed = missed.map(|ToImprove { question, claim, is_sure }| {
        (*question, missed_point(&claim.summary, *is_sure), Some(Target::KeyPoint(claim.id.clone())))
    });
    let skipped = || {
        let turn = turns.iter().find(|turn| turn.target.is_none() && turn.state == TurnState::Skipped)?;
        let advice = "Read the model answer, then say it in your own words.".to_owned();
        Some((session.question(&turn.question)?, advice, None))
    };
    let (asked, advice, focus) = wrong.or(missed).or_else(skipped)?;
    Some(Weakest { question: asked.id.clone(), title: asked.title.clone(), advice, focus })
}

fn comes_back(session: &Session, schedule: &Schedule) -> Vec<ComesBack> {
    let mut questions: Vec<ComesBack> = Vec::new();
    for question in &session.questions {
        let due = schedule.question(&question.id).and_then(|asked| asked.due);
        let is_new = questions.iter().all(|other| other.question != question.id);
        questions.extend(due.filter(|_| is_new).map(|due| ComesBack {
            question: question.id.clone(),
            title: question.title.clone(),
            due,
        }));
    }
    questions.sort_by_key(|question| question.due);
    questions
}

impl Habit {
    fn of(what: Shortcoming, answers: impl Iterator<Item = Has>) -> Self {
        answers.flatten().fold(Self { what, times: 0, of: 0 }, |Self { what, times, of }, has| Self {
            what,
            times: times + usize::from(has),
            of: of + 1,
        })
    }
}

impl fmt::Display for Feeling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SureAndWrong(count) => {
                let answers = counted(*count, "answer");
                write!(f, "In {answers} that you were sure of, a core point was missing or something was wrong.")
            }
            Self::UnsureAndRight(count) => {
                let answers = counted(*count, "answer");
                write!(f, "In {answers} that you were unsure of, every core point was there and nothing was wrong.")
            }
            Self::Fits(count) => write!(f, "Your feeling fitted the result in {}.", counted(*count, "answer")),
        }
    }
}

impl fmt::Display for Habit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, times, of } = self;
        match (times, of) {
            (2, 2) => f.write_str("In both")?,
            (times, of) if times == of => write!(f, "In all {of}")?,
            _ => write!(f, "In {times} of {of}")?,
        }
        match what {
            Shortcoming::SomethingWrong => {
                f.write_str(" answers you stated something wrong. Where you are not sure, say so.")
            }
            Shortcoming::CoreLeftOut => {
                f.write_str(" answers you left out a core point. Say the core first, then the details.")
            }
            Shortcoming::Unclear(check) => f.write_str(match check {
                ClarityCheck::AnswersTheQuestion => {
                    " answers you did not answer the question that was asked. Begin with the words of the question."
                }
                ClarityCheck::HeadlineFirst => {
                    " answers the main point did not come within the first sentences. Say it first, then explain it."
                }
                ClarityCheck::SaysWhy => " answers you did not say why. Add the reason to each claim.",
                ClarityCheck::DefinesOrExemplifies => {
                    " answers there was no definition and no example. Give one example."
                }
                ClarityCheck::Ordered => {
                    " answers the order was not clear. Say how many points you have, then number them."
                }
                ClarityCheck::StopsWhenDone => " answers you went on when you were done. Stop after the last point.",
            }),
            Shortcoming::FilledPauses => write!(
                f,
                " spoken answers you said um or uh more than {FILLED_PAUSES_MANY} times a minute. A silent pause is fine."
            ),
            Shortcoming::TooFast => {
                let limit = TYPICAL_WORDS_PER_MINUTE.end();
                write!(f, " spoken answers you spoke faster than {limit} words a minute. Pause after each point.")
            }
            Shortcoming::OverTime => {
                f.write_str(" spoken answers you spoke longer than the time limit. Leave out what was not asked.")
            }
        }
    }
}

#[cfg(test)]
mod tests;
