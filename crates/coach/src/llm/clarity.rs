//! How clearly it was said. Judged without key points and without verdicts, so that being right does not sound clear.

use std::collections::HashMap;

use interview::claims::{ClarityClaim, Quote};
use interview::judging::Assignment;
use interview::marks::{ClarityCheck, ClarityVerdict};
use serde_json::Value;

use super::ask::{Fault, ask};
use super::correctness::{LONGEST_QUOTE, fault, text};
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

/// What the model claims about clarity.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Vec<ClarityClaim>, CoachError> {
    let form = form();
    let prompt = prompts.render(Template::Clarity, &Asked::of(assignment), &form, fenced)?;
    let mut reading = Reading { model, answer: Answer::of(assignment), claims: HashMap::new() };
    ask(model, prompts, &prompt, &form, |reply| reading.take(reply)).await?;
    if reading.claims.is_empty() {
        return Err(CoachError::Malformed { reason: "it reports on none of the checks".to_owned() });
    }
    let claim = |check| {
        let unclear = ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None };
        reading.claims.remove(&check).unwrap_or(unclear)
    };
    Ok(ClarityCheck::ALL.map(claim).into())
}

pub(super) fn form() -> Form {
    let check = |check: ClarityCheck| {
        let fields = vec![
            ("quote".to_owned(), Shape::TextOrNull("words copied from the answer", LONGEST_QUOTE)),
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
    claims: HashMap<ClarityCheck, ClarityClaim>,
}

impl Reading<'_> {
    fn take(&mut self, reply: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        for check in ClarityCheck::ALL {
            let name = check.as_str();
            match reply.get(CHECKS).and_then(|checks| checks.get(name)) {
                Some(entry) => match self.claim(check, entry) {
                    Ok(claim) => _ = self.claims.insert(check, claim),
                    Err(what) => {
                        let unclear = ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None };
                        self.claims.insert(check, unclear);
                        faults.push(fault(CHECKS, name, what));
                    }
                },
                None if !self.claims.contains_key(&check) => faults.push(fault(CHECKS, name, "it is not there")),
                None => {}
            }
        }
        faults
    }

    /// The claim of an entry, or what is wrong with it.
    fn claim(&self, check: ClarityCheck, entry: &Value) -> Result<ClarityClaim, &'static str> {
        let verdict = match text(entry, "verdict") {
            Some("yes") => ClarityVerdict::Yes,
            Some("no") => ClarityVerdict::No,
            Some("unclear") => ClarityVerdict::Unclear,
            _ => return Err("its verdict is none of those there are"),
        };
        let quote = text(entry, "quote").map(|quote| {
            let (found, quote) = self.answer.quote(quote, &[]);
            self.model.count_quote(found);
            quote
        });
        let quote = match (verdict, quote) {
            // A yes rests on words.
            (ClarityVerdict::Yes, None) => return Err(Unfounded::Missing.as_str()),
            (ClarityVerdict::Yes, Some(Err(unfounded))) => return Err(unfounded.as_str()),
            (ClarityVerdict::Yes, Some(Ok(quote))) if self.uses(check, &quote) >= MOST_CHECKS_OF_A_QUOTE => {
                return Err("its quote is the evidence of other checks; quote another place");
            }
            (_, quote) => quote.and_then(Result::ok),
        };
        let note = text(entry, "note").map(one_line).filter(|note| !note.is_empty());
        Ok(ClarityClaim { check, verdict, quote, note })
    }

    /// How many other checks rest on these words.
    fn uses(&self, check: ClarityCheck, quote: &Quote) -> usize {
        let others = self.claims.values().filter(|claim| claim.check != check);
        others.filter(|claim| claim.verdict == ClarityVerdict::Yes && claim.quote.as_ref() == Some(quote)).count()
    }
}

fn one_line(note: &str) -> String {
    let line: String = note.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_NOTE).collect();
    line.trim().to_owned()
}
