//! What the recogniser is told to expect.

/// The most bytes of a prompt. Whisper takes 224 tokens; long prompts get sentences truncated or lost, so this stays far below.
const MOST_BYTES: usize = 360;

/// Terms that are likely to be said, for the recogniser to prefer over words that sound alike. Empty by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt(String);

impl Prompt {
    /// A prompt of as many of these terms, in order and without repetition, as are good for a recogniser. Control characters are
    /// taken out.
    pub fn of_terms<'a>(terms: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept: Vec<String> = Vec::new();
        let mut bytes = 0;
        for term in terms {
            let printable: String = term.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let words: Vec<&str> = printable.split_whitespace().collect();
            let term = words.join(" ");
            if term.is_empty() || kept.contains(&term) {
                continue;
            }
            bytes += term.len() + ", ".len();
            if bytes > MOST_BYTES {
                break;
            }
            kept.push(term);
        }
        if kept.is_empty() { Self::default() } else { Self(kept.join(", ") + ".") }
    }

    /// The prompt as one sentence; empty when there is none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
