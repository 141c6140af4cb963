//! One request to a model: ask, parse, check, and ask for a correction at most once.

use serde::de::DeserializeOwned;

use super::json::{self, NoReply};
use super::model::Model;
use super::prompts::{Prompts, RenderedPrompt};
use super::wire::{Call, Form, Message, Outcome};
use crate::error::CoachError;

/// How much of a faulty reply is sent back, in bytes.
const LONGEST_REMINDER: usize = 16 * 1024;

/// What checking makes of a reply that has the right form.
pub(super) enum Checked<T> {
    /// It can be used.
    Sound(T),
    /// It can be used if there is no better one: what it comes to, and what is wrong with it.
    Flawed(T, String),
    /// It cannot be used, and why.
    Unusable(String),
}

/// Why a reply cannot be used as it is.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it is empty")]
    Empty,
    #[error("it was cut off at the model's length limit")]
    CutOff,
    #[error("it holds no complete JSON object")]
    NoObject,
    #[error("it is not in the form that was asked for")]
    OtherForm(String),
    #[error("{0}")]
    Contents(String),
}

impl Fault {
    /// The fault in all detail. Only for the model: the detail may repeat the reply.
    fn for_the_model(&self) -> String {
        match self {
            Self::OtherForm(detail) => format!("{self}: {detail}"),
            _ => self.to_string(),
        }
    }
}

/// Asks `model` for a reply of the form of `R` and returns what `check` makes of it.
///
/// # Errors
/// What the model's server answers; [`CoachError::Refused`] when the model declines; [`CoachError::Malformed`] when its second reply
/// cannot be used either.
pub(super) async fn ask<R: DeserializeOwned, T: Send>(
    model: &Model,
    prompts: &Prompts,
    prompt: &RenderedPrompt,
    form: &Form,
    check: impl Fn(R) -> Checked<T> + Send,
) -> Result<T, CoachError> {
    let mut call =
        Call { instructions: &prompt.instructions, messages: vec![Message::Ours(prompt.material.clone())], form };
    let (text, kept, fault) = match parse(model.say(&call).await?, &check)? {
        Parsed::Sound(found) => return Ok(found),
        Parsed::Flawed { text, found, fault } => (text, Some(found), fault),
        Parsed::Unusable { text, fault } => (text, None, fault),
    };
    model.count_invalid_reply();
    let request = prompts.repair(&fault.for_the_model())?;
    ask_for_repair(&mut call, text, request);
    let repaired = match model.say(&call).await {
        Ok(outcome) => parse(outcome, &check),
        Err(error) => Err(error),
    };
    match (repaired, kept) {
        (Ok(Parsed::Sound(found) | Parsed::Flawed { found, .. }), _) => Ok(found),
        // The first reply could be used, only not in full: better than none.
        (_, Some(kept)) => Ok(kept),
        (Ok(Parsed::Unusable { fault, .. }), None) => {
            model.count_invalid_reply();
            Err(CoachError::Malformed { reason: fault.to_string() })
        }
        (Err(error), None) => Err(error),
    }
}

/// A reply, parsed and checked.
enum Parsed<T> {
    Sound(T),
    Flawed { text: String, found: T, fault: Fault },
    Unusable { text: String, fault: Fault },
}

fn parse<R: DeserializeOwned, T>(outcome: Outcome, check: impl Fn(R) -> Checked<T>) -> Result<Parsed<T>, CoachError> {
    let text = match outcome {
        Outcome::Text(text) => text,
        Outcome::CutOff => return Ok(Parsed::Unusable { text: String::new(), fault: Fault::CutOff }),
        Outcome::Declined => {
            return Err(CoachError::Refused { reason: "the model declines to judge this answer".to_owned() });
        }
    };
    if text.trim().is_empty() {
        return Ok(Parsed::Unusable { text, fault: Fault::Empty });
    }
    Ok(match json::find(&text) {
        Err(NoReply::NoObject) => Parsed::Unusable { text, fault: Fault::NoObject },
        Err(NoReply::OtherForm(detail)) => Parsed::Unusable { text, fault: Fault::OtherForm(detail) },
        Ok(reply) => match check(reply) {
            Checked::Sound(found) => Parsed::Sound(found),
            Checked::Flawed(found, fault) => Parsed::Flawed { text, found, fault: Fault::Contents(fault) },
            Checked::Unusable(fault) => Parsed::Unusable { text, fault: Fault::Contents(fault) },
        },
    })
}

/// Adds the faulty reply and the request to correct it. An empty reply is left out, because servers refuse empty messages; the request then
/// joins the material, because some chat templates demand that speakers alternate.
fn ask_for_repair(call: &mut Call<'_>, mut reply: String, request: String) {
    reply.truncate(reply.floor_char_boundary(LONGEST_REMINDER));
    let reply = reply.trim();
    match call.messages.last_mut() {
        Some(Message::Ours(material)) if reply.is_empty() => {
            material.push_str("\n\n");
            material.push_str(&request);
        }
        _ => call.messages.extend([Message::Models(reply.to_owned()), Message::Ours(request)]),
    }
}
