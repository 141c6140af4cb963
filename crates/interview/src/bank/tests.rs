use super::*;
use crate::tests::{question_file, topics_file};

/// Loads one question whose text was changed by `change`, and returns the faults as people see them.
fn faults(change: impl Fn(String) -> String) -> Vec<String> {
    let file = question_file("q1", "ownership");
    let changed = SourceFile { text: change(file.text), ..file };
    Bank::load(&[topics_file(), changed]).faults.iter().map(Fault::to_string).collect()
}

#[test]
fn a_sound_file_becomes_a_question() {
    assert_eq!(faults(|text| text), [] as [&str; 0]);
    let question = crate::tests::question();
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
        "questions/rust/q1.toml:5: `level` of the question: `guru` is not a level: use junior, mid, senior or staff",
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
    assert!(prompt[0].contains("a prompt gives `heavy` away"), "{prompt:?}");
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
                   corrected = '''\nfn main() {}\n'''\n[snippet.outcome]\nkind = \"does_not_compile\"\ncode = \"E0382\"\nline = 1\n";
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
    let question = crate::tests::question();
    let mut reworded = question.clone();
    reworded.prompts = "Something else entirely?".to_owned().into();
    assert_eq!(question.rubric_version(), reworded.rubric_version());
    reworded.model_answer.push_str(" And more.");
    assert_ne!(question.rubric_version(), reworded.rubric_version());
    let mut reworded = question.clone();
    reworded.key_points[0].says.push("another way of saying heavy".into());
    assert_ne!(question.rubric_version(), reworded.rubric_version());
}

#[test]
fn the_rubric_version_changes_with_groups_and_versions() {
    let question = crate::tests::question();
    let mut grouped = question.clone();
    grouped.key_points[0].any_of = Some("fix".parse().unwrap());
    assert_ne!(question.rubric_version(), grouped.rubric_version());
    let mut dated = question.clone();
    dated.misconceptions[0].until = Some("Go 1.21".to_owned());
    assert_ne!(question.rubric_version(), dated.rubric_version());
    let mut helped = question.clone();
    helped.hints.push("Look at the first line.".to_owned());
    helped.sources.clear();
    assert_eq!(question.rubric_version(), helped.rubric_version());
    // Stored answers name it, so a question that has not changed keeps it.
    let both = Question { key_points: grouped.key_points, ..dated };
    assert_eq!(both.rubric_version(), "8b9849444ac19ffb");
}

#[test]
fn glossary_terms_are_written_on_screen_and_spoken_aloud() {
    let term = |term: &str, spoken: &str| GlossaryTerm {
        term: term.to_owned(),
        spoken: spoken.to_owned(),
        heard_as: Vec::new(),
    };
    let terms = [term("Arc", "arc"), term("Arc<Mutex<T>>", "arc mutex"), term("RAII", "r a i i")];
    assert_eq!(spoken("How does RAII help an Arc<Mutex<T>>?", &terms), "How does r a i i help an arc mutex?");
    assert_eq!(spoken("RAIIs and Arcs", &terms), "RAIIs and Arcs");
    let glossary = "[[glossary]]\nterm = \"Vec<T>\"\nspoken = \"vec of t\"\nheard_as = [\"veck\"]\n";
    let prompt =
        |text: String| text.replace("What would you say about this?", "What would you say about a Vec<T> here?");
    assert_eq!(faults(|text| format!("{}{glossary}", prompt(text))), [] as [&str; 0]);
    assert!(faults(prompt)[0].contains("add the term to the glossary"));
}

#[test]
fn a_group_counts_as_one_point_and_its_members_are_alike() {
    let join = |text: String, names: &[&str]| {
        names.iter().fold(text, |text, name| {
            text.replace(&format!("id = \"{name}\"\nsummary"), &format!("id = \"{name}\"\nany_of = \"fix\"\nsummary"))
        })
    };
    assert!(faults(|text| join(text, &["light"]))[0].contains("`any_of` joins at least two"));
    let unlike = faults(|text| join(text, &["middle", "light"]));
    assert!(unlike.iter().any(|fault| fault.contains("the same `weight`")), "{unlike:?}");
    assert!(unlike.iter().any(|fault| fault.contains("this one has 2")), "{unlike:?}");
}

