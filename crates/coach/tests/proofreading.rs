//! The built-in bank as its proofreader sees it.

mod support;

use coach::{OfflineCoach, proofread};

/// Every eighth question: the coach reads each model answer, and all of them take minutes.
#[test]
fn the_built_in_bank_has_no_fault() {
    let bank = support::bank::built_in();
    let coach = OfflineCoach::new(bank.questions());
    let questions = bank.questions().iter().step_by(8);
    let remarks: Vec<String> = questions
        .flat_map(|question| proofread(&coach, question).into_iter().map(move |remark| (question, remark)))
        .map(|(question, remark)| format!("{}: {}: \"{}\"", question.id, remark.message, remark.about))
        .collect();
    assert!(remarks.is_empty(), "{} remarks\n{}", remarks.len(), remarks.join("\n"));
}
