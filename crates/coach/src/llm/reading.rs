//! Reads replies of verdicts with quotes: one entry for each thing that is judged.

use std::collections::HashMap;

use interview::claims::Quote;
use interview::judging::Assignment;
use interview::wording::joined;
use serde_json::Value;

use super::ask::{Fault, fault, text};
use super::form::Form;
use super::quotes::{Answer, Found, Unfounded};
use super::usage;

pub(super) const KEY_POINTS: &str = "key_points";
pub(super) const BEYOND: &str = "other_points";
pub(super) const MISCONCEPTIONS: &str = "misconceptions";
pub(super) const CHECKS: &str = "checks";

/// What a model claims in one panel.
#[derive(Clone, Debug)]
pub(super) struct Judged<C> {
    pub claims: C,
    /// What does not count of what the model said, and why.
    pub remark: Option<String>,
}

/// What was read of one reply, and of the reply that corrects it.
pub(super) struct Reading<'a> {
    pub answer: Answer<'a>,
    pub entries: HashMap<(String, String), Entry>,
    assignment: &'a Assignment<'a>,
}

/// An entry that can be used, at least in part.
pub(super) struct Entry {
    /// One of the words of its form.
    pub verdict: &'static str,
    /// Words of the answer.
    pub quote: Option<Quote>,
    /// Why the quote is no evidence of a verdict that needs it.
    pub unfounded: Option<Unfounded>,
    pub note: Option<String>,
}

impl Entry {
    /// The quote that this verdict rests on.
    pub fn evidence(&self, verdict: &str) -> Option<&Quote> {
        self.quote.as_ref().filter(|_| self.verdict == verdict && self.unfounded.is_none())
    }
}

impl<'a> Reading<'a> {
    pub fn new(assignment: &'a Assignment<'a>, answer: Answer<'a>) -> Self {
        Self { answer, entries: HashMap::new(), assignment }
    }

    pub fn entry(&self, group: &str, id: &str) -> Option<&Entry> {
        self.entries.get(&(group.to_owned(), id.to_owned()))
    }

    pub fn group(&self, group: &str) -> impl Iterator<Item = &Entry> + Clone {
        self.entries.iter().filter(move |((of, _), _)| of == group).map(|(_, entry)| entry)
    }

    /// Keeps what can be used of a reply of this form, and says what is wrong with the rest.
    pub fn take(&mut self, reply: &Value, form: &Form) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (group, id, verdicts) in form.entries() {
            let Some(entry) = reply.get(group).and_then(|entries| entries.get(id)) else {
                if self.entry(group, id).is_none() {
                    faults.push(fault(group, id, "it is not judged"));
                }
                continue;
            };
            let Some(verdict) = verdicts.iter().copied().find(|verdict| text(entry, "verdict") == Some(*verdict))
            else {
                faults.push(fault(group, id, "its verdict is none of those there are"));
                continue;
            };
            let quote = text(entry, "quote").map(|quote| self.quote(quote, group, id));
            // The first verdict of a form says that something is in the answer.
            let (quote, unfounded) = match quote.unwrap_or(Err(Unfounded::Missing)) {
                Ok(quote) => (Some(quote), None),
                Err(unfounded) => (None, Some(unfounded).filter(|_| verdict == verdicts[0])),
            };
            faults.extend(unfounded.as_ref().and_then(Unfounded::fault).map(|what| fault(group, id, what)));
            let note = text(entry, "note").map(str::to_owned);
            self.entries.insert((group.to_owned(), id.to_owned()), Entry { verdict, quote, unfounded, note });
        }
        faults
    }

    fn quote(&self, quote: &str, group: &str, id: &str) -> Result<Quote, Unfounded> {
        let rubric = self.assignment.rubric;
        let wordings = match group {
            KEY_POINTS | BEYOND => rubric.points().find(|it| it.id.as_str() == id).map(|it| (&it.says, &it.summary)),
            MISCONCEPTIONS => {
                rubric.misconceptions.iter().find(|it| it.id.as_str() == id).map(|it| (&it.says, &it.claim))
            }
            _ => None,
        };
        let claim: Vec<&str> =
            wordings.into_iter().flat_map(|(says, claim)| says.iter().chain([claim])).map(String::as_str).collect();
        let (found, quote) = self.answer.quote(quote, &claim);
        usage::count(|usage| {
            usage.quotes += 1;
            usage.quotes_verbatim += u64::from(found == Found::Verbatim);
            usage.quotes_snapped += u64::from(found == Found::Nearly);
        });
        quote
    }

    /// How many quotes of a group do not count and why, in words for the candidate; `of` puts the number of entries into words.
    pub fn unfounded(&self, group: &str, of: impl Fn(usize) -> String) -> [(usize, String); 2] {
        let unfounded = self.group(group).filter_map(|entry| entry.unfounded.as_ref());
        let count = |wanted: fn(&Unfounded) -> bool| unfounded.clone().filter(|unfounded| wanted(unfounded)).count();
        let not_said = count(|unfounded| matches!(unfounded, Unfounded::NotSaid | Unfounded::Missing));
        let demands = count(|unfounded| matches!(unfounded, Unfounded::Demand));
        let (of_not_said, of_demands) = (of(not_said), of(demands));
        [
            (not_said, format!("The model's quotes were not in your answer for {of_not_said}, so they do not count.")),
            (
                demands,
                format!(
                    "For {of_demands} the model quoted a passage that tells it how to judge, so they do not count."
                ),
            ),
        ]
    }
}

/// Joins the remarks whose count is not zero.
pub(super) fn nonzero_remarks(remarks: impl IntoIterator<Item = (usize, String)>) -> Option<String> {
    joined(remarks.into_iter().map(|(count, remark)| (count > 0).then_some(remark)))
}
