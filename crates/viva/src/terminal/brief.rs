//! The feedback on a question, one screen at a time: the short form, the pages of details, and two attempts side by side.

use api::turn::Turn;
use api::view::{self, Change, Comparison, Mark, Quote, brief, comparison};

use super::panels::{judged_lines, measure_lines, note_lines, quote_line, symbol_of};
use super::question::{paragraphs, ruled};
use super::screen::Look;
use super::text::{Line, Tone};

/// Rows for the keys, which may take two, the empty line above them, and the one below that stays free.
pub(super) const KEY_ROWS: usize = 4;
/// The layouts of a screen, from the fullest on: how many rows a text may take.
const TEXT_ROWS: [usize; 6] = [usize::MAX, 6, 4, 3, 2, 1];
/// Columns of the names in the short form.
const NAMES: usize = 13;
/// Columns of a figure in a comparison.
const FIGURES: usize = 14;
/// Maximum number of points in each list of a comparison.
const POINTS_SHOWN: usize = 3;
/// Columns of the number of a mark.
const NUMBER: usize = 2;
/// Maximum number of marks on a page that have a key.
const MOST_NUMBERS: usize = 9;
/// Rows that the one thing to fix may take on any screen.
const FIX_ROWS: usize = 4;

/// The score, the best thing said and the one thing to fix; after another attempt, what changed in place of the best thing. `turns` are the
/// question's, in order; `before` is the attempt before. It fits the screen: the other texts are cut before the one thing to fix is.
pub fn brief_lines(turns: &[Turn], before: Option<&Turn>, look: Look) -> Vec<Line> {
    let Some((main, follow_ups)) = turns.split_first() else { return Vec::new() };
    let brief = brief(main, follow_ups);
    let compared = before.and_then(|before| comparison(before, main));
    let width = look.text_width();
    let title = Line::toned(if before.is_some() { "Again" } else { "Feedback" }, Tone::Strong);
    let title = title.with(format!("  {}", main.question.title), Tone::Quiet);
    let mut head = vec![Line::blank(), ruled(title, look), Line::blank()];
    head.extend(score_lines(turns, look));
    let fix = Line::plain(&brief.fix).hanging(label("To fix", Tone::Bad), width);
    let room = look.height.saturating_sub(KEY_ROWS);
    if let Some(compared) = &compared {
        head.extend(figure_lines(compared));
        let end = [vec![Line::blank()], cut(fix, FIX_ROWS)].concat();
        let room = room.saturating_sub(head.len() + end.len());
        return [head, fitting(room, |rows| change_lines(compared, rows, width)), end].concat();
    }
    fitting(room, |rows| {
        let mut lines = head.clone();
        if let Some(best) = &brief.best {
            lines.push(Line::blank());
            let quote = quote_line(&best.quote, Tone::Plain).hanging(label("Well said", Tone::Good), width);
            lines.extend(cut(quote, rows));
            lines.extend(cut(Line::toned(&best.what, Tone::Quiet).hanging(label("", Tone::Plain), width), rows));
        }
        lines.push(Line::blank());
        lines.extend(cut(fix.clone(), rows.max(FIX_ROWS)));
        lines.push(Line::blank());
        lines.extend(cut(note_lines(turns, width), rows));
        lines
    })
}

/// The fullest layout that fits into `room` rows. A layout is told how many rows a text may take.
pub(super) fn fitting(room: usize, layout: impl Fn(usize) -> Vec<Line>) -> Vec<Line> {
    let fits = TEXT_ROWS.into_iter().map(&layout).find(|lines| lines.len() <= room);
    fits.unwrap_or_else(|| cut(layout(1), room))
}

/// The first rows of a text; a sign shows that there are more.
pub(super) fn cut(mut lines: Vec<Line>, rows: usize) -> Vec<Line> {
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.pop() {
            lines.push(last.cut(last.width().saturating_sub(2)).with(" …", Tone::Quiet));
        }
    }
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
    /// The marks on it that the candidate can decide, in the order of their numbers from 1 on, each with the number of its turn.
    pub marks: Vec<(usize, Mark)>,
}

/// The score and what it rests on.
fn score_lines(turns: &[Turn], look: Look) -> Vec<Line> {
    let Some((main, follow_ups)) = turns.split_first() else { return Vec::new() };
    let brief = brief(main, follow_ups);
    let figure = Line::toned(brief.score, Tone::Accent).with(format!("  {}", brief.reason), Tone::Quiet);
    figure.hanging(label("Correctness", Tone::Strong), look.text_width())
}

