//! The first round at a terminal asks what the candidate prepares for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::fs;

use journeys::program::Home;
use journeys::screen::Screen;

const SUBJECTS: &str = "What are you preparing for?";
const LEVELS: &str = "Which level?";
const WHEN: &str = "When is the interview?";
const HOW_LONG: &str = "How many minutes a day";
const TYPING: &str = "Ctrl-C end the round";

fn settings(home: &Home) -> Option<String> {
    fs::read_to_string(home.path().join(".config/viva/config.toml")).ok()
}

fn start(home: &Home, arguments: &[&str]) -> Screen {
    Screen::of(home.viva([&["practice", "--typed", "--mute"], arguments].concat()))
}

#[test]
fn what_is_chosen_holds_for_later_rounds_until_it_is_changed() {
    let home = Home::empty();
    let mut screen = start(&home, &[]);
    let subjects = screen.until(SUBJECTS, "1-6 choose  \u{b7}  Enter go on  \u{b7}  Esc not now");
    for subject in ["1  \u{25cb} Backend", "3  \u{25cb} C++", "4  \u{25cb} Go", "6  \u{25cb} System design"] {
        assert!(subjects.contains(subject), "{subjects}");
    }
    screen.press("4");
    screen.until("4  \u{25cf} Go", "Enter go on");
    screen.press("5");
    screen.until("5  \u{25cf} Rust", "Enter go on");
    screen.press("\r");
    let levels = screen.until(LEVELS, "Enter any level");
    assert!(levels.contains("2  mid"), "{levels}");
    screen.press("2");
    screen.until(WHEN, "Esc not now");
    screen.press("2001-01-01\r");
    screen.until("2001-01-01 is over.", "Enter go on");
    screen.press("\u{15}2099-12-20\r");
    screen.until(HOW_LONG, "Enter go on");
    screen.press("30\r");
    screen.until("", TYPING);
    screen.press("\u{3}");
    screen.ends();
    let chosen =
        "[practice]\nsubjects = [\"go\", \"rust\"]\nlevels = [\"mid\"]\ninterview = \"2099-12-20\"\nminutes = 30\n";
    assert_eq!(settings(&home).unwrap(), chosen);
    let progress = home.viva(["progress"]).finish().success();
    assert!(progress.output.contains("days left until the interview"), "{}", progress.output);

    let asked = |arguments: &[&str]| -> Vec<(String, String)> {
        let all = [&["practice", "--json", "--questions", "4", "--follow-ups", "0"], arguments].concat();
        let run = home.viva(all).input("\n\n\n\n").finish().success();
        assert_eq!(run.errors.contains("You prepare for Go, Rust; mid level"), arguments.is_empty(), "{}", run.errors);
        let session = run.json();
        let turns = session["turns"].as_array().unwrap().iter();
        let word = |turn: &serde_json::Value, name: &str| turn["question"][name].as_str().unwrap().to_owned();
        turns.map(|turn| (word(turn, "topic"), word(turn, "level"))).collect()
    };
    let rust_and_go = asked(&[]);
    assert!(rust_and_go.iter().all(|(topic, level)| level == "mid" && !topic.starts_with("cpp-")), "{rust_and_go:?}");
    let flags = asked(&["--subject", "c++", "--level", "junior"]);
    assert!(flags.iter().all(|(topic, level)| level == "junior" && topic.starts_with("cpp-")), "{flags:?}");

    let mut screen = start(&home, &["--setup"]);
    screen.until(SUBJECTS, "Enter go on");
    screen.press("\r");
    screen.until(LEVELS, "Enter any level");
    screen.press("\r");
    screen.until(WHEN, "Enter go on");
    screen.press("\r");
    screen.until(HOW_LONG, "Enter go on");
    screen.press("\r");
    screen.until("", TYPING);
    screen.press("\u{3}");
    screen.ends();
    assert_eq!(settings(&home).unwrap(), "[practice]\nsubjects = []\nlevels = []\n");
}

#[test]
fn whoever_leaves_the_choice_open_is_asked_again_the_next_time() {
    let home = Home::empty();
    let mut screen = start(&home, &[]);
    screen.until(SUBJECTS, "Esc not now");
    screen.press("\u{1b}");
    screen.until("", TYPING);
    screen.press("\u{3}");
    screen.ends();
    assert_eq!(settings(&home), None);

    let mut screen = start(&home, &["--plain"]);
    screen.until("[ ] Rust", "n not now");
    screen.press("5\r");
    screen.until("[x] Rust", "n not now");
    screen.press("\u{3}");
    screen.ends();
    assert_eq!(settings(&home), None);
    let piped = home.viva(["practice", "--setup"]).input("1\n").finish().fails_with(2);
    assert!(piped.errors.contains("needs a terminal"), "{}", piped.errors);
}
