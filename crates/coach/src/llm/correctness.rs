//! What was said: verdicts on key points and misconceptions, each with its quote.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join_all;
use interview::KeyPointId;
use interview::claims::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim, Quote};
use interview::judging::{self, Assignment};
use interview::marks::{Doubt, Marks};
use interview::wording::counted;
use serde_json::Value;

use super::ask::{Fault, ask};
use super::form::{Form, Shape};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::quotes::{Answer, Unfounded};
use super::settings::Calls;
use super::subject::AskedWithRubric;
use crate::error::CoachError;
use crate::verifier::{Chances, Verifier};

/// From which chance on that a quote contradicts a claim it is no evidence of it.
const CONTRADICTED_AT: f32 = 0.5;

/// Below which chance that a quote states a claim it has nothing to do with it. The verifier has a veto and no vote, so this is low.
const UNRELATED_BELOW: f32 = 0.1;

pub(super) const KEY_POINTS: &str = "key_points";
pub(super) const MISCONCEPTIONS: &str = "misconceptions";

/// What a model claims about correctness.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub claims: Claims,
    /// What the claims come to.
    pub marks: Marks,
    /// What does not count of what the model said, and why.
    pub remark: Option<String>,
}

/// What the model claims, and the marks that come of it.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Judged, CoachError> {
    let subject = AskedWithRubric::shuffled(assignment, model.name());
    let subject = subject.with_examples(assignment, model.settings().examples());
    let answer = Answer::of(assignment);
    let form = form(&subject, answer.pieces());
    let forms = match model.settings().calls {
        Calls::PerAnswer => vec![form],
        Calls::PerPoint => form.entries().into_iter().map(|entry| form.only(&[entry])).collect(),
    };
    let reading = Reading { model, answer, assignment, verdicts: HashMap::new(), stated: HashMap::new() };
    let reading = Mutex::new(reading);
    let asking = forms.iter().map(async |form| {
        let prompt = prompts.render(Template::Correctness, &subject, form, fenced)?;
        let take = |reply: &Value| reading.lock().unwrap_or_else(PoisonError::into_inner).take(reply, form);
        ask(model, prompts, &prompt, form, take).await
    });
    try_join_all(asking).await?;
    let mut reading = reading.into_inner().unwrap_or_else(PoisonError::into_inner);
    reading.verify().await?;
    reading.judged()
}

/// One entry for every key point and misconception: which words, then what they come to.
pub(super) fn form(subject: &AskedWithRubric<'_>, pieces: Arc<[String]>) -> Form {
    let entry = |verdicts: &'static [&'static str]| {
        let quote = Shape::Quote(pieces.clone());
        Shape::Object(vec![("quote".to_owned(), quote), ("verdict".to_owned(), Shape::OneOf(verdicts))])
    };
    let point = |id: &str| (id.to_owned(), entry(&["hit", "missed", "unclear"]));
    let wrong = |id: &str| (id.to_owned(), entry(&["stated", "not_stated"]));
    let points = subject.key_points.iter().map(|known| point(known.id.as_str())).collect();
    let mut groups = vec![(KEY_POINTS.to_owned(), Shape::Object(points))];
    if !subject.misconceptions.is_empty() {
        let wrong = subject.misconceptions.iter().map(|known| wrong(known.id.as_str())).collect();
        groups.push((MISCONCEPTIONS.to_owned(), Shape::Object(wrong)));
    }
    Form { name: "marks", shape: Shape::Object(groups) }
}

/// What was read of one reply, and of the reply that corrects it.
struct Reading<'a> {
    model: &'a Model,
    answer: Answer<'a>,
    assignment: &'a Assignment<'a>,
    verdicts: HashMap<&'a str, (ClaimedVerdict, Option<Unfounded>)>,
    stated: HashMap<&'a str, Result<Option<Quote>, Unfounded>>,
}