/// What a row of a short form is about.
pub(super) fn label(text: &str, tone: Tone) -> Line {
    Line::toned(format!("{text:<NAMES$}"), tone)
}

fn figure_lines(compared: &Comparison) -> Vec<Line> {
    let row = |what: &str, before: &str, now: &str| {
        Line::toned(format!("{what:<16}"), Tone::Quiet).with(format!("{before:>FIGURES$}{now:>FIGURES$}"), Tone::Accent)
    };
    let figures = compared.figures.iter().map(|(what, before, now)| row(what, before, now));
    [Line::blank(), row("", "before", "now")].into_iter().chain(figures).collect()
}

/// What changed: each list has at most `rows` points, and each point at most `rows` rows.
fn change_lines(compared: &Comparison, rows: usize, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::blank()];
    if compared.changes.is_empty() {
        lines.push(Line::plain("The same points as before."));
    }
    for Change { kind, sign, points } in &compared.changes {
        let count = points.len().min(POINTS_SHOWN.min(rows));
        let more = points.len() - count;
        let more = (more > 0).then(|| Line::toned(format!("and {more} more"), Tone::Quiet));
        let shown = points.iter().take(count).map(Line::plain).chain(more);
        let leads =
            [label(kind, symbol_of(*sign).1)].into_iter().chain(std::iter::repeat_with(|| label("", Tone::Plain)));
        lines.extend(shown.zip(leads).flat_map(|(point, lead)| cut(point.hanging(lead, width), rows)));
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

/// Lines that belong together, with the quote and the mark in them.
#[derive(Default)]
struct Block {
    lines: Vec<Line>,
    quote: Option<Quoted>,
    mark: Option<(usize, Mark)>,
}

impl Block {
    fn of(lines: Vec<Line>) -> Self {
        Self { lines, ..Self::default() }
    }
}

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
        let block = |(lines, mark): (Vec<Line>, Option<&Mark>)| Block {
            lines,
            quote: mark.and_then(|mark| mark.quote.as_ref()).map(quoted),
            mark: mark.filter(|mark| !mark.choices.is_empty()).map(|mark| (turn, mark.clone())),
        };
        judged_lines(panel, look.signs, width - NUMBER).map(block).collect()
    };
    let feedback =
        || turns.iter().enumerate().filter_map(|(number, turn)| Some((number, turn, turn.feedback.as_ref()?)));
    for (number, turn, feedback) in feedback() {
        let Some(panel) = &feedback.correctness else { continue };
        add("Key points", turn, marks(&view::correctness(panel), number));
    }
    for (number, turn, feedback) in feedback() {
        let Some(panel) = feedback.clarity.as_ref().and_then(view::clarity) else { continue };
        let figure = Block::of(vec![Line::toned(panel.figure(), Tone::Accent)]);
        let not_judged = panel.unclear.iter().map(|text| Block::of(Line::toned(text, Tone::Quiet).wrapped(width)));
        add("Clarity", turn, [figure].into_iter().chain(marks(&panel, number)).chain(not_judged).collect());
    }
    for (_, turn, feedback) in feedback() {
        let Some(delivery) = &feedback.delivery else { continue };
        let measures = view::delivery(delivery);
        add("Delivery", turn, measures.iter().map(|measure| Block::of(measure_lines(measure, width))).collect());
    }
    let Some(main) = turns.first() else { return details };
    let lines = |text: &str| paragraphs(text, width).into_iter().map(|line| Block::of(vec![line])).collect();
    let stronger = main.feedback.as_ref().and_then(|feedback| feedback.stronger_answer.as_deref());
    let model = main.question.answer.as_ref().map(|answer| answer.model_answer.trim());
    let is_model_answer = main.repeats_model_answer();
    if let Some(stronger) = stronger {
        let title = if is_model_answer { "Model answer" } else { "A stronger answer" };
        details.push((title.to_owned(), lines(stronger)));
    }
    if let Some(model) = model.filter(|_| !is_model_answer) {
        details.push(("Model answer".to_owned(), lines(model)));
    }
    details
}

