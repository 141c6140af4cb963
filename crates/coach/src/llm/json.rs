//! Finding the reply in what a model wrote: models put prose, code fences and their thoughts around the JSON that was asked for.

use serde::de::DeserializeOwned;

/// At how many opening braces a reply is looked for.
const MOST_STARTS: usize = 64;

/// Why there is no reply in a text.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoReply {
    /// There is no JSON object in it, or an unfinished one.
    #[error("it holds no complete JSON object")]
    NoObject,
    /// There is one, of another form; what is wrong with it.
    #[error("{0}")]
    OtherForm(String),
}

/// The reply in `text`: the first JSON object of the form of `R`, whatever is around it.
pub(super) fn find<R: DeserializeOwned>(text: &str) -> Result<R, NoReply> {
    let text = text.rsplit_once("</think>").map_or(text, |(_thoughts, reply)| reply);
    let mut fault = NoReply::NoObject;
    let mut searched = 0;
    for (start, _) in text.match_indices('{').take(MOST_STARTS) {
        if start < searched {
            continue;
        }
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde_json::Value>();
        let Some(Ok(value)) = values.next() else { continue };
        searched = start + values.byte_offset();
        match serde_json::from_value(value) {
            Ok(reply) => return Ok(reply),
            Err(error) if matches!(fault, NoReply::NoObject) => fault = NoReply::OtherForm(error.to_string()),
            Err(_another) => {}
        }
    }
    Err(fault)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Reply {
        ready: bool,
    }

    #[test]
    fn the_reply_is_found_among_prose_fences_and_thoughts() {
        for text in [
            r#"{"ready": true}"#,
            "Sure! Here you are:\n```json\n{\"ready\": true}\n```\nAnything else?",
            "<think>maybe {\"ready\": false}</think>{\"ready\": true}",
            r#"I weighed {this} and {"that": 1}. {"ready": true} {"ready": false}"#,
        ] {
            assert_eq!(find::<Reply>(text).unwrap(), Reply { ready: true }, "{text}");
        }
    }

    #[test]
    fn a_text_without_a_complete_object_has_no_reply() {
        for text in ["", "I'm sorry, I can't do that.", r#"{"ready": tr"#, "{{{{{", &"{".repeat(10_000)] {
            assert!(matches!(find::<Reply>(text), Err(NoReply::NoObject)), "{text}");
        }
    }

    #[test]
    fn an_object_of_another_form_is_told_apart_with_what_is_wrong() {
        let error = find::<Reply>(r#"{"ready": true, "score": 10}"#).unwrap_err();
        assert!(matches!(&error, NoReply::OtherForm(fault) if fault.contains("unknown field `score`")), "{error:?}");
    }

    #[test]
    fn what_is_inside_an_object_of_another_form_is_no_reply_of_its_own() {
        assert!(find::<Reply>(r#"{"wrapped": {"ready": true}}"#).is_err());
    }
}
