//! A candidate sits at a terminal and speaks into a microphone. Terminal and sound device are virtual; everything behind them is real.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::path::{Path, PathBuf};

use capture::audio::{Decoder, GrowingWav, RATE};
use journeys::program::{Home, test_model};
use journeys::screen::{Screen, in_one_line, press};
use journeys::sound_device::SoundDevice;
use journeys::workspace::{fixture, misheard};
use rexpect::ReadUntil;
use rexpect::process::Signal;
use rexpect::session::PtySession;

/// How long the program may take to come to any one point, in milliseconds.
const LIMIT: u64 = 120_000;

/// The recording as a sound server plays it, with a second of silence before it and, in seconds, `after` it.
fn playable(name: &str, after: usize, folder: &Path) -> PathBuf {
    let file = folder.join(format!("{name}.wav"));
    let mut wav = GrowingWav::create(&file).unwrap();
    wav.append(&vec![0.0; RATE.get() as usize]).unwrap();
    let mut decoder = Decoder::open(&fixture(&format!("speech/answers/{name}.opus")), None).unwrap();
    while let Some(block) = decoder.next_block().unwrap() {
        wav.append(block).unwrap();
    }
    wav.append(&vec![0.0; after * RATE.get() as usize]).unwrap();
    wav.finish().unwrap();
    file
}

/// A round over the aliasing rules at a terminal, with this microphone.
fn practice(home: &Home, device: &SoundDevice, more: &[&str]) -> PtySession {
    let model = test_model().display().to_string();
    let mut arguments = vec!["practice", "--question", "borrowing-aliasing-rules", "--follow-ups", "0"];
    arguments.extend(["--mute", "--no-sureness", "--model", &model]);
    arguments.extend(more);
    let run = device.heard_by(home.viva(arguments));
    rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap()
}

/// A round in which this answer has been said, and goes on.
fn speak(home: &Home, device: &SoundDevice, name: &str) -> PtySession {
    let wav = playable(name, 0, home.path());
    let mut terminal = practice(home, device, &[]);
    terminal.exp_string("listening").unwrap();
    device.wait_for_listener();
    device.play(&wav);
    terminal
}

/// Leaves every point that the coach is unsure of as it is, to the key that goes on.
fn skip_unclear_points(terminal: &mut PtySession) {
    let seen = |text: &str| ReadUntil::String(text.to_owned());
    loop {
        let questions = ["Did you say that", "The recogniser was not sure", "continue"].map(seen);
        let asked = terminal.exp_any(questions.into()).unwrap().1;
        match asked.as_str() {
            "continue" => break,
            "Did you say that" => press(terminal, "skip", "\r"),
            _ => press(terminal, "something else", "\r"),
        }
    }
}

/// Sends the answer that was heard, leaves unclear points as they are, and finishes the round.
fn send_and_finish(mut terminal: PtySession) {
    press(&mut terminal, "Enter send", "\r");
    skip_unclear_points(&mut terminal);
    press(&mut terminal, "", "q");
    press(&mut terminal, "Enter done", "\r");
    terminal.exp_eof().unwrap();
}

/// What was heard in the first session, once it has been judged.
fn judged_transcript(home: &Home) -> String {
    let listed = home.viva(["review", "--json"]).finish().success().json();
    let first = listed["sessions"].as_array().unwrap().last().unwrap();
    let id = first["id"].as_str().unwrap();
    let exported = || home.viva(["review", id, "--export", "json"]).finish().success().json();
    let mut session = exported();
    if session["turns"][0]["state"] == "judging" {
        // The program ended before: an answer that was left over is judged in the background.
        home.viva(["review", id, "--regrade"]).finish().success();
        session = exported();
    }
    assert_eq!(session["turns"][0]["state"], "judged", "{session}");
    assert_eq!(session["turns"][0]["answer"]["source"], "microphone");
    session["turns"][0]["answer"]["transcript"]["text"].as_str().unwrap().to_owned()
}

