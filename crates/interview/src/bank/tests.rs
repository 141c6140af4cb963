use super::*;
use crate::testing::{question_file, topics_file};

/// Loads one question whose text was changed by `change`, and returns the faults as people see them.
fn faults(change: impl Fn(String) -> String) -> Vec<String> {
    let file = question_file("q1", "ownership");
    let changed = SourceFile { text: change(file.text), ..file };
    Bank::load(&[topics_file(), changed]).faults.iter().map(Fault::to_string).collect()
}

#[test]
fn a_sound_file_becomes_a_question() {
    assert_eq!(faults(|text| text), [] as [&str; 0]);
    let question = crate::testing::question();
    assert_eq!(question.key_points.len(), 3);
    assert_eq!(question.time_limit.seconds(), 120);
    assert!(question.key_points[0].core);
}

#[test]
fn every_fault_of_a_file_is_reported_at_once_with_its_line() {
    let found = faults(|text| {
        text.replace("level = \"junior\"", "level = \"guru\"")
            .replace("time_limit_seconds = 120", "time_limit_seconds = 5")
            .replace("[anchors]", "[anchors]\nextra = 1")
            .replacen("weight = 3", "weight = 9", 1)
    });
    let expected = [
        "questions/rust/q1.toml:5: `level` of the question: `guru` is not a level: use junior, mid or senior",
        "questions/rust/q1.toml:8: `time_limit_seconds` of the question: a time limit is a whole number of seconds from 30 to 600",
        "questions/rust/q1.toml:12: `extra` is not a field of `anchors`; see docs/questions.md",
        "questions/rust/q1.toml:20: `weight` of `key_points` number 1: a weight is a whole number from 1 to 5",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_not_toml_is_a_fault_with_its_line_and_the_rest_of_the_bank_works() {
    let broken =
        SourceFile { path: "mine/rust/bad.toml".into(), text: "id = \"bad\"\nprompt = \"unclosed\nx = = 2".into() };
    let loaded = Bank::load(&[topics_file(), broken, question_file("q1", "ownership")]);
    assert_eq!(loaded.bank.questions().len(), 1);
    assert!(!loaded.faults.is_empty());
    assert!(loaded.faults.iter().all(|fault| fault.path == "mine/rust/bad.toml" && fault.line >= 2));
}

#[test]
fn an_id_is_used_once_in_the_whole_bank_and_names_its_file() {
    let twin = SourceFile { path: "mine/rust/q1.toml".into(), ..question_file("q1", "ownership") };
    let loaded = Bank::load(&[topics_file(), twin, question_file("q1", "ownership")]);
    assert_eq!(loaded.bank.questions().len(), 1);
    assert_eq!(loaded.faults.len(), 1);
    assert!(faults(|text| text.replace("id = \"q1\"", "id = \"q2\""))[0].contains("make them the same"));
}

#[test]
fn unknown_topics_and_wrong_folders_are_refused() {
    assert!(
        faults(|text| text.replace("topic = \"ownership\"", "topic = \"gardening\""))[0]
            .contains("no topic `gardening`")
    );
    let file = question_file("q1", "ownership");
    let moved = SourceFile { path: "questions/go/q1.toml".into(), ..file };
    assert!(Bank::load(&[topics_file(), moved]).faults[0].message.contains("belongs in the folder `rust`"));
}

#[test]
fn prompts_and_phrasings_are_for_speaking() {
    assert!(
        faults(|text| text.replace("What would you say about this?", "What does `Vec<T>` do with it?"))[0]
            .contains("write `")
    );
    assert!(faults(|text| text.replace("\"one says heavy\", ", ""))[0].contains("at least 4"));
    assert!(faults(|text| text.replacen("word word ", "", 5))[0].contains("150 to 300"));
}

#[test]
fn weights_add_up_sensibly() {
    let no_core = faults(|text| text.replace("core = true", "core = false"));
    assert!(no_core.iter().any(|fault| fault.contains("one to three key points are core")), "{no_core:?}");
    let top_heavy = faults(|text| text.replacen("weight = 3", "weight = 5", 1));
    assert!(top_heavy.iter().any(|fault| fault.contains("more than three fifths")), "{top_heavy:?}");
    let light_core = faults(|text| text.replacen("weight = 3", "weight = 1", 1));
    assert!(light_core.iter().any(|fault| fault.contains("at least two fifths")), "{light_core:?}");
}

#[test]
fn prompts_and_probes_give_nothing_away() {
    let prompt =
        faults(|text| text.replace("What would you say about this?", "Is it true that heavy is said so, and why?"));
    assert!(prompt[0].contains("the prompt gives `heavy` away"), "{prompt:?}");
    let probe = faults(|text| text.replace("What about the light side of it?", "Do you mean they call it light?"));
    assert!(probe[0].contains("the probe of `light` gives it away"), "{probe:?}");
}

#[test]
fn ids_of_key_points_and_misconceptions_are_unique_together() {
    let found = faults(|text| text.replace("id = \"wrong\"", "id = \"light\""));
    assert!(found[0].contains("`light` stands for two things"), "{found:?}");
}

#[test]
fn a_snippet_goes_with_its_kind_and_says_what_really_happens() {
    let snippet = "[snippet]\nlanguage = \"rust\"\nedition = \"2024\"\ncode = '''\nfn main() {}\n'''\nexplanation = \"it does\"\n\
                   mended = '''\nfn main() {}\n'''\n[snippet.outcome]\nkind = \"does_not_compile\"\ncode = \"E0382\"\nline = 1\n";
    let with = |outcome: &str| {
        let changed = snippet.replace("kind = \"does_not_compile\"\ncode = \"E0382\"\nline = 1\n", outcome);
        faults(|text| format!("{}{changed}", text.replace("kind = \"concept\"", "kind = \"snippet\"")))
    };
    assert_eq!(with("kind = \"does_not_compile\"\ncode = \"E0382\"\nline = 1\n"), [] as [&str; 0]);
    assert_eq!(with("kind = \"prints\"\noutput = \"x\"\n"), [] as [&str; 0]);
    assert!(with("kind = \"does_not_compile\"\nline = 1\n")[0].contains("names the error's `code`"));
    assert!(with("kind = \"does_not_compile\"\ncode = \"E0382\"\nline = 9\n")[0].contains("no line 9"));
    assert!(with("kind = \"explodes\"\n")[0].contains("`explodes` is not an outcome"));
    assert!(faults(|text| format!("{text}{snippet}"))[0].contains("is of kind `snippet`"));
    assert!(faults(|text| text.replace("kind = \"concept\"", "kind = \"snippet\""))[0].contains("has a [snippet]"));
}

#[test]
fn the_rubric_version_changes_with_what_is_judged_and_with_nothing_else() {
    let question = crate::testing::question();
    let mut reworded = question.clone();
    reworded.prompt = "Something else entirely?".into();
    assert_eq!(question.rubric_version(), reworded.rubric_version());
    reworded.model_answer.push_str(" And more.");
    assert_ne!(question.rubric_version(), reworded.rubric_version());
    let mut reworded = question.clone();
    reworded.key_points[0].says.push("another way of saying heavy".into());
    assert_ne!(question.rubric_version(), reworded.rubric_version());
}
