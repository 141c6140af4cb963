//! The API for people: a page made from the OpenAPI document.

use askama::Template;
use axum::response::Html;
use serde_json::{Map, Value};

use super::rendered;
use crate::api_error::ApiError;
use crate::openapi;
use crate::review::html::prose;

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    groups: Vec<Group>,
}

/// The operations of one tag.
struct Group {
    description: String,
    operations: Vec<Operation>,
}

/// One method of one path. Texts are HTML.
struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Entry>,
    bodies: Vec<String>,
    responses: Vec<Entry>,
}

/// A name and its description.
struct Entry {
    name: String,
    text: String,
}

pub(super) async fn docs() -> Result<Html<String>, ApiError> {
    let document = openapi::document().map_err(ApiError::internal)?;
    rendered(&Docs { groups: groups(&document) })
}

fn groups(document: &Value) -> Vec<Group> {
    let operations: Vec<(&str, &str, &Value)> = entries(&document["paths"])
        .flat_map(|(path, methods)| entries(methods).map(move |(method, operation)| (path, method, operation)))
        .collect();
    let tags = document["tags"].as_array().into_iter().flatten();
    tags.map(|tag| Group {
        description: text(&tag["description"]),
        operations: operations
            .iter()
            .filter(|(_, _, operation)| operation["tags"][0] == tag["name"])
            .map(|(path, method, value)| operation(path, method, value))
            .collect(),
    })
    .collect()
}

fn operation(path: &str, method: &str, value: &Value) -> Operation {
    let parameters = value["parameters"].as_array().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: prose(&text(&value["summary"])),
        description: prose(&text(&value["description"])),
        parameters: parameters
            .filter(|parameter| parameter["in"] != "path")
            .map(|parameter| Entry { name: text(&parameter["name"]), text: prose(&text(&parameter["description"])) })
            .collect(),
        bodies: contents(&value["requestBody"]["content"]),
        responses: entries(&value["responses"])
            .map(|(status, response)| Entry { name: status.to_owned(), text: prose(&described(response)) })
            .collect(),
    }
}

/// What a response stands for and holds.
fn described(response: &Value) -> String {
    let contents = contents(&response["content"]).join(", ");
    let description = text(&response["description"]);
    if contents.is_empty() { description } else { format!("{description}: {contents}") }
}

/// Each media type with its schema.
fn contents(content: &Value) -> Vec<String> {
    let schema = |value: &Value| {
        let reference = value["schema"]["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        reference.map(|name| format!(" ({name})")).unwrap_or_default()
    };
    entries(content).map(|(media_type, value)| format!("{media_type}{}", schema(value))).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
