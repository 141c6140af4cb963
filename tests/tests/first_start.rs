//! The first round at a terminal asks what the candidate prepares for.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::fs;

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::Home;
use journeys::screen::{SIZES, Screen, below, in_one_line};
use journeys::workspace;
use serde_json::json;

/// An answer that makes every point of the question.
const ANSWER: &str = "Every value has exactly one owner, and it is dropped when the owner goes out of scope. Assigning it moves it, \
    and the old name can't be used any more. The reason is memory safety without a garbage collector, decided at compile time: no use after \
    free and no double free. Cycles need reference counting, and can still leak.";
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

/// A folder of questions with one question, of the subject `mine`.
fn own_question(home: &Home) -> std::path::PathBuf {
    let text = fs::read_to_string(workspace::root().join("questions/rust/ownership-why.toml")).unwrap();
    let text =
        text.replace("\"ownership-why\"", "\"mine-why\"").replace("topic = \"ownership\"", "topic = \"mine-topic\"");
    let without = ["conflicts_with", "tags"];
    let lines = text.lines().filter(|line| !without.iter().any(|name| line.starts_with(name)));
    let folder = home.path().join("questions");
    fs::create_dir_all(folder.join("mine")).unwrap();
    fs::write(folder.join("topics.toml"), "format_version = 1\n\n[mine]\nmine-topic = \"My topic\"\n").unwrap();
    fs::write(folder.join("mine/mine-why.toml"), lines.map(|line| line.to_owned() + "\n").collect::<String>()).unwrap();
    folder
}

/// The screen without the numbers of questions, which change with the bank.
fn without_numbers_of_questions(screen: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" question") {
        Some((before, _)) => before.trim_end_matches(|digit: char| digit.is_ascii_digit()).to_owned() + "N questions\n",
        None => line.to_owned() + "\n",
    };
    screen.lines().map(line).collect()
}

#[test]
fn from_an_empty_home_to_the_first_feedback() {
    for (size, name) in SIZES {
        let home = Home::unmarked();
        let models = json!([{"name": "small:1b", "size": 1_000_000_000}]);
        let model = LanguageModel::ollama(models, |asked| Reply::Says(kind_words(asked)));
        let run = home.viva(["practice", "--typed", "--mute", "--follow-ups", "0"]).env("OLLAMA_HOST", model.host());
        let mut screen = Screen::sized(size, run.env("VIVA_QUESTIONS", own_question(&home)));
        let compare = |what: &str, shown: &str| insta::assert_snapshot!(format!("{what}{name}"), shown);

        compare("subjects", &without_numbers_of_questions(&screen.until(SUBJECTS, "Esc not now")));
        screen.press("6");
        screen.until("6  \u{25cf} Rust", "Esc not now");
        screen.press("6");
        screen.until("6  \u{25cb} Rust", "Esc not now");
        screen.press("5");
        screen.until("5  \u{25cf} Mine", "Esc not now");
        screen.press("\r");
        compare("level", &screen.until(LEVELS, "Esc not now"));
        screen.press("1");
        compare("date", &screen.until(WHEN, "Esc not now"));
        screen.press("\r");
        compare("minutes", &screen.until(HOW_LONG, "Esc not now"));
        screen.press("\r");
        screen.until("A language model runs on this machine", "l let it judge");
        screen.press("l");
        let question = screen.until("Question 1 of 1", "Esc a hint, or skip");
        assert!(question.contains("You prepare for Mine; junior level."), "{question}");
        // Pasted, because so many keys at once are more than a keyboard sends.
        screen.press(&format!("\u{1b}[200~{ANSWER}\u{1b}[201~\r\r"));
        screen.until("How sure are you", "Enter skip");
        screen.press("3");
        compare("feedback", below(&screen.until("Feedback", "q finish"), "Feedback"));
        screen.press("\r");
        compare("debrief", below(&screen.until("The round", "Enter done"), "The round"));
        screen.press("\r");
        screen.ends();
        let chosen = settings(&home).unwrap();
        assert!(chosen.contains("subjects = [\"mine\"]") && chosen.contains("model = \"small:1b\""), "{chosen}");

        let again = home.viva(["practice", "--typed", "--mute"]).env("VIVA_QUESTIONS", own_question(&home));
        let said = in_one_line(&Screen::sized(size, again).ends());
        assert!(said.contains("every question that fits was asked within the last 24 hours"), "{said}");
        assert!(said.contains("add --repeat") && said.contains("practice --again QUESTION"), "{said}");
    }
}
