//! What every coach keeps to, whatever judges.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use coach::{Coach, CoachError, LlmCoach, OfflineCoach};
use interview::claims::Report;
use interview::follow_up::{Rubric, Target};
use interview::judging::{self, Assignment};
use interview::marks::{ClarityCheck, CoachKind, Verdict};
use interview::{Question, Transcript};
use serde_json::json;

use crate::support::scripted_model::{Script, ScriptedModel, says};
use crate::support::{ANSWER, question, settings};

/// Both coaches; the model replies by script as long as its server is kept.
async fn coaches(script: Script) -> (ScriptedModel, [Coach; 2]) {
    let model = script.start().await;
    let llm = LlmCoach::new(&settings(&model.base_url())).unwrap();
    let coaches = [Coach::Offline(Arc::new(OfflineCoach::new(&[question()]))), Coach::Llm(Arc::new(llm))];
    (model, coaches)
}

async fn report(coach: &Coach, assignment: &Assignment<'_>) -> Result<Report<CoachError>, CoachError> {
    match coach {
        Coach::Offline(offline) => Ok(offline.judge(assignment)),
        Coach::Llm(llm) => llm.judge(assignment, Duration::ZERO, None).await,
    }
}

#[tokio::test]
async fn every_key_point_has_one_claim_no_check_has_two_and_quotes_are_of_the_transcript() {
    let (question, transcript) = (question(), Transcript::typed(ANSWER));
    let rubric = Rubric::of(&question, None);
    let assignment = Assignment::to_question(&question, &rubric, &transcript);
    let (_model, coaches) = coaches(Script::sound()).await;
    for coach in coaches {
        let report = report(&coach, &assignment).await.unwrap();
        let claimed: HashSet<_> =
            report.correctness.as_ref().unwrap().key_points.iter().map(|claim| &claim.id).collect();
        assert_eq!(claimed, rubric.key_points.iter().map(|point| &point.id).collect(), "{coach:?}");
        // The offline coach leaves out what it cannot judge.
        let checks: Vec<ClarityCheck> = report.clarity.as_ref().unwrap().iter().map(|claim| claim.check).collect();
        let checked: HashSet<_> = checks.iter().collect();
        assert!(checked.len() == checks.len() && checked.contains(&ClarityCheck::AnswersTheQuestion), "{coach:?}");

        let feedback = judging::judge(&assignment, report).unwrap().feedback;
        let verdicts: Vec<&Verdict> = feedback.marks().unwrap().key_points().iter().map(|mark| &mark.verdict).collect();
        // The offline coach would rather ask than tick.
        assert!(
            verdicts[0] != &Verdict::Missed && verdicts[1].is_hit() && !verdicts[2].is_hit(),
            "{coach:?}: {verdicts:?}"
        );
        let quotes = verdicts.iter().filter_map(|verdict| verdict.evidence());
        assert!(quotes.map(|evidence| evidence.quote()).all(|quote| ANSWER.contains(quote)), "{coach:?}");
    }
}

#[tokio::test]
async fn a_report_names_who_judged_by_which_rubric() {
    let (question, transcript) = (question(), Transcript::typed(ANSWER));
    let rubric = Rubric::of(&question, None);
    let (_model, coaches) = coaches(Script::sound()).await;
    for (coach, kind) in coaches.into_iter().zip([CoachKind::Offline, CoachKind::Llm]) {
        let judged_by = coach.judged_by(&question);
        assert_eq!((judged_by.coach, judged_by.model.is_some()), (kind, kind == CoachKind::Llm));
        assert_eq!(judged_by.rubric_version, question.rubric_version());
        assert!(!judged_by.prompt_version.is_empty());
        let report = report(&coach, &Assignment::to_question(&question, &rubric, &transcript)).await.unwrap();
        assert_eq!(report.judged_by, judged_by);
        assert_eq!(report.follow_up, None, "there is no follow-up outside a round");
    }
}

#[tokio::test]
async fn a_follow_up_is_judged_by_its_own_rubric_and_other_points_count_where_they_are_made() {
    let question = question();
    let point = &question.key_points[2];
    let target = Target::KeyPoint(point.id.clone());
    let rubric = Rubric::of(&question, Some(&target));
    let transcript =
        Transcript::typed("I would borrow it with a reference. The assignment moves the string into b, you see.");
    let marks = json!({
        "key_points": {point.id.as_str(): {"quote": "borrow it with a reference", "verdict": "hit"}},
        "other_points": {
            "value-moves": {"quote": "The assignment moves the string into b", "verdict": "hit"},
            "no-use-after-move": {"quote": "you see", "verdict": "hit"},
        },
    });
    let (_model, coaches) = coaches(Script::sound().on("marks", [says(&marks)])).await;
    for coach in coaches {
        let assignment = Assignment {
            prompt: &point.probe,
            target: Some(&target),
            ..Assignment::to_question(&question, &rubric, &transcript)
        };
        let report = report(&coach, &assignment).await.unwrap();
        let feedback = judging::judge(&assignment, report).unwrap().feedback;
        let (marks, beyond) = (feedback.marks().unwrap().key_points(), feedback.marks().unwrap().beyond());
        assert!(marks.len() == 1 && marks[0].verdict.is_hit(), "{coach:?}: {marks:?}");
        let beyond: Vec<&str> = beyond.iter().map(|mark| mark.id.as_str()).collect();
        assert_eq!(beyond, ["value-moves"], "{coach:?}");
        assert_eq!(feedback.stronger_answer(), None, "{coach:?}");
    }
}

#[tokio::test]
async fn an_answer_without_words_earns_nothing() {
    let (question, transcript): (Question, _) = (question(), Transcript::typed(" \n "));
    let rubric = Rubric::of(&question, None);
    let assignment = Assignment::to_question(&question, &rubric, &transcript);
    let (_model, coaches) = coaches(Script::sound()).await;
    for coach in coaches {
        let Ok(report) = report(&coach, &assignment).await else { continue };
        let feedback = judging::judge(&assignment, report).unwrap().feedback;
        assert!(feedback.marks().unwrap().key_points().iter().all(|mark| !mark.verdict.is_hit()), "{coach:?}");
    }
}
