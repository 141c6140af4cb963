//! The feedback on a question, one screen at a time: the short form, the pages of details, and two attempts side by side.

use api::turn::Turn;
use api::view::{self, Comparison, Judge, Quote, brief, comparison};

use super::panels::{judged_lines, measure_lines, quote_line};
use super::question::{paragraphs, ruled};
use super::screen::Look;
use super::text::{Line, Tone};

/// Rows for the keys, the empty line above them, and the one below that stays free.
pub(super) const KEY_ROWS: usize = 3;
/// Columns of the names in the short form.
const NAMES: usize = 13;
/// Columns of a figure in a comparison.
const FIGURES: usize = 14;
/// Maximum number of points in each list of a comparison.
const POINTS_SHOWN: usize = 3;

/// The score, the best thing said and the one thing to fix; after another attempt, what changed in place of the best thing. `turns` are the
/// question's, in order; `before` is the attempt before.
pub fn brief_lines(turns: &[Turn], before: Option<&Turn>, look: Look) -> Vec<Line> {
    let Some((main, follow_ups)) = turns.split_first() else { return Vec::new() };
    let brief = brief(main, follow_ups);
    let width = look.text_width();
    let title = Line::toned(if before.is_some() { "Again" } else { "Feedback" }, Tone::Strong);
    let title = title.with(format!("  {}", main.question.title), Tone::Quiet);
    let mut lines = vec![Line::blank(), ruled(title, look), Line::blank()];
    lines.extend(score_lines(turns, look));
    let compared = before.and_then(|before| comparison(before, main));
    if let Some(compared) = &compared {
        lines.extend(comparison_lines(compared, look));
    } else if let Some(best) = &brief.best {
        lines.push(Line::blank());
        lines.extend(quote_line(&best.quote, Tone::Plain).hanging(name("Well said", Tone::Good), width));
        lines.extend(Line::toned(&best.what, Tone::Quiet).hanging(name("", Tone::Plain), width));
    }
    lines.push(Line::blank());
    lines.extend(Line::plain(&brief.fix).hanging(name("To fix", Tone::Bad), width));
    if compared.is_some() {
        return lines;
    }
    lines.push(Line::blank());
    let hints: u8 = turns.iter().map(|turn| turn.hints_used).sum();
    let hints = (hints > 0).then(|| format!("Hints used: {hints}"));
    let judge = main.feedback.as_ref().and_then(Judge::of).map(|judge| judge.remark);
    let notes = hints.into_iter().chain(judge);
    lines.extend(notes.flat_map(|note| Line::toned(note, Tone::Quiet).wrapped(width)));
    lines
}

/// The quote in the short form, if it has one.
pub fn brief_quote(turns: &[Turn], before: Option<&Turn>) -> Option<Quoted> {
    let (main, follow_ups) = turns.split_first()?;
    let best = brief(main, follow_ups).best.filter(|_| before.and_then(|before| comparison(before, main)).is_none())?;
    Some(Quoted { turn: best.turn, quote: best.quote })
}

/// A quote on the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Quoted {
    /// Whose answer has it: the turn's number among those of the question.
    pub turn: usize,
    pub quote: Quote,
}

/// A page of details.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    pub lines: Vec<Line>,
    /// The quotes on it, from top to bottom.
    pub quotes: Vec<Quoted>,
}

/// The score and what it rests on.
fn score_lines(turns: &[Turn], look: Look) -> Vec<Line> {
    let Some((main, follow_ups)) = turns.split_first() else { return Vec::new() };
    let brief = brief(main, follow_ups);
    let figure = Line::toned(brief.score, Tone::Accent).with(format!("  {}", brief.reason), Tone::Quiet);
    figure.hanging(name("Correctness", Tone::Strong), look.text_width())
}

/// What a row of a short form is about.
pub(super) fn name(text: &str, tone: Tone) -> Line {
    Line::toned(format!("{text:<NAMES$}"), tone)
}

