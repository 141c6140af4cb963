//! How clearly it was said. Judged without key points and without verdicts, so that being right does not sound clear.

use std::collections::HashMap;
use std::sync::Arc;

use interview::claims::{ClarityClaim, Quote};
use interview::judging::Assignment;
use interview::marks::{ClarityCheck, ClarityVerdict};
use interview::wording::counted;
use serde_json::Value;

use super::ask::{Fault, ask};
use super::correctness::{fault, text, those_that_hold};
use super::form::{Form, Shape};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::quotes::{Answer, Unfounded};
use super::subject::Asked;
use crate::error::CoachError;

/// The longest note that is shown, in characters.
const LONGEST_NOTE: usize = 160;

/// How many checks the same words may be evidence for: in a short answer one sentence may well be the main claim and the reason.
const MOST_CHECKS_OF_A_QUOTE: usize = 3;

const CHECKS: &str = "checks";

/// What a model claims about clarity.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub claims: Vec<ClarityClaim>,
    /// What does not count of what the model said, and why.
    pub remark: Option<String>,
}

/// What the model claims about clarity.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Judged, CoachError> {
    let answer = Answer::of(assignment);
    let form = form(answer.pieces());
    let prompt = prompts.render(Template::Clarity, &Asked::of(assignment), &form, fenced)?;
    let mut reading = Reading { model, answer, claims: HashMap::new() };
    ask(model, prompts, &prompt, &form, |reply| reading.take(reply)).await?;
    if reading.claims.is_empty() {
        return Err(CoachError::Malformed { reason: "it reports on none of the checks".to_owned() });
    }
    let remark = reading.remark();
    let claim = |check| {
        let unclear = ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None };
        reading.claims.remove(&check).map_or(unclear, |(claim, _)| claim)
    };
    Ok(Judged { claims: ClarityCheck::ALL.map(claim).into(), remark })
}

pub(super) fn form(pieces: Arc<[String]>) -> Form {
    let check = |check: ClarityCheck| {
        let fields = vec![
            ("quote".to_owned(), Shape::Quote(pieces.clone())),
            ("verdict".to_owned(), Shape::OneOf(&["yes", "no", "unclear"])),
            ("note".to_owned(), Shape::TextOrNull("one short sentence", LONGEST_NOTE)),
        ];
        (check.as_str().to_owned(), Shape::Object(fields))
    };
    let checks = Shape::Object(ClarityCheck::ALL.map(check).into());
    Form { name: "clarity", shape: Shape::Object(vec![(CHECKS.to_owned(), checks)]) }
}

struct Reading<'a> {
    model: &'a Model,
    answer: Answer<'a>,
    claims: HashMap<ClarityCheck, (ClarityClaim, Option<Doubted>)>,
}

/// Why a yes does not count.
#[derive(Clone, Debug, PartialEq)]
enum Doubted {
    Unfounded(Unfounded),
    /// It rests on words on which enough other checks rest.
    Reused,
}

