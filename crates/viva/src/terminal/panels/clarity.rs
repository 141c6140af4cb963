//! How clearly it was said.

use api::feedback::{Clarity, ClarityMark, ClarityVerdict};

use super::{mark, quote};
use crate::terminal::look::Signs;
use crate::terminal::text::{Line, Piece, Tone};

/// The panel's lines: each check with what it rests on.
pub(super) fn lines(clarity: &Clarity, signs: Signs, width: usize) -> Vec<Line> {
    clarity.checks.iter().flat_map(|check| check_lines(check, signs, width)).collect()
}

fn check_lines(check: &ClarityMark, signs: Signs, width: usize) -> Vec<Line> {
    let sign = match check.verdict {
        ClarityVerdict::Yes => Piece::new(signs.pick("✓ ", "yes: "), Tone::Good),
        ClarityVerdict::No => Piece::new(signs.pick("○ ", "no: "), Tone::Bad),
        ClarityVerdict::Unclear => Piece::new(signs.pick("? ", "unclear: "), Tone::Doubt),
    };
    let note = check.note.as_deref().map(|note| Line::toned(note, Tone::Quiet));
    mark(sign, Line::plain(&check.summary), quote(&check.evidence).into_iter().chain(note), width)
}
