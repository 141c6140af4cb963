//! From the tables of a file to snippets and proofs.

use super::fields::{At, Fields};
use super::snippet::{Edition, Language, Outcome, Proof, Snippet};

pub(super) fn snippet(mut fields: Fields<'_, '_>) -> Option<Snippet> {
    let language = language(&mut fields);
    let code = fields.text("code");
    let explanation = fields.text("explanation");
    let corrected = fields.text("corrected");
    let outcome = outcome(&mut fields, language, code);
    fields.finish();
    Some(Snippet {
        language: language?,
        code: code?.value.to_owned(),
        outcome: outcome?,
        explanation: explanation?.value.trim().to_owned(),
        corrected: corrected?.value.to_owned(),
    })
}

pub(super) fn proof(mut fields: Fields<'_, '_>) -> Option<Proof> {
    let claim = fields.text("claim");
    let language = language(&mut fields);
    let code = fields.text("code");
    let outcome = outcome(&mut fields, language, code);
    fields.finish();
    Some(Proof {
        claim: claim?.value.trim().to_owned(),
        language: language?,
        code: code?.value.to_owned(),
        outcome: outcome?,
    })
}

fn language(fields: &mut Fields<'_, '_>) -> Option<Language> {
    let name = fields.text("language")?;
    let edition = fields.optional_text("edition");
    match (name.value, edition.map(|edition| edition.value.parse::<Edition>())) {
        ("rust", Some(Ok(edition))) => Some(Language::Rust(edition)),
        ("rust", _) => {
            fields.reading.fault(name.offset, "code in Rust names its `edition`: \"2018\", \"2021\" or \"2024\"");
            None
        }
        ("go", None) => Some(Language::Go),
        ("cpp", None) => Some(Language::Cpp),
        ("go" | "cpp", Some(_)) => {
            fields.reading.fault(name.offset, "only code in Rust has an `edition`");
            None
        }
        (other, _) => {
            fields.reading.fault(name.offset, format!("`{other}` is not a language: use rust, go or cpp"));
            None
        }
    }
}

fn outcome(fields: &mut Fields<'_, '_>, language: Option<Language>, code: Option<At<&str>>) -> Option<Outcome> {
    let mut fields = fields.table("outcome")?;
    let kind = fields.text("kind")?;
    let outcome = match kind.value {
        "does_not_compile" => does_not_compile(&mut fields, language, code),
        "warns" => fields.text("message").map(|at| Outcome::Warns { message: at.value.to_owned() }),
        "compiles" => Some(Outcome::Compiles),
        "prints" => fields.verbatim("output").map(|at| Outcome::Prints { output: at.value.to_owned() }),
        "panics" => fields.text("message").map(|at| Outcome::Panics { message: at.value.to_owned() }),
        "hangs" => Some(Outcome::Hangs),
        other => {
            let kinds = "does_not_compile, warns, compiles, prints, panics or hangs";
            fields.reading.fault(kind.offset, format!("`{other}` is not an outcome: use {kinds}"));
            return None;
        }
    };
    fields.finish();
    outcome
}

fn does_not_compile(
    fields: &mut Fields<'_, '_>,
    language: Option<Language>,
    source: Option<At<&str>>,
) -> Option<Outcome> {
    let reading = fields.reading;
    let code = fields.optional_text("code");
    let message = fields.optional_text("message");
    let line = fields.number::<u32, u32>("line")?;
    match language {
        Some(Language::Rust(_)) if !code.is_some_and(|code| is_error_code(code.value)) => {
            reading
                .fault(fields.offset, "code in Rust that does not compile names the error's `code`, such as \"E0382\"");
        }
        Some(Language::Go | Language::Cpp) if message.is_none() => {
            reading.fault(fields.offset, "code that does not compile names a part of the compiler's `message`");
        }
        _ => {}
    }
    if source.is_some_and(|source| line == 0 || source.value.lines().count() < line as usize) {
        reading.fault(fields.offset, format!("the code has no line {line}"));
    }
    let owned = |at: Option<At<&str>>| at.map(|at| at.value.to_owned());
    Some(Outcome::DoesNotCompile { code: owned(code), message: owned(message), line })
}

fn is_error_code(text: &str) -> bool {
    text.len() == 5 && text.starts_with('E') && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}
