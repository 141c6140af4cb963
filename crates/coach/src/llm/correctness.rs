//! What was said: verdicts on key points and misconceptions, each with its quote.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::try_join_all;
use interview::bank::KeyPoint;
use interview::claims::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim};
use interview::judging::Assignment;
use interview::marks::Doubt;
use interview::wording::counted;

use super::ask::ask;
use super::form::{Form, Shape};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::quotes::{Answer, Unfounded};
use super::reading::{BEYOND, Entry, Judged, KEY_POINTS, MISCONCEPTIONS, Reading, nonzero_remarks};
use super::settings::Calls;
use super::subject::AskedWithRubric;
use crate::error::{CoachError, malformed};
use crate::verifier::{Chances, Verifier};

/// From which chance on that a quote contradicts a claim it is no evidence of it.
const CONTRADICTED_AT: f32 = 0.5;

/// Below which chance that a quote states a claim it has nothing to do with it. The verifier has a veto and no vote, so this is low.
const UNRELATED_BELOW: f32 = 0.1;

/// What the model claims about correctness.
pub(super) async fn judge(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Judged<Claims>, CoachError> {
    let subject = AskedWithRubric::shuffled(assignment, model.name());
    let subject = subject.with_examples(assignment, model.settings().examples());
    let answer = Answer::of(assignment);
    let form = form(&subject, answer.pieces());
    let forms = match model.settings().calls {
        Calls::PerAnswer => vec![form],
        Calls::PerPoint => form.entries().into_iter().map(|(group, id, _)| form.only(&[(group, id)])).collect(),
    };
    let reading = Mutex::new(Reading::new(assignment, answer));
    let asking = forms.iter().map(async |form| {
        let prompt = prompts.render(Template::Correctness, &subject, form, fenced)?;
        let take = |reply: &_| reading.lock().unwrap_or_else(PoisonError::into_inner).take(reply, form);
        ask(model, prompts, &prompt, form, take).await
    });
    try_join_all(asking).await?;
    let mut reading = reading.into_inner().unwrap_or_else(PoisonError::into_inner);
    verify(&mut reading, assignment).await?;
    if reading.group(KEY_POINTS).next().is_none() {
        return Err(malformed("it judges none of the key points"));
    }
    Ok(Judged { claims: claims(&reading, assignment), remark: remark(&reading, assignment) })
}

/// One entry for every key point and misconception: which words, then what they come to. Key points that were not asked for are a group of
/// their own.
pub(super) fn form(subject: &AskedWithRubric<'_>, pieces: Arc<[String]>) -> Form {
    let entry = |verdicts: &'static [&'static str]| {
        let quote = Shape::Quote(pieces.clone());
        Shape::Object(vec![("quote".to_owned(), quote), ("verdict".to_owned(), Shape::OneOf(verdicts))])
    };
    let point = |id: &str| (id.to_owned(), entry(&["hit", "missed", "unclear"]));
    let wrong = |id: &str| (id.to_owned(), entry(&["stated", "not_stated"]));
    let points = subject.key_points.iter().map(|known| point(known.id.as_str())).collect();
    let mut groups = vec![(KEY_POINTS.to_owned(), Shape::Object(points))];
    if !subject.beyond.is_empty() {
        let beyond = subject.beyond.iter().map(|known| point(known.id.as_str())).collect();
        groups.push((BEYOND.to_owned(), Shape::Object(beyond)));
    }
    if !subject.misconceptions.is_empty() {
        let wrong = subject.misconceptions.iter().map(|known| wrong(known.id.as_str())).collect();
        groups.push((MISCONCEPTIONS.to_owned(), Shape::Object(wrong)));
    }
    Form { name: "marks", shape: Shape::Object(groups) }
}

