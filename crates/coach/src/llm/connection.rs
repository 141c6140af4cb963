//! Checks the connection before an answer depends on it.

use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::Deserialize;

use super::ask::{Checked, ask};
use super::model::Model;
use super::prompts::{Prompts, RenderedPrompt};
use super::wire::Form;
use crate::error::CoachError;

/// A connection that works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The models that replied in the form that was asked for.
    pub models: Vec<String>,
    /// The server's host and port.
    pub server: String,
    /// How long all the replies took together.
    pub took: Duration,
}

/// The form of a reply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reply {
    ready: bool,
}

/// Asks every model for the smallest reply there is.
pub(super) async fn check(models: &[&Model], prompts: &Prompts) -> Result<Connection, CoachError> {
    let began = Instant::now();
    let prompt = RenderedPrompt {
        instructions: "This only tries the connection. Reply in the form asked for.".to_owned(),
        material: "Are you ready?".to_owned(),
    };
    for model in models {
        ask(model, prompts, &prompt, &Form::of::<Reply>("ready"), |reply: Reply| Checked::Sound(reply.ready)).await?;
    }
    Ok(Connection {
        models: models.iter().map(|model| model.name().to_owned()).collect(),
        server: models.first().map(|model| model.server()).unwrap_or_default(),
        took: began.elapsed(),
    })
}