#[test]
fn sources_are_reached_by_https_and_stages_belong_to_designs() {
    let unsafe_source =
        faults(|text| text.replace("title = \"A book\"", "title = \"A book\", url = \"http://example.org\""));
    assert!(unsafe_source[0].contains("begins with https://"), "{unsafe_source:?}");
    let staged = faults(|text| text.replacen("weight = 3", "weight = 3\nstage = \"sketch\"", 1));
    assert!(staged[0].contains("only design questions have stages"), "{staged:?}");
    let month = faults(|text| text.replace("[anchors]", "reviewed = \"2026-13\"\n[anchors]"));
    assert!(month[0].contains("is not a month"), "{month:?}");
}

#[test]
fn questions_stored_by_earlier_versions_are_read() {
    let mut stored = toml::Table::try_from(crate::tests::question()).unwrap();
    for new in ["hints", "reviewed", "stretch", "conflicts_with", "prerequisites", "tags", "prompts", "sources"] {
        stored.remove(new);
    }
    stored.insert("prompt".into(), "Why?".into());
    stored.insert("sources".into(), vec!["A book"].into());
    let question: Question = stored.try_into().unwrap();
    assert_eq!(question.prompts.first(), "Why?");
    assert_eq!(question.sources, [Citation { title: "A book".into(), url: None }]);
}

/// What an editor says of a sound question after a change to it.
fn reviewed(change: impl Fn(&mut Question)) -> Vec<String> {
    let mut bank = crate::tests::bank(&[("q1", "ownership"), ("q2", "ownership")]);
    let question = &mut bank.questions_mut()[0];
    question.prompts =
        ["What would you say about this?", "How do you see it?"].map(str::to_owned).to_vec().try_into().unwrap();
    question.hints = vec!["Look again.".to_owned()];
    question.sources[0].url = Some("https://example.org".to_owned());
    question.reviewed = Month::new(2026, 3);
    question.misconceptions = vec![question.misconceptions[0].clone(); 3];
    change(question);
    let today = Month::new(2026, 11).unwrap();
    review(&bank.questions()[0], &bank, today).into_iter().map(|remark| remark.message).collect()
}

fn prompts(prompts: &[&str]) -> Prompts {
    prompts.iter().map(|prompt| (*prompt).to_owned()).collect::<Vec<_>>().try_into().unwrap()
}

#[test]
fn an_editor_wants_open_prompts() {
    assert_eq!(reviewed(|_| {}), [] as [&str; 0]);
    let about = |text: &str| reviewed(|question| question.prompts = prompts(&[text, "How do you see it?"]));
    assert_eq!(about("Here is a loop over a list. What happens when it runs, and why?"), [] as [&str; 0]);
    assert_eq!(about("Walk me through what an assignment does to a string."), [] as [&str; 0]);
    assert!(about("Why does it fail? Think about what the range counts.")[0].contains("ends with what it asks"));
    assert!(about("Think about ownership: what is it for?")[0].contains("steers the answer"));
    assert!(about("Tell me what it is, how it works, and why it matters.")[0].contains("3 things at once"));
    assert!(reviewed(|question| question.prompts = prompts(&["Why is that so?"]))[0].contains("two or more"));
}

#[test]
fn an_editor_wants_a_title_and_prompts_that_ask_for_a_core_fix() {
    assert!(reviewed(|question| question.title = "Moves".to_owned())[0].contains("this one has 1"));
    let with_fix = |asked: &str| {
        reviewed(|question| {
            question.key_points[0].any_of = Some("fix".parse().unwrap());
            question.key_points[1].any_of = Some("fix".parse().unwrap());
            question.key_points[1].core = true;
            question.prompts = prompts(&[asked, "What is wrong here, and what would you change?"]);
        })
    };
    assert!(with_fix("What does this print, and why?")[0].contains("does not ask for one"));
    assert_eq!(with_fix("Why is it refused, and how would you fix it?"), [] as [&str; 0]);
    let turned = prompts(&["What moves here, and why does it?", "Why does it, and what moves here?"]);
    assert!(reviewed(|question| question.prompts = turned.clone())[0].contains("the same words"));
}

#[test]
fn an_editor_wants_hints_sources_and_recent_reviews() {
    assert!(reviewed(|question| question.hints.clear())[0].contains("no `hints`"));
    assert!(reviewed(|question| question.sources[0].url = None)[0].contains("no `url`"));
    assert!(reviewed(|question| question.reviewed = None)[0].contains("no `reviewed`"));
    assert!(reviewed(|question| question.reviewed = Month::new(2025, 10))[0].contains("more than a year ago"));
    assert!(reviewed(|question| question.model_answer.push_str(" I mend it."))[0].contains("plain modern English"));
}

