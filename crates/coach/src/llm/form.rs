//! The forms that replies must have, as JSON schemas that every server understands.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::wire::Form;

impl Form {
    /// The form of `R`: without references, every object closed and every property required, which is what servers that enforce a
    /// schema demand. What may be left open is null.
    pub(super) fn of<R: JsonSchema>(name: &'static str) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let generator = settings.with_transform(RecursiveTransform(close)).into_generator();
        Self { name, schema: generator.into_root_schema_for::<R>().to_value() }
    }

    /// The form in which the text at `pointer` is one of `choices`. Without choices it stays any text: an empty list of choices is no
    /// valid schema.
    pub(super) fn with_choices<'a>(mut self, pointer: &str, choices: impl IntoIterator<Item = &'a str>) -> Self {
        let choices: Vec<&str> = choices.into_iter().collect();
        if let Some(property) = self.schema.pointer_mut(pointer).filter(|_| !choices.is_empty()) {
            *property = json!({"type": "string", "enum": choices});
        }
        self
    }
}

fn close(schema: &mut Schema) {
    schema.remove("title");
    // Services that enforce a schema refuse one with defaults: every property has to be there.
    schema.remove("default");
    let Some(Value::Object(properties)) = schema.get("properties") else { return };
    let names: Vec<String> = properties.keys().cloned().collect();
    schema.insert("required".to_owned(), json!(names));
    schema.insert("additionalProperties".to_owned(), json!(false));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Outer {
        inner: Vec<Inner>,
    }

    #[derive(serde::Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Inner {
        id: String,
        #[serde(default)]
        quote: Option<String>,
    }

    #[test]
    fn a_form_is_closed_complete_and_free_of_references() {
        let form = Form::of::<Outer>("outer").with_choices("/properties/inner/items/properties/id", ["a", "b"]);
        assert_eq!(
            form.schema,
            json!({
                "type": "object",
                "properties": {
                    "inner": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "id": {"type": "string", "enum": ["a", "b"]},
                                "quote": {"type": ["string", "null"]},
                            },
                            "required": ["id", "quote"],
                            "additionalProperties": false,
                        },
                    },
                },
                "required": ["inner"],
                "additionalProperties": false,
            })
        );
    }

    #[test]
    fn no_choices_leave_any_text() {
        let form = Form::of::<Inner>("inner").with_choices("/properties/id", []);
        assert_eq!(form.schema["properties"]["id"], json!({"type": "string"}));
    }
}
