//! What judging by a language model costs on top of the model itself: a model that replies at once judges, and for how long requests were
//! with its server is left out.

use std::time::{Duration, Instant};

use api::client::Client;
use coach::LlmCoach;
use coach::llm::{LlmSettings, Preset};
use interview::follow_up::Rubric;
use interview::judging::Assignment;
use interview::{Bank, Question, Transcript};
use journeys::language_model::LanguageModel;
use journeys::program::Home;
use journeys::workspace::bank_files;

use crate::{ANSWER, QUESTION, milliseconds, row, typed_answer};

/// How many answers are judged.
const ANSWERS: usize = 40;

/// Measures the coach by itself, and the whole program.
pub async fn measure(home: &Home) {
    let bank = Bank::load(&bank_files().unwrap()).bank;
    let question = bank.question(&QUESTION.parse().unwrap()).unwrap();
    let model = LanguageModel::kind();
    let base_url = Some(model.base_url().parse().unwrap());
    let coach = LlmCoach::new(&LlmSettings { base_url, ..LlmSettings::new(Preset::Custom, "a-model") }).unwrap();
    let alone = overheads(&model, async || judge(&coach, question).await).await;
    row(
        "judging by a language model, without the model's own time, median",
        &milliseconds(alone[ANSWERS / 2]),
        "10 ms",
    );
    row("the same, slowest of 40", &milliseconds(alone[ANSWERS - 1]), "");

    let run = home.server().env("VIVA_LLM_PRESET", "custom").env("VIVA_LLM_MODEL", "a-model");
    let server = run.env("VIVA_LLM_BASE_URL", model.base_url()).serve();
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    let whole = overheads(&model, async || typed_answer(&client).await.1).await;
    let median = milliseconds(whole[ANSWERS / 2]);
    row("a typed answer to a language model's marks, without the model's own time, median", &median, "");
}

/// The times that `judging` takes beside the model's own, the shortest first.
async fn overheads(model: &LanguageModel, judging: impl AsyncFn() -> Duration) -> Vec<Duration> {
    // The first judging waits for connections to be made.
    judging().await;
    let mut overheads = Vec::new();
    for _ in 0..ANSWERS {
        let _of_the_judging_before = model.time_taken();
        let time = judging().await;
        overheads.push(time.saturating_sub(model.time_taken()));
    }
    overheads.sort();
    overheads
}

async fn judge(coach: &LlmCoach, question: &Question) -> Duration {
    let rubric = Rubric::of(question, None);
    let transcript = Transcript::typed(ANSWER);
    let assignment = Assignment::to_question(question, &rubric, &transcript);
    let started = Instant::now();
    coach.judge(&assignment, Duration::ZERO, None).await.unwrap();
    started.elapsed()
}
