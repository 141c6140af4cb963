//! Questions on their way out.

use api::question::{Citation, KeyPoint, Misconception, Question, QuestionAnswer, Snippet, SnippetAnswer};
use interview::bank::{self, Outcome};

/// The question as it is asked: nothing in it gives the answer away.
pub(crate) fn asked(question: &bank::Question) -> Question {
    Question {
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
pub fn revealed(question: &bank::Question) -> Question {
    Question { answer: Some(answer(question)), ..asked(question) }
}

fn snippet(snippet: &bank::Snippet) -> Snippet {
    Snippet { language: snippet.language.as_str().to_owned(), code: snippet.code.clone() }
}

fn answer(question: &bank::Question) -> QuestionAnswer {
    QuestionAnswer {
        key_points: question.key_points.iter().map(key_point).collect(),
        misconceptions: question.misconceptions.iter().map(misconception).collect(),
        model_answer: question.model_answer.clone(),
        snippet: question.snippet.as_ref().map(snippet_answer),
        sources: question.sources.iter().map(citation).collect(),
    }
}

fn citation(citation: &bank::Citation) -> Citation {
    Citation { title: citation.title.clone(), url: citation.url.clone() }
}

fn key_point(point: &bank::KeyPoint) -> KeyPoint {
    KeyPoint { id: point.id.to_string(), summary: point.summary.clone(), weight: point.weight.get(), core: point.core }
}

fn misconception(misconception: &bank::Misconception) -> Misconception {
    Misconception {
        id: misconception.id.to_string(),
        claim: misconception.claim.clone(),
        why_wrong: misconception.why_wrong.clone(),
    }
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