#[test]
fn an_editor_wants_plain_modern_english() {
    for old in ["Five percent shall see it.", "Take it upon yourself.", "It need not move.", "Thus it ought to, hence."]
    {
        let found = reviewed(|question| question.misconceptions[0].why_wrong = old.to_owned());
        assert!(found[0].contains("plain modern English"), "{old}: {found:?}");
    }
    let said = reviewed(|question| question.key_points[0].says[0] = "it ought to be dropped there".to_owned());
    assert_eq!(said, [] as [&str; 0], "people talk as they like");
}

#[test]
fn an_editor_wants_hints_that_are_no_probes() {
    let hint = |hint: &str, probe: &str| {
        reviewed(|question| {
            question.hints = vec![hint.to_owned()];
            question.key_points[1].probe = probe.to_owned();
        })
    };
    let same = hint("Are all failures worth another try?", "Are all failures worth another try?");
    assert!(same[0].contains("nearly the probe of `middle`"), "{same:?}");
    assert!(
        !hint("What happens to the guard at the end?", "And what happens to the guard at the very end?").is_empty()
    );
    assert_eq!(hint("Two people chose one password.", "How do two people log in?"), [] as [&str; 0]);
    assert!(
        !hint("Two people chose the same password.", "Two people chose the same password. What shows that?").is_empty()
    );
}

#[test]
fn an_editor_wants_the_written_form_where_people_read() {
    let glossary = |terms: &[(&str, &str)]| -> Vec<GlossaryTerm> {
        let term = |(term, spoken): &(&str, &str)| (term.to_string(), spoken.to_string());
        let terms = terms.iter().map(term);
        terms.map(|(term, spoken)| GlossaryTerm { term, spoken, heard_as: Vec::new() }).collect()
    };
    let terms = glossary(&[
        ("RefCell", "ref cell"),
        ("Arc<Mutex<T>>", "arc mutex"),
        ("*this", "star this"),
        ("RAII", "R A I I"),
        ("Argon2", "argon two"),
        ("shared_ptr", "shared pointer"),
        ("for_each", "for each"),
        ("double-entry", "double entry"),
        ("'static", "static"),
    ]);
    let about = |summary: &str| {
        reviewed(|question| {
            question.glossary = terms.clone();
            question.key_points[0].summary = summary.to_owned();
        })
    };
    for (summary, form) in [
        ("a ref cell counts its borrows", "\"ref cell\" is for the voice; write `RefCell`"),
        ("share it in an arc mutex", "write `Arc<Mutex<T>>`"),
        ("capture star this to copy the object", "write `*this`"),
        ("R A I I frees it", "write `RAII`"),
        ("argon two is slow on purpose", "write `Argon2`"),
        ("C plus plus has no checker", "\"plus plus\" is for the voice"),
        ("call std move first", "\"std move\" is for the voice"),
        ("since Go one point twenty", "\"one point twenty\" is for the voice"),
        ("the T T L is short", "\"T T L\" is for the voice"),
    ] {
        let found = about(summary);
        assert!(found.len() == 1 && found[0].contains(form), "{summary}: {found:?}");
    }
    for written in [
        "a RefCell counts its borrows",
        "share it in an Arc<Mutex<T>>",
        "a shared pointer counts its owners",
        "for each entry there is a double entry",
        "a static variable in C++, moved by std::move since Go 1.20",
        "at this point twenty of them are left",
        "a C programmer does without std there",
    ] {
        assert_eq!(about(written), [] as [&str; 0]);
    }
}

#[test]
fn an_editor_follows_references_to_other_questions() {
    let to = |id: &str| id.parse::<QuestionId>().unwrap();
    assert!(reviewed(|question| question.conflicts_with = vec![to("q9")])[0].contains("no such question"));
    assert!(reviewed(|question| question.prerequisites = vec![to("q1")])[0].contains("names the question itself"));
    let both = reviewed(|question| {
        question.prerequisites = vec![to("q2")];
        question.conflicts_with = vec![to("q2")];
    });
    assert!(both[0].contains("cannot both"), "{both:?}");
}

#[test]
fn an_editor_wants_the_stages_of_a_design() {
    let found = reviewed(|question| {
        question.kind = Kind::Design;
        question.key_points[0].stage = Some(Stage::Clarify);
    });
    assert_eq!(found.len(), 3, "two points without a stage, and none that estimates: {found:?}");
}