fn comparison_lines(compared: &Comparison, look: Look) -> Vec<Line> {
    let width = look.text_width();
    let row = |what: &str, before: &str, now: &str| {
        Line::toned(format!("{what:<16}"), Tone::Quiet).with(format!("{before:>FIGURES$}{now:>FIGURES$}"), Tone::Accent)
    };
    let mut lines = vec![Line::blank(), row("", "before", "now")];
    lines.extend(compared.figures.iter().map(|(what, before, now)| row(what, before, now)));
    let lists = [
        ("Gained", Tone::Good, &compared.gained),
        ("Put right", Tone::Good, &compared.put_right),
        ("Lost", Tone::Bad, &compared.lost),
        ("Unclear now", Tone::Doubt, &compared.unclear),
        ("Wrong now", Tone::Bad, &compared.newly_wrong),
    ];
    if lists.iter().all(|(.., points)| points.is_empty()) {
        lines.extend([Line::blank(), Line::plain("The same points as before.")]);
    } else {
        lines.push(Line::blank());
    }
    for (what, tone, points) in lists {
        let more = points.len().saturating_sub(POINTS_SHOWN);
        let more = (more > 0).then(|| Line::toned(format!("and {more} more"), Tone::Quiet));
        let shown = points.iter().take(POINTS_SHOWN).map(Line::plain).chain(more);
        let leads = [name(what, tone)].into_iter().chain(std::iter::repeat_with(|| name("", Tone::Plain)));
        lines.extend(shown.zip(leads).flat_map(|(point, lead)| point.hanging(lead, width)));
    }
    if !compared.is_comparable {
        let note = "Different judges or versions: the scores cannot be compared.";
        lines.extend([Line::blank(), Line::toned(note, Tone::Quiet)]);
    }
    lines
}

/// The details as pages that fit the screen, each below the score.
pub fn detail_pages(turns: &[Turn], look: Look) -> Vec<Page> {
    let mut head = vec![Line::blank()];
    head.extend(score_lines(turns, look));
    head.push(Line::blank());
    let rows = look.height.saturating_sub(head.len() + 1 + KEY_ROWS).max(1);
    let pages = details(turns, look).into_iter().flat_map(|(title, blocks)| {
        let pages = paged(blocks, rows);
        let count = pages.len();
        let titled = move |(number, page): (usize, Page)| {
            let of = if count > 1 { format!("  {number} of {count}") } else { String::new() };
            let title = Line::toned(&title, Tone::Strong).with(of, Tone::Quiet);
            Page { lines: [title].into_iter().chain(page.lines).collect(), ..page }
        };
        (1..).zip(pages).map(titled).collect::<Vec<_>>()
    });
    pages.map(|page| Page { lines: [head.clone(), page.lines].concat(), ..page }).collect()
}

/// Lines that belong together, and the quote in them.
type Block = (Vec<Line>, Option<Quoted>);

/// The panels of each answer and the model answer, with their titles.
fn details(turns: &[Turn], look: Look) -> Vec<(String, Vec<Block>)> {
    let width = look.text_width();
    let mut details = Vec::new();
    let mut add = |title: &str, turn: &Turn, blocks: Vec<Block>| {
        let of = if turn.depth > 0 { " of the follow-up" } else { "" };
        details.extend((!blocks.is_empty()).then(|| (format!("{title}{of}"), blocks)));
    };
    let marks = |panel: &view::Panel, turn: usize| -> Vec<Block> {
        let quoted = |quote: &Quote| Quoted { turn, quote: quote.clone() };
        judged_lines(panel, look.signs, width).map(|(lines, quote)| (lines, quote.map(quoted))).collect()
    };
    let feedback =
        || turns.iter().enumerate().filter_map(|(number, turn)| Some((number, turn, turn.feedback.as_ref()?)));
    for (number, turn, feedback) in feedback() {
        let Some(panel) = &feedback.correctness else { continue };
        add("Key points", turn, marks(&view::correctness(panel), number));
    }
    for (number, turn, feedback) in feedback() {
        let Some(panel) = feedback.clarity.as_ref().map(view::clarity) else { continue };
        let figure = vec![Line::toned(panel.figure(), Tone::Accent)];
        let not_judged = panel.unclear.iter().map(|text| (Line::toned(text, Tone::Quiet).wrapped(width), None));
        add("Clarity", turn, [(figure, None)].into_iter().chain(marks(&panel, number)).chain(not_judged).collect());
    }
    for (_, turn, feedback) in feedback() {
        let Some(delivery) = &feedback.delivery else { continue };
        let measures = view::delivery(delivery);
        add("Delivery", turn, measures.iter().map(|measure| (measure_lines(measure, width), None)).collect());
    }
    let Some(main) = turns.first() else { return details };
    let lines = |text: &str| paragraphs(text, width).into_iter().map(|line| (vec![line], None)).collect();
    let stronger = main.feedback.as_ref().and_then(|feedback| feedback.stronger_answer.as_deref());
    let model = main.question.answer.as_ref().map(|answer| answer.model_answer.trim());
    // The offline coach's stronger answer is the model answer with an introduction.
    let is_model_answer = stronger.zip(model).is_some_and(|(stronger, model)| stronger.contains(model));
    if let Some(stronger) = stronger {
        let title = if is_model_answer { "Model answer" } else { "A stronger answer" };
        details.push((title.to_owned(), lines(stronger)));
    }
    if let Some(model) = model.filter(|_| !is_model_answer) {
        details.push(("Model answer".to_owned(), lines(model)));
    }
    details
}

