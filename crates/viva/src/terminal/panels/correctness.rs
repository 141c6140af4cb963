//! What was said: key points and misconceptions.

use api::feedback::{Correctness, KeyPointMark, MisconceptionMark, Verdict};

use super::{mark, quote};
use crate::terminal::look::Signs;
use crate::terminal::text::{Line, Piece, Tone};

/// The panel's lines: the band, what is wrong, then each key point.
pub(super) fn lines(correctness: &Correctness, signs: Signs, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    match correctness.band {
        Some(band) => {
            let anchor = correctness.band_anchor.as_deref().map(|anchor| format!(": {anchor}")).unwrap_or_default();
            lines.extend(Line::toned(format!("Band {band} of 4{anchor}"), Tone::Quiet).wrapped(width));
        }
        None => lines.extend(Line::toned("Too much of it cannot be told", Tone::Quiet).wrapped(width)),
    }
    lines.extend(correctness.misconceptions.iter().flat_map(|wrong| misconception(wrong, signs, width)));
    lines.extend(correctness.key_points.iter().flat_map(|point| key_point(point, signs, width)));
    lines
}

fn misconception(wrong: &MisconceptionMark, signs: Signs, width: usize) -> Vec<Line> {
    let sign = Piece::new(signs.pick("✗ ", "wrong: "), Tone::Bad);
    let why = Line::plain(&wrong.why_wrong);
    mark(sign, Line::toned(&wrong.claim, Tone::Bad), quote(&wrong.evidence).into_iter().chain([why]), width)
}

fn key_point(point: &KeyPointMark, signs: Signs, width: usize) -> Vec<Line> {
    let sign = match point.verdict {
        Verdict::Hit => Piece::new(signs.pick("✓ ", "hit: "), Tone::Good),
        Verdict::Missed => Piece::new(signs.pick("○ ", "missed: "), Tone::Bad),
        Verdict::Unclear => Piece::new(signs.pick("? ", "unclear: "), Tone::Doubt),
    };
    let core = if point.core { " (core)" } else { "" };
    let text = Line::plain(&point.summary).with(core, Tone::Accent);
    let doubt = point.doubt.as_deref().map(|doubt| Line::toned(doubt, Tone::Quiet));
    mark(sign, text, quote(&point.evidence).into_iter().chain(doubt), width)
}
