//! The end of a round on one screen.

use api::session::{Debrief, Summary};
use api::view;
use jiff::Timestamp;

use super::brief::{cut, fitting, label};
use super::question::ruled;
use super::screen::Look;
use super::session::figure_lines;
use super::text::{Line, Tone};

/// Rows for the keys, the empty line above them, and the one below that stays free.
const KEY_ROWS: usize = 3;

/// The figures of a round, then the best thing said, the habit to change, the weakest point, and what comes back when. It fits the screen:
/// the texts are cut where they would not all fit, and have no empty lines between them.
pub fn debrief_lines(summary: &Summary, debrief: &Debrief, now: Timestamp, look: Look) -> Vec<Line> {
    let mut head = vec![Line::blank(), ruled(Line::toned("The round", Tone::Strong), look), Line::blank()];
    head.extend(figure_lines(summary, look.text_width()));
    let room = look.height.saturating_sub(KEY_ROWS);
    fitting(room, |rows| {
        let texts = texts(debrief, rows, now, look.text_width());
        let spaced = head.len() + texts.iter().map(|text| 1 + text.len()).sum::<usize>();
        let is_tight = spaced > room;
        let mut lines = head.clone();
        for (number, text) in texts.into_iter().enumerate() {
            lines.extend((number == 0 || !is_tight).then(Line::blank));
            lines.extend(text);
        }
        lines
    })
}

/// What to take away, each part of it in at most `rows` rows.
fn texts(debrief: &Debrief, rows: usize, now: Timestamp, width: usize) -> Vec<Vec<Line>> {
    let part = |text: Line, lead: Line| cut(text.hanging(lead, width), rows);
    let best = debrief.best.as_ref().map(|best| {
        let quote = Line::plain(format!("“{}”", view::shortened(&best.quote)));
        let claim = Line::toned(&best.claim, Tone::Quiet);
        [part(quote, label("Well said", Tone::Good)), part(claim, label("", Tone::Plain))].concat()
    });
    let habit = debrief.habit.as_ref().map(|habit| part(Line::plain(habit), label("To change", Tone::Bad)));
    let feeling = debrief.feeling.as_ref().map(|feeling| part(Line::plain(feeling), label("Feeling", Tone::Strong)));
    let weakest = debrief.weakest.as_ref().map(|weakest| {
        let title = part(Line::plain(&weakest.title), label("Weakest", Tone::Bad));
        [title, part(Line::toned(&weakest.advice, Tone::Quiet), label("", Tone::Plain))].concat()
    });
    let comes_back = view::comes_back(&debrief.comes_back, now);
    let comes_back = comes_back.map(|text| part(Line::plain(text), label("Comes back", Tone::Strong)));
    [best, habit, feeling, weakest, comes_back].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use api::session::{BestPoint, ComesBack, WeakestPoint};
    use jiff::SignedDuration;

    use super::*;
    use crate::terminal::text::shown;

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
                focus: None,
            }),
            comes_back: vec![back("Trait objects", 1), back("Ownership", 3)],
        };
        let look = Look { width: 80, height: 24, ..Look::OFF_SCREEN };
        let lines = debrief_lines(&summary, &debrief, Timestamp::UNIX_EPOCH, look);
        assert!(lines.len() <= 24 - KEY_ROWS, "{} lines", lines.len());
        let expected = "
The round ─────────────────────────────────────────────────────────────────────

Correctness  6.2  of 10, mean of the main answers scored by one judge
Clarity      5.0  of 10, mean of the main answers scored by one judge
Pace         132  words per minute, spoken answers
Answers      6  to 4 questions

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
        assert_eq!(shown(&lines), expected);
    }

    #[test]
    fn a_debrief_fits_a_small_screen_however_long_its_texts_are() {
        for words in [4, 20, 60, 400] {
            let long = "consequently ".repeat(words);
            let question = String::new;
            let best = BestPoint { question: question(), claim: long.clone(), quote: long.clone() };
            let weakest = WeakestPoint { question: question(), title: long.clone(), advice: long.clone(), focus: None };
            let back = ComesBack { question: question(), title: long.clone(), due: Timestamp::UNIX_EPOCH };
            let debrief = Debrief {
                best: Some(best),
                habit: Some(long.clone()),
                feeling: Some(long),
                weakest: Some(weakest),
                comes_back: vec![back.clone(), back],
            };
            let figure = Some(10.0);
            let summary =
                Summary { correctness: figure, clarity: figure, words_per_minute: figure, ..Summary::default() };
            let look = Look { width: 80, height: 24, ..Look::OFF_SCREEN };
            let lines = debrief_lines(&summary, &debrief, Timestamp::UNIX_EPOCH, look);
            let shown = shown(&lines);
            assert!(lines.len() + KEY_ROWS <= look.height, "{} rows of {words} words:\n{shown}", lines.len());
            for name in ["Correctness  10.0", "Well said", "To change", "Feeling", "Weakest", "Comes back"] {
                assert!(shown.contains(name), "{name} is lost:\n{shown}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let lines = debrief_lines(&Summary::default(), &Debrief::default(), Timestamp::UNIX_EPOCH, Look::OFF_SCREEN);
        let shown = shown(&lines);
        for name in ["Well said", "To change", "Feeling", "Weakest", "Comes back"] {
            assert!(!shown.contains(name), "{shown}");
        }
    }
}
