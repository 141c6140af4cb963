//! One template file: its version, its instructions, its material.

use std::path::Path;

use minijinja::Environment;

use crate::error::CoachError;

/// The line between instructions and material.
const DIVIDER: &str = "\n===\n";

/// The longest template file that is read, in bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// What there is a template for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    fn file_name(self) -> &'static str {
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

/// A template file taken apart.
pub(super) struct Parts {
    pub version: String,
    instructions: String,
    material: String,
}

impl Parts {
    /// The template of `folder`, or the built-in one where it has none.
    pub fn load(template: Template, folder: Option<&Path>) -> Result<Self, CoachError> {
        let built_in = Self::parse(template, template.built_in())?;
        let Some(file) = folder.map(|folder| folder.join(template.file_name())).filter(|file| file.exists()) else {
            return Ok(built_in);
        };
        let unreadable =
            |error: std::io::Error| misconfigured(format!("cannot read the prompt {}: {error}", file.display()));
        if std::fs::metadata(&file).map_err(unreadable)?.len() > LONGEST_FILE {
            return Err(misconfigured(format!("the prompt {} is longer than {LONGEST_FILE} bytes", file.display())));
        }
        let text = std::fs::read_to_string(&file).map_err(unreadable)?.replace("\r\n", "\n");
        let own = Self::parse(template, &text)?;
        if own.version == built_in.version && text != template.built_in() {
            let reason = format!("the prompt {} differs from the built-in one and has its version", file.display());
            return Err(misconfigured(format!("{reason}: give it a version of its own in the first line")));
        }
        Ok(own)
    }

    fn parse(template: Template, text: &str) -> Result<Self, CoachError> {
        let name = template.file_name();
        let (header, body) = text.split_once('\n').unwrap_or((text, ""));
        let version = header.trim().strip_prefix("{#").and_then(|rest| rest.strip_suffix("#}"));
        let version = version.and_then(|comment| comment.trim().strip_prefix("version:")).map(str::trim);
        let sound =
            |version: &&str| (1..=40).contains(&version.len()) && version.bytes().all(|byte| byte.is_ascii_graphic());
        let version = version.filter(sound).ok_or_else(|| {
            misconfigured(format!(
                "the first line of the prompt {name} must be {{# version: … #}}, without spaces in the version"
            ))
        })?;
        let (instructions, material) = body.split_once(DIVIDER).unwrap_or((body, ""));
        if (template != Template::Repair) != material.contains("answer") {
            let reason = format!("the prompt {name} must show the answer below a line of ===, and only there");
            return Err(misconfigured(reason));
        }
        Ok(Self { version: version.to_owned(), instructions: instructions.to_owned(), material: material.to_owned() })
    }

    /// Compiles both parts.
    pub fn add_to(self, environment: &mut Environment<'static>, template: Template) -> Result<(), CoachError> {
        for (name, source, allowed) in [
            (template.instructions(), self.instructions, template.subjects()),
            (template.material(), self.material, &["answer"][..]),
        ] {
            let broken = |error: minijinja::Error| misconfigured(format!("the prompt {name} is no template: {error}"));
            environment.add_template_owned(name.clone(), source).map_err(broken)?;
            let named = environment.get_template(&name).map_err(broken)?.undeclared_variables(false);
            if let Some(unknown) = named.iter().find(|named| !allowed.contains(&named.as_str())) {
                return Err(misconfigured(format!("the prompt {name} names `{unknown}`, which does not exist there")));
            }
        }
        Ok(())
    }
}

pub(super) fn misconfigured(reason: String) -> CoachError {
    CoachError::Misconfigured { reason }
}
