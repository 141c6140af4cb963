//! What a client wants of a session or a list, on its way in.

use api::question::QuestionFilter;
use api::session::{NewSession, SessionFilter};
use interview::bank::Question;
use interview::follow_up::FollowUpLimit;
use interview::selection::{Wishes, fits};
use store::{PageLimit, SessionQuery, SessionState};

use crate::api_error::ApiError;

/// The most questions of one session.
const MOST_QUESTIONS: u32 = 50;

/// The most entries of each list of wishes.
const MOST_WISHES: usize = 100;

/// What the questions of a new session are to be.
pub(crate) fn wishes(new: &NewSession) -> Result<Wishes, ApiError> {
    if [&new.topics, &new.levels, &new.kinds, &new.tags, &new.question_ids].iter().any(|list| list.len() > MOST_WISHES)
    {
        return Err(ApiError::Unprocessable(format!("a list of wishes has at most {MOST_WISHES} entries")));
    }
    if new.questions.is_some_and(|count| !(1..=MOST_QUESTIONS).contains(&count))
        || new.question_ids.len() > MOST_QUESTIONS as usize
    {
        return Err(ApiError::Unprocessable(format!("a session has 1 to {MOST_QUESTIONS} questions")));
    }
    if let Some(twice) = first_repeated(&new.question_ids) {
        return Err(ApiError::Unprocessable(format!("the question `{twice}` is asked for twice")));
    }
    Ok(Wishes {
        topics: parsed(&new.topics)?,
        levels: parsed(&new.levels)?,
        kinds: parsed(&new.kinds)?,
        tags: parsed(&new.tags)?,
        question_ids: parsed(&new.question_ids)?,
        count: new.questions.map(|count| count as usize),
    })
}

/// How many follow-ups a question may get.
pub(crate) fn follow_ups(new: &NewSession) -> Result<FollowUpLimit, ApiError> {
    match new.follow_ups {
        None => Ok(FollowUpLimit::default()),
        Some(limit) => limit.try_into().map_err(unprocessable),
    }
}

/// The questions of the bank that a filter lets through.
pub(crate) fn filtered<'a>(questions: &'a [Question], filter: &QuestionFilter) -> Result<Vec<&'a Question>, ApiError> {
    let wishes = Wishes {
        topics: parsed(filter.topic.as_slice())?,
        levels: parsed(filter.level.as_slice())?,
        kinds: parsed(filter.kind.as_slice())?,
        tags: parsed(filter.tag.as_slice())?,
        ..Wishes::default()
    };
    let words: Vec<String> = filter.q.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let has_words = |question: &Question| {
        let text =
            format!("{} {} {} {}", question.title, question.prompts.all().join(" "), question.topic, question.id)
                .to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    Ok(questions.iter().filter(|question| fits(question, &wishes) && has_words(question)).collect())
}

/// Which sessions to list.
pub(crate) fn session_query(filter: &SessionFilter) -> Result<SessionQuery, ApiError> {
    let limit = filter.limit.map(PageLimit::try_from).transpose().map_err(unprocessable)?;
    Ok(SessionQuery {
        topic: filter.topic.as_deref().map(str::parse).transpose().map_err(unprocessable)?,
        state: filter.state.map(|state| match state {
            api::session::SessionState::Open => SessionState::Open,
            api::session::SessionState::Finished => SessionState::Finished,
        }),
        after: filter.cursor.as_deref().map(str::parse).transpose().map_err(unprocessable)?,
        limit: limit.unwrap_or_default(),
    })
}

fn first_repeated(names: &[String]) -> Option<&String> {
    let mut seen = std::collections::HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

fn parsed<T>(names: &[String]) -> Result<Vec<T>, ApiError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    names.iter().map(|name| name.parse().map_err(unprocessable)).collect()
}

fn unprocessable(error: impl std::fmt::Display) -> ApiError {
    ApiError::Unprocessable(error.to_string())
}