impl<'a> Reading<'a> {
    /// Keeps what can be used of a reply of this form, and says what is wrong with the rest.
    fn take(&mut self, reply: &Value, form: &Form) -> Vec<Fault> {
        let (mut faults, wanted) = (Vec::new(), form.entries());
        let rubric = self.assignment.rubric;
        for point in &rubric.key_points {
            let id = point.id.as_str();
            if !wanted.contains(&(KEY_POINTS, id)) {
                continue;
            }
            let claim: Vec<&str> = point.says.iter().chain([&point.summary]).map(String::as_str).collect();
            match reply.get(KEY_POINTS).and_then(|points| points.get(id)).map(|entry| self.verdict(entry, &claim)) {
                Some(Some((verdict, unfounded))) => {
                    let wrong = unfounded.as_ref().and_then(Unfounded::fault);
                    faults.extend(wrong.map(|what| fault(KEY_POINTS, id, what)));
                    self.verdicts.insert(id, (verdict, unfounded));
                }
                Some(None) => faults.push(fault(KEY_POINTS, id, "its verdict is none of those there are")),
                None if !self.verdicts.contains_key(id) => faults.push(fault(KEY_POINTS, id, "it is not judged")),
                None => {}
            }
        }
        for wrong in &rubric.misconceptions {
            let id = wrong.id.as_str();
            if !wanted.contains(&(MISCONCEPTIONS, id)) {
                continue;
            }
            let claim: Vec<&str> = wrong.says.iter().chain([&wrong.claim]).map(String::as_str).collect();
            let Some(entry) = reply.get(MISCONCEPTIONS).and_then(|wrong| wrong.get(id)) else {
                if !self.stated.contains_key(id) {
                    faults.push(fault(MISCONCEPTIONS, id, "it is not judged"));
                }
                continue;
            };
            let stated = match (text(entry, "verdict"), text(entry, "quote")) {
                (Some("stated"), Some(quote)) => self.quote(quote, &claim).map(Some),
                (Some("stated"), None) => Err(Unfounded::Missing),
                (Some("not_stated"), _) => Ok(None),
                _ => {
                    faults.push(fault(MISCONCEPTIONS, id, "its verdict is none of those there are"));
                    continue;
                }
            };
            let unfounded = stated.as_ref().err().and_then(Unfounded::fault);
            faults.extend(unfounded.map(|what| fault(MISCONCEPTIONS, id, what)));
            self.stated.insert(id, stated);
        }
        faults
    }

    /// The verdict of an entry, and what is wrong with its quote. None when there is no verdict.
    fn verdict(&self, entry: &Value, claim: &[&str]) -> Option<(ClaimedVerdict, Option<Unfounded>)> {
        let quote = text(entry, "quote").map(|quote| self.quote(quote, claim));
        let nearest = || quote.as_ref().and_then(|quote| quote.as_ref().ok().cloned());
        Some(match text(entry, "verdict")? {
            "hit" => match quote.unwrap_or(Err(Unfounded::Missing)) {
                Ok(quote) => (ClaimedVerdict::Hit(quote), None),
                Err(unfounded) => (ClaimedVerdict::Unclear(Doubt::QuoteNotFound, None), Some(unfounded)),
            },
            "missed" => (ClaimedVerdict::Missed(nearest()), None),
            "unclear" => (ClaimedVerdict::Unclear(Doubt::CoachUndecided, nearest()), None),
            _ => return None,
        })
    }

    fn quote(&self, quote: &str, claim: &[&str]) -> Result<Quote, Unfounded> {
        let (found, quote) = self.answer.quote(quote, claim);
        self.model.count_quote(found);
        quote
    }

    /// Has the verifier read what the model takes for evidence: words that contradict a claim state it for no judge, and models quote the
    /// same words for everything.
    async fn verify(&mut self) -> Result<(), CoachError> {
        let Assignment { rubric, prompt, target, .. } = *self.assignment;
        let points = rubric.key_points.iter().filter_map(|point| match self.verdicts.get(point.id.as_str())? {
            (ClaimedVerdict::Hit(quote), _) => Some((point.id.as_str(), &point.summary, quote.clone())),
            _ => None,
        });
        let wrong = rubric.misconceptions.iter().filter_map(|wrong| match self.stated.get(wrong.id.as_str())? {
            Ok(Some(quote)) => Some((wrong.id.as_str(), &wrong.claim, quote.clone())),
            _ => None,
        });
        let found: Vec<(&str, &String, Quote)> = points.chain(wrong).collect();
        let pairs = found.iter().map(|(_, claim, quote)| {
            let said = self.answer.words(quote);
            // What is said to a follow-up is understood together with it.
            ((*claim).clone(), if target.is_some() { format!("{prompt} {said}") } else { said })
        });
        let pairs: Vec<(String, String)> = pairs.collect();
        let chances = tokio::task::spawn_blocking(move || {
            let pairs: Vec<(&str, &str)> = pairs.iter().map(|(claim, said)| (claim.as_str(), said.as_str())).collect();
            Verifier::shared().judge(&pairs)
        });
        let chances = chances.await.map_err(|failed| CoachError::Malformed { reason: failed.to_string() })?;
        for ((id, _, quote), chances) in found.into_iter().zip(chances) {
            let unfounded = match chances {
                Chances { contradicts, .. } if contradicts >= CONTRADICTED_AT => Unfounded::Contradicts,
                // The few words of an answer to a follow-up may state a claim only by what was asked, which the verifier is not trained on:
                // only a contradiction counts there.
                Chances { states, .. } if states < UNRELATED_BELOW && target.is_none() => Unfounded::Unrelated,
                _ => continue,
            };
            if let Some(stated) = self.stated.get_mut(id) {
                *stated = Err(unfounded);
            } else {
                let verdict = ClaimedVerdict::Unclear(Doubt::CoachUndecided, Some(quote));
                self.verdicts.insert(id, (verdict, Some(unfounded)));
            }
        }
        Ok(())
    }

