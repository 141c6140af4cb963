//! Choosing the questions of a round. The same bank, wishes, seed, schedule and time give the same round.

use std::time::{Duration, SystemTime};

use crate::bank::{Bank, Kind, Level, Question};
use crate::id::{QuestionId, Tag, TopicId};
use crate::pacing::planned;
use crate::schedule::Schedule;

/// What the candidate asked for. An empty list leaves that open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Subjects to ask about.
    pub subjects: Vec<String>,
    /// Topics to ask about.
    pub topics: Vec<TopicId>,
    /// Levels to ask for.
    pub levels: Vec<Level>,
    /// Kinds of question to ask.
    pub kinds: Vec<Kind>,
    /// Tags, of which a question has at least one.
    pub tags: Vec<Tag>,
    /// Exactly these questions, in this order; the other wishes do not apply then.
    pub question_ids: Vec<QuestionId>,
    /// How many questions; see [`choose`] when there are fewer.
    pub count: Option<usize>,
    /// As many questions as fit into an interview of this length, in place of `count`, the easy ones first.
    pub interview: Option<Duration>,
    /// Whether questions that were asked within [`REST`] are left out; else they come last.
    pub nothing_twice: bool,
}

/// How many questions a round has when nobody says.
pub const DEFAULT_COUNT: usize = 5;

/// How long a question rests before it is asked again, unless that is wished for.
pub const REST: Duration = Duration::from_secs(24 * 60 * 60);

/// The wishes cannot be met.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A question asked for by id is not in the bank.
    #[error("there is no question `{0}` in the bank")]
    UnknownQuestion(QuestionId),
    /// A subject is not in the bank.
    #[error("there is no subject `{subject}`; the subjects are {known}")]
    UnknownSubject {
        /// The subject asked for.
        subject: String,
        /// Those there are, separated by commas.
        known: String,
    },
    /// A topic is not in the bank.
    #[error("there is no topic `{topic}`; the topics are {known}")]
    UnknownTopic {
        /// The topic asked for.
        topic: TopicId,
        /// Those there are, separated by commas.
        known: String,
    },
    /// Every question asked for is known, and none fits all the wishes.
    #[error("no question in the bank fits all of these wishes; ask for fewer at once")]
    NothingFits,
    /// Every question that fits the wishes rests.
    #[error("every question that fits was asked within the last 24 hours")]
    AllRest,
}

/// Chooses the questions of a round: those asked for by id, or else `count` of those that fit. Questions that are due come first, the one
/// due longest at the head; then those that the schedule knows no date for, shuffled by `seed` and dealt so that topics take turns; then
/// those that are not due yet. Questions asked within [`REST`] come last of all, or not at all. Two questions that give each other's answer
/// away are never both chosen, and a question comes after its prerequisites. When fewer fit, the round is shorter. The questions of an
/// interview are put in order by level, then by the time that they take.
pub fn choose<'a>(
    bank: &'a Bank,
    wishes: &Wishes,
    seed: u64,
    schedule: &Schedule,
    now: SystemTime,
) -> Result<Vec<&'a Question>, SelectionError> {
    if !wishes.question_ids.is_empty() {
        let find = |id: &QuestionId| bank.question(id).ok_or_else(|| SelectionError::UnknownQuestion(id.clone()));
        return wishes.question_ids.iter().map(find).collect();
    }
    let mut fitting = fitting(bank, wishes)?;
    if fitting.is_empty() {
        return Err(SelectionError::NothingFits);
    }
    let rests = |question: &Question| rests(question, schedule, now);
    fitting.retain(|question| !(wishes.nothing_twice && rests(question)));
    if fitting.is_empty() {
        return Err(SelectionError::AllRest);
    }
    shuffle(&mut fitting, seed);
    let mut ordered = deal_by_topic(fitting);
    ordered.sort_by_key(|question| (rests(question), Urgency::of(question, schedule, now)));
    let count = wishes.count.unwrap_or(DEFAULT_COUNT).max(1);
    let is_full = |chosen: &[&Question]| match wishes.interview {
        None => chosen.len() >= count,
        Some(length) => chosen.iter().map(|question| planned(question.time_limit)).sum::<Duration>() >= length,
    };
    let mut chosen: Vec<&Question> = Vec::new();
    for question in ordered {
        if !is_full(&chosen) && !chosen.iter().any(|other| conflict(question, other)) {
            chosen.push(question);
        }
    }
    if wishes.interview.is_some() {
        chosen.sort_by_key(|question| (question.level, question.time_limit));
    }
    Ok(prerequisites_first(chosen))
}

/// Whether the question was asked too short a time ago. An hour on which the clock was wrong does not put a question off for good: what
/// was asked in the future has rested.
fn rests(question: &Question, schedule: &Schedule, now: SystemTime) -> bool {
    let asked = schedule.question(&question.id);
    asked.is_some_and(|asked| now.duration_since(asked.last).is_ok_and(|since| since < REST))
}

