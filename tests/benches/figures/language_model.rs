//! What judging by a language model costs on top of the model itself.

use std::ffi::OsStr;
use std::time::Duration;

use api::client::Client;
use journeys::language_model::LanguageModel;
use journeys::program::Home;

use crate::{milliseconds, row, typed_answer};

/// How many answers are judged.
const ANSWERS: usize = 40;

/// Has answers judged by a model that replies at once, and leaves out for how long requests were with its server.
pub async fn measure(home: &Home) {
    let model = LanguageModel::kind();
    let base_url = model.base_url();
    let variables = [("VIVA_LLM_PRESET", "custom"), ("VIVA_LLM_MODEL", "a-model"), ("VIVA_LLM_BASE_URL", &base_url)];
    let server = home.serve(&variables.map(|(name, value)| (name, OsStr::new(value))));
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    // The first answer waits for connections to be made.
    typed_answer(&client).await;
    let (mut overheads, mut taken_by_model) = (Vec::new(), Duration::ZERO);
    for _ in 0..ANSWERS {
        let _of_the_answer_before = model.time_taken();
        let judged = typed_answer(&client).await;
        let models_own = model.time_taken();
        taken_by_model += models_own;
        overheads.push(judged.time.saturating_sub(models_own));
    }
    overheads.sort();
    let median = milliseconds(overheads[ANSWERS / 2]);
    row("a typed answer to a language model's marks, without the model's own time, median", &median, "10 ms");
    row("the same, slowest of 40", &milliseconds(overheads[ANSWERS - 1]), "");
    row("the model's own time there, mean", &milliseconds(taken_by_model / u32::try_from(ANSWERS).unwrap()), "");
}