/// Holds what was heard against what was said. One word in seven may differ: where the sound device's blocks begin is chance, and the
/// small test model is not sure of every word.
#[track_caller]
fn assert_heard(transcript: &str, name: &str) {
    let (said, wrong) = misheard(name, transcript);
    assert!(wrong * 7 <= said, "{wrong} of {said} words are wrong: {transcript}");
}

#[test]
fn what_is_said_into_the_microphone_is_heard_and_judged() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let mut terminal = speak(&home, &device, "borrowing-partial");
    press(&mut terminal, "", "\r");
    press(&mut terminal, "Enter send", "\r");
    skip_unclear_points(&mut terminal);
    press(&mut terminal, "", "\r");
    press(&mut terminal, "Enter done", "\r");
    terminal.exp_string("Review:").unwrap();
    terminal.exp_eof().unwrap();
    assert_heard(&judged_transcript(&home), "borrowing-partial");
}

#[test]
fn a_microphone_is_tried_with_a_sentence_and_a_silent_one_is_named() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let wav = playable("borrowing-follow-up", 0, home.path());
    let run = device.heard_by(home.viva(["devices", "--check"])).env("VIVA_MODEL", test_model());
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    press(&mut terminal, "Say a sentence", "");
    press(&mut terminal, "no sound from", "d");
    press(&mut terminal, "Which microphone?", "\r");
    press(&mut terminal, "listening", "");
    device.wait_for_listener();
    device.play(&wav);
    press(&mut terminal, "Enter fine", "\r");
    terminal.exp_eof().unwrap();
    assert!(!home.data().join("microphone-check.wav").exists(), "what was said is not kept");
    let piped = home.viva(["devices", "--check"]).finish().fails_with(2);
    assert!(piped.errors.contains("needs a terminal"), "{}", piped.errors);
}

/// The first turn of the last session.
fn first_turn(home: &Home) -> serde_json::Value {
    home.viva(["review", "last", "--json"]).finish().success().json()["turns"][0].clone()
}

#[test]
fn ctrl_c_in_the_middle_of_an_answer_asks_what_to_do_and_judges_nothing_unasked() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let mut terminal = speak(&home, &device, "borrowing-follow-up");
    terminal.send_control('c').unwrap();
    terminal.exp_string("You stopped in the middle of your answer.").unwrap();
    terminal.exp_string("x discard").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("It is kept and not judged.").unwrap();
    terminal.exp_eof().unwrap();
    assert_eq!(first_turn(&home)["state"], "asked");

    let mut terminal = practice(&home, &device, &[]);
    terminal.exp_string("You have an unfinished answer of 0:").unwrap();
    press(&mut terminal, "later", "\r");
    terminal.exp_string("Sent an answer left over").unwrap();
    terminal.exp_string("listening").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_eof().unwrap();
    assert_heard(&judged_transcript(&home), "borrowing-follow-up");
}

#[test]
fn an_earlier_take_is_kept_until_another_one_is_sent() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let mut terminal = speak(&home, &device, "borrowing-follow-up");
    press(&mut terminal, "", "\r");
    press(&mut terminal, "r record again", "r");
    press(&mut terminal, "listening", "\r");
    press(&mut terminal, "No speech was recognised.", "");
    press(&mut terminal, "k keep the earlier one", "k");
    send_and_finish(terminal);
    assert_heard(&judged_transcript(&home), "borrowing-follow-up");
    assert_eq!(std::fs::read_dir(home.data().join("outbox")).unwrap().count(), 0, "both takes are done with");
}

#[test]
fn an_answer_that_cannot_be_saved_is_still_sent() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let mut terminal = speak(&home, &device, "borrowing-follow-up");
    let kept = std::fs::read_dir(home.data().join("outbox")).unwrap().next().unwrap().unwrap().path();
    // No file can be written where a folder is.
    std::fs::create_dir(kept.join("letter.json.new")).unwrap();
    press(&mut terminal, "", "\r");
    press(&mut terminal, "your answer is in memory only", "");
    send_and_finish(terminal);
    assert_heard(&judged_transcript(&home), "borrowing-follow-up");
}

