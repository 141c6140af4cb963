//! The prompt templates. The built-in ones are embedded; a folder of the user's own overrides them.

mod template;

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

use crate::error::CoachError;
use template::{Parts, broken, misconfigured};
pub(super) use template::{Template, fault_in};

/// The prompt of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RenderedPrompt {
    /// What to do. The same for every answer to a question.
    pub instructions: String,
    /// What to do it to: the fenced answer.
    pub material: String,
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

    /// The prompt about `subject` and the fenced answer. The instructions are rendered without the answer, so no template can
    /// put it there.
    pub fn render(
        &self,
        template: Template,
        subject: &impl Serialize,
        fenced: &str,
    ) -> Result<RenderedPrompt, CoachError> {
        let instructions = self.render_part(template, &template.instructions(), Serde(subject).into())?;
        let material = self.render_part(template, &template.material(), context! { answer => fenced })?;
        Ok(RenderedPrompt { instructions, material })
    }

    /// The request to correct a reply with this fault.
    pub fn repair(&self, fault: &str) -> Result<String, CoachError> {
        self.render_part(Template::Repair, &Template::Repair.instructions(), context! { fault })
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

#[cfg(test)]
mod tests;
