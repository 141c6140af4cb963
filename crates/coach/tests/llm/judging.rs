//! A judging with a model that does as it is told.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use coach::llm::{Calls, LlmSettings, Preset, metered};
use coach::{LlmCoach, Panel};
use interview::follow_up::Rubric;
use interview::judging::Assignment;
use interview::marks::{ClarityVerdict, CoachKind};
use interview::{Question, Transcript};
use serde_json::{Value, json};

use crate::support::scripted_model::{Reply, STRONGER, Script, says};
use crate::support::{ANSWER, judge, judge_with_panels, judged_by, marks, question, settings, verdicts};

#[tokio::test]
async fn verdicts_come_in_the_questions_order_with_quotes_from_the_transcript() {
    let model = Script::sound().start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    let feedback = judge(&coach, ANSWER).await.unwrap();
    assert_eq!(verdicts(&feedback), ["hit", "hit", "missed"]);
    let quotes: Vec<_> =
        feedback.marks().unwrap().key_points().iter().filter_map(|mark| mark.verdict.evidence()).collect();
    assert_eq!(quotes[0].quote(), "the string moves into b,");
    assert_eq!(feedback.correctness().unwrap().score().unwrap().get(), 8.3);
    assert_eq!(feedback.stronger_answer(), Some(STRONGER));
    assert_eq!(feedback.next_step(), "Say this point in one sentence of your own, aloud: borrowing keeps both usable.");
    assert_eq!(feedback.remark(), None);
    let by = feedback.judged_by();
    assert_eq!(
        (by.coach, by.model.as_deref(), by.prompt_version.as_str()),
        (CoachKind::Llm, Some("a-model"), "5.2.3.2.2")
    );
    assert_eq!(by.rubric_version, question().rubric_version());
}

