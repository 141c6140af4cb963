//! Reading a question as its candidates will be read: does its model answer score full marks, and can its claims be told apart?

use interview::follow_up::{Rubric, Target};
use interview::judging::{self, Assignment};
use interview::marks::Marks;
use interview::{KeyPointId, Question, Transcript};

use crate::offline::OfflineCoach;

/// Something that an author should mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The text of the question that it is about, as the question has it: where to look in its file.
    pub about: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Holds the question's own texts against its rubric, with the offline coach:
///
/// - the model answer makes every key point and states no misconception;
/// - a way of saying a key point, given to its probe, makes that point and states no misconception;
/// - a way of asserting a misconception is not taken for a key point instead;
/// - the prompt makes no point itself, and a probe not the one it aims at.
pub fn proofread(coach: &OfflineCoach, question: &Question) -> Vec<Remark> {
    let reader = Reader { coach, question };
    let mut remarks = reader.model_answer();
    remarks.extend(reader.key_points());
    remarks.extend(reader.misconceptions());
    remarks.extend(reader.what_is_asked());
    remarks
}

struct Reader<'q> {
    coach: &'q OfflineCoach,
    question: &'q Question,
}

impl Reader<'_> {
    fn model_answer(&self) -> Vec<Remark> {
        let answer = &self.question.model_answer;
        let marks = self.marks(answer);
        let not_made = marks.key_points().iter().filter(|mark| !mark.verdict.is_hit()).map(|mark| {
            let verdict = mark.verdict.name();
            format!("the model answer does not score full marks: `{}` is {verdict}; say the point in it, or add a way of saying it", mark.id)
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

    /// The prompt and the probes, each read as if somebody had given it for an answer. A probe may set the scene with other points; its
    /// own is for the candidate to make.
    fn what_is_asked(&self) -> Vec<Remark> {
        let prompt = self.made_by(&self.question.prompt);
        let probes = self.question.key_points.iter().flat_map(|point| {
            let made = self.made_by(&point.probe).into_iter().filter(|made| *made == point.id);
            made.map(|made| (&point.probe, made))
        });
        prompt
            .into_iter()
            .map(|made| (&self.question.prompt, made))
            .chain(probes)
            .map(|(asked, made)| Remark {
                about: asked.clone(),
                message: format!("what is asked here makes the key point `{made}` itself; it gives the answer away"),
            })
            .collect()
    }

    fn made_by(&self, text: &str) -> Vec<KeyPointId> {
        let marks = self.marks(text);
        marks.key_points().iter().filter(|mark| mark.verdict.is_hit()).map(|mark| mark.id.clone()).collect()
    }

    /// What the offline coach finds in a text that answers the question.
    fn marks(&self, text: &str) -> Marks {
        self.marks_of(text, &self.question.prompt, None)
    }

    /// What the offline coach finds in a text that answers `prompt`. A text that it cannot judge makes no point.
    fn marks_of(&self, text: &str, prompt: &str, target: Option<&Target>) -> Marks {
        let transcript = Transcript::typed(text);
        let rubric = Rubric::of(self.question, target);
        let assignment =
            Assignment { question: self.question, rubric: &rubric, prompt, target, transcript: &transcript };
        let claims = self.coach.judge_now(&assignment).correctness;
        let correctness = claims.ok().and_then(|claims| judging::correctness(&rubric, &transcript, &claims).ok());
        correctness.map(|correctness| correctness.marks().clone()).unwrap_or_default()
    }
}

fn makes(marks: &Marks, point: &str) -> bool {
    marks.key_points().iter().any(|mark| mark.id.as_str() == point && mark.verdict.is_hit())
}
