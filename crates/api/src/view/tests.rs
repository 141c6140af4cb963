use super::*;
use crate::testing::judged;

fn feedback(remark: Option<&str>, coach: Coach, model: Option<&str>) -> Feedback {
    let judged_by = JudgedBy {
        coach,
        model: model.map(str::to_owned),
        prompt_version: "3".to_owned(),
        rubric_version: "00c0ffee".to_owned(),
    };
    Feedback { remark: remark.map(str::to_owned), judged_by: Some(judged_by), ..Feedback::default() }
}

#[test]
fn the_offline_coach_is_introduced_once() {
    let judge = Judge::of(&feedback(Some("Judged offline, by rules."), Coach::Offline, None)).unwrap();
    assert_eq!(judge.remark, "Judged offline, by rules.");
    assert_eq!(judge.versions, "rules 3, key points 00c0ffee");
}

#[test]
fn a_language_model_is_always_named() {
    let judge = Judge::of(&feedback(None, Coach::Llm, Some("some-model"))).unwrap();
    assert_eq!(judge.remark, "Judged by the language model some-model; every quote was checked.");
    assert_eq!(judge.versions, "some-model, prompts 3, key points 00c0ffee");
}

#[test]
fn a_quote_ends_without_the_comma_after_its_clause() {
    let mut panel = judged().feedback.unwrap().correctness.unwrap();
    panel.key_points[0].evidence.quote = Some("one owner, at a time,".to_owned());
    assert_eq!(correctness(&panel).marks[0].quote.as_ref().unwrap().text, "one owner, at a time");
}

#[test]
fn a_point_that_another_makes_unneeded_shows_no_doubt_and_no_quote() {
    let mut panel = judged().feedback.unwrap().correctness.unwrap();
    panel.key_points.truncate(2);
    panel.key_points.iter_mut().for_each(|point| point.any_of = Some("a way out".to_owned()));
    let (hit, spare) = panel.key_points.split_at_mut(1);
    spare[0].verdict = Verdict::Unclear;
    spare[0].doubt = Some("the coach could not tell".to_owned());
    spare[0].evidence = hit[0].evidence.clone();
    let marks = correctness(&panel).marks;
    assert_eq!((marks[0].sign, marks[0].quote.is_some()), (Sign::Good, true));
    let spare = &marks[1];
    assert_eq!((spare.verdict, spare.quote.as_ref()), ("not needed", None));
    assert_eq!(spare.note.as_deref(), Some("one of these is enough"));
}

#[test]
fn quotes_are_not_said_to_be_checked_beside_a_remark_that_some_do_not_count() {
    let judge = Judge::of(&feedback(Some("1 quote does not count."), Coach::Llm, Some("some-model"))).unwrap();
    assert_eq!(judge.remark, "Judged by the language model some-model. 1 quote does not count.");
}

#[test]
fn without_a_judging_there_is_no_judge() {
    assert_eq!(Judge::of(&Feedback::default()), None);
}

#[test]
fn a_range_is_a_figure_with_its_reason_and_decisions_are_the_candidate_s() {
    let feedback = crate::testing::decided().feedback.unwrap();
    assert_eq!(scores(&feedback), "correctness 4 to 7, clarity 5.0");
    let panel = correctness(feedback.correctness.as_ref().unwrap());
    assert_eq!(panel.figure(), "4 to 7 of 10");
    assert_eq!(panel.no_score, Some("a range, because points are unclear"));
    assert_eq!(panel.points_made.as_deref(), Some("found 2 of 2 core points, 0 of 1 other; 1 unclear"));
    let marks = panel.marks.iter().chain(&panel.misconceptions);
    let lines: Vec<String> = marks
        .map(|mark| {
            let choices: Vec<&str> = mark.choices.iter().map(|choice| choice.label).collect();
            let by = if mark.by_you { "you" } else { "coach" };
            format!("{} {} by {by}: {}", mark.id, mark.verdict, choices.join(", "))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "one-owner hit by coach: I did not say that",
            "dropped hit by you: I did not say that, undo",
            "moves unclear by coach: I said that, I did not say that",
            "collector not stated by you: undo",
        ]
    );
}

