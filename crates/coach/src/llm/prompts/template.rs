//! One template file: its version, its instructions, its material.

use std::path::Path;

use minijinja::{Environment, ErrorKind};

use crate::error::CoachError;

/// The line between instructions and material.
const DIVIDER: &str = "\n===\n";

/// The longest template file that is read, in bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// What there is a template for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::llm) enum Template {
    /// Judging what was said.
    Correctness,
    /// Judging how clearly it was said.
    Clarity,
    /// Making it stronger.
    StrongerAnswer,
    /// Wording a follow-up.
    FollowUp,
    /// Asking for a better reply.
    Repair,
}

impl Template {
    /// Every template, in the order of their versions in a result.
    pub const ALL: [Self; 5] = [Self::Correctness, Self::Clarity, Self::StrongerAnswer, Self::FollowUp, Self::Repair];

    /// The name of the instructions' part.
    pub fn instructions(self) -> String {
        format!("{}: instructions", self.file_name())
    }

    /// The name of the material's part.
    pub fn material(self) -> String {
        format!("{}: material", self.file_name())
    }

    /// The name of its file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Correctness => "correctness.jinja",
            Self::Clarity => "clarity.jinja",
            Self::StrongerAnswer => "stronger_answer.jinja",
            Self::FollowUp => "follow_up.jinja",
            Self::Repair => "repair.jinja",
        }
    }

    fn built_in(self) -> &'static str {
        match self {
            Self::Correctness => include_str!("../../../../../prompts/correctness.jinja"),
            Self::Clarity => include_str!("../../../../../prompts/clarity.jinja"),
            Self::StrongerAnswer => include_str!("../../../../../prompts/stronger_answer.jinja"),
            Self::FollowUp => include_str!("../../../../../prompts/follow_up.jinja"),
            Self::Repair => include_str!("../../../../../prompts/repair.jinja"),
        }
    }

    /// What the instructions may name. The answer is never among it.
    fn subjects(self) -> &'static [&'static str] {
        match self {
            Self::Correctness | Self::StrongerAnswer => {
                &["prompt", "follows_up_on", "snippet", "key_points", "misconceptions"]
            }
            Self::Clarity => &["prompt", "follows_up_on", "snippet"],
            Self::FollowUp => &["prompt", "follows_up_on", "snippet", "target", "wording"],
            Self::Repair => &["fault"],
        }
    }
}

/// A template file taken apart. Both parts begin with as many empty lines as stand before them in the file, so that a fault's line is
/// the file's.
pub(super) struct Parts {
    /// The file, as people find it.
    pub file: String,
    pub version: String,
    instructions: String,
    material: String,
}

impl Parts {
    /// The template of `folder`, or the built-in one where it has none.
    pub fn load(template: Template, folder: Option<&Path>) -> Result<Self, CoachError> {
        let built_in = Self::parse(template, format!("prompts/{}", template.file_name()), template.built_in())?;
        let Some(file) = folder.map(|folder| folder.join(template.file_name())).filter(|file| file.exists()) else {
            return Ok(built_in);
        };
        let name = file.display().to_string();
        let unreadable = |error: std::io::Error| misconfigured(format!("cannot read the prompt {name}: {error}"));
        if std::fs::metadata(&file).map_err(unreadable)?.len() > LONGEST_FILE {
            return Err(misconfigured(format!("the prompt {name} is longer than {LONGEST_FILE} bytes")));
        }
        let text = std::fs::read_to_string(&file).map_err(unreadable)?.replace("\r\n", "\n");
        let own = Self::parse(template, name, &text)?;
        if own.version == built_in.version && text != template.built_in() {
            let fault = "it differs from the built-in prompt and has its version: give it a version of its own";
            return Err(fault_at(&own.file, 1, fault));
        }
        Ok(own)
    }

    fn parse(template: Template, file: String, text: &str) -> Result<Self, CoachError> {
        let (header, body) = text.split_once('\n').unwrap_or((text, ""));
        let version = header.trim().strip_prefix("{#").and_then(|rest| rest.strip_suffix("#}"));
        let version = version.and_then(|comment| comment.trim().strip_prefix("version:")).map(str::trim);
        let sound =
            |version: &&str| (1..=40).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_graphic());
        let fault = "the first line must be {# version: … #}, without spaces in the version";
        let version = version.filter(sound).ok_or_else(|| fault_at(&file, 1, fault))?.to_owned();
        let (instructions, material) = body.split_once(DIVIDER).unwrap_or((body, ""));
        if (template == Template::Repair) != material.is_empty() {
            let fault = match template {
                Template::Repair => "there is no answer here, so there must be no line of ===",
                _ => "the answer must stand below a line of ===, and only there",
            };
            return Err(fault_at(&file, text.lines().count(), fault));
        }
        let lines_above = 1 + instructions.matches('\n').count() + DIVIDER.matches('\n').count();
        let material = "\n".repeat(lines_above) + material;
        Ok(Self { file, version, instructions: format!("\n{instructions}"), material })
    }

    /// Compiles both parts.
    pub fn add_to(self, environment: &mut Environment<'static>, template: Template) -> Result<(), CoachError> {
        for (name, source, allowed) in [
            (template.instructions(), self.instructions, template.subjects()),
            (template.material(), self.material, &["answer"][..]),
        ] {
            let broken = |error: minijinja::Error| broken(&self.file, &error);
            environment.add_template_owned(name.clone(), source.clone()).map_err(broken)?;
            let named = environment.get_template(&name).map_err(broken)?.undeclared_variables(false);
            if let Some(unknown) = named.iter().find(|named| !allowed.contains(&named.as_str())) {
                let line = source.lines().position(|line| line.contains(unknown.as_str())).map_or(1, |line| line + 1);
                return Err(fault_at(&self.file, line, &format!("it names `{unknown}`, which does not exist there")));
            }
        }
        Ok(())
    }
}

/// The failure of a template that cannot be compiled or rendered.
pub(super) fn broken(file: &str, error: &minijinja::Error) -> CoachError {
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let fault = match error.kind() {
        ErrorKind::UndefinedError => "it names something that does not exist there".to_owned(),
        kind => format!("{kind}{detail}"),
    };
    fault_at(file, error.line().unwrap_or(1), &fault)
}

/// The failure of a template as a whole.
pub(in crate::llm) fn fault_in(file: &str, fault: &str) -> CoachError {
    misconfigured(format!("the prompt {file}: {fault}"))
}

fn fault_at(file: &str, line: usize, fault: &str) -> CoachError {
    misconfigured(format!("the prompt {file}:{line}: {fault}"))
}

pub(super) fn misconfigured(reason: String) -> CoachError {
    CoachError::Misconfigured { reason }
}