    fn judged(mut self) -> Result<Judged, CoachError> {
        let rubric = self.assignment.rubric;
        if self.verdicts.is_empty() {
            return Err(CoachError::Malformed { reason: "it judges none of the key points".to_owned() });
        }
        let remark = self.remark();
        let mut verdict = |id: &KeyPointId| match self.verdicts.remove(id.as_str()) {
            Some((verdict, _)) => verdict,
            None => ClaimedVerdict::Unclear(Doubt::CoachUndecided, None),
        };
        let key_points = rubric.key_points.iter();
        let key_points =
            key_points.map(|point| KeyPointClaim { id: point.id.clone(), verdict: verdict(&point.id) }).collect();
        let misconceptions = rubric.misconceptions.iter().filter_map(|wrong| {
            let quote = self.stated.remove(wrong.id.as_str())?.ok()??;
            Some(MisconceptionClaim { id: wrong.id.clone(), quote })
        });
        let claims = Claims { key_points, misconceptions: misconceptions.collect() };
        let correctness = judging::correctness(rubric, self.assignment.transcript, &claims)
            .map_err(|invalid| CoachError::Malformed { reason: invalid.to_string() })?;
        Ok(Judged { marks: correctness.marks().clone(), claims, remark })
    }

    /// What does not count, in words for the candidate.
    fn remark(&self) -> Option<String> {
        let (points, wrong) = (self.assignment.rubric.key_points.len(), self.assignment.rubric.misconceptions.len());
        let of_points = |number: usize| format!("{number} of {}", counted(points, "point"));
        let unfounded: Vec<&Unfounded> =
            self.verdicts.values().filter_map(|(_, unfounded)| unfounded.as_ref()).collect();
        let count = |wanted: fn(&Unfounded) -> bool| unfounded.iter().filter(|unfounded| wanted(unfounded)).count();
        let not_judged = points - self.verdicts.len();
        let not_said = count(|unfounded| matches!(unfounded, Unfounded::NotSaid | Unfounded::Missing));
        let demands = count(|unfounded| matches!(unfounded, Unfounded::Demand));
        let unrelated = count(|unfounded| matches!(unfounded, Unfounded::Unrelated));
        let contradicted = count(|unfounded| matches!(unfounded, Unfounded::Contradicts));
        let misconceptions = self.stated.values().filter(|stated| stated.is_err()).count();
        let not_looked_for = wrong - self.stated.len();
        let remarks = [
            (not_judged, format!("The model did not judge {}, so they count neither way.", of_points(not_judged))),
            (
                not_said,
                format!(
                    "The model's quotes were not in your answer for {}, so they do not count.",
                    of_points(not_said)
                ),
            ),
            (
                demands,
                format!(
                    "For {} the model quoted a passage that tells it how to judge, so they do not count.",
                    of_points(demands)
                ),
            ),
            (
                unrelated,
                format!("The model's quotes had nothing to do with {}, so they do not count.", of_points(unrelated)),
            ),
            (
                contradicted,
                format!(
                    "For {} the model quoted words that seem to say the opposite, so they do not count.",
                    of_points(contradicted)
                ),
            ),
            (
                misconceptions,
                format!(
                    "The model named {} that no words of yours state, so that does not count.",
                    counted(misconceptions, "misconception")
                ),
            ),
            (
                not_looked_for,
                format!("The model did not look for {not_looked_for} of {}.", counted(wrong, "misconception")),
            ),
        ];
        those_that_hold(remarks)
    }
}

/// The remarks about more than nothing, as one.
pub(super) fn those_that_hold(remarks: impl IntoIterator<Item = (usize, String)>) -> Option<String> {
    let remarks: Vec<String> =
        remarks.into_iter().filter(|(number, _)| *number > 0).map(|(_, remark)| remark).collect();
    (!remarks.is_empty()).then(|| remarks.join(" "))
}

/// The text of a field; none for null and for blanks.
pub(super) fn text<'v>(entry: &'v Value, field: &str) -> Option<&'v str> {
    entry.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

pub(super) fn fault(group: &'static str, entry: &str, what: &str) -> Fault {
    Fault { group, entry: entry.to_owned(), what: what.to_owned() }
}
