//! What was said: verdicts on key points and misconceptions, each with its quote.

use std::collections::HashSet;

use interview::claims::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim, Quote};
use interview::judging::{self, Assignment};
use interview::marks::{Doubt, Marks, Verdict};
use interview::{KeyPointId, MisconceptionId};
use schemars::JsonSchema;
use serde::Deserialize;

use super::ask::{Checked, ask};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::subject::AskedWithRubric;
use super::wire::Form;
use crate::error::CoachError;

/// The form of a reply. The quote stands before the verdict so that a model looks for words before it decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reply {
    key_points: Vec<JudgedPoint>,
    #[serde(default)]
    misconceptions: Vec<StatedMisconception>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct JudgedPoint {
    id: String,
    #[serde(default)]
    quote: Option<String>,
    verdict: JudgedVerdict,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum JudgedVerdict {
    Hit,
    Missed,
    Unclear,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StatedMisconception {
    id: String,
    quote: String,
}

/// What the model claims about correctness, and the marks that come of it.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<(Claims, Marks), CoachError> {
    let subject = AskedWithRubric::shuffled(assignment, model.name());
    let prompt = prompts.render(Template::Correctness, &subject, fenced)?;
    ask(model, prompts, &prompt, &form(assignment), |reply: Reply| check(assignment, reply)).await
}

fn form(assignment: &Assignment<'_>) -> Form {
    let rubric = assignment.rubric;
    Form::of::<Reply>("marks")
        .with_choices(
            "/properties/key_points/items/properties/id",
            rubric.key_points.iter().map(|point| point.id.as_str()),
        )
        .with_choices(
            "/properties/misconceptions/items/properties/id",
            rubric.misconceptions.iter().map(|misconception| misconception.id.as_str()),
        )
}

fn check(assignment: &Assignment<'_>, reply: Reply) -> Checked<(Claims, Marks)> {
    let claims = match claims(reply) {
        Ok(claims) => claims,
        Err(unknown) => return Checked::Unusable(unknown),
    };
    let invented = invented_quotes(assignment, &claims);
    let repeated = repeated(&claims);
    let marks = match judging::correctness(assignment.rubric, assignment.transcript, &claims) {
        Err(invalid) => return Checked::Unusable(invalid.to_string()),
        Ok(correctness) => correctness.marks().clone(),
    };
    let unfounded = unfounded(&marks).chain(invented).collect::<Vec<_>>().join(", ");
    if !unfounded.is_empty() {
        let fault = format!("the quotes for these ids are not in the answer word for word: {unfounded}");
        return Checked::Flawed((claims, marks), fault);
    }
    match repeated {
        Some(id) => Checked::Flawed((claims, marks), format!("the misconception `{id}` is there twice")),
        None => Checked::Sound((claims, marks)),
    }
}

fn claims(reply: Reply) -> Result<Claims, String> {
    let no_such = |what: &str, id: String| format!("there is no {what} `{}`", id.chars().take(64).collect::<String>());
    let key_points = reply.key_points.into_iter().map(|point| {
        let id = point.id.parse::<KeyPointId>().map_err(|_invalid| no_such("key point", point.id))?;
        let quote = point.quote.filter(|quote| !quote.trim().is_empty()).map(Quote::Text);
        let verdict = match point.verdict {
            // An empty quote is in no transcript, so a hit without a quote becomes unclear.
            JudgedVerdict::Hit => ClaimedVerdict::Hit(quote.unwrap_or(Quote::Text(String::new()))),
            JudgedVerdict::Missed => ClaimedVerdict::Missed(quote),
            JudgedVerdict::Unclear => ClaimedVerdict::Unclear(Doubt::CoachUndecided, quote),
        };
        Ok(KeyPointClaim { id, verdict })
    });
    let misconceptions = reply.misconceptions.into_iter().map(|stated| {
        let id = stated.id.parse::<MisconceptionId>().map_err(|_invalid| no_such("misconception", stated.id))?;
        Ok(MisconceptionClaim { id, quote: Quote::Text(stated.quote) })
    });
    Ok(Claims {
        key_points: key_points.collect::<Result<_, String>>()?,
        misconceptions: misconceptions.collect::<Result<_, String>>()?,
    })
}

/// A misconception that is claimed more than once.
fn repeated(claims: &Claims) -> Option<MisconceptionId> {
    let mut stated = HashSet::new();
    claims.misconceptions.iter().find(|claim| !stated.insert(&claim.id)).map(|claim| claim.id.clone())
}

/// The misconceptions whose quotes were not said. They leave no mark, so they are looked for among the claims.
fn invented_quotes(assignment: &Assignment<'_>, claims: &Claims) -> Vec<String> {
    let is_invented = |claim: &&MisconceptionClaim| match &claim.quote {
        Quote::Text(quote) => assignment.transcript.find_words(quote).is_none(),
        Quote::Words { .. } | Quote::Timed { .. } => false,
    };
    claims.misconceptions.iter().filter(is_invented).map(|claim| claim.id.to_string()).collect()
}

fn unfounded(marks: &Marks) -> impl Iterator<Item = String> + '_ {
    let is_unfounded = |verdict: &Verdict| matches!(verdict, Verdict::Unclear { doubt: Doubt::QuoteNotFound, .. });
    marks.key_points().iter().filter(move |mark| is_unfounded(&mark.verdict)).map(|mark| mark.id.to_string())
}
