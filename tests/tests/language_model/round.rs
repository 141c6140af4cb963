//! A round at a terminal of 80 columns and 24 rows, screen by screen.

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::Home;
use journeys::screen::Screen;
use serde_json::{Value, json};

use crate::{QUESTION, SHORT_ANSWER};

const AGAIN: &str =
    "Every value has exactly one owner. Assigning it moves it, and the old name can't be used any more.";
const TYPING: &str = "Ctrl-C end the round";
const PROBE: &str = "What did the designers want to get, compared with C and with Java?";

/// A model that finds two points in each of the first two answers, one of them in both, and none in others.
fn model() -> LanguageModel {
    LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        let said: &[&str] = match asked.answer.as_str() {
            answer if answer.contains(SHORT_ANSWER) => &["one-owner", "dropped-at-scope-end"],
            answer if answer.contains(AGAIN) => &["one-owner", "assignment-moves"],
            _ => &[],
        };
        for (id, point) in words["key_points"].as_object_mut().into_iter().flatten() {
            if !said.contains(&id.as_str()) {
                *point = json!({"quote": null, "verdict": "missed"});
            }
        }
        if asked.form == "follow_up" {
            words = json!({"question": PROBE});
        }
        Reply::Says(words)
    })
}

/// What is on the screen below a heading. What is above it depends on the wording that was chosen and on how long the judging took.
fn below<'s>(screen: &'s str, heading: &str) -> &'s str {
    screen.rsplit_once(&format!("\n{heading}")).unwrap().1
}

#[test]
fn a_follow_up_reveals_nothing_and_the_feedback_fits_one_screen_and_is_held_against_another_attempt() {
    let model = model();
    let home = Home::empty();
    let arguments = ["practice", "--question", QUESTION, "--typed", "--mute", "--seed", "1"];
    let mut screen = Screen::of(home.viva(arguments).judged_by_model_at(&model.base_url()));
    screen.until("Question 1 of 1", TYPING);
    screen.press(&format!("{SHORT_ANSWER}\r\r"));
    insta::assert_snapshot!("follow_up", below(&screen.until("Follow-up", TYPING), "Follow-up"));
    screen.press("I do not know that one.\r\r");
    screen.until("How sure are you of your answer?", "1-4 how sure");
    screen.press("4");
    insta::assert_snapshot!("feedback", below(&screen.until("Feedback", "q finish"), "Feedback"));
    screen.press("d");
    insta::assert_snapshot!("details", screen.until("Key points", "b back to the feedback"));
    screen.press("b");
    screen.until("Feedback", "q finish");
    screen.press("a");
    screen.until("Again", TYPING);
    screen.press(&format!("{AGAIN}\r\r"));
    let again = screen.until("before", "q finish");
    insta::assert_snapshot!("again", below(&again, "Again"));
    screen.press("\r");
    insta::assert_snapshot!(
        "debrief",
        below(&screen.until("The round", "a practise the weakest point now"), "The round")
    );
    screen.press("a");
    screen.until("Again", TYPING);
    screen.press("\u{1b}");
    screen.until("Again", "s I don't know");
    screen.press("s");
    screen.until("no score", "d details");
    screen.press("\r");
    screen.until("The round", "Enter done");
    screen.press("\r");
    screen.ends();

    let listed = home.viva(["review", "--json"]).finish().success().json();
    let attempts: Vec<&Value> =
        listed["sessions"].as_array().unwrap().iter().map(|session| &session["answered"]).collect();
    assert_eq!(attempts, [0, 1, 2], "each attempt is kept");
}

#[test]
fn a_real_interview_keeps_the_time_and_gives_no_feedback_until_the_report_at_its_end() {
    let model = model();
    let home = Home::empty();
    let asked = ["--question", QUESTION, "--question", "borrowing-aliasing-rules", "--follow-ups", "0"];
    let arguments = [&["practice", "--real", "20", "--typed", "--mute", "--seed", "1"][..], &asked].concat();
    let mut screen = Screen::of(home.viva(arguments).judged_by_model_at(&model.base_url()));
    let first = screen.until("Question 1", TYPING);
    assert!(first.contains("Hello, and welcome. We have 20 minutes.") && first.contains("min left"), "{first}");
    screen.press(&format!("{SHORT_ANSWER}\r\r"));
    let last = screen.until("Question 2", TYPING);
    assert!(last.contains("This is the last question."), "{last}");
    assert!(!last.contains("Feedback"), "{last}");
    screen.press("I do not know that one.\r\r");
    let report = screen.until("Feedback", "Enter continue");
    assert!(report.contains("Well said"), "{report}");
    screen.press("\r");
    screen.until("0.0 of 10", "Enter continue");
    screen.press("\r");
    let debrief = screen.until("The round", "a practise the weakest point now");
    insta::assert_snapshot!("real_debrief", below(&debrief, "The round"));
    screen.press("\r");
    screen.ends();
}