impl Reading<'_> {
    fn take(&mut self, reply: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        for check in ClarityCheck::ALL {
            let name = check.as_str();
            match reply.get(CHECKS).and_then(|checks| checks.get(name)) {
                Some(entry) => {
                    let Some((claim, doubted)) = self.claim(check, entry) else {
                        faults.push(fault(CHECKS, name, "its verdict is none of those there are"));
                        continue;
                    };
                    if let Some(Doubted::Unfounded(unfounded)) = &doubted {
                        faults.extend(unfounded.fault().map(|what| fault(CHECKS, name, what)));
                    }
                    self.claims.insert(check, (claim, doubted));
                }
                None if !self.claims.contains_key(&check) => faults.push(fault(CHECKS, name, "it is not there")),
                None => {}
            }
        }
        faults
    }

    /// The claim of an entry, and why its yes does not count. None when there is no verdict.
    fn claim(&self, check: ClarityCheck, entry: &Value) -> Option<(ClarityClaim, Option<Doubted>)> {
        let quote = text(entry, "quote").map(|quote| {
            let (found, quote) = self.answer.quote(quote, &[]);
            self.model.count_quote(found);
            quote
        });
        let note = text(entry, "note").map(one_line).filter(|note| !note.is_empty());
        let claim = |verdict, quote| ClarityClaim { check, verdict, quote, note };
        let unclear = ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None };
        Some(match text(entry, "verdict")? {
            // A yes rests on words, and on words of its own.
            "yes" => match quote.unwrap_or(Err(Unfounded::Missing)) {
                Ok(quote) if self.uses(check, &quote) < MOST_CHECKS_OF_A_QUOTE => {
                    (claim(ClarityVerdict::Yes, Some(quote)), None)
                }
                Ok(_) => (unclear, Some(Doubted::Reused)),
                Err(unfounded) => (unclear, Some(Doubted::Unfounded(unfounded))),
            },
            "no" => (claim(ClarityVerdict::No, quote.and_then(Result::ok)), None),
            "unclear" => (claim(ClarityVerdict::Unclear, quote.and_then(Result::ok)), None),
            _ => return None,
        })
    }

    /// What does not count, in words for the candidate.
    fn remark(&self) -> Option<String> {
        let checks = ClarityCheck::ALL.len();
        let of_checks = |number: usize| format!("{number} of {} of clarity", counted(checks, "check"));
        let count = |wanted: fn(&Doubted) -> bool| {
            self.claims.values().filter(|(_, doubted)| doubted.as_ref().is_some_and(wanted)).count()
        };
        let demands = count(|doubted| matches!(doubted, Doubted::Unfounded(Unfounded::Demand)));
        let not_said = count(|doubted| matches!(doubted, Doubted::Unfounded(_))) - demands;
        let reused = count(|doubted| matches!(doubted, Doubted::Reused));
        let not_judged = checks - self.claims.len();
        those_that_hold([
            (not_judged, format!("The model did not judge {}.", of_checks(not_judged))),
            (
                not_said,
                format!(
                    "The model's quotes were not in your answer for {}, so they do not count.",
                    of_checks(not_said)
                ),
            ),
            (
                demands,
                format!(
                    "For {} the model quoted a passage that tells it how to judge, so they do not count.",
                    of_checks(demands)
                ),
            ),
            (
                reused,
                format!(
                    "For {} the model quoted the same words as for others, so they do not count.",
                    of_checks(reused)
                ),
            ),
        ])
    }

    /// How many other checks rest on these words, on some of them, or on more words around them.
    fn uses(&self, check: ClarityCheck, quote: &Quote) -> usize {
        let others = self.claims.values().map(|(claim, _)| claim).filter(|claim| claim.check != check);
        let others = others.filter(|claim| claim.verdict == ClarityVerdict::Yes);
        others.filter(|claim| claim.quote.as_ref().is_some_and(|other| is_the_same_place(other, quote))).count()
    }
}

fn is_the_same_place(one: &Quote, other: &Quote) -> bool {
    match (one, other) {
        (&Quote::Words { first, last }, &Quote::Words { first: others_first, last: others_last }) => {
            (first <= others_first && others_last <= last) || (others_first <= first && last <= others_last)
        }
        _ => one == other,
    }
}

fn one_line(note: &str) -> String {
    let line: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_NOTE).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_of_which_one_holds_the_other_are_of_the_same_place() {
        let words = |first, last| Quote::Words { first, last };
        for (one, other, same) in [
            (words(2, 6), words(2, 6), true),
            (words(0, 30), words(10, 13), true),
            (words(0, 5), words(3, 8), false),
            (words(0, 2), words(3, 5), false),
        ] {
            assert_eq!(is_the_same_place(&one, &other), same, "{one:?} {other:?}");
            assert_eq!(is_the_same_place(&other, &one), same, "{other:?} {one:?}");
        }
    }
}
