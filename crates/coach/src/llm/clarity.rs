//! How clearly it was said. Judged without key points and without verdicts, so that being right does not sound clear.

use std::collections::HashMap;
use std::sync::Arc;

use interview::claims::{ClarityClaim, Quote};
use interview::judging::Assignment;
use interview::marks::{ClarityCheck, ClarityVerdict};
use serde_json::Value;

use super::ask::{Fault, ask};
use super::correctness::{fault, text};
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
    let answer = Answer::of(assignment);
    let form = form(answer.pieces());
    let prompt = prompts.render(Template::Clarity, &Asked::of(assignment), &form, fenced)?;
    let mut reading = Reading { model, answer, claims: HashMap::new() };
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
    claims: HashMap<ClarityCheck, ClarityClaim>,
}

impl Reading<'_> {
    fn take(&mut self, reply: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        for check in ClarityCheck::ALL {
            let name = check.as_str();
            match reply.get(CHECKS).and_then(|checks| checks.get(name)) {
                Some(entry) => {
                    let (claim, wrong) = self.claim(check, entry);
                    self.claims.insert(check, claim);
                    faults.extend(wrong.map(|what| fault(CHECKS, name, what)));
                }
                None if !self.claims.contains_key(&check) => faults.push(fault(CHECKS, name, "it is not there")),
                None => {}
            }
        }
        faults
    }

    /// The claim of an entry, and what the model is asked to correct in it.
    fn claim(&self, check: ClarityCheck, entry: &Value) -> (ClarityClaim, Option<&'static str>) {
        let quote = text(entry, "quote").map(|quote| {
            let (found, quote) = self.answer.quote(quote, &[]);
            self.model.count_quote(found);
            quote
        });
        let note = text(entry, "note").map(one_line).filter(|note| !note.is_empty());
        let claim = |verdict, quote| ClarityClaim { check, verdict, quote, note };
        let unclear = ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None };
        match (text(entry, "verdict"), quote) {
            // A yes rests on words, and on words of its own.
            (Some("yes"), Some(Ok(quote))) if self.uses(check, &quote) < MOST_CHECKS_OF_A_QUOTE => {
                (claim(ClarityVerdict::Yes, Some(quote)), None)
            }
            (Some("yes"), Some(Ok(_))) => (unclear, None),
            (Some("yes"), quote) => {
                (unclear, quote.map_or(Some(Unfounded::Missing), Result::err).and_then(|unfounded| unfounded.fault()))
            }
            (Some("no"), quote) => (claim(ClarityVerdict::No, quote.and_then(Result::ok)), None),
            (Some("unclear"), quote) => (claim(ClarityVerdict::Unclear, quote.and_then(Result::ok)), None),
            _ => (unclear, Some("its verdict is none of those there are")),
        }
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