/// Blocks as pages of at most `rows` lines; a block is broken only when it is longer than a page. Marks that can be decided have numbers.
fn paged(blocks: Vec<Block>, rows: usize) -> Vec<Page> {
    let mut pages = vec![Page::default()];
    for Block { lines, quote, mark } in blocks {
        let mut page = pages.pop().unwrap_or_default();
        let is_full = page.lines.len() + lines.len() > rows || (mark.is_some() && page.marks.len() == MOST_NUMBERS);
        if !page.lines.is_empty() && is_full {
            pages.push(std::mem::take(&mut page));
        }
        if mark.is_some() {
            let number = Line::toned(format!("{:<NUMBER$}", page.marks.len() + 1), Tone::Accent);
            page.lines.extend(number.before(lines));
        } else {
            page.lines.extend(lines);
        }
        page.quotes.extend(quote);
        page.marks.extend(mark);
        while page.lines.len() > rows {
            let rest = page.lines.split_off(rows);
            pages.push(Page { lines: std::mem::replace(&mut page.lines, rest), ..page.clone() });
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
    use crate::terminal::text::shown;

    const LOOK: Look = Look { width: 80, height: 24, signs: Signs::Words, ..Look::OFF_SCREEN };

    #[test]
    fn the_short_form_is_the_score_the_best_thing_and_the_one_to_fix() {
        let expected = "
Feedback  Ownership

Correctness  6.0 of 10  found 1 of 2 core points, 0 of 1 other; 1 unclear

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

Correctness  8.0 of 10  found 2 of 2 core points, 0 of 1 other; 1 unclear

                        before           now
Correctness          6.0 of 10     8.0 of 10
Length                    0:48          0:48
Pauses over 1 s              2             2

Gained       it is dropped at the end of the scope
Corrected    a collector frees it

To fix       Say when the memory is freed.
";
        assert!(text.starts_with(expected), "{text}");
    }

    #[test]
    fn the_score_and_the_one_thing_to_fix_are_on_every_screen_however_long_the_texts_are() {
        let long = |words: usize| "consequently ".repeat(words);
        for words in [1, 8, 20, 60, 400] {
            let mut turn = spoken();
            turn.question.title = long(words);
            turn.hints_used = 2;
            let feedback = turn.feedback.as_mut().unwrap();
            feedback.remark = Some(long(words));
            feedback.next_step = Some(format!("Say why. {}", long(words)));
            let panel = feedback.correctness.as_mut().unwrap();
            panel.key_points[0].summary = long(words);
            panel.key_points[0].evidence.quote = Some(long(words));
            panel.key_points.extend(
                (0..8)
                    .map(|number| {
                        let point = panel.key_points[1].clone();
                        api::feedback::KeyPointMark { id: number.to_string(), summary: long(words), ..point }
                    })
                    .collect::<Vec<_>>(),
            );
            let mut before = turn.clone();
            for point in &mut before.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points {
                point.verdict = api::feedback::Verdict::Hit;
            }
            for before in [None, Some(&before)] {
                let lines = brief_lines(std::slice::from_ref(&turn), before, LOOK);
                let text = shown(&lines);
                assert!(lines.len() + KEY_ROWS <= LOOK.height, "{} rows of {words} words:\n{text}", lines.len());
                assert!(text.contains("Correctness  6.0 of 10") && text.contains("To fix       Say why."), "{text}");
            }
        }
    }

    #[test]
    fn marks_that_can_be_decided_are_numbered_on_their_page() {
        let pages = detail_pages(&[judged()], LOOK);
        let text = shown(&pages[0].lines);
        assert!(text.contains("1 misconception: a collector") && text.contains("2 hit: every value"), "{text}");
        let ids: Vec<(usize, &str)> = pages[0].marks.iter().map(|(turn, mark)| (*turn, mark.id.as_str())).collect();
        assert_eq!(ids, [(0, "collector"), (0, "one-owner"), (0, "dropped"), (0, "moves")]);
        assert!(pages[1..].iter().all(|page| page.marks.is_empty()), "nothing else can be decided");
    }

    #[test]
    fn every_page_of_details_fits_the_screen_with_the_score_and_the_keys() {
        let follow_up = Turn { depth: 1, prompt: followed_up().prompt, ..spoken() };
        for height in [9, 12, 24, 60] {
            let pages = detail_pages(&[spoken(), follow_up.clone()], Look { height, ..LOOK });
            let titles: Vec<String> = pages.iter().map(|page| page.lines[3].text()).collect();
            assert!(pages.iter().all(|page| page.lines.len() + KEY_ROWS <= height), "{height}: {titles:?}");
            assert!(pages.iter().all(|page| page.lines[1].text().starts_with("Correctness  6.0 of 10")), "{titles:?}");
            let has = |title: &str| titles.iter().any(|shown| shown.starts_with(title));
            assert!(has("Key points") && has("Clarity of the follow-up") && has("Delivery"), "{titles:?}");
        }
    }
}
