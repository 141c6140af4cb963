//! What the offline coach tells the candidate besides marks. It words nothing new: it names points of the bank and shows the bank's
//! own answer as what it is.

use interview::marks::Marks;

use super::reading::Sense;
use crate::advice::missed;
pub(super) use crate::advice::next_step;
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
