//! What the offline coach tells the candidate besides marks. It words nothing new: it names points of the bank and shows the bank's
//! own answer as what it is.

use interview::bank::KeyPoint;
use interview::marks::{ClarityMark, ClarityVerdict, Marks, Verdict};

use super::reading::Sense;
use crate::coach::Assignment;

/// What the candidate should know about this judging.
pub(super) fn remark(sense: Sense) -> &'static str {
    match sense {
        Sense::Speech => {
            "Judged offline, by rules: it looks for known ways of making each point and can miss an unusual one. You can \
             regrade with a language model."
        }
        Sense::Silence => "There are no words in this answer.",
        Sense::OtherLanguage => "The offline coach only understands English and cannot judge this answer.",
        Sense::Disorder => "The words of this answer are in no order that makes sentences, so no point of it counts.",
    }
}

/// The question's model answer, named as that, with the points that this answer did not make. None when nothing was missed, or in a
/// follow-up, where it would give the rest of the question away.
pub(super) fn stronger_answer(assignment: &Assignment<'_>, marks: &Marks) -> Option<String> {
    let missed: Vec<&str> = missed(assignment, marks).map(|point| point.summary.as_str()).collect();
    if missed.is_empty() || assignment.target.is_some() {
        return None;
    }
    let points = missed.join("; ");
    let answer = assignment.question.model_answer.trim();
    Some(format!(
        "Not in your answer yet: {points}.\n\nThe question's model answer, to compare yours with:\n\n{answer}"
    ))
}

/// The one thing to do next: a misconception to reconsider, then the point that would have earned most, then how to say it better.
pub(super) fn next_step(assignment: &Assignment<'_>, marks: &Marks, clarity: &[ClarityMark]) -> String {
    let stated = marks.misconceptions.iter().find_map(|mark| assignment.question.misconception(&mark.id));
    if let Some(misconception) = stated {
        return format!("Reconsider \u{201C}{}\u{201D}: {}", misconception.claim, misconception.why_wrong);
    }
    let heaviest = missed(assignment, marks).max_by_key(|point| (point.core, point.weight));
    if let Some(point) = heaviest {
        return format!("Say this point in one sentence of your own, aloud: {}.", point.summary);
    }
    match clarity.iter().find(|mark| mark.verdict == ClarityVerdict::No) {
        Some(mark) => format!("Every point is there. Say it again so that it {}.", mark.check.summary()),
        None => "Every point is there: say it again tomorrow, shorter and without looking anything up.".to_owned(),
    }
}

fn missed<'a>(assignment: &Assignment<'a>, marks: &'a Marks) -> impl Iterator<Item = &'a KeyPoint> {
    let rubric = assignment.rubric;
    marks
        .key_points
        .iter()
        .filter(|mark| matches!(mark.verdict, Verdict::Missed))
        .filter_map(|mark| rubric.key_points.iter().find(|point| point.id == mark.id))
}
