//! What was heard, with the words in doubt marked.

use api::transcript::{Transcript, Word};
use api::turn::Answer;
use interview::transcript::DOUBT_THRESHOLD;
use interview::wording::counted;

use super::look::Look;
use super::text::{Line, Piece, Tone};

/// What was heard, paragraph by paragraph, with a line that explains the marks when there are any.
pub fn heard_lines(transcript: &Transcript, look: Look) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for segment in &transcript.segments {
        let mut text = Line::blank();
        for word in &segment.words {
            if !text.pieces().is_empty() {
                text.push(Piece::new(" ", Tone::Plain));
            }
            text = text.joined(marked(word, look));
        }
        if segment.words.is_empty() {
            text = Line::plain(&segment.text);
        }
        lines.extend(text.wrapped(look.text_width().saturating_sub(2)));
    }
    if lines.is_empty() && !transcript.text.trim().is_empty() {
        lines.extend(transcript.text.lines().flat_map(|line| Line::plain(line).wrapped(look.text_width() - 2)));
    }
    lines = lines.into_iter().map(|line| Line::plain("  ").joined(line)).collect();
    let in_doubt =
        transcript.segments.iter().flat_map(|segment| &segment.words).filter(|word| is_in_doubt(word)).count();
    if in_doubt > 0 {
        let mark = if look.shows_tones() { Line::toned("marked", Tone::Doubt) } else { Line::plain("marked (?)") };
        let words = format!("  {} in doubt {} ", counted(in_doubt, "word"), if in_doubt == 1 { "is" } else { "are" });
        let rest = "; doubt never counts against you";
        lines.push(Line::toned(words, Tone::Quiet).joined(mark).with(rest, Tone::Quiet));
    }
    lines
}

/// An answer as it was given.
pub fn answer_lines(answer: &Answer, look: Look) -> Vec<Line> {
    match &answer.transcript {
        Some(transcript) if !transcript.text.trim().is_empty() => heard_lines(transcript, look),
        Some(_) => vec![Line::toned("  nothing was said", Tone::Quiet)],
        None => vec![Line::toned("  a recording that is not in words yet", Tone::Quiet)],
    }
}

fn marked(word: &Word, look: Look) -> Line {
    if !is_in_doubt(word) {
        return Line::plain(&word.text);
    }
    let line = Line::toned(&word.text, Tone::Doubt);
    if look.shows_tones() { line } else { line.with("(?)", Tone::Plain) }
}

fn is_in_doubt(word: &Word) -> bool {
    word.probability < DOUBT_THRESHOLD.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::transcript;

    fn shown(transcript: &Transcript) -> Vec<String> {
        heard_lines(transcript, Look::OFF_SCREEN).iter().map(Line::text).collect()
    }

    #[test]
    fn words_in_doubt_are_marked_and_the_mark_explained() {
        let heard = transcript(&[("every", 0.9), ("value", 0.8), ("has", 0.9), ("one", 0.9), ("honour", 0.3)]);
        assert_eq!(
            shown(&heard),
            ["  every value has one honour(?)", "  1 word in doubt is marked (?); doubt never counts against you"]
        );
    }

    #[test]
    fn without_doubt_nothing_is_explained() {
        assert_eq!(shown(&transcript(&[("one", 0.5), ("owner", 1.0)])), ["  one owner"]);
        assert_eq!(shown(&Transcript::default()), [""; 0]);
    }

    #[test]
    fn a_text_without_words_is_shown_all_the_same() {
        let typed = Transcript { text: "one owner".to_owned(), segments: Vec::new() };
        assert_eq!(shown(&typed), ["  one owner"]);
    }
}
