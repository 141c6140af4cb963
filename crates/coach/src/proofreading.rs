//! Checks a question with the offline coach: does its model answer score full marks, and can its claims be told apart?

use std::collections::HashSet;

use interview::bank::{KeyPoint, Remark};
use interview::follow_up::Rubric;
use interview::judging::{self, Assignment};
use interview::marks::{Counted, Marks};
use interview::transcript::normal_words;
use interview::{Question, Transcript};

use crate::lexicon::telling_stems;
use crate::offline::OfflineCoach;
use crate::verifier::Verifier;

/// From this share of a phrasing's words on a text may say it.
const SAID: f32 = 0.85;

/// From this share on a model answer may say it, where the coach is not sure.
const SAID_SOMEHOW: f32 = 0.5;

/// From this chance on it does.
const STATED: f32 = 0.95;

/// Holds the question's own texts against its rubric, with the offline coach:
///
/// - the coach misses no key point in the model answer, and finds no misconception in it;
/// - a way of saying a claim is not a way of saying a claim of the other kind too;
/// - neither a prompt nor a hint says a point in the words of its phrasings, and a probe not the one it aims at, nor does it say most of its
///   deciding words.
pub fn proofread(coach: &OfflineCoach, question: &Question) -> Vec<Remark> {
    let reader = Reader { coach, question };
    let mut remarks = reader.model_answer();
    remarks.extend(reader.phrasings());
    remarks.extend(reader.what_is_asked());
    remarks.extend(reader.telling_probes());
    remarks
}

struct Reader<'q> {
    coach: &'q OfflineCoach,
    question: &'q Question,
}

impl Reader<'_> {
    fn model_answer(&self) -> Vec<Remark> {
        let answer = &self.question.model_answer;
        let marks = self.marks(&self.question.spoken(answer));
        let points = marks.counted(&self.question.key_points).into_iter();
        let likeness = self.coach.likeness(self.question, &self.question.spoken(answer));
        let found = |point: &KeyPoint| {
            let likeness = self.question.key_points.iter().zip(&likeness);
            likeness.filter(|(other, _)| other.id == point.id).any(|(_, likeness)| *likeness >= SAID_SOMEHOW)
        };
        let missed =
            points.filter(|(point, counted)| *counted == Counted::Missed && !found(point)).map(|(point, _)| {
                format!("the coach does not find `{}` in the model answer; say the point in it more plainly", point.id)
            });
        let stated = marks
            .misconceptions()
            .iter()
            .map(|mark| format!("the model answer is read as stating `{}`: \"{}\"", mark.id, mark.evidence.quote()));
        missed.chain(stated).map(|message| Remark { about: answer.clone(), message }).collect()
    }

    fn phrasings(&self) -> Vec<Remark> {
        let normal = |text: &str| normal_words(text).collect::<Vec<_>>();
        let right = self.question.key_points.iter().flat_map(|point| &point.says);
        let right: HashSet<Vec<String>> = right.map(|phrasing| normal(phrasing)).collect();
        let wrong =
            self.question.misconceptions.iter().flat_map(|wrong| wrong.says.iter().map(move |says| (wrong, says)));
        wrong
            .filter(|(_, phrasing)| right.contains(&normal(phrasing)))
            .map(|(wrong, phrasing)| Remark {
                about: phrasing.clone(),
                message: format!("this way of asserting `{}` is a way of making a key point too", wrong.id),
            })
            .collect()
    }

    /// The prompts, hints and probes, each read as if somebody had given it for an answer. A probe may set the scene with other points; its
    /// own is for the candidate to make.
    fn what_is_asked(&self) -> Vec<Remark> {
        let prompts = self.question.prompts.all().iter().chain(&self.question.hints);
        let prompts = prompts.flat_map(|prompt| self.said_by(prompt).map(move |point| (prompt, point)));
        let probes = self.question.key_points.iter().flat_map(|point| {
            let said = self.said_by(&point.probe).filter(|said| said.id == point.id);
            said.map(move |said| (&point.probe, said))
        });
        prompts
            .chain(probes)
            .map(|(asked, point)| Remark {
                about: asked.clone(),
                message: format!(
                    "what is asked here makes the key point `{}` itself; it gives the answer away",
                    point.id
                ),
            })
            .collect()
    }

    /// The probes that say most of the words which decide whether their point was made. What the prompts say decides nothing.
    fn telling_probes(&self) -> Vec<Remark> {
        let prompts = self.question.prompts.all().iter();
        let asked: HashSet<String> = prompts.flat_map(|prompt| telling_stems(prompt)).collect();
        let points = self.question.key_points.iter().filter_map(|point| {
            let probe: HashSet<String> = telling_stems(&point.probe).collect();
            let deciding: HashSet<String> =
                telling_stems(&point.summary).filter(|stem| !asked.contains(stem)).collect();
            let said = deciding.intersection(&probe).count();
            (said >= 2 && said * 2 >= deciding.len()).then(|| Remark {
                about: point.probe.clone(),
                message: format!("the probe of `{}` says most of the words that decide its point", point.id),
            })
        });
        points.collect()
    }

    /// The key points that the text states, with nearly all the words of a phrasing.
    fn said_by(&self, text: &str) -> impl Iterator<Item = &KeyPoint> {
        let text = self.question.spoken(text);
        let likeness = self.coach.likeness(self.question, &text);
        let points = self.question.key_points.iter().zip(likeness).filter(|(_, likeness)| *likeness >= SAID);
        points.map(|(point, _)| point).filter(move |point| {
            let states = Verifier::shared().judge(&[(&point.summary, &text)]);
            states.iter().any(|chances| chances.states >= STATED)
        })
    }

    /// What the offline coach finds in a text that answers the question. A text that it cannot judge makes no point.
    fn marks(&self, text: &str) -> Marks {
        let transcript = Transcript::typed(text);
        let rubric = Rubric::of(self.question, None);
        let claims = self.coach.judge(&Assignment::to_question(self.question, &rubric, &transcript)).correctness;
        let correctness = claims.ok().and_then(|claims| judging::correctness(&rubric, &transcript, &claims).ok());
        correctness.map(|correctness| correctness.marks().clone()).unwrap_or_default()
    }
}
