//! The form of a reply: a JSON schema for servers that enforce one, and a line of text for models that have to be told.
//!
//! Order is part of a form. A model writes what comes first without having read what comes later, so a quote stands before the verdict
//! that rests on it, and neither schema nor line may be sorted.

use std::sync::Arc;

use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// The form of a reply.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// What it is called.
    pub name: &'static str,
    /// The reply itself, an object.
    pub shape: Shape,
}

/// What a value of a reply looks like.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// An object with these fields, all of them, in this order.
    Object(Vec<(String, Shape)>),
    /// A text: what it holds, and its greatest length in characters.
    Text(&'static str, usize),
    /// The same, or null.
    TextOrNull(&'static str, usize),
    /// Words of the answer, or null: these pieces of it where the server holds the model to the schema, else at most [`LONGEST_QUOTE`]
    /// characters.
    Quote(Arc<[String]>),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// The longest quote, in characters: 30 words of English have about 170.
pub(super) const LONGEST_QUOTE: usize = 240;

impl Form {
    /// The JSON schema: every object closed and every property required, which is what servers that enforce a schema demand. Services
    /// refuse limits of length and take long to get ready for a schema that they have not seen, so that only a `bounded` schema has limits
    /// and the pieces that may be quoted.
    pub fn schema(&self, bounded: bool) -> Object {
        let schema = self.shape.schema(bounded);
        match self.shape.quotable().filter(|pieces| bounded && !pieces.is_empty()) {
            Some(pieces) => {
                let choices: Vec<Option<&String>> = pieces.iter().map(Some).chain([None]).collect();
                schema.with("$defs", Object::default().with("quote", Object::default().with("enum", choices)))
            }
            None => schema,
        }
    }

    /// One line that shows the form.
    pub fn line(&self) -> String {
        let mut line = String::new();
        self.shape.show(&mut line);
        line
    }

    /// The form with nothing but these fields of the objects in it, each named by its object and its own name; the whole form if it has
    /// none of them.
    pub fn only(&self, wanted: &[(&str, &str)]) -> Self {
        let Shape::Object(groups) = &self.shape else { return self.clone() };
        let kept = groups.iter().filter_map(|(group, shape)| match shape {
            Shape::Object(entries) => {
                let is_wanted = |name: &str| wanted.contains(&(group.as_str(), name));
                let kept: Vec<_> = entries.iter().filter(|(name, _)| is_wanted(name)).cloned().collect();
                (!kept.is_empty()).then(|| (group.clone(), Shape::Object(kept)))
            }
            _ => None,
        });
        let kept: Vec<_> = kept.collect();
        if kept.is_empty() { self.clone() } else { Self { name: self.name, shape: Shape::Object(kept) } }
    }

    /// Every entry of the objects in it, by its object and its own name, and the verdicts there are on it.
    pub fn entries(&self) -> Vec<(&str, &str, &'static [&'static str])> {
        let Shape::Object(groups) = &self.shape else { return Vec::new() };
        let entries = groups.iter().filter_map(|(group, shape)| match shape {
            Shape::Object(entries) => Some(entries.iter().map(move |(name, shape)| (group, name, shape))),
            _ => None,
        });
        entries.flatten().map(|(group, name, shape)| (group.as_str(), name.as_str(), shape.verdicts())).collect()
    }

    /// Whether `text` is an object of this form with nothing around it, as a server that enforces the form makes it. Lengths do not count.
    pub fn is_kept_by(&self, text: &str) -> bool {
        serde_json::from_str(text).is_ok_and(|value| self.shape.is_kept_by(&value))
    }

    /// The most tokens that a reply of this form takes. Common tokenizers make a token of 3 to 4 characters of English; indentation and
    /// keys are counted generously.
    pub fn most_tokens(&self) -> u32 {
        let characters = self.shape.most_characters();
        u32::try_from(characters.div_ceil(3) + 64).unwrap_or(u32::MAX)
    }
}

impl Shape {
    fn schema(&self, bounded: bool) -> Object {
        let typed = |kind: &str| Object::default().with("type", kind);
        let limited = |object: Object, most: usize| if bounded { object.with("maxLength", most) } else { object };
        match self {
            Self::Object(fields) => {
                let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
                let properties = fields
                    .iter()
                    .fold(Object::default(), |all, (name, shape)| all.with(name.as_str(), shape.schema(bounded)));
                typed("object")
                    .with("properties", properties)
                    .with("required", names)
                    .with("additionalProperties", false)
            }
            Self::Text(_, most) => limited(typed("string"), *most),
            Self::TextOrNull(_, most) => limited(Object::default().with("type", ["string", "null"]), *most),
            Self::Quote(pieces) if bounded && !pieces.is_empty() => Object::default().with("$ref", "#/$defs/quote"),
            Self::Quote(_) => limited(Object::default().with("type", ["string", "null"]), LONGEST_QUOTE),
            Self::OneOf(words) => typed("string").with("enum", words),
        }
    }

    fn is_kept_by(&self, value: &Value) -> bool {
        match self {
            Self::Object(fields) => {
                fields.iter().all(|(name, shape)| value.get(name).is_some_and(|value| shape.is_kept_by(value)))
            }
            Self::Text(..) => value.is_string(),
            Self::TextOrNull(..) | Self::Quote(_) => value.is_string() || value.is_null(),
            Self::OneOf(words) => value.as_str().is_some_and(|value| words.contains(&value)),
        }
    }

    fn verdicts(&self) -> &'static [&'static str] {
        match self {
            Self::Object(fields) => fields.iter().map(|(_, shape)| shape.verdicts()).find(|it| !it.is_empty()),
            Self::OneOf(words) => Some(*words),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// The pieces of the answer that its quotes are chosen from.
    fn quotable(&self) -> Option<&[String]> {
        match self {
            Self::Object(fields) => fields.iter().find_map(|(_, shape)| shape.quotable()),
            Self::Quote(pieces) => Some(pieces),
            _ => None,
        }
    }

    fn show(&self, line: &mut String) {
        match self {
            Self::Object(fields) => {
                for (number, (name, shape)) in fields.iter().enumerate() {
                    line.push_str(if number == 0 { "{" } else { ", " });
                    line.push_str(&format!("\"{name}\": "));
                    shape.show(line);
                }
                line.push_str(if fields.is_empty() { "{}" } else { "}" });
            }
            Self::Text(holds, _) => line.push_str(&format!("\"<{holds}>\"")),
            Self::TextOrNull(holds, _) => line.push_str(&format!("\"<{holds}>\" or null")),
            Self::Quote(_) => line.push_str("\"<words copied from the answer>\" or null"),
            Self::OneOf(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                line.push_str(&words.join(" or "));
            }
        }
    }

    fn most_characters(&self) -> usize {
        match self {
            Self::Object(fields) => fields.iter().map(|(name, shape)| name.len() + 16 + shape.most_characters()).sum(),
            Self::Text(_, most) | Self::TextOrNull(_, most) => *most + 2,
            Self::Quote(_) => LONGEST_QUOTE + 2,
            Self::OneOf(words) => words.iter().map(|word| word.len()).max().unwrap_or_default() + 2,
        }
    }
}

/// A JSON object whose fields keep the order in which they were set. A field that is set again is replaced.
#[derive(Clone, Debug, Default)]
pub(super) struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    /// With this field.
    pub fn with(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        // Only maps with keys that are not text fail, and none is ever put here.
        let (name, value) = (name.into(), to_raw_value(&value).unwrap_or_else(|_| RawValue::NULL.to_owned()));
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name, value)),
        }
        self
    }

    /// With this field, if there is a value.
    pub fn with_some(self, name: &str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        let entry = |verdicts| {
            Shape::Object(vec![
                ("quote".to_owned(), Shape::TextOrNull("words", 20)),
                ("verdict".to_owned(), Shape::OneOf(verdicts)),
            ])
        };
        let points =
            vec![("zero".to_owned(), entry(&["hit", "missed"])), ("alpha".to_owned(), entry(&["hit", "missed"]))];
        let wrong = vec![("m".to_owned(), entry(&["stated", "not_stated"]))];
        let groups =
            vec![("key_points".to_owned(), Shape::Object(points)), ("misconceptions".to_owned(), Shape::Object(wrong))];
        Form { name: "marks", shape: Shape::Object(groups) }
    }

    fn text(object: &Object) -> String {
        serde_json::to_string(object).unwrap()
    }

    #[test]
    fn a_schema_keeps_the_declared_order_and_closes_every_object() {
        let quote = Form {
            name: "q",
            shape: Shape::Object(vec![
                ("quote".to_owned(), Shape::Text("words", 9)),
                ("a".to_owned(), Shape::OneOf(&["x"])),
            ]),
        };
        assert_eq!(
            text(&quote.schema(true)),
            r#"{"type":"object","properties":{"quote":{"type":"string","maxLength":9},"a":{"type":"string","enum":["x"]}},"required":["quote","a"],"additionalProperties":false}"#
        );
        assert!(!text(&quote.schema(false)).contains("maxLength"));
        let schema = text(&form().schema(true));
        let places =
            ["\"zero\"", "\"quote\"", "\"verdict\"", "\"alpha\"", "\"misconceptions\""].map(|name| schema.find(name));
        assert!(places.is_sorted() && places[0].is_some(), "{schema}");
    }

    #[test]
    fn quotes_are_chosen_from_the_answer_where_a_schema_may_be_new_each_time() {
        let quote = |pieces: &[&str]| {
            let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
            Form { name: "q", shape: Shape::Object(vec![("quote".to_owned(), Shape::Quote(pieces))]) }
        };
        assert_eq!(
            text(&quote(&["one owner", "it \"moves\""]).schema(true)),
            r##"{"type":"object","properties":{"quote":{"$ref":"#/$defs/quote"}},"required":["quote"],"additionalProperties":false,"$defs":{"quote":{"enum":["one owner","it \"moves\"",null]}}}"##
        );
        assert!(text(&quote(&["one owner"]).schema(false)).contains(r#""quote":{"type":["string","null"]}"#));
        assert!(text(&quote(&[]).schema(true)).contains(r#""quote":{"type":["string","null"],"maxLength":240}"#));
    }

    #[test]
    fn the_line_shows_every_entry_in_order() {
        assert_eq!(
            form().only(&[("key_points", "zero")]).line(),
            r#"{"key_points": {"zero": {"quote": "<words>" or null, "verdict": "hit" or "missed"}}}"#
        );
    }

    #[test]
    fn a_form_of_some_entries_has_nothing_else() {
        let some = form().only(&[("key_points", "alpha"), ("misconceptions", "m")]).line();
        assert!(some.contains("alpha") && some.contains("\"m\"") && !some.contains("zero"), "{some}");
        assert_eq!(form().only(&[("key_points", "none")]).line(), form().line());
        let entries =
            form().entries().into_iter().map(|(group, name, _)| format!("{group}.{name}")).collect::<Vec<_>>();
        assert_eq!(entries, ["key_points.zero", "key_points.alpha", "misconceptions.m"]);
        assert_eq!(form().entries()[0].2, ["hit", "missed"]);
    }

    #[test]
    fn a_reply_keeps_to_a_form_that_has_all_of_it_and_nothing_around() {
        let form = form().only(&[("key_points", "zero")]);
        let reply = |verdict: &str| format!(r#"{{"key_points": {{"zero": {{"quote": null, "verdict": {verdict}}}}}}}"#);
        assert!(form.is_kept_by(&reply("\"hit\"")));
        for other in [reply("\"perhaps\""), reply("true"), "{}".to_owned(), format!("Sure! {}", reply("\"hit\""))] {
            assert!(!form.is_kept_by(&other), "{other}");
        }
    }

    #[test]
    fn a_field_that_is_set_again_is_replaced_where_it_stands() {
        assert_eq!(text(&Object::default().with("b", 1).with("a", 2).with("b", 3)), r#"{"b":3,"a":2}"#);
    }

    #[test]
    fn the_token_limit_grows_with_the_form() {
        assert!(form().most_tokens() > form().only(&[("misconceptions", "m")]).most_tokens());
        assert!((64..400).contains(&form().most_tokens()), "{}", form().most_tokens());
    }
}
