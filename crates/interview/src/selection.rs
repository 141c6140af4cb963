//! Choosing the questions of a round. The same bank, wishes and seed give the same round.

use crate::bank::{Bank, Kind, Level, Question};
use crate::id::{QuestionId, TopicId};

/// What the candidate asked for. An empty list leaves that open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Topics to ask about.
    pub topics: Vec<TopicId>,
    /// Levels to ask for.
    pub levels: Vec<Level>,
    /// Kinds of question to ask.
    pub kinds: Vec<Kind>,
    /// Exactly these questions, in this order; the other wishes do not apply then.
    pub question_ids: Vec<QuestionId>,
    /// How many questions; see [`choose`] when there are fewer.
    pub count: Option<usize>,
}

/// How many questions a round has when nobody says.
pub const DEFAULT_COUNT: usize = 5;

/// The wishes cannot be met.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A question asked for by id is not in the bank.
    #[error("there is no question `{0}` in the bank")]
    UnknownQuestion(QuestionId),
    /// A topic is not in the bank.
    #[error("there is no topic `{0}` in the bank")]
    UnknownTopic(TopicId),
    /// Every question asked for is known, and none fits all the wishes.
    #[error("no question in the bank fits all of these wishes; ask for fewer at once")]
    NothingFits,
}

/// Chooses the questions of a round: those asked for by id, or else `count` of those that fit, shuffled by `seed` and then dealt so
/// that topics take turns. When fewer fit, the round is shorter.
///
/// # Errors
///
/// [`SelectionError`] when an id or a topic is unknown, or nothing fits.
pub fn choose<'a>(bank: &'a Bank, wishes: &Wishes, seed: u64) -> Result<Vec<&'a Question>, SelectionError> {
    if !wishes.question_ids.is_empty() {
        return wishes.question_ids.iter().map(|id| find(bank, id)).collect();
    }
    if let Some(unknown) = wishes.topics.iter().find(|topic| !bank.has_topic(topic)) {
        return Err(SelectionError::UnknownTopic(unknown.clone()));
    }
    let mut fitting: Vec<&Question> = bank.questions().iter().filter(|question| fits(question, wishes)).collect();
    if fitting.is_empty() {
        return Err(SelectionError::NothingFits);
    }
    shuffle(&mut fitting, seed);
    let mut dealt = deal_by_topic(fitting);
    dealt.truncate(wishes.count.unwrap_or(DEFAULT_COUNT).max(1));
    Ok(dealt)
}

fn find<'a>(bank: &'a Bank, id: &QuestionId) -> Result<&'a Question, SelectionError> {
    bank.question(id).ok_or_else(|| SelectionError::UnknownQuestion(id.clone()))
}

/// Whether a question meets the wishes for topic, level and kind.
pub fn fits(question: &Question, wishes: &Wishes) -> bool {
    let open_or_has = |open: bool, has: bool| open || has;
    open_or_has(wishes.topics.is_empty(), wishes.topics.contains(&question.topic))
        && open_or_has(wishes.levels.is_empty(), wishes.levels.contains(&question.level))
        && open_or_has(wishes.kinds.is_empty(), wishes.kinds.contains(&question.kind))
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
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        items.swap(last, (mixed % (last as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests;
