//! The prompt templates. The built-in ones are embedded; a folder of the user's own overrides them.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, context};
use serde::Serialize;

use super::form::Form;
use crate::error::{CoachError, misconfigured};

/// The line between instructions and material.
const DIVIDER: &str = "\n===\n";

/// The longest template file that is read, in bytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// The prompt of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RenderedPrompt {
    /// What to do. The same for every answer to a question.
    pub instructions: String,
    /// What to do it to: the fenced answer.
    pub material: String,
}

/// A subject, and the line that shows the form of the reply.
#[derive(Serialize)]
struct Subject<'a, S> {
    #[serde(flatten)]
    subject: &'a S,
    form: String,
}

/// All templates, compiled.
#[derive(Debug)]
pub(super) struct Prompts {
    environment: Environment<'static>,
    version: String,
    /// The path of each template, for messages.
    files: BTreeMap<Template, String>,
}

impl Prompts {
    /// The built-in templates, or those of `folder` where it has them.
    ///
    /// # Errors
    /// When the folder or a file of it cannot be read, is no template that there is, names something that does not exist, or changed
    /// without its version. Names file and line.
    pub fn load(folder: Option<&Path>) -> Result<Self, CoachError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_name| AutoEscape::None);
        folder.map_or(Ok(()), check_names)?;
        let (mut versions, mut files) = (Vec::new(), BTreeMap::new());
        for template in Template::ALL {
            let parts = Parts::load(template, folder)?;
            versions.push(parts.version.clone());
            files.insert(template, parts.file.clone());
            parts.add_to(&mut environment, template)?;
        }
        Ok(Self { environment, version: versions.join("."), files })
    }

    /// The versions of all templates, in the order of [`Template::ALL`].
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The prompt about `subject` and the fenced answer, for a reply of `form`. The instructions are rendered without the answer, so no
    /// template can put it there.
    pub fn render(
        &self,
        template: Template,
        subject: &impl Serialize,
        form: &Form,
        fenced: &str,
    ) -> Result<RenderedPrompt, CoachError> {
        let subject = Subject { subject, form: form.line() };
        let instructions = self.render_part(template, &template.instructions(), Serde(&subject).into())?;
        let material = self.render_part(template, &template.material(), context! { answer => fenced })?;
        Ok(RenderedPrompt { instructions, material })
    }

    /// The request to correct a reply with these faults, one a line, by a reply of this form.
    pub fn repair(&self, faults: &str, form: &str) -> Result<String, CoachError> {
        let context = context! { fault => faults, form };
        self.render_part(Template::Repair, &Template::Repair.instructions(), context)
    }

    /// The path of a template, for messages.
    pub fn file(&self, template: Template) -> &str {
        self.files.get(&template).map_or_else(|| template.file_name(), String::as_str)
    }

    fn render_part(&self, template: Template, part: &str, context: minijinja::Value) -> Result<String, CoachError> {
        let rendered = self.environment.get_template(part).and_then(|part| part.render(context));
        rendered.map(|text| text.trim().to_owned()).map_err(|error| broken(self.file(template), &error))
    }
}

/// Refuses files that are no template: a misspelt name would go unnoticed.
fn check_names(folder: &Path) -> Result<(), CoachError> {
    let unreadable = |error: std::io::Error| {
        misconfigured(format!("cannot read the folder of prompts {}: {error}", folder.display()))
    };
    let known = Template::ALL.map(Template::file_name);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let is_template = Path::new(&name).extension().is_some_and(|extension| extension == "jinja");
        if is_template && !known.iter().any(|known| name == *known) {
            let file = folder.join(&name);
            return Err(misconfigured(format!("{} is no prompt: there are {}", file.display(), known.join(", "))));
        }
    }
    Ok(())
}

/// What there is a template for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Template {
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
            Self::Correctness => include_str!("../../../../prompts/correctness.jinja"),
            Self::Clarity => include_str!("../../../../prompts/clarity.jinja"),
            Self::StrongerAnswer => include_str!("../../../../prompts/stronger_answer.jinja"),
            Self::FollowUp => include_str!("../../../../prompts/follow_up.jinja"),
            Self::Repair => include_str!("../../../../prompts/repair.jinja"),
        }
    }

    /// What the instructions may name. The answer is never among it.
    fn subjects(self) -> &'static [&'static str] {
        match self {
            Self::Correctness => {
                &["prompt", "follows_up_on", "snippet", "key_points", "beyond", "misconceptions", "examples", "form"]
            }
            Self::StrongerAnswer => &["prompt", "follows_up_on", "snippet", "key_points", "misconceptions", "form"],
            Self::Clarity => &["prompt", "follows_up_on", "snippet", "form"],
            Self::FollowUp => &["prompt", "follows_up_on", "snippet", "target", "wording", "form"],
            Self::Repair => &["fault", "form"],
        }
    }
}

/// A template file taken apart. Both parts begin with as many empty lines as stand before them in the file, so that a fault's line is
/// the file's.
struct Parts {
    /// The file, as people find it.
    file: String,
    version: String,
    instructions: String,
    material: String,
}

impl Parts {
    /// The template of `folder`, or the built-in one where it has none.
    fn load(template: Template, folder: Option<&Path>) -> Result<Self, CoachError> {
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
    fn add_to(self, environment: &mut Environment<'static>, template: Template) -> Result<(), CoachError> {
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
fn broken(file: &str, error: &minijinja::Error) -> CoachError {
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let fault = match error.kind() {
        ErrorKind::UndefinedError => "it names something that does not exist there".to_owned(),
        kind => format!("{kind}{detail}"),
    };
    fault_at(file, error.line().unwrap_or(1), &fault)
}

/// The failure of a template as a whole.
pub(super) fn fault_in(file: &str, fault: &str) -> CoachError {
    misconfigured(format!("the prompt {file}: {fault}"))
}

fn fault_at(file: &str, line: usize, fault: &str) -> CoachError {
    misconfigured(format!("the prompt {file}:{line}: {fault}"))
}

#[cfg(test)]
mod tests;