#[tokio::test]
async fn every_point_may_have_a_call_of_its_own() {
    let model = Script::sound().start().await;
    let coach = LlmCoach::new(&LlmSettings { calls: Calls::PerPoint, ..settings(&model.base_url()) }).unwrap();
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"]);
    let asked = |request: &Value| {
        let properties = request.pointer("/response_format/json_schema/schema/properties").unwrap();
        let groups = properties.as_object().unwrap().values();
        groups.flat_map(|group| group["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()).collect()
    };
    let asked: Vec<Vec<String>> = model.requests("marks").await.iter().map(asked).collect();
    assert!(asked.iter().all(|ids| ids.len() == 1), "{asked:?}");
    let ids: BTreeSet<&str> = asked.iter().flatten().map(String::as_str).collect();
    assert_eq!(ids, BTreeSet::from(["borrow-instead", "copies-heap", "no-use-after-move", "value-moves"]));
}

/// What a model is told when it judges an answer to this question.
async fn instructions(settings: impl Fn(LlmSettings) -> LlmSettings, question: &Question) -> String {
    let model = Script::sound().start().await;
    let coach = LlmCoach::new(&settings(crate::support::settings(&model.base_url()))).unwrap();
    let (rubric, transcript) = (Rubric::of(question, None), Transcript::typed(ANSWER));
    coach.judge_correctness(&Assignment::to_question(question, &rubric, &transcript)).await.unwrap_err();
    model.requests("marks").await[0]["messages"][0]["content"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_model_is_shown_graded_answers_to_the_same_question() {
    let bank = crate::bank::built_in();
    let question = bank.question(&"ownership-move-or-borrow".parse().unwrap()).unwrap();
    let shown = |instructions: &str| instructions.matches("An answer to this question that was judged before").count();
    let with = |examples| move |settings| LlmSettings { examples, ..settings };
    assert_eq!(shown(&instructions(with(Some(2)), question).await), 2);
    assert_eq!(shown(&instructions(with(None), question).await), 0, "a local server may be slow");
    let own = Question { id: "a-question-of-ones-own".parse().unwrap(), ..question.clone() };
    assert_eq!(shown(&instructions(with(Some(2)), &own).await), 0);
    let refused = LlmCoach::new(&LlmSettings { examples: Some(3), ..settings("http://127.0.0.1:1/v1") }).unwrap_err();
    assert!(refused.to_string().contains("set examples to 0, 1 or 2"), "{refused}");
}

/// The graded answers of each built-in question.
fn graded() -> Vec<(Question, [Value; 2])> {
    let graded: Value = serde_json::from_str(include_str!("../../data/graded_answers.json")).unwrap();
    let of = |question: &Question| {
        let answers = graded[question.id.as_str()].as_array().unwrap_or_else(|| panic!("{} has none", question.id));
        (question.clone(), answers.clone().try_into().unwrap())
    };
    crate::bank::built_in().questions().iter().map(of).collect()
}

/// The ids in this part of a graded answer, with their quotes.
fn quotes<'a>(answer: &'a Value, kind: &str) -> Vec<(&'a str, &'a str)> {
    answer[kind].as_object().unwrap().iter().map(|(id, quote)| (id.as_str(), quote.as_str().unwrap())).collect()
}

#[test]
fn every_built_in_question_has_two_graded_answers_that_are_quoted_rightly() {
    for (question, answers) in graded() {
        let id = &question.id;
        for answer in &answers {
            let text = answer["answer"].as_str().unwrap();
            let points = [quotes(answer, "hit"), quotes(answer, "unclear")].concat();
            let wrong = quotes(answer, "stated");
            for (point, _) in &points {
                assert!(question.key_points.iter().any(|known| known.id.as_str() == *point), "{id}: {point}");
            }
            for (misconception, _) in &wrong {
                let known = question.misconceptions.iter().any(|known| known.id.as_str() == *misconception);
                assert!(known, "{id}: {misconception}");
            }
            for (of, quote) in points.iter().chain(&wrong) {
                assert!(text.contains(quote), "{id}: {of}: {quote}");
                assert!((3..=30).contains(&quote.split_whitespace().count()), "{id}: {of}: {quote}");
            }
            let different: BTreeSet<&str> = points.iter().map(|(_, quote)| *quote).collect();
            assert_eq!(different.len(), points.len(), "{id}: two key points share a quote");
        }
        let near_misses = quotes(&answers[1], "unclear").len() + quotes(&answers[1], "stated").len();
        assert!(near_misses > 0, "{id}: the second answer has no near miss");
    }
}

#[test]
fn graded_answers_are_never_those_that_judges_are_measured_on() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judging/answers");
    let subjects: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for (question, answers) in graded() {
        let of_voice = |voice: &str| {
            let file = format!("{voice}/{}.txt", question.id);
            subjects.iter().filter_map(|subject| std::fs::read_to_string(subject.join(&file)).ok()).collect::<String>()
        };
        let given = ["fay", "finn", "flo"].map(of_voice).concat();
        for answer in &answers {
            let text = answer["answer"].as_str().unwrap();
            assert!(given.lines().any(|line| line.trim() == text), "{}: {text}", question.id);
        }
    }
}

#[tokio::test]
async fn clarity_keeps_notes_and_counts_only_what_was_decided() {
    let model = Script::sound().start().await;
    let feedback = judged_by(&model, ANSWER).await;
    let clarity = feedback.clarity().unwrap();
    assert_eq!(clarity.score().unwrap().get(), 8.0);
    assert_eq!(clarity.marks()[3].verdict, ClarityVerdict::No);
    assert_eq!(clarity.marks()[3].note.as_deref(), Some("Give a short example."));
}

#[tokio::test]
async fn a_misconception_that_is_quoted_is_a_mark() {
    let answer = "it makes a deep copy of the string";
    let reply = json!({
        "key_points": marks()["key_points"].as_object().unwrap().keys()
            .map(|id| (id.clone(), json!({"quote": null, "verdict": "missed"}))).collect::<serde_json::Map<_, _>>(),
        "misconceptions": {"copies-heap": {"quote": "it makes a deep copy", "verdict": "stated"}},
    });
    let model = Script::sound().on("marks", [says(&reply)]).start().await;
    let feedback = judged_by(&model, answer).await;
    assert_eq!(feedback.marks().unwrap().misconceptions()[0].evidence.quote(), "it makes a deep copy");
    assert!(feedback.next_step().starts_with("It is not true that "), "{}", feedback.next_step());
}

#[tokio::test]
async fn each_panel_is_there_as_soon_as_its_own_call_is_done() {
    let late = Reply::Late(Duration::from_secs(3600), Box::new(says(&marks())));
    let model = Script::sound().on("marks", [late]).start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    let (panels, mut shown) = tokio::sync::mpsc::channel(2);
    let judging = tokio::spawn(async move { judge_with_panels(&coach, ANSWER, Some(&panels)).await });
    let first = tokio::time::timeout(Duration::from_secs(30), shown.recv()).await.unwrap();
    assert!(matches!(first, Some(Panel::Clarity(_))), "{first:?}");
    assert!(!judging.is_finished());
    judging.abort();
}

#[tokio::test]
async fn an_answer_keeps_its_panels_when_only_the_stronger_answer_failed() {
    let refused = Reply::Answers(400, vec![], "{}".to_owned());
    let model = Script::sound().on("stronger_answer", [refused]).start().await;
    let feedback = judged_by(&model, ANSWER).await;
    assert_eq!((verdicts(&feedback).len(), feedback.stronger_answer()), (3, None));
    assert!(feedback.remark().unwrap().starts_with("There is no stronger answer"));
}

#[tokio::test]
async fn an_answer_keeps_the_panel_that_could_be_judged_and_says_why_the_other_is_missing() {
    for (refusing, is_kept) in [("marks", [false, true]), ("clarity", [true, false])] {
        let refused = Reply::Answers(400, vec![], "{}".to_owned());
        let model = Script::sound().on(refusing, [refused]).start().await;
        let feedback = judged_by(&model, ANSWER).await;
        assert_eq!([feedback.correctness().is_some(), feedback.clarity().is_some()], is_kept, "{refusing}");
        assert!(feedback.remark().unwrap().contains("could not be judged: "), "{feedback:?}");
    }
}

#[tokio::test]
async fn anthropics_messages_judge_alike() {
    let model = Script::sound().start().await;
    let base_url = Some(model.base_url().parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, "sk-ant\n").unwrap();
    let settings = LlmSettings { base_url, key_file: Some(key_file), ..LlmSettings::new(Preset::Anthropic, "claude") };
    let feedback = judge(&LlmCoach::new(&settings).unwrap(), ANSWER).await.unwrap();
    assert_eq!(verdicts(&feedback), ["hit", "hit", "missed"]);
    let requests = model.raw_requests().await;
    assert_eq!(requests.len(), 3);
    for request in requests {
        assert_eq!(request.url.path(), "/v1/messages");
        assert_eq!(request.headers["x-api-key"], "sk-ant");
    }
}

#[tokio::test]
async fn what_was_used_up_is_counted() {
    let model = Script::sound().start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    let (_, usage) = metered(judge(&coach, ANSWER)).await;
    assert_eq!((usage.total.replies, usage.invalid_replies, usage.repairs), (3, 0, 0));
    assert_eq!((usage.total.input_tokens, usage.total.cached_tokens, usage.total.output_tokens), (300, 180, 30));
    assert_eq!((usage.quotes, usage.quotes_verbatim, usage.quotes_snapped), (6, 6, 0));
    assert!(usage.total.seconds > 0.0 && usage.total.seconds >= usage.first_token_seconds, "{usage:?}");
}

#[tokio::test]
async fn an_answer_without_words_is_not_sent() {
    let model = Script::sound().start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    assert!(judge(&coach, " \n ").await.unwrap_err().to_string().contains("no words"));
    assert!(judge(&coach, &"word ".repeat(12_001)).await.unwrap_err().to_string().contains("12001 words"));
    assert!(model.raw_requests().await.is_empty());
}

#[tokio::test]
async fn the_form_names_the_only_ids_that_there_are() {
    let model = Script::sound().start().await;
    judged_by(&model, ANSWER).await;
    let request = &model.requests("marks").await[0];
    let schema = &request["response_format"]["json_schema"]["schema"]["properties"];
    let ids: Vec<&String> = schema["key_points"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(ids, ["borrow-instead", "no-use-after-move", "value-moves"]);
    assert!(!request.to_string().contains("\"score\""));
}

#[tokio::test]
async fn in_schema_and_prompt_the_quote_comes_before_the_verdict_and_that_before_the_note() {
    let model = Script::sound().start().await;
    judged_by(&model, ANSWER).await;
    for request in model.raw_requests().await {
        let body = String::from_utf8(request.body.clone()).unwrap();
        let places: Vec<usize> =
            ["\"quote\":", "\"verdict\":", "\"note\":"].iter().filter_map(|name| body.find(name)).collect();
        assert!(places.is_sorted(), "{body}");
        let shown: Vec<usize> =
            [r#"\"quote\":"#, r#"\"verdict\":"#, r#"\"note\":"#].iter().filter_map(|name| body.find(name)).collect();
        assert!(shown.is_sorted() && shown.len() == places.len(), "{body}");
    }
}

#[tokio::test]
async fn the_rules_come_before_the_question_and_that_before_the_answer() {
    let model = Script::sound().start().await;
    judged_by(&model, ANSWER).await;
    for form in ["marks", "clarity", "stronger_answer"] {
        let request = &model.requests(form).await[0];
        let instructions = request["messages"][0]["content"].as_str().unwrap();
        let (rules, question) = instructions.split_once("The question:").unwrap();
        assert!(rules.len() > 600 && !rules.contains("compile, and what would you"), "{form}: {rules}");
        assert!(question.contains("compile, and what would you"), "{form}");
    }
}

/// What services that enforce a schema demand of it: every object closed, every property required, and no default.
fn assert_strict(schema: &Value, place: &str) {
    let Value::Object(fields) = schema else { return };
    assert!(!fields.contains_key("default"), "{place} has a default");
    if let Some(Value::Object(properties)) = fields.get("properties") {
        assert_eq!(fields["additionalProperties"], false, "{place} is open");
        let required: Vec<&str> = fields["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        // The order is that of the text, which is lost here.
        assert_eq!(
            required.iter().collect::<BTreeSet<_>>(),
            properties.keys().map(String::as_str).collect::<Vec<_>>().iter().collect(),
            "{place}"
        );
        properties.iter().for_each(|(name, schema)| assert_strict(schema, &format!("{place}.{name}")));
    }
    fields.get("items").into_iter().for_each(|items| assert_strict(items, &format!("{place}[]")));
}

#[tokio::test]
async fn every_form_is_one_that_strict_servers_take() {
    let model = Script::sound().start().await;
    judged_by(&model, ANSWER).await;
    for form in ["marks", "clarity", "stronger_answer"] {
        let request = model.requests(form).await.swap_remove(0);
        assert_strict(&request["response_format"]["json_schema"]["schema"], form);
    }
}

#[test]
fn settings_are_read_from_a_file_and_unknown_ones_refused() {
    let settings: LlmSettings = toml::from_str("preset = \"ollama\"\nmodel = \"qwen3\"\nconcurrency = 2\nthinking = \"low\"\n[extra_body]\nkeep_alive = \"1h\"\n").unwrap();
    assert_eq!((settings.preset, settings.concurrency().get(), settings.retries), (Preset::Ollama, 2, 2));
    assert!(LlmCoach::new(&settings).unwrap().judged_by(&question()).model.is_some());
    assert!(toml::from_str::<LlmSettings>("model = \"m\"\nkey = \"sk-secret\"").is_err());
}

#[tokio::test]
async fn a_panel_that_is_finished_is_not_asked_for_again_when_the_other_failed_for_now() {
    let down = Reply::Answers(503, vec![], "down".to_owned());
    let model = Script::sound().on("clarity", [down, says(&crate::support::clarity())]).start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    let first = judge(&coach, ANSWER).await.unwrap();
    assert!(first.correctness().is_some() && first.clarity().is_none());
    let again = judge(&coach, ANSWER).await.unwrap();
    assert!(again.correctness() == first.correctness() && again.clarity().is_some());
    let asked = |form| model.requests(form);
    assert_eq!(
        (asked("marks").await.len(), asked("clarity").await.len(), asked("stronger_answer").await.len()),
        (1, 2, 1)
    );
    judge(&coach, ANSWER).await.unwrap();
    assert_eq!(asked("marks").await.len(), 2, "what was judged as a whole is judged again");
}

#[tokio::test]
async fn a_stronger_answer_that_teaches_a_misconception_or_misses_the_points_is_not_shown() {
    for (weak, why) in [
        (
            "So the string is copied. It makes a deep copy of the text, and both have their own text after that."
                .to_owned(),
            "it states the misconception `copies-heap`",
        ),
        ("Strings are a kind of text and I like them a lot.".to_owned(), "it makes too few of the points"),
    ] {
        let model = Script::sound().on("stronger_answer", [says(&json!({"answer": weak}))]).start().await;
        let feedback = judged_by(&model, ANSWER).await;
        let shown = feedback.stronger_answer().unwrap();
        assert!(!shown.contains(&weak) && shown.contains("The question's model answer"), "{shown}");
        let remark = feedback.remark().unwrap();
        assert!(remark.contains("The model's stronger answer is not shown") && remark.contains(why), "{remark}");
        assert_eq!(model.requests("stronger_answer").await.len(), 1);
    }
}
