//! What code tells the candidate to do next, whoever judged.

use interview::bank::KeyPoint;
use interview::marks::{ClarityMark, ClarityVerdict, Marks, Verdict};

use crate::coach::Assignment;

/// The one thing to do next: a misconception to reconsider, then the point that would have earned most, then how to say it better.
pub(crate) fn next_step(assignment: &Assignment<'_>, marks: &Marks, clarity: &[ClarityMark]) -> String {
    let stated = marks.misconceptions.iter().find_map(|mark| assignment.question.misconception(&mark.id));
    if let Some(misconception) = stated {
        return format!("Reconsider \u{201C}{}\u{201D}: {}", misconception.claim, misconception.why_wrong);
    }
    let heaviest = missed(assignment, marks).max_by_key(|point| (point.core, point.weight));
    if let Some(point) = heaviest {
        return format!("Say this point in one sentence of your own, aloud: {}.", point.summary);
    }
    let undecided = marks.key_points.iter().find(|mark| matches!(mark.verdict, Verdict::Unclear { .. }));
    if let Some(point) = undecided.and_then(|mark| assignment.question.key_point(&mark.id)) {
        return format!(
            "It could not be told whether you made this point; say it again in plain words: {}.",
            point.summary
        );
    }
    match clarity.iter().find(|mark| mark.verdict == ClarityVerdict::No) {
        Some(mark) => format!("Every point is there. Say it again so that it {}.", mark.check.summary()),
        None => "Every point is there: say it again tomorrow, shorter and without looking anything up.".to_owned(),
    }
}

/// The key points that the answer was expected to make and did not.
pub(crate) fn missed<'a>(assignment: &Assignment<'a>, marks: &'a Marks) -> impl Iterator<Item = &'a KeyPoint> {
    let rubric = assignment.rubric;
    marks
        .key_points
        .iter()
        .filter(|mark| matches!(mark.verdict, Verdict::Missed))
        .filter_map(|mark| rubric.key_points.iter().find(|point| point.id == mark.id))
}
