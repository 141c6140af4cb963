//! The templates: what language models are told. The built-in ones are embedded; a folder of one's own goes before them.

mod template;

use std::path::Path;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

use crate::error::CoachError;
pub(super) use template::Template;
use template::{Parts, misconfigured};

/// What a model is told in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
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
}

impl Prompts {
    /// The built-in templates, or those of `folder` where it has them.
    ///
    /// # Errors
    /// When a file cannot be read, is no template, names something that does not exist, or changed without its version.
    pub fn load(folder: Option<&Path>) -> Result<Self, CoachError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_name| AutoEscape::None);
        let mut versions = Vec::new();
        for template in Template::ALL {
            let parts = Parts::load(template, folder)?;
            versions.push(parts.version.clone());
            parts.add_to(&mut environment, template)?;
        }
        Ok(Self { environment, version: versions.join(".") })
    }

    /// The versions of all templates, in the order of [`Template::ALL`].
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What a model is told about `subject` and the fenced answer. The instructions are rendered without the answer, so no template can
    /// put it there.
    pub fn tell(&self, template: Template, subject: &impl Serialize, fenced: &str) -> Result<Told, CoachError> {
        let instructions = self.render(&template.instructions(), Serde(subject).into())?;
        let material = self.render(&template.material(), context! { answer => fenced })?;
        Ok(Told { instructions, material })
    }

    /// The request to mend a reply with this fault.
    pub fn repair(&self, fault: &str) -> Result<String, CoachError> {
        self.render(&Template::Repair.instructions(), context! { fault })
    }

    fn render(&self, name: &str, context: minijinja::Value) -> Result<String, CoachError> {
        let rendered = self.environment.get_template(name).and_then(|template| template.render(context));
        rendered
            .map(|text| text.trim().to_owned())
            .map_err(|error| misconfigured(format!("the prompt {name} cannot be rendered: {error}")))
    }
}

#[cfg(test)]
mod tests;