#[test]
fn a_silent_microphone_is_named_in_a_round_and_another_one_can_be_chosen() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let mut terminal = practice(&home, &device, &[]);
    press(&mut terminal, "no sound from", "");
    press(&mut terminal, "d another microphone", "d");
    press(&mut terminal, "Which microphone?", "\r");
    press(&mut terminal, "listening", "");
    terminal.send_control('c').unwrap();
    // Nothing was said, so there is nothing to ask about.
    terminal.exp_string("The round was interrupted.").unwrap();
    terminal.exp_eof().unwrap();
    assert_eq!(first_turn(&home)["state"], "asked");
}

#[test]
fn with_plain_output_final_words_and_notices_are_lines() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let wav = playable("borrowing-follow-up", 2, home.path());
    let mut terminal = practice(&home, &device, &["--plain"]);
    terminal.exp_string("listening").unwrap();
    let before = terminal.exp_string("no sound from").unwrap();
    assert!(!before.contains('\u{1b}'), "nothing is redrawn: {before:?}");
    terminal.exp_string("d another microphone").unwrap();
    device.wait_for_listener();
    device.play(&wav);
    let spoken = std::fs::read_to_string(fixture("speech/answers/borrowing-follow-up.txt")).unwrap();
    let first = spoken.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    // They are there although the answer goes on.
    press(&mut terminal, &first, "\n");
    let told = terminal.exp_string("Enter send").unwrap();
    assert!(!told.contains("no sound from"), "a notice is told once: {told}");
    press(&mut terminal, "", "q\n");
    press(&mut terminal, "x finish without it", "x\n");
    terminal.exp_eof().unwrap();
}

#[test]
fn a_kill_costs_no_more_than_the_last_second_of_an_answer() {
    let home = Home::empty();
    let device = SoundDevice::start();
    let wav = playable("borrowing-partial", 1, home.path());
    let mut terminal = practice(&home, &device, &[]);
    terminal.exp_string("listening").unwrap();
    device.wait_for_listener();
    device.play(&wav);
    terminal.process_mut().kill(Signal::SIGKILL).unwrap();
    let mut terminal = practice(&home, &device, &[]);
    terminal.exp_string("You have an unfinished answer of 0:").unwrap();
    press(&mut terminal, "later", "\r");
    terminal.exp_string("Sent an answer left over").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_eof().unwrap();
    assert_heard(&judged_transcript(&home), "borrowing-partial");
}

#[test]
fn piper_reads_questions_aloud_where_it_has_an_english_voice() {
    let home = Home::empty();
    let [programs, voices] = ["bin", ".local/share/piper"].map(|folder| home.path().join(folder));
    let voice = voices.join("en_US-test.onnx");
    let wav = playable("do-not-know", 0, home.path());
    let stand_in = "#!/bin/sh\nprintf '%s\\n' \"$@\" > arguments\ncat > said\ncp WAV \"$4\"\n";
    [&programs, &voices].iter().for_each(|folder| std::fs::create_dir_all(folder).unwrap());
    std::fs::write(&voice, "").unwrap();
    std::fs::write(voices.join("en_US-test.onnx.json"), "{}").unwrap();
    let program = programs.join("piper");
    std::fs::write(&program, stand_in.replace("WAV", &wav.display().to_string())).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let doctor = home.viva(["doctor"]).env("PATH", &path).finish().output;
    assert!(doctor.contains("piper with en_US-test reads questions aloud"), "{doctor}");

    let run = home.viva(["practice", "--question", "borrowing-aliasing-rules", "--typed", "--seed", "1"]);
    // Whether there are speakers makes no difference to what it reads.
    let mut screen = Screen::of(run.env("PATH", &path));
    let asked = screen.until("Question 1", "Esc a hint, or skip");
    let written = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    let said = written("said");
    assert!(in_one_line(&asked).contains(said.trim()) && said.ends_with("?\n"), "{said}");
    let arguments = written("arguments");
    let [model, named, output, file] = arguments.lines().collect::<Vec<_>>()[..] else { panic!("{arguments}") };
    assert_eq!([model, named, output], ["--model", &voice.display().to_string(), "--output_file"]);
    assert!(file.ends_with(".wav") && !Path::new(file).exists(), "{file} is left behind");
    screen.press("\u{3}");
    screen.ends();
}
