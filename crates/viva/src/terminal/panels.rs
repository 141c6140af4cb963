//! The three panels of feedback, side by side where there is room, and never blended.

use api::feedback::Feedback;
use api::turn::{Turn, TurnState};
use api::view::{self, Judge, Mark, Measure, Quote, Sign};

use super::screen::{Look, Signs};
use super::text::{Line, Tone};

/// A narrower panel is unreadable.
const MIN_PANEL_WIDTH: usize = 38;
/// A wider panel is hard to read.
const MAX_PANEL_WIDTH: usize = 64;
/// Columns between two panels.
const GAP: usize = 1;
/// Columns of a delivery figure.
const FIGURE_COLUMNS: usize = 8;
/// Maximum number of quotes of a measure.
const QUOTES_SHOWN: usize = 3;

/// A heading with its figure, and the lines below it at a width.
struct Panel<'a> {
    title: &'static str,
    figure: String,
    body: Box<dyn Fn(usize) -> Vec<Line> + 'a>,
}

/// The panels, the next step and who judged.
pub fn feedback_lines(turn: &Turn, look: Look) -> Vec<Line> {
    let mut lines = panel_lines(turn, look);
    let width = look.text_width();
    if let (TurnState::Ungraded, Some(notice)) = (turn.state, view::notice(turn)) {
        lines.push(Line::blank());
        lines.extend(Line::toned(notice, Tone::Bad).wrapped(width));
    }
    let Some(feedback) = &turn.feedback else { return lines };
    lines.push(Line::blank());
    if let Some(step) = &feedback.next_step {
        lines.extend(Line::plain(step).hanging(Line::toned("Next step  ", Tone::Strong), width));
    }
    lines.extend(note_lines(std::slice::from_ref(turn), width));
    lines
}

/// The hints used, and who judged.
pub(super) fn note_lines(turns: &[Turn], width: usize) -> Vec<Line> {
    let hints: u8 = turns.iter().map(|turn| turn.hints_used).sum();
    let hints = (hints > 0).then(|| format!("Hints used: {hints}"));
    let feedback = turns.first().and_then(|main| main.feedback.as_ref());
    let judge = feedback.and_then(Judge::of).map(|judge| judge.remark);
    let notes = hints.into_iter().chain(judge);
    notes.flat_map(|note| Line::toned(note, Tone::Quiet).wrapped(width)).collect()
}

/// The panels that exist already.
pub fn panel_lines(turn: &Turn, look: Look) -> Vec<Line> {
    let panels = turn.feedback.as_ref().map(|feedback| panels(feedback, look.signs)).unwrap_or_default();
    let columns = look.width.saturating_sub(1);
    let count = panels.len().max(1);
    let width = (columns.saturating_sub(GAP * (count - 1)) / count).min(MAX_PANEL_WIDTH);
    if look.side_by_side && width >= MIN_PANEL_WIDTH {
        side_by_side(&panels, width)
    } else {
        panels.iter().flat_map(|panel| stacked(panel, look)).collect()
    }
}

fn panels(feedback: &Feedback, signs: Signs) -> Vec<Panel<'static>> {
    let judged =
        [feedback.correctness.as_ref().map(view::correctness), feedback.clarity.as_ref().and_then(view::clarity)];
    let judged = judged.into_iter().flatten().map(|panel| Panel {
        title: panel.title,
        figure: panel.figure(),
        body: Box::new(move |width| judged_lines(&panel, signs, width).flat_map(|(lines, _)| lines).collect()),
    });
    let delivery = feedback.delivery.as_ref().map(view::delivery).map(|measures| Panel {
        title: "Delivery",
        figure: "measured, not scored".to_owned(),
        body: Box::new(move |width| measures.iter().flat_map(|measure| measure_lines(measure, width)).collect()),
    });
    judged.chain(delivery).collect()
}

/// The band, misconceptions, then key points or checks, each with its lines and the mark in them.
pub(super) fn judged_lines(
    panel: &view::Panel,
    signs: Signs,
    width: usize,
) -> impl Iterator<Item = (Vec<Line>, Option<&Mark>)> {
    let band = panel.band.map(|band| format!("Band {band} of 4"));
    let points: Vec<&str> = band.as_deref().into_iter().chain(panel.points_made.as_deref()).collect();
    let points = Some(points.join(": ")).filter(|points| !points.is_empty());
    let heads = points.into_iter().chain(panel.no_score.map(str::to_owned));
    let heads = heads.map(move |head| (Line::toned(head, Tone::Quiet).wrapped(width), None));
    let marks = panel.misconceptions.iter().chain(&panel.marks);
    heads.chain(marks.map(move |mark| (mark_lines(mark, signs, width), Some(mark))))
}

/// The symbol and the tone of a verdict.
pub(super) fn symbol_of(sign: Sign) -> (&'static str, Tone) {
    match sign {
        Sign::Good => ("✓ ", Tone::Good),
        Sign::Bad => ("○ ", Tone::Bad),
        Sign::Unclear => ("? ", Tone::Doubt),
        Sign::NotCounted => ("· ", Tone::Quiet),
        Sign::Wrong => ("✗ ", Tone::Bad),
    }
}

