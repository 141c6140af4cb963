//! A round at a terminal, screen by screen.

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::Home;
use journeys::screen::{SIZES, Screen, below};
use serde_json::{Value, json};

use crate::{QUESTION, SHORT_ANSWER};

const AGAIN: &str =
    "Every value has exactly one owner. Assigning it moves it, and the old name can't be used any more.";
const ABOUT_THE_POINT: &str = "They wanted memory safety without a garbage collector, and the compiler decides it.";
const TYPING: &str = "Esc a hint, or skip";
const PROBE: &str = "What did the designers want to get, compared with C and with Java?";

/// A model that finds two points in each of the first two answers, one of them in both, and none in others.
fn model() -> LanguageModel {
    LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        let said: &[&str] = match asked.answer.as_str() {
            answer if answer.contains(SHORT_ANSWER) => &["one-owner", "dropped-at-scope-end"],
            answer if answer.contains(AGAIN) => &["one-owner", "assignment-moves"],
            answer if answer.contains(ABOUT_THE_POINT) => &["safety-without-gc"],
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

/// Compares a screen with the one that was accepted.
macro_rules! same {
    ($name:expr, $size:expr, $screen:expr) => {
        insta::assert_snapshot!(format!("{}{}", $name, $size), $screen)
    };
}

#[test]
fn a_follow_up_reveals_nothing_and_the_feedback_fits_one_screen_and_is_held_against_another_attempt() {
    for (size, name) in SIZES {
        let model = model();
        let home = Home::empty();
        let arguments = ["practice", "--question", QUESTION, "--typed", "--mute", "--seed", "1"];
        let mut screen = Screen::sized(size, home.viva(arguments).judged_by_model_at(&model.base_url()));
        same!("question", name, below(&screen.until("Question 1 of 1", TYPING), "Question 1 of 1"));
        screen.press(&format!("{SHORT_ANSWER}\r\r"));
        same!("follow_up", name, below(&screen.until("Follow-up", TYPING), "Follow-up"));
        screen.press("I do not know that one.\r\r");
        screen.until("How sure are you of your answer?", "1-4 how sure");
        screen.press("4");
        same!("feedback", name, below(&screen.until("Feedback", "q finish"), "Feedback"));
        screen.press("d");
        same!("details", name, below(&screen.until("Key points", "b back to the feedback"), "Correctness"));
        screen.press("b");
        screen.until("Feedback", "q finish");
        screen.press("a");
        screen.until("Again", TYPING);
        screen.press(&format!("{AGAIN}\r\r"));
        same!("again", name, below(&screen.until("before", "q finish"), "Again"));
        screen.press("\r");
        let debrief = screen.until("The round", "a practise the weakest point now");
        same!("debrief", name, below(&debrief, "The round"));
        screen.press("a");
        let weakest = screen.until("Your weakest point", TYPING);
        same!("weakest", name, below(&weakest, "Your weakest point"));
        screen.press(&format!("{ABOUT_THE_POINT}\r\r"));
        same!("weakest_feedback", name, below(&screen.until("Feedback", "q finish"), "Feedback"));
        screen.press("\r");
        screen.until("The round", "Enter done");
        screen.press("a");
        screen.until("Your weakest point", TYPING);
        screen.press("\u{1b}");
        screen.until("Your weakest point", "s I don't know");
        screen.press("s");
        screen.until("no score", "d details");
        screen.press("\r");
        screen.until("The round", "Enter done");
        screen.press("\r");
        screen.ends();
        same!("progress", name, without_size_of_the_bank(&Screen::sized(size, home.viva(["progress"])).ends()));

        let listed = home.viva(["review", "--json"]).finish().success().json();
        let attempts: Vec<&Value> =
            listed["sessions"].as_array().unwrap().iter().map(|session| &session["answered"]).collect();
        assert_eq!(attempts, [0, 1, 1, 2], "each attempt is kept");
        let again = home.viva(["practice", "--again", "last", "--json"]).input("\n").finish().success().json();
        assert_eq!(again["turns"][0]["question"]["id"], QUESTION);
    }
}

/// The progress without how many questions there are, which changes with the bank.
fn without_size_of_the_bank(screen: &str) -> String {
    let line = |line: &str| match line.split_once(" of ") {
        Some((before, after)) if after.starts_with(|digit: char| digit.is_ascii_digit()) => {
            format!("{before} of N  {}\n", after.trim_start_matches(|digit: char| digit.is_ascii_digit()).trim_start())
        }
        _ => line.to_owned() + "\n",
    };
    screen.lines().map(line).collect()
}

#[test]
fn plain_output_has_the_same_flow_line_by_line() {
    let model = model();
    let home = Home::empty();
    let arguments = ["practice", "--question", QUESTION, "--typed", "--mute", "--seed", "1", "--plain"];
    let mut screen = Screen::of(home.viva(arguments).judged_by_model_at(&model.base_url()));
    let typing = "Ctrl-C end the round";
    screen.until("Question 1 of 1", typing);
    screen.press(&format!("{SHORT_ANSWER}\r\r"));
    screen.until("Follow-up", typing);
    screen.press("I do not know that one.\r\r");
    screen.until("How sure are you of your answer?", "Enter skip");
    screen.press("4\r");
    screen.until("To fix", "q finish");
    screen.press("d\r");
    screen.until("Key points", "b back to the feedback");
    screen.press("b\r");
    screen.until("To fix", "q finish");
    screen.press("\r");
    screen.until("Weakest", "a practise the weakest point now");
    screen.press("a\r");
    screen.until("Your weakest point", typing);
    screen.press("\r");
    screen.until("Your weakest point", "q finish the round");
    screen.press("s\r");
    screen.until("no score", "q finish");
    screen.press("\r");
    screen.until("Comes back", "a practise the weakest point now");
    screen.press("\r");
    screen.ends();
}

#[test]
fn code_that_does_not_fit_the_screen_stays_in_view_and_scrolls_while_an_answer_is_typed() {
    let home = Home::empty();
    let run = home.viva(["practice", "--question", "async-dropped-read", "--typed", "--mute", "--seed", "1"]);
    let mut screen = Screen::of(run);
    screen.until("   1  ", "scroll the code");
    screen.press("One line\rand another");
    screen.until("and another", "scroll the code");
    screen.press("\u{1b}[B\u{1b}[B");
    insta::assert_snapshot!("code", screen.until("  15  ", "scroll the code"));
    screen.press("\u{3}");
    screen.until("", "x discard");
    screen.press("x");
    screen.ends();
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
