//! How clearly it was said. Judged without key points and without verdicts, so that being right does not sound clear.

use std::sync::Arc;

use interview::claims::{ClarityClaim, Quote};
use interview::judging::Assignment;
use interview::marks::{ClarityCheck, ClarityVerdict};
use interview::wording::counted;

use super::ask::ask;
use super::form::{Form, Shape};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::quotes::Answer;
use super::reading::{CHECKS, Entry, Judged, Reading, nonzero_remarks};
use super::subject::Asked;
use crate::error::{CoachError, malformed};

/// The longest note that is shown, in characters.
const LONGEST_NOTE: usize = 160;

/// How many checks the same words may be evidence for: in a short answer one sentence may well be the main claim and the reason.
const MOST_CHECKS_OF_A_QUOTE: usize = 3;

/// What the model claims about clarity.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Judged<Vec<ClarityClaim>>, CoachError> {
    let answer = Answer::of(assignment);
    let form = form(answer.pieces());
    let prompt = prompts.render(Template::Clarity, &Asked::of(assignment), &form, fenced)?;
    let mut reading = Reading::new(assignment, answer);
    ask(model, prompts, &prompt, &form, |reply| reading.take(reply, &form)).await?;
    if reading.entries.is_empty() {
        return Err(malformed("it reports on none of the checks"));
    }
    let (mut claims, mut reused): (Vec<ClarityClaim>, usize) = (Vec::new(), 0);
    for check in ClarityCheck::ALL {
        let claim = claim(check, reading.entry(CHECKS, check.as_str()));
        let is_reused =
            claim.verdict == ClarityVerdict::Yes && uses(&claims, claim.quote.as_ref()) >= MOST_CHECKS_OF_A_QUOTE;
        reused += usize::from(is_reused);
        claims.push(if is_reused { unclear(check) } else { claim });
    }
    Ok(Judged { claims, remark: remark(&reading, reused) })
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

fn claim(check: ClarityCheck, entry: Option<&Entry>) -> ClarityClaim {
    let Some(Entry { verdict, quote, note, .. }) = entry else { return unclear(check) };
    let verdict = match (*verdict, quote) {
        ("no", _) => ClarityVerdict::No,
        ("yes", Some(_)) => ClarityVerdict::Yes,
        // A yes rests on words.
        ("yes", None) => return unclear(check),
        _ => ClarityVerdict::Unclear,
    };
    let note = note.as_deref().map(one_line).filter(|note| !note.is_empty());
    ClarityClaim { check, verdict, quote: quote.clone(), note }
}

fn unclear(check: ClarityCheck) -> ClarityClaim {
    ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None }
}

/// How many of the checks rest on these words, on some of them, or on more words around them.
fn uses(claims: &[ClarityClaim], quote: Option<&Quote>) -> usize {
    let founded = claims.iter().filter(|claim| claim.verdict == ClarityVerdict::Yes);
    let quotes = founded.filter_map(|claim| claim.quote.as_ref());
    quotes.filter(|other| quote.is_some_and(|quote| is_the_same_place(other, quote))).count()
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

/// What does not count, in words for the candidate.
fn remark(reading: &Reading<'_>, reused: usize) -> Option<String> {
    let checks = ClarityCheck::ALL.len();
    let of_checks = |number: usize| format!("{number} of {} of clarity", counted(checks, "check"));
    let not_judged = checks - reading.entries.len();
    let [not_said, demands] = reading.unfounded(CHECKS, of_checks);
    let reused_words =
        format!("For {} the model quoted the same words as for others, so they do not count.", of_checks(reused));
    nonzero_remarks([
        (not_judged, format!("The model did not judge {}.", of_checks(not_judged))),
        not_said,
        demands,
        (reused, reused_words),
    ])
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
