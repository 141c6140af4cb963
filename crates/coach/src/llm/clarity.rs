//! How clearly it was said. Judged without key points and without verdicts, so that being right does not sound clear.

use std::collections::HashSet;

use interview::claims::{ClarityClaim, Quote};
use interview::judging::Assignment;
use interview::marks::{ClarityCheck, ClarityVerdict};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ask::{Checked, ask};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::subject::Asked;
use super::wire::Form;
use crate::error::CoachError;

/// The longest note that is shown, in characters.
const LONGEST_NOTE: usize = 240;

/// The form of a reply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reply {
    checks: Vec<Checking>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Checking {
    #[schemars(with = "String")]
    check: ClarityCheck,
    #[serde(default)]
    quote: Option<String>,
    #[schemars(with = "String")]
    verdict: ClarityVerdict,
    #[serde(default)]
    note: Option<String>,
}

/// What the model claims about clarity.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Vec<ClarityClaim>, CoachError> {
    let prompt = prompts.render(Template::Clarity, &Asked::of(assignment), fenced)?;
    ask(model, prompts, &prompt, &form(), |reply: Reply| check(assignment, reply)).await
}

fn form() -> Form {
    Form::of::<Reply>("clarity")
        .with_choices("/properties/checks/items/properties/check", ClarityCheck::ALL.map(ClarityCheck::as_str))
        .with_choices("/properties/checks/items/properties/verdict", ["yes", "no", "unclear"])
}

fn check(assignment: &Assignment<'_>, reply: Reply) -> Checked<Vec<ClarityClaim>> {
    let mut checked = HashSet::new();
    for checking in &reply.checks {
        if !checked.insert(checking.check) {
            return Checked::Unusable(format!("the check `{}` is there twice", checking.check.as_str()));
        }
    }
    if let Some(absent) = ClarityCheck::ALL.into_iter().find(|check| !checked.contains(check)) {
        return Checked::Unusable(format!("the check `{}` is not there", absent.as_str()));
    }
    let claims: Vec<ClarityClaim> = reply.checks.into_iter().map(claim).collect();
    let unfounded = unfounded(assignment, &claims);
    if unfounded.is_empty() {
        Checked::Sound(claims)
    } else {
        let checks = unfounded.join(", ");
        Checked::Flawed(
            claims,
            format!("the quotes for these checks are missing or not in the answer word for word: {checks}"),
        )
    }
}

fn claim(checking: Checking) -> ClarityClaim {
    let quote = checking.quote.filter(|quote| !quote.trim().is_empty());
    let quote = match checking.verdict {
        // A yes rests on words: one that names none is treated like one whose words are not there.
        ClarityVerdict::Yes => Some(Quote::Text(quote.unwrap_or_default())),
        ClarityVerdict::No | ClarityVerdict::Unclear => quote.map(Quote::Text),
    };
    let note = checking.note.map(|note| one_line(&note)).filter(|note| !note.is_empty());
    ClarityClaim { check: checking.check, verdict: checking.verdict, quote, note }
}

fn unfounded(assignment: &Assignment<'_>, claims: &[ClarityClaim]) -> Vec<&'static str> {
    let is_unfounded = |claim: &&ClarityClaim| match &claim.quote {
        Some(Quote::Text(quote)) => assignment.transcript.find_words(quote).is_none(),
        Some(Quote::Words { .. } | Quote::Timed { .. }) | None => false,
    };
    claims.iter().filter(is_unfounded).map(|claim| claim.check.as_str()).collect()
}

fn one_line(note: &str) -> String {
    let line: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_NOTE).collect();
    line.trim().to_owned()
}