/// Has the verifier read what the model takes for evidence: words that contradict a claim state it for no judge, and models quote the
/// same words for everything.
async fn verify(reading: &mut Reading<'_>, assignment: &Assignment<'_>) -> Result<(), CoachError> {
    let Assignment { rubric, prompt, target, .. } = *assignment;
    let points = rubric.key_points.iter().map(|point| ((KEY_POINTS, point.id.as_str(), "hit"), &point.summary));
    let beyond = rubric.beyond.iter().map(|point| ((BEYOND, point.id.as_str(), "hit"), &point.summary));
    let wrong = rubric.misconceptions.iter().map(|wrong| ((MISCONCEPTIONS, wrong.id.as_str(), "stated"), &wrong.claim));
    let (mut found, mut pairs) = (Vec::new(), Vec::new());
    for ((group, id, verdict), claim) in points.chain(beyond).chain(wrong) {
        let Some(quote) = reading.entry(group, id).and_then(|entry| entry.evidence(verdict)) else { continue };
        let said = reading.answer.words(quote);
        // What is said to a follow-up is understood together with it, unless it is about something else.
        let with_prompt = target.is_some() && group != BEYOND;
        pairs.push((claim.clone(), if with_prompt { format!("{prompt} {said}") } else { said }));
        found.push(((group.to_owned(), id.to_owned()), with_prompt));
    }
    let chances = tokio::task::spawn_blocking(move || {
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(claim, said)| (claim.as_str(), said.as_str())).collect();
        Verifier::shared().judge(&pairs)
    });
    let chances = chances.await.map_err(|failed| malformed(failed.to_string()))?;
    for ((place, with_prompt), Chances { states, contradicts, .. }) in found.into_iter().zip(chances) {
        let Some(entry) = reading.entries.get_mut(&place) else { continue };
        if contradicts >= CONTRADICTED_AT {
            entry.unfounded = Some(Unfounded::Contradicts);
        } else if states < UNRELATED_BELOW && !with_prompt {
            // The few words of an answer to a follow-up may state a claim only by what was asked, which the verifier is not trained on:
            // only a contradiction counts there.
            entry.unfounded = Some(Unfounded::Unrelated);
        }
    }
    Ok(())
}

fn claims(reading: &Reading<'_>, assignment: &Assignment<'_>) -> Claims {
    let claim = |point: &KeyPoint, verdict| KeyPointClaim { id: point.id.clone(), verdict, plausibility: None };
    let key_points = assignment.rubric.key_points.iter().map(|point| {
        let verdict = reading.entry(KEY_POINTS, point.id.as_str()).map(verdict);
        claim(point, verdict.unwrap_or(ClaimedVerdict::Unclear(Doubt::CoachUndecided, None)))
    });
    let beyond = assignment.rubric.beyond.iter().filter_map(|point| {
        let verdict = verdict(reading.entry(BEYOND, point.id.as_str())?);
        matches!(verdict, ClaimedVerdict::Hit(_)).then(|| claim(point, verdict))
    });
    let misconceptions = assignment.rubric.misconceptions.iter().filter_map(|wrong| {
        let quote = reading.entry(MISCONCEPTIONS, wrong.id.as_str())?.evidence("stated")?.clone();
        Some(MisconceptionClaim { id: wrong.id.clone(), quote, plausibility: None })
    });
    Claims { key_points: key_points.chain(beyond).collect(), misconceptions: misconceptions.collect() }
}

fn verdict(entry: &Entry) -> ClaimedVerdict {
    match (entry.verdict, entry.quote.clone()) {
        ("hit", Some(quote)) if entry.unfounded.is_none() => ClaimedVerdict::Hit(quote),
        ("hit", None) => ClaimedVerdict::Unclear(Doubt::QuoteNotFound, None),
        ("missed", quote) => ClaimedVerdict::Missed(quote),
        (_, quote) => ClaimedVerdict::Unclear(Doubt::CoachUndecided, quote),
    }
}

/// What does not count, in words for the candidate.
fn remark(reading: &Reading<'_>, assignment: &Assignment<'_>) -> Option<String> {
    let (points, wrong) = (assignment.rubric.key_points.len(), assignment.rubric.misconceptions.len());
    let of_points = |number: usize| format!("{number} of {}", counted(points, "point"));
    let is = |entry: &&Entry, unfounded| entry.unfounded == Some(unfounded);
    let not_judged = points - reading.group(KEY_POINTS).count();
    let unrelated = reading.group(KEY_POINTS).filter(|entry| is(entry, Unfounded::Unrelated)).count();
    let contradicted = reading.group(KEY_POINTS).filter(|entry| is(entry, Unfounded::Contradicts)).count();
    let misconceptions = reading.group(MISCONCEPTIONS).filter(|entry| entry.unfounded.is_some()).count();
    let not_looked_for = wrong - reading.group(MISCONCEPTIONS).count();
    let [not_said, demands] = reading.unfounded(KEY_POINTS, of_points);
    let (of_not_judged, of_unrelated, of_contradicted) =
        (of_points(not_judged), of_points(unrelated), of_points(contradicted));
    let (named, looked_for) = (counted(misconceptions, "misconception"), counted(wrong, "misconception"));
    nonzero_remarks([
        (not_judged, format!("The model did not judge {of_not_judged}, so they count neither way.")),
        not_said,
        demands,
        (unrelated, format!("The model's quotes had nothing to do with {of_unrelated}, so they do not count.")),
        (
            contradicted,
            format!(
                "For {of_contradicted} the model quoted words that seem to say the opposite, so they do not count."
            ),
        ),
        (misconceptions, format!("The model named {named} that no words of yours state, so that does not count.")),
        (not_looked_for, format!("The model did not look for {not_looked_for} of {looked_for}.")),
    ])
}