/// In which order questions are taken.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Urgency<'q> {
    Due(SystemTime, &'q QuestionId),
    Undated,
    Later(SystemTime, &'q QuestionId),
}

impl<'q> Urgency<'q> {
    fn of(question: &'q Question, schedule: &Schedule, now: SystemTime) -> Self {
        match schedule.question(&question.id).and_then(|asked| asked.due) {
            None => Self::Undated,
            Some(due) if due <= now => Self::Due(due, &question.id),
            Some(due) => Self::Later(due, &question.id),
        }
    }
}

/// Whether one of two questions gives the other's answer away; it is enough that one of them says so.
fn conflict(one: &Question, other: &Question) -> bool {
    one.conflicts_with.contains(&other.id) || other.conflicts_with.contains(&one.id)
}

/// Moves each question behind those of its prerequisites that were chosen too, and keeps the order otherwise.
fn prerequisites_first(mut chosen: Vec<&Question>) -> Vec<&Question> {
    let mut ordered = Vec::with_capacity(chosen.len());
    while !chosen.is_empty() {
        let waits = |question: &&Question| chosen.iter().any(|other| question.prerequisites.contains(&other.id));
        // Prerequisites that lead in a circle are refused when the bank is checked; here the first question breaks the circle.
        let next = chosen.iter().position(|question| !waits(question)).unwrap_or(0);
        ordered.push(chosen.remove(next));
    }
    ordered
}

/// The wording in which to ask a question: one that was not asked before, picked by `seed`, or else the one asked longest ago. `asked`
/// are the wordings of earlier times, the latest last.
pub fn wording<'q>(question: &'q Question, asked: &[String], seed: u64) -> &'q str {
    let prompts = question.prompts.all();
    let last_asked = |prompt: &String| asked.iter().rposition(|earlier| earlier == prompt);
    let fresh: Vec<&String> = prompts.iter().filter(|prompt| last_asked(prompt).is_none()).collect();
    // Mixed with the id, so that one seed does not pick the same place in every question.
    let picked = question.id.as_str().bytes().fold(mixed(seed), |state, byte| mixed(state ^ u64::from(byte)));
    match fresh.len() {
        0 => prompts.iter().min_by_key(|prompt| last_asked(prompt)).map_or(question.prompts.first(), String::as_str),
        count => fresh[(picked % count as u64) as usize],
    }
}

/// The questions that meet the wishes for subject, topic, level, kind and tag, in the order of the bank.
pub fn fitting<'a>(bank: &'a Bank, wishes: &Wishes) -> Result<Vec<&'a Question>, SelectionError> {
    let subjects = bank.topics().subjects();
    if let Some(unknown) = wishes.subjects.iter().find(|subject| !subjects.contains(subject.as_str())) {
        let known = Vec::from_iter(subjects).join(", ");
        return Err(SelectionError::UnknownSubject { subject: unknown.clone(), known });
    }
    if let Some(unknown) = wishes.topics.iter().find(|topic| bank.topics().get(topic).is_none()) {
        let known = bank.topics().iter().map(|topic| topic.id.as_str()).collect::<Vec<_>>().join(", ");
        return Err(SelectionError::UnknownTopic { topic: unknown.clone(), known });
    }
    Ok(bank.questions().iter().filter(|question| fits(bank, question, wishes)).collect())
}

fn fits(bank: &Bank, question: &Question, wishes: &Wishes) -> bool {
    let has_subject =
        || bank.topics().get(&question.topic).is_some_and(|topic| wishes.subjects.contains(&topic.subject));
    (wishes.subjects.is_empty() || has_subject())
        && (wishes.topics.is_empty() || wishes.topics.contains(&question.topic))
        && (wishes.levels.is_empty() || wishes.levels.contains(&question.level))
        && (wishes.kinds.is_empty() || wishes.kinds.contains(&question.kind))
        && (wishes.tags.is_empty() || wishes.tags.iter().any(|tag| question.tags.contains(tag)))
}

/// Takes one question of each topic in turn, topics in the order in which they first occur.
fn deal_by_topic(questions: Vec<&Question>) -> Vec<&Question> {
    let mut rounds: Vec<(usize, &Question)> = Vec::with_capacity(questions.len());
    let mut seen: std::collections::HashMap<&TopicId, usize> = std::collections::HashMap::new();
    for question in questions {
        let round = seen.entry(&question.topic).or_default();
        rounds.push((*round, question));
        *round += 1;
    }
    rounds.sort_by_key(|(round, _)| *round);
    rounds.into_iter().map(|(_, question)| question).collect()
}

/// Fisher and Yates's shuffle, driven by SplitMix64 (Steele, Lea and Flood 2014).
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state.wrapping_add(SPLIT_MIX);
        items.swap(last, (mixed(state) % (last as u64 + 1)) as usize);
    }
}

const SPLIT_MIX: u64 = 0x9e37_79b9_7f4a_7c15;

fn mixed(state: u64) -> u64 {
    let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;
