//! `viva doctor`.

mod checks;

use serde::Serialize;

use super::documents::{print, print_json};
use crate::arguments::Doctor;
use crate::failure::Failure;
use crate::settings::Settings;

/// What one look at this machine found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    name: &'static str,
    state: State,
    /// What was found.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// As it should be.
    Good,
    /// The program works without it, and does less.
    Missing,
    /// It has to be mended.
    Bad,
}

#[derive(Serialize)]
struct Document {
    findings: Vec<Finding>,
}

impl Finding {
    fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Good, found: found.into(), advice: None }
    }

    fn missing(name: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { name, state: State::Missing, found: found.into(), advice: Some(advice.into()) }
    }

    fn bad(name: &'static str, failure: &Failure) -> Self {
        Self {
            name,
            state: State::Bad,
            found: failure.message().to_owned(),
            advice: failure.advice().map(str::to_owned),
        }
    }

    fn line(&self) -> String {
        let state = match self.state {
            State::Good => "ok     ",
            State::Missing => "missing",
            State::Bad => "FAULT  ",
        };
        let advice = self.advice.as_ref().map(|advice| format!("\n{:28}{advice}", "")).unwrap_or_default();
        format!("{state}  {:<17}  {}{advice}\n", self.name, self.found)
    }
}

/// Looks at everything that the program needs, and tells what to do about each.
///
/// # Errors
/// When something has to be mended. What is only missing is no error.
pub async fn run(doctor: &Doctor, settings: Result<Settings, Failure>) -> Result<(), Failure> {
    let findings = match settings {
        Ok(settings) => checks::all(&settings).await,
        Err(failure) => vec![Finding::bad("settings", &failure)],
    };
    let faults = findings.iter().filter(|finding| finding.state == State::Bad).count();
    if doctor.json {
        print_json(&Document { findings })?;
    } else {
        print(&findings.iter().map(Finding::line).collect::<String>())?;
    }
    match faults {
        0 => Ok(()),
        1 => Err(Failure::new("1 thing has to be mended")),
        faults => Err(Failure::new(format!("{faults} things have to be mended"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_to_do() {
        let finding = Finding::missing("voice", "no program that speaks", "install espeak-ng");
        assert_eq!(
            finding.line(),
            "missing  voice              no program that speaks\n                            install espeak-ng\n"
        );
        let failure = Failure::new("the disk is full").help("make room");
        assert!(
            Finding::bad("data folder", &failure).line().starts_with("FAULT    data folder        the disk is full\n")
        );
    }
}
