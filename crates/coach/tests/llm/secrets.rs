//! Keys stay out of sight, whatever servers do with them.

use std::io::Write;
use std::sync::{Arc, Mutex};

use coach::LlmCoach;
use coach::llm::{LlmSettings, Preset};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::scripted_model::{Reply, STRONGER, Script, says};
use crate::support::{ANSWER, clarity, judge, judged_by, question, settings, socket};

const KEY: &str = "sk-top-secret";

/// A log that is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn with_key(preset: Preset, base_url: &str, folder: &tempfile::TempDir) -> LlmCoach {
    let file = folder.path().join("key");
    std::fs::write(&file, KEY).unwrap();
    let settings = LlmSettings { key_file: Some(file), preset, retries: 1, ..settings(base_url) };
    LlmCoach::new(&settings).unwrap()
}

#[tokio::test]
async fn a_key_that_a_server_repeats_shows_in_no_error_log_or_feedback() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_max_level(tracing::Level::TRACE).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let folder = tempfile::tempdir().unwrap();
    let repeating = |status: u16| {
        let message = format!("you sent {KEY}");
        Reply::Answers(
            status,
            vec![("retry-after", "0")],
            json!({"error": {"message": message}, "message": message}).to_string(),
        )
    };
    let mut shown = String::new();
    for preset in [Preset::Custom, Preset::Anthropic] {
        for status in [200, 400, 401, 404, 429, 500] {
            let model = Script::sound().on_all(repeating(status)).start().await;
            let error = judge(&with_key(preset, &model.base_url(), &folder), ANSWER).await.unwrap_err();
            shown.push_str(&format!("{error} {error:?}\n"));
        }
    }
    shown.push_str(
        &judge(&with_key(Preset::Custom, &socket::nobody().await, &folder), ANSWER).await.unwrap_err().to_string(),
    );
    let mut praise = clarity();
    praise["checks"]["answers_the_question"]["note"] = json!(format!("Remember {KEY}."));
    let model = Script::sound()
        .on("clarity", [says(&praise)])
        .on("stronger_answer", [says(&json!({"answer": format!("{STRONGER} My key is {KEY}.")}))])
        .start()
        .await;
    let coach = with_key(Preset::Custom, &model.base_url(), &folder);
    let feedback = judge(&coach, ANSWER).await.unwrap();
    assert_eq!(feedback.stronger_answer(), Some(format!("{STRONGER} My key is [key].").as_str()));
    shown.push_str(&format!("{feedback:?} {coach:?} {:?}", coach.judged_by(&question())));
    assert!(!shown.contains(KEY), "{shown}");
    let log = log.text();
    assert!(log.contains("asking the language model again"), "the log was kept: {log}");
    assert!(!log.contains(KEY), "{log}");
}

#[tokio::test]
async fn a_local_server_gets_no_key_and_no_empty_header_for_one() {
    let model = Script::sound().start().await;
    judged_by(&model, ANSWER).await;
    for request in model.raw_requests().await {
        assert!(!request.headers.contains_key("authorization") && !request.headers.contains_key("x-api-key"));
    }
}
