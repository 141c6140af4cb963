//! Checks a question with the offline coach: does its model answer score full marks, and can its claims be told apart?

use std::collections::HashSet;

use interview::bank::Remark;
use interview::follow_up::{Rubric, Target};
use interview::judging::{self, Assignment};
use interview::marks::{Counted, Marks};
use interview::transcript::{is_function_word, normal_words};
use interview::{KeyPointId, Question, Transcript};

use crate::lexicon::stem;
use crate::offline::OfflineCoach;

/// Holds the question's own texts against its rubric, with the offline coach:
///
/// - the model answer makes every key point and states no misconception;
/// - a way of saying a key point, given to its probe, makes that point and states no misconception;
/// - a way of asserting a misconception is not taken for a key point instead;
/// - neither a prompt nor a hint makes a point itself, and a probe not the one it aims at, nor does it say most of its deciding words.
pub fn proofread(coach: &OfflineCoach, question: &Question) -> Vec<Remark> {
    let reader = Reader { coach, question };
    let mut remarks = reader.model_answer();
    remarks.extend(reader.key_points());
    remarks.extend(reader.misconceptions());
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
        let not_made = points.filter(|(_, counted)| *counted != Counted::Hit).map(|(point, counted)| {
            let verdict = if counted == Counted::Missed { "missed" } else { "unclear" };
            format!("the model answer does not score full marks: `{}` is {verdict}; say the point in it, or add a way of saying it", point.id)
        });
        let stated = marks
            .misconceptions()
            .iter()
            .map(|mark| format!("the model answer is read as stating `{}`: \"{}\"", mark.id, mark.evidence.quote()));
        not_made.chain(stated).map(|message| Remark { about: answer.clone(), message }).collect()
    }

    fn key_points(&self) -> Vec<Remark> {
        let points = self.question.key_points.iter();
        points
            .flat_map(|point| point.says.iter().map(move |phrasing| (point, phrasing)))
            .flat_map(|(point, phrasing)| {
                let target = Target::KeyPoint(point.id.clone());
                let marks = self.marks_of(phrasing, &point.probe, Some(&target));
                let missed = (!makes(&marks, point.id.as_str())).then(|| {
                    format!(
                        "this way of saying `{}` does not make the point by itself; it lacks the deciding words",
                        point.id
                    )
                });
                let stated = marks.misconceptions().first().map(|mark| {
                    format!("this way of saying `{}` is read as the misconception `{}`", point.id, mark.id)
                });
                missed.into_iter().chain(stated).map(|message| Remark { about: phrasing.clone(), message })
            })
            .collect()
    }

    fn misconceptions(&self) -> Vec<Remark> {
        let misconceptions = self.question.misconceptions.iter();
        misconceptions
            .flat_map(|wrong| wrong.says.iter().map(move |phrasing| (wrong, phrasing)))
            .filter_map(|(wrong, phrasing)| {
                let marks = self.marks(phrasing);
                let states_it = marks.misconceptions().iter().any(|mark| mark.id == wrong.id);
                let taken_for = marks.key_points().iter().find(|mark| mark.verdict.is_hit() && !states_it)?;
                let message = format!(
                    "this way of asserting `{}` is closer to the key point `{}` than to its own misconception",
                    wrong.id, taken_for.id
                );
                Some(Remark { about: phrasing.clone(), message })
            })
            .collect()
    }

    /// The prompts, hints and probes, each read as if somebody had given it for an answer. A probe may set the scene with other points; its
    /// own is for the candidate to make.
    fn what_is_asked(&self) -> Vec<Remark> {
        let prompts = self.question.prompts.all().iter().chain(&self.question.hints);
        let prompts = prompts.flat_map(|prompt| self.made_by(prompt).into_iter().map(move |made| (prompt, made)));
        let probes = self.question.key_points.iter().flat_map(|point| {
            let made = self.made_by(&point.probe).into_iter().filter(|made| *made == point.id);
            made.map(|made| (&point.probe, made))
        });
        prompts
            .chain(probes)
            .map(|(asked, made)| Remark {
                about: asked.clone(),
                message: format!("what is asked here makes the key point `{made}` itself; it gives the answer away"),
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

    fn made_by(&self, text: &str) -> Vec<KeyPointId> {
        let marks = self.marks(&self.question.spoken(text));
        marks.key_points().iter().filter(|mark| mark.verdict.is_hit()).map(|mark| mark.id.clone()).collect()
    }

    /// What the offline coach finds in a text that answers the question.
    fn marks(&self, text: &str) -> Marks {
        self.marks_of(text, self.question.prompts.first(), None)
    }

    /// What the offline coach finds in a text that answers `prompt`. A text that it cannot judge makes no point.
    fn marks_of(&self, text: &str, prompt: &str, target: Option<&Target>) -> Marks {
        let transcript = Transcript::typed(text);
        let rubric = Rubric::of(self.question, target);
        let assignment = Assignment {
            question: self.question,
            rubric: &rubric,
            prompt,
            target,
            transcript: &transcript,
            round: None,
        };
        let claims = self.coach.judge(&assignment).correctness;
        let correctness = claims.ok().and_then(|claims| judging::correctness(&rubric, &transcript, &claims).ok());
        correctness.map(|correctness| correctness.marks().clone()).unwrap_or_default()
    }
}

fn telling_stems(text: &str) -> impl Iterator<Item = String> {
    normal_words(text).filter(|word| !is_function_word(word)).map(|word| stem(&word))
}

fn makes(marks: &Marks, point: &str) -> bool {
    marks.key_points().iter().any(|mark| mark.id.as_str() == point && mark.verdict.is_hit())
}
