//! The end of a round on one screen.

use api::session::{Debrief, Summary};
use api::view;
use jiff::Timestamp;

use super::brief::{KEY_ROWS, name};
use super::question::ruled;
use super::screen::Look;
use super::session::figure_lines;
use super::text::{Line, Tone};

/// The figures of a round, then the best thing said, the habit to change, the weakest point, and what comes back when.
pub fn debrief_lines(summary: &Summary, debrief: &Debrief, now: Timestamp, look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines = vec![Line::blank(), ruled(Line::toned("The round", Tone::Strong), look), Line::blank()];
    lines.extend(figure_lines(summary, width));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    let mut add = |row| rows.push(row);
    if let Some(best) = &debrief.best {
        let quote =
            Line::plain(format!("“{}”", view::shortened(&best.quote))).hanging(name("Well said", Tone::Good), width);
        let claim = Line::toned(&best.claim, Tone::Quiet).hanging(name("", Tone::Plain), width);
        add([quote, claim].concat());
    }
    if let Some(habit) = &debrief.habit {
        add(Line::plain(habit).hanging(name("To change", Tone::Bad), width));
    }
    if let Some(feeling) = &debrief.feeling {
        add(Line::plain(feeling).hanging(name("Feeling", Tone::Strong), width));
    }
    if let Some(weakest) = &debrief.weakest {
        let title = Line::plain(&weakest.title).hanging(name("Weakest", Tone::Bad), width);
        let advice = Line::toned(&weakest.advice, Tone::Quiet).hanging(name("", Tone::Plain), width);
        add([title, advice].concat());
    }
    if let Some(comes_back) = view::comes_back(&debrief.comes_back, now) {
        add(Line::plain(comes_back).hanging(name("Comes back", Tone::Strong), width));
    }
    // Without empty lines between the rows where they would not all fit.
    let spaced = lines.len() + rows.iter().map(|row| 1 + row.len()).sum::<usize>();
    let is_tight = spaced > look.height.saturating_sub(KEY_ROWS);
    for (number, row) in rows.into_iter().enumerate() {
        lines.extend((number == 0 || !is_tight).then(Line::blank));
        lines.extend(row);
    }
    lines
}

#[cfg(test)]
mod tests {
    use api::session::{BestPoint, ComesBack, WeakestPoint};
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_round_ends_with_its_figures_and_what_to_take_away() {
        let summary = Summary {
            questions: 4,
            answered: 6,
            correctness: Some(6.25),
            clarity: Some(5.0),
            words_per_minute: Some(131.6),
            ..Summary::default()
        };
        let back = |title: &str, days: i64| ComesBack {
            question: title.to_lowercase(),
            title: title.to_owned(),
            due: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days),
        };
        let debrief = Debrief {
            best: Some(BestPoint {
                question: "ownership-why".to_owned(),
                claim: "every value has exactly one owner, and its memory is freed when the owner goes out of scope".to_owned(),
                quote: "Every value has exactly one owner, and when the owner goes out of scope the value is dropped".to_owned(),
            }),
            habit: Some("In 3 of 4 answers you left out a core point. Say the core first, then the details.".to_owned()),
            feeling: None,
            weakest: Some(WeakestPoint {
                question: "traits".to_owned(),
                title: "Trait objects".to_owned(),
                advice: "Say this point in one sentence of your own, aloud: a call through a trait object is dispatched at run time.".to_owned(),
            }),
            comes_back: vec![back("Trait objects", 1), back("Ownership", 3)],
        };
        let look = Look { width: 80, height: 24, ..Look::OFF_SCREEN };
        let shown = debrief_lines(&summary, &debrief, Timestamp::UNIX_EPOCH, look);
        assert!(shown.len() <= 24 - 3, "{} lines", shown.len());
        let shown: String = shown.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect();
        let expected = "
The round ─────────────────────────────────────────────────────────────────────

Correctness  6.2  of 10, mean of the main answers scored by one judge
Clarity      5.0  of 10, mean of the main answers scored by one judge
Pace         132  words per minute, spoken answers
Answered     6  4 questions

Well said    “Every value has exactly one owner, and when the owner goes out of
             scope the value is dropped”
             every value has exactly one owner, and its memory is freed when
             the owner goes out of scope

To change    In 3 of 4 answers you left out a core point. Say the core first,
             then the details.

Weakest      Trait objects
             Say this point in one sentence of your own, aloud: a call through
             a trait object is dispatched at run time.

Comes back   in 1 day: Trait objects; in 3 days: Ownership
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_full_debrief_fits_a_small_screen() {
        let long = "word ".repeat(20);
        let best = BestPoint { question: String::new(), claim: long.clone(), quote: "word ".repeat(60) };
        let weakest = WeakestPoint { question: String::new(), title: "A title".to_owned(), advice: "word ".repeat(30) };
        let debrief = Debrief {
            best: Some(best),
            habit: Some(long.clone()),
            feeling: Some(long),
            weakest: Some(weakest),
            comes_back: vec![ComesBack {
                question: String::new(),
                title: "A title".to_owned(),
                due: Timestamp::UNIX_EPOCH,
            }],
        };
        let summary =
            Summary { correctness: Some(1.0), clarity: Some(1.0), words_per_minute: Some(100.0), ..Summary::default() };
        let look = Look { width: 80, height: 24, ..Look::OFF_SCREEN };
        let shown = debrief_lines(&summary, &debrief, Timestamp::UNIX_EPOCH, look);
        assert!(shown.len() <= 24 - KEY_ROWS, "{} lines", shown.len());
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let shown = debrief_lines(&Summary::default(), &Debrief::default(), Timestamp::UNIX_EPOCH, Look::OFF_SCREEN);
        let shown: String = shown.iter().map(|line| line.text() + "\n").collect();
        for name in ["Well said", "To change", "Feeling", "Weakest", "Comes back"] {
            assert!(!shown.contains(name), "{shown}");
        }
    }
}