/// Blocks as pages of at most `rows` lines; a block is broken only when it is longer than a page.
fn paged(blocks: Vec<Block>, rows: usize) -> Vec<Page> {
    let mut pages = vec![Page::default()];
    for (lines, quote) in blocks {
        let mut page = pages.pop().unwrap_or_default();
        if !page.lines.is_empty() && page.lines.len() + lines.len() > rows {
            pages.push(std::mem::take(&mut page));
        }
        page.lines.extend(lines);
        page.quotes.extend(quote);
        while page.lines.len() > rows {
            let rest = page.lines.split_off(rows);
            pages.push(Page { lines: std::mem::replace(&mut page.lines, rest), quotes: page.quotes.clone() });
        }
        pages.push(page);
    }
    pages
}

#[cfg(test)]
mod tests {
    use api::testing::{followed_up, judged, spoken};

    use super::*;
    use crate::terminal::screen::Signs;

    const LOOK: Look = Look { width: 80, height: 24, signs: Signs::Words, ..Look::OFF_SCREEN };

    fn shown(lines: &[Line]) -> String {
        lines.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
    }

    #[test]
    fn the_short_form_is_the_score_the_best_thing_and_the_one_to_fix() {
        let expected = "
Feedback  Ownership

Correctness  6.0 of 10  1 of 2 core points, 0 of 1 other

Well said    “one owner at a time” 0:02
             every value has exactly one owner

To fix       Say when the memory is freed.

Judged by the offline coach: a trained verifier and rules on this machine. It
can miss a point that you made, and tick one that you did not.
";
        assert_eq!(shown(&brief_lines(&[judged()], None, LOOK)), expected);
    }

    #[test]
    fn another_attempt_is_held_against_the_one_before() {
        let mut now = spoken();
        let panel = now.feedback.as_mut().unwrap().correctness.as_mut().unwrap();
        panel.score = Some(8.0);
        panel.key_points[1].verdict = api::feedback::Verdict::Hit;
        panel.misconceptions.clear();
        let text = shown(&brief_lines(&[now], Some(&spoken()), LOOK));
        let expected = "
Again  Ownership

Correctness  8.0 of 10  2 of 2 core points, 0 of 1 other

                        before           now
Correctness          6.0 of 10     8.0 of 10
Length                    0:48          0:48
Pauses over 1 s              2             2

Gained       it is dropped at the end of the scope
Put right    a collector frees it

To fix       Say when the memory is freed.
";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn every_page_of_details_fits_the_screen_with_the_score_and_the_keys() {
        let follow_up = Turn { depth: 1, prompt: followed_up().prompt, ..spoken() };
        for height in [8, 12, 24, 60] {
            let pages = detail_pages(&[spoken(), follow_up.clone()], Look { height, ..LOOK });
            let titles: Vec<String> = pages.iter().map(|page| page.lines[3].text()).collect();
            assert!(pages.iter().all(|page| page.lines.len() + KEY_ROWS <= height), "{height}: {titles:?}");
            assert!(pages.iter().all(|page| page.lines[1].text().starts_with("Correctness  6.0 of 10")), "{titles:?}");
            let has = |title: &str| titles.iter().any(|shown| shown.starts_with(title));
            assert!(has("Key points") && has("Clarity of the follow-up") && has("Delivery"), "{titles:?}");
        }
    }
}
