//! A language model that does as the test says, and a coach that asks it.

#[path = "../../../../tests/src/language_model.rs"]
#[allow(dead_code, missing_docs)]
mod language_model;

use std::collections::HashMap;
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};

use coach::LlmCoach;
use coach::llm::{LlmSettings, Preset};
pub use language_model::{Asked, Reply};
use language_model::{LanguageModel, kind_words};
use serde_json::{Value, json};

/// The name under which it judges.
pub const MODEL: &str = "some-model";

/// What becomes of a request in the judging of that number, counted from 0; `None` for what a model says that judges.
pub type Script = dyn Fn(&Asked, usize) -> Option<Reply> + Send + Sync;

/// A coach whose model judges, unless the script says otherwise.
pub fn coach(script: impl Fn(&Asked, usize) -> Option<Reply> + Send + Sync + 'static) -> Arc<LlmCoach> {
    coach_with(|_| {}, script)
}

/// The same with settings of its own.
pub fn coach_with(
    change: impl FnOnce(&mut LlmSettings),
    script: impl Fn(&Asked, usize) -> Option<Reply> + Send + Sync + 'static,
) -> Arc<LlmCoach> {
    let script: Box<Script> = Box::new(script);
    let judgings = Mutex::new(HashMap::<String, usize>::new());
    let model = LanguageModel::start(move |asked| {
        let number = {
            let mut judgings = judgings.lock().unwrap();
            let next = judgings.entry(asked.form.clone()).or_default();
            std::mem::replace(next, *next + 1)
        };
        script(asked, number).unwrap_or_else(|| Reply::Says(words(asked)))
    });
    let base_url = Some(model.base_url().parse().unwrap());
    let concurrency = NonZeroU16::new(4);
    let mut settings = LlmSettings { base_url, retries: 0, concurrency, ..LlmSettings::new(Preset::Custom, MODEL) };
    change(&mut settings);
    Arc::new(LlmCoach::new(&settings).unwrap())
}

/// A server's refusal, in its own words.
pub fn refuses(message: &str) -> Reply {
    Reply::Answers(451, "application/json", json!({"error": {"message": message}}).to_string())
}

/// A busy server that may be asked again at once.
pub fn busy() -> Reply {
    Reply::Answers(503, "application/json\r\nretry-after: 0", json!({"error": {"message": "it is busy"}}).to_string())
}

/// What the model says: an answer that speaks of owners makes every key point, any other one none.
fn words(asked: &Asked) -> Value {
    if asked.form != "marks" || asked.answer.contains("owner") {
        return kind_words(asked);
    }
    misses(asked)
}

/// What a model says that finds no key point in the answer.
pub fn misses(asked: &Asked) -> Value {
    let mut words = kind_words(asked);
    for (_, point) in words["key_points"].as_object_mut().into_iter().flatten() {
        *point = json!({"quote": null, "verdict": "missed"});
    }
    words
}

/// Holds replies back until the test opens it.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    /// Waits until it is open.
    pub fn pass(&self) {
        let closed = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(closed, |open| !*open).unwrap());
    }
}
