//! Checks the connection before an answer depends on it.

use std::time::{Duration, Instant};

use interview::follow_up::Rubric;
use interview::judging::Assignment;
use interview::{Question, Transcript};

use super::model::Model;
use super::prompts::Template;
use super::settings::Thinking;
use super::subject::AskedWithRubric;
use super::wire::Enforcement;
use super::{LlmCoach, Usage, correctness, metered};
use crate::error::{CoachError, misconfigured, refused};

/// The tokens that an answer of some minutes takes.
const ANSWER_TOKENS: u32 = 800;

/// The most names of models that a message lists.
const MOST_NAMES: usize = 8;

/// A connection that works, and what judging an answer took.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// The models that were asked.
    pub models: Vec<String>,
    /// The server's host and port.
    pub server: String,
    /// The model that answered last, where the server names it.
    pub answered_as: Option<String>,
    /// The models that the server has; none when it does not say.
    pub available: Vec<String>,
    /// How the server holds replies to their form.
    pub enforcement: Enforcement,
    /// The size of the server's context in tokens, where it says it.
    pub context_tokens: Option<u64>,
    /// How long all the calls took together, as an answer will.
    pub took: Duration,
    /// What the calls used up.
    pub usage: Usage,
    /// What does not count of what the model said.
    pub remark: Option<String>,
}

/// Asks which models there are, and has the question's model answer judged.
pub(super) async fn check(coach: &LlmCoach, question: &Question, bank: &[Question]) -> Result<Connection, CoachError> {
    let models: Vec<&Model> = std::iter::once(&coach.model).chain(&coach.second).collect();
    let available = available(&coach.model).await?;
    for model in &models {
        if !available.is_empty() && !available.iter().any(|known| is_named(known, model.name())) {
            let reason = format!("{} has no model `{}`; it has {}", model.server(), model.name(), listed(&available));
            return Err(refused(reason));
        }
    }
    let transcript = Transcript::typed(&question.spoken(&question.model_answer));
    let rubric = Rubric::of(question, None);
    let assignment = Assignment::to_question(question, &rubric, &transcript);
    let context_tokens = coach.model.context().await;
    let needed = std::iter::once(question).chain(bank).map(|question| tokens_needed(coach, question));
    let needed = u64::from(needed.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or_default());
    if let Some(context) = context_tokens.filter(|context| *context < needed) {
        let reason = format!(
            "the context of {} is {context} tokens and judging needs about {needed}: start the server with a larger one",
            coach.model.server()
        );
        return Err(misconfigured(reason));
    }
    let began = Instant::now();
    let (report, usage) = metered(coach.judge(&assignment, Duration::ZERO, None)).await;
    let report = report?;
    report.correctness?;
    report.clarity?;
    Ok(Connection {
        models: models.iter().map(|model| model.name().to_owned()).collect(),
        server: coach.model.server(),
        answered_as: coach.model.answered_as(),
        available,
        enforcement: coach.model.enforcement(),
        context_tokens,
        took: began.elapsed(),
        usage,
        remark: report.remark,
    })
}

/// The models that the server lists. A server without such a list has none.
async fn available(model: &Model) -> Result<Vec<String>, CoachError> {
    match model.models().await {
        Ok(models) => Ok(models.into_iter().map(|model| model.name).collect()),
        Err(unavailable @ (CoachError::Unavailable { .. } | CoachError::TimedOut { .. })) => Err(unavailable),
        // What is wrong besides, the judging will say.
        Err(_no_list) => Ok(Vec::new()),
    }
}

/// Whether a server that lists `known` means the model of this name: services leave out or add a folder or a tag.
pub(super) fn is_named(known: &str, name: &str) -> bool {
    let known = known.strip_prefix("models/").unwrap_or(known);
    let base = |name: &str| name.split_once(':').map_or(name, |(base, _)| base).to_owned();
    known == name || known.strip_suffix(":latest") == Some(name) || (name.contains('/') && base(name) == known)
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The context that judging an answer to this question needs, in tokens: instructions with examples, answer, thoughts and reply.
fn tokens_needed(coach: &LlmCoach, question: &Question) -> Result<u32, CoachError> {
    let (rubric, transcript) = (Rubric::of(question, None), Transcript::typed(&question.model_answer));
    let assignment = Assignment::to_question(question, &rubric, &transcript);
    let subject = AskedWithRubric::shuffled(&assignment, coach.model.name());
    let subject = subject.with_examples(&assignment, coach.model.settings().examples());
    let form = correctness::form(&subject, [].into());
    let prompt = coach.prompts.render(Template::Correctness, &subject, &form, "")?;
    let instructions = u32::try_from(prompt.instructions.len() / 4).unwrap_or(u32::MAX);
    let thoughts = coach.model.thinking().and_then(Thinking::budget).unwrap_or_default();
    let parts = [ANSWER_TOKENS, thoughts, form.most_tokens()];
    Ok(parts.into_iter().fold(instructions, u32::saturating_add))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_known_by_the_names_that_servers_give_it() {
        for (known, name, is_it) in [
            ("qwen3", "qwen3", true),
            ("qwen3:latest", "qwen3", true),
            ("qwen3:8b", "qwen3", false),
            ("models/gemini-2.5-flash", "gemini-2.5-flash", true),
            ("meta/llama-3", "meta/llama-3:free", true),
            ("gpt-5", "gpt-7-nonsense", false),
        ] {
            assert_eq!(is_named(known, name), is_it, "{known} {name}");
        }
    }

    #[test]
    fn a_long_list_of_models_is_cut() {
        let names: Vec<String> = (0..10).map(|number| number.to_string()).collect();
        assert!(listed(&names).ends_with("`7` and 2 more"));
    }
}