#[test]
fn what_was_made_without_being_asked_for_stands_apart_and_is_not_decided_about() {
    let mut panel = crate::testing::judged().feedback.unwrap().correctness.unwrap();
    panel.beyond = panel.key_points.splice(..1, []).collect();
    let shown = correctness(&panel);
    assert_eq!(shown.points_made.as_deref(), Some("found 0 of 1 core point, 0 of 1 other; 1 unclear"));
    let mark = shown.marks.last().unwrap();
    assert_eq!(
        (mark.heading.as_deref(), mark.id.as_str(), mark.sign),
        (Some("You also said"), "one-owner", Sign::Good)
    );
    assert!(mark.choices.is_empty());
}

#[test]
fn every_stage_of_a_design_has_its_heading_once() {
    let headings = |turn: Turn| -> Vec<Option<String>> {
        let panel = correctness(&turn.feedback.unwrap().correctness.unwrap());
        panel.marks.into_iter().map(|mark| mark.heading).collect()
    };
    let titled = |title: &str| Some(title.to_owned());
    assert_eq!(headings(crate::testing::staged()), [titled("Clarify"), None, titled("Sketch")]);
    assert_eq!(headings(crate::testing::judged()), [None, None, None]);
}

#[test]
fn a_claim_has_its_versions_beside_it_unless_it_names_them() {
    let of = |claim: &str, since: Option<&str>, until: Option<&str>| {
        versions(claim, &Versions { since: since.map(str::to_owned), until: until.map(str::to_owned) })
    };
    assert_eq!(of("it is so", Some("Rust 1.85"), None).as_deref(), Some("since Rust 1.85"));
    assert_eq!(of("it is so", Some("Go 1.9"), Some("Go 1.21")).as_deref(), Some("since Go 1.9 until Go 1.21"));
    assert_eq!(of("since Rust 1.85 it is so", Some("Rust 1.85"), None), None);
    assert_eq!(of("it is so", None, None), None);
}

#[test]
fn without_a_score_there_is_a_reason_and_no_figure() {
    let panel = correctness(&Correctness::default());
    assert_eq!((panel.figure().as_str(), panel.no_score), ("no score", Some("no point could be decided")));
    assert_eq!(panel.points_made, None);
}

#[test]
fn times_are_minutes_and_seconds() {
    assert_eq!([0.0, 59.9, 67.2, 3600.0].map(clock), ["0:00", "0:59", "1:07", "60:00"]);
}

#[test]
fn every_measure_says_what_it_means() {
    let turn = crate::testing::spoken();
    let measured = turn.feedback.unwrap().delivery.unwrap();
    let measured = Delivery { immediate_repeats: 1, spoken: 130.3, over_limit: 10.3, ..measured };
    let lines = delivery(&measured).into_iter().map(|measure| {
        let Measure { name, figure, meaning, note, place, quotes } = measure;
        let quotes = place.into_iter().chain(quotes).map(|quote| format!(" [{} {:?}]", quote.text, quote.start()));
        format!("{name}: {figure} {meaning} ({note}){}\n", quotes.collect::<String>())
    });
    let expected = "\
Pace: 142 words per minute (typical 110 to 170, pauses included)
Without pauses: 171 words per minute while speaking ()
First word: 1.4 s until the first word (thinking is allowed, never scored)
Pauses: 2 pauses over 1 s, 1 over 2.5 s (median 0.4 s) [longest 2.6 s Some(\"0:12\")]
Um and uh: 1 um or uh, 1.2 per minute: normal (a lower bound, because recognisers drop most of them; up to 5 per minute is normal)
Filler words: 4 filler words: “like” × 3, “you know” × 1 (some may be ordinary words here)
Hedges: 1 hedge (fine where you are unsure; where you are sure, say it directly) [I guess Some(\"0:20\")]
Stumbles: 1 word said twice in a row ()
Length: 2:10 from first to last word, 0:10 over the limit (limit 2:00)
";
    assert_eq!(lines.collect::<String>(), expected);
}
