//! Text from people, programs and recognisers, made harmless.

use interview::Transcript;
use interview::transcript::normal_words;

use crate::api_error::ApiError;

/// The most characters of an answer's text. A person who speaks for an hour says about 60,000.
pub(crate) const MOST_CHARACTERS: usize = 100_000;

/// The most words of an answer. A person who speaks for an hour says about 10,000.
pub(crate) const MOST_WORDS: usize = 20_000;

/// What somebody typed, as a transcript: harmless, not too long, and with at least one word.
pub(crate) fn typed(text: &str) -> Result<Transcript, ApiError> {
    if text.chars().count() > MOST_CHARACTERS {
        let detail = format!("the text is too long: at most {MOST_CHARACTERS} characters are taken");
        return Err(ApiError::Unprocessable(detail));
    }
    let transcript = Transcript::typed(&harmless(text));
    let words = transcript.words().flat_map(|word| normal_words(&word.text)).count();
    match words {
        0 => Err(ApiError::Unprocessable("there is no word in the text; skip the turn instead".to_owned())),
        1..=MOST_WORDS => Ok(transcript),
        _ => Err(ApiError::Unprocessable(format!("the text is too long: at most {MOST_WORDS} words are taken"))),
    }
}

/// The text of a correction: harmless, not too long, and with at least one word.
pub(crate) fn correction(text: &str) -> Result<String, ApiError> {
    typed(text).map(|_| harmless(text))
}

/// The text without characters that control terminals or reorder what is shown around them; line breaks stay.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || !is_harmful(c) { c } else { ' ' }).collect()
}

/// Control characters, and the marks that make text run backwards (Unicode's explicit directional formatting).
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_reversed_text_lose_their_power() {
        assert_eq!(harmless("one \u{1b}[31mred\u{1b}[0m\r\nowner\u{202E}!"), "one  [31mred [0m \nowner !");
    }

    #[test]
    fn ordinary_text_in_any_language_stays_as_it_is() {
        let text = "l’ownership, « déjà vu »\nשלום 🦀";
        assert_eq!(harmless(text), text);
    }

    #[test]
    fn a_typed_answer_has_words_and_an_end() {
        assert_eq!(typed("one owner\nat a time").unwrap().segments().len(), 2);
        assert!(matches!(typed(" \n ?! \u{1F980}"), Err(ApiError::Unprocessable(_))));
        assert!(matches!(typed(&"word ".repeat(MOST_WORDS + 1)), Err(ApiError::Unprocessable(_))));
        assert!(matches!(typed(&"x".repeat(MOST_CHARACTERS + 1)), Err(ApiError::Unprocessable(_))));
    }
}