/// A mark: its heading if it has one, its sign, what it is about, and below it the quote and the note.
fn mark_lines(mark: &Mark, signs: Signs, width: usize) -> Vec<Line> {
    let (symbol, tone) = symbol_of(mark.sign);
    let text_tone = if mark.sign == Sign::Wrong { Tone::Bad } else { Tone::Plain };
    let text = Line::toned(&mark.text, text_tone).with(if mark.is_core { " (core)" } else { "" }, Tone::Accent);
    let versions = mark.versions.iter().map(|versions| format!(" ({versions})")).collect::<String>();
    let basis = if mark.by_you {
        " (by you)"
    } else if mark.is_probable {
        " (probably)"
    } else if mark.verdict == view::NOT_FOUND {
        signs.pick(" (not found)", "")
    } else {
        ""
    };
    let text = text.with(versions, Tone::Quiet).with(basis, Tone::Accent);
    let lead = Line::toned(signs.pick(symbol, &format!("{}: ", mark.verdict)), tone);
    let indent = Line::plain(" ".repeat(lead.width()));
    let note_tone = if mark.sign == Sign::Wrong { Tone::Plain } else { Tone::Quiet };
    let note = mark.note.as_deref().map(|note| Line::toned(note, note_tone));
    let below = mark.quote.as_ref().map(|quote| quote_line(quote, Tone::Quiet)).into_iter().chain(note);
    let heading = mark.heading.iter().flat_map(|heading| Line::toned(heading, Tone::Strong).wrapped(width));
    let below = below.flat_map(|line| line.hanging(indent.clone(), width));
    heading.chain(text.hanging(lead, width)).chain(below).collect()
}

pub(super) fn quote_line(quote: &Quote, tone: Tone) -> Line {
    let start = quote.start().map(|start| format!(" {start}")).unwrap_or_default();
    Line::toned(format!("“{}”", quote.text), tone).with(start, Tone::Accent)
}

pub(super) fn measure_lines(measure: &Measure, width: usize) -> Vec<Line> {
    let place = measure.place.as_ref().map(|place| {
        let at = place.start().map(|start| format!(" at {start}")).unwrap_or_default();
        format!("{}{at}", place.text)
    });
    let notes: Vec<&str> =
        place.as_deref().into_iter().chain([measure.note.as_str()]).filter(|s| !s.is_empty()).collect();
    let quotes = measure.quotes.iter().take(QUOTES_SHOWN).map(|quote| format!(" “{}”", quote.text));
    let mut line = Line::plain(&measure.meaning).with(quotes.collect::<String>(), Tone::Quiet);
    if !notes.is_empty() {
        line = line.with(format!(" ({})", notes.join("; ")), Tone::Quiet);
    }
    line.hanging(Line::toned(format!("{:>FIGURE_COLUMNS$}  ", measure.figure), Tone::Accent), width)
}

fn stacked(panel: &Panel<'_>, look: Look) -> Vec<Line> {
    let heading = Line::toned(panel.title, Tone::Strong).with(format!("  {}", panel.figure), Tone::Accent);
    let body = (panel.body)(look.text_width() - 2).into_iter().map(|line| Line::plain("  ").joined(line));
    [Line::blank()].into_iter().chain(heading.wrapped(look.text_width())).chain(body).collect()
}

fn side_by_side(panels: &[Panel<'_>], width: usize) -> Vec<Line> {
    let inner = width - 4;
    let bodies: Vec<Vec<Line>> = panels.iter().map(|panel| (panel.body)(inner)).collect();
    let height = bodies.iter().map(Vec::len).max().unwrap_or(0);
    let row = |index: usize| {
        let cells = bodies.iter().map(|body| body.get(index).cloned().unwrap_or_default());
        in_one_row(cells.map(|cell| framed(cell, inner)))
    };
    let top = in_one_row(panels.iter().map(|panel| top_edge(panel, width)));
    let bottom = in_one_row(panels.iter().map(|_| Line::toned(format!("╰{}╯", "─".repeat(width - 2)), Tone::Quiet)));
    [Line::blank(), top].into_iter().chain((0..height).map(row)).chain([bottom]).collect()
}

fn in_one_row(cells: impl Iterator<Item = Line>) -> Line {
    cells.reduce(|row, cell| row.with(" ".repeat(GAP), Tone::Plain).joined(cell)).unwrap_or_default()
}

fn framed(cell: Line, inner: usize) -> Line {
    let edge = |text| Line::toned(text, Tone::Quiet);
    edge("│ ").joined(cell.padded(inner)).joined(edge(" │"))
}

fn top_edge(panel: &Panel<'_>, width: usize) -> Line {
    let heading = Line::toned("╭─ ", Tone::Quiet)
        .with(panel.title, Tone::Strong)
        .with(format!("  {} ", panel.figure), Tone::Accent)
        .cut(width - 1);
    let rest = width - 1 - heading.width();
    heading.with(format!("{}╮", "─".repeat(rest)), Tone::Quiet)
}

#[cfg(test)]
mod tests;
