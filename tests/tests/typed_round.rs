//! A candidate answers with the keyboard, or a script does.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use journeys::program::Home;
use journeys::screen::press;

const ANSWER: &str = "Every value has exactly one owner, and when the owner goes out of scope the value is dropped, so the memory is \
                      freed without a garbage collector. If I move it somewhere else the old variable can't be used any more.";

/// How long a terminal may show nothing new, in milliseconds.
const LIMIT: u64 = 60_000;

#[test]
fn piped_lines_are_answers_and_the_feedback_is_one_json_document() {
    let home = Home::empty();
    let run = home
        .viva(["practice", "--question", "ownership-why", "--follow-ups", "0", "--json"])
        .input(format!("{ANSWER}\n"));
    let session = run.finish().success().json();
    let turn = &session["turns"][0];
    assert_eq!(turn["answer"]["source"], "typed");
    assert_eq!(turn["answer"]["transcript"]["text"], ANSWER);
    assert!(turn["feedback"]["delivery"].is_null(), "nobody heard a typed answer");
    let points = turn["feedback"]["correctness"]["key_points"].as_array().unwrap();
    let hits: Vec<&str> =
        points.iter().filter(|point| point["verdict"] == "hit").filter_map(|point| point["quote"].as_str()).collect();
    assert!(!hits.is_empty() && hits.iter().all(|quote| ANSWER.contains(quote)), "{hits:?}");
    assert_eq!(session["state"], "finished");
}

#[test]
fn a_hint_while_typing_leaves_the_text_as_it_is() {
    let home = Home::empty();
    let run = home
        .viva(["practice", "--question", "ownership-why", "--follow-ups", "0", "--typed", "--mute", "--no-sureness"]);
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    press(&mut terminal, "Esc", "Every value has one owner");
    press(&mut terminal, "one owner", "\u{1b}");
    press(&mut terminal, "back to the answer", "h");
    press(&mut terminal, "Hint 1", " and is dropped when that goes out of scope.\r\r");
    press(&mut terminal, "continue", "q");
    press(&mut terminal, "Enter done", "\r");
    terminal.exp_eof().unwrap();
    let listed = home.viva(["review", "--json"]).finish().success().json();
    let id = listed["sessions"][0]["id"].as_str().unwrap().to_owned();
    let turn = home.viva(["review", &id, "--json"]).finish().success().json()["turns"][0].clone();
    assert_eq!(
        turn["answer"]["transcript"]["text"],
        "Every value has one owner and is dropped when that goes out of scope."
    );
    assert_eq!(turn["hints_used"], 1);
}

#[test]
fn an_answer_that_another_program_types_at_once_is_whole() {
    let home = Home::empty();
    let run = home
        .viva(["practice", "--question", "ownership-why", "--follow-ups", "0", "--typed", "--mute", "--no-sureness"]);
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    let answer = [ANSWER; 4].join(" ");
    press(&mut terminal, "Esc", &format!("{answer}\r\r"));
    press(&mut terminal, "judging", "\u{3}");
    terminal.exp_eof().unwrap();
    let turn = home.viva(["review", "last", "--json"]).finish().success().json()["turns"][0].clone();
    assert_eq!(turn["answer"]["transcript"]["text"], answer.as_str());
}

#[test]
fn an_answer_that_was_cut_off_is_never_sent_unasked() {
    let home = Home::empty();
    let start = || {
        let run = home.viva(["practice", "--question", "ownership-why", "--typed", "--mute"]);
        rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap()
    };
    let mut terminal = start();
    press(&mut terminal, "Esc", "Every value has");
    terminal.exp_string("value has").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("You stopped in the middle of your answer.").unwrap();
    press(&mut terminal, "x discard", "l");
    terminal.exp_string("It is kept and not judged.").unwrap();
    terminal.exp_eof().unwrap();
    let shown = || home.viva(["review", "last", "--json"]).finish().success().json();
    assert_eq!((&shown()["state"], &shown()["turns"][0]["state"]), (&"open".into(), &"asked".into()));

    // A script cannot be asked.
    let script = home.viva(["practice", "--question", "ownership-why", "--follow-ups", "0"]).input("skip\n").finish();
    assert!(script.success().errors.contains("An unfinished answer is kept and not judged."));

    let mut terminal = start();
    terminal.exp_string("You have an unfinished answer to").unwrap();
    terminal.exp_string("Every value has").unwrap();
    press(&mut terminal, "x discard", "x");
    terminal.exp_string("Esc").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_eof().unwrap();
    assert_eq!(std::fs::read_dir(home.data().join("outbox")).unwrap().count(), 0);
}

#[test]
fn a_running_server_of_the_same_data_folder_is_used() {
    let home = Home::empty();
    let server = home.serve();
    let asked = ["practice", "--question", "ownership-why", "--follow-ups", "0", "--plain"];
    let round = home.viva(asked).input(format!("{ANSWER}\n")).finish().success();
    let address = server.url.clone();
    assert!(round.errors.contains(&format!("Viva is running at {address} already")), "{}", round.errors);
    let listed = home.viva(["review", "--json"]).finish().success().json();
    assert_eq!(listed["sessions"].as_array().unwrap().len(), 1);
    let second = home.server().finish().fails_with(1);
    assert!(second.errors.contains(&format!("viva is running already, at {address}")), "{}", second.errors);
    let database = format!("sqlite://{}", home.data().join("viva.sqlite").display());
    let other = ["serve", "--bind", "127.0.0.1:0", "--data", "elsewhere", "--database", &database];
    let other = home.viva(other).finish().fails_with(1).errors;
    assert!(other.contains("another program is using the database") && other.contains("--server URL"), "{other}");
    let doctor = home.viva(["doctor"]).finish();
    assert!(doctor.output.contains(&format!("viva is running at {address}")), "{}", doctor.output);
    server.kill();
    // What a killed server left behind is no address.
    assert_eq!(home.viva(["review", "--json"]).finish().success().json(), listed);
}

#[test]
fn with_nothing_to_listen_to_and_nothing_to_read_it_says_what_to_do() {
    let run = Home::empty().viva(["practice"]).finish().fails_with(1);
    assert!(run.errors.contains("make demo"), "{}", run.errors);
    assert!(run.output.is_empty(), "{}", run.output);
}

#[test]
fn an_answer_that_is_not_utf_8_is_kept_with_what_could_not_be_read_marked() {
    let home = Home::empty();
    let input: &[u8] = b"every value has \xff\xfe one owner\n";
    let run = home.viva(["practice", "--question", "ownership-why", "--follow-ups", "0", "--json"]).input(input);
    let turn = run.finish().success().json()["turns"][0].clone();
    assert_eq!(turn["answer"]["transcript"]["text"], "every value has \u{fffd}\u{fffd} one owner");
    assert_eq!(turn["state"], "judged");
}

#[test]
fn what_the_bank_does_not_have_is_named() {
    let home = Home::empty();
    let topic = home.viva(["practice", "--topic", "gardening"]).input("x\n").finish().fails_with(1);
    assert!(
        topic.errors.contains("there is no topic `gardening`; the topics are async, borrowing, "),
        "{}",
        topic.errors
    );
    let subject = home.viva(["questions", "list", "--subject", "c#"]).finish().fails_with(1);
    let expected = "viva: there is no subject `c#`; the subjects are backend, behavioral, cpp, go, rust, system-design";
    assert_eq!(subject.errors.lines().next(), Some(expected));
    let question = home.viva(["questions", "show", "no-such-question"]).finish().fails_with(1);
    assert!(question.errors.contains("no-such-question"), "{}", question.errors);
}
