//! The three panels, side by side where there is room, and never blended.

mod clarity;
mod correctness;
mod delivery;

use api::feedback::{Coach, Evidence, Feedback};
use api::turn::{Turn, TurnState};

use super::look::{Look, Signs};
use super::question::clock;
use super::text::{Line, Piece, Tone};

/// A panel narrower than this cannot be read.
const NARROWEST: usize = 38;
/// The columns between two panels.
const GAP: usize = 1;

/// One panel: its heading, and its lines at a width.
struct Panel<'a> {
    title: &'static str,
    /// The figure that sums it up, if there is one.
    figure: String,
    body: Body<'a>,
}

type Body<'a> = Box<dyn Fn(usize) -> Vec<Line> + 'a>;

/// All there is to say about an answer: the panels, the next step and who judged.
pub fn feedback_lines(turn: &Turn, look: Look) -> Vec<Line> {
    let mut lines = panel_lines(turn, look);
    let width = look.text_width();
    if turn.state == TurnState::Ungraded {
        let reason = turn.ungraded_reason.as_deref().unwrap_or("the coach gave no reason");
        lines.push(Line::blank());
        lines.extend(Line::toned(format!("Not graded: {reason}"), Tone::Bad).wrapped(width));
        lines.extend(Line::toned("Your answer is kept and can be judged later.", Tone::Quiet).wrapped(width));
    }
    let Some(feedback) = &turn.feedback else { return lines };
    lines.push(Line::blank());
    if let Some(step) = &feedback.next_step {
        lines.extend(Line::plain(step).hanging(Line::toned("Next step  ", Tone::Strong), width));
    }
    if let Some(text) = signature(feedback) {
        lines.extend(Line::toned(text, Tone::Quiet).wrapped(width));
    }
    lines
}

/// The panels that are there already, each with its heading.
pub fn panel_lines(turn: &Turn, look: Look) -> Vec<Line> {
    let panels = panels(turn, look.signs);
    let columns = look.width.saturating_sub(1);
    let abreast = panels.len().max(1);
    let width = (columns.saturating_sub(GAP * (abreast - 1)) / abreast).min(64);
    if look.side_by_side && width >= NARROWEST {
        side_by_side(&panels, width)
    } else {
        panels.iter().flat_map(|panel| stacked(panel, look)).collect()
    }
}

fn panels(turn: &Turn, signs: Signs) -> Vec<Panel<'_>> {
    let Some(feedback) = &turn.feedback else { return Vec::new() };
    let mut panels = Vec::new();
    if let Some(correctness) = &feedback.correctness {
        panels.push(Panel {
            title: "Correctness",
            figure: score(correctness.score),
            body: Box::new(move |width| correctness::lines(correctness, signs, width)),
        });
    }
    if let Some(clarity) = &feedback.clarity {
        panels.push(Panel {
            title: "Clarity",
            figure: score(clarity.score),
            body: Box::new(move |width| clarity::lines(clarity, signs, width)),
        });
    }
    if let Some(delivery) = &feedback.delivery {
        panels.push(Panel {
            title: "Delivery",
            figure: "measured, not scored".to_owned(),
            body: Box::new(move |width| delivery::lines(delivery, width)),
        });
    }
    panels
}

fn score(score: Option<f64>) -> String {
    score.map_or_else(|| "no score".to_owned(), |score| format!("{score:.1} of 10"))
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
        abreast(cells.map(|cell| framed(cell, inner)))
    };
    let top = abreast(panels.iter().map(|panel| top_edge(panel, width)));
    let bottom = abreast(panels.iter().map(|_| Line::toned(format!("╰{}╯", "─".repeat(width - 2)), Tone::Quiet)));
    [Line::blank(), top].into_iter().chain((0..height).map(row)).chain([bottom]).collect()
}

fn abreast(cells: impl Iterator<Item = Line>) -> Line {
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

/// The words that a mark rests on, and when they were said.
fn quote(evidence: &Evidence) -> Option<Line> {
    let quote = evidence.quote.as_deref()?;
    let line = Line::toned(format!("“{quote}”"), Tone::Quiet);
    let start = evidence.start.and_then(interview::Seconds::new);
    Some(match start {
        Some(start) => line.with(format!(" {}", clock(start)), Tone::Accent),
        None => line,
    })
}

/// A mark: its sign, what it is about, and further lines below.
fn mark(sign: Piece, text: Line, below: impl IntoIterator<Item = Line>, width: usize) -> Vec<Line> {
    let mut lead = Line::blank();
    lead.push(sign);
    let indent = lead.width();
    let mut lines = text.hanging(lead, width);
    for line in below {
        lines.extend(line.hanging(Line::plain(" ".repeat(indent)), width));
    }
    lines
}

/// What is to be known about this judging, and who it was. The offline coach says itself that it is one.
pub(super) fn signature(feedback: &Feedback) -> Option<String> {
    let judged_by = feedback.judged_by.as_ref()?;
    Some(match (judged_by.coach, &feedback.remark) {
        (Coach::Offline, Some(remark)) => remark.clone(),
        (Coach::Offline, None) => {
            "Judged by the offline coach: rules on your machine, no language model. It can miss a point that you made."
                .to_owned()
        }
        (Coach::Llm, remark) => {
            let model = judged_by.model.as_deref().unwrap_or("that the server chose");
            let remark = remark.as_ref().map(|remark| format!(" {remark}")).unwrap_or_default();
            format!("Judged by the language model {model}; every quote was checked.{remark}")
        }
    })
}

#[cfg(test)]
mod tests;
