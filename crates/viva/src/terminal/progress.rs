//! How far a candidate has come.

use api::feedback::Verdict;
use api::progress::{Progress, QuestionProgress, Standing, WeakPoint};
use api::view::standing::{self, asked, by_question, due, remaining, scores, subject, until};
use jiff::Timestamp;

use super::screen::Look;
use super::text::{Line, Tone};

/// Maximum number of weak points shown.
const WEAK_POINTS: usize = 10;

/// The subjects and topics of which something was asked, then the points to say again first.
pub fn progress_lines(progress: &Progress, look: Look) -> Vec<Line> {
    let now = progress.as_of;
    let mut lines = Vec::new();
    if let Some(left) = &progress.remaining {
        lines.extend(Line::toned(remaining(left), Tone::Strong).wrapped(look.text_width()));
        lines.push(Line::blank());
    }
    lines.push(row("", ["Asked", "Due", "Last scores"].map(str::to_owned), Tone::Quiet));
    for progress in progress.subjects.iter().filter(|subject| subject.standing.attempted > 0) {
        lines.push(standing_line(&subject(&progress.subject), &progress.standing, now, Tone::Strong));
        for topic in progress.topics.iter().filter(|topic| topic.standing.attempted > 0) {
            lines.push(standing_line(&format!("  {}", topic.title), &topic.standing, now, Tone::Plain));
        }
    }
    if !progress.weak_points.is_empty() {
        lines.extend([Line::blank(), Line::toned("Say again first", Tone::Strong)]);
    }
    let shown = &progress.weak_points[..progress.weak_points.len().min(WEAK_POINTS)];
    for points in by_question(shown) {
        lines.extend(question_lines(&points, now, look));
    }
    let more = progress.weak_points.len().saturating_sub(WEAK_POINTS);
    if more > 0 {
        lines.push(Line::toned(format!("  and {more} more: `viva progress --json` lists them all"), Tone::Quiet));
    }
    lines
}

/// All that is known of one question.
pub fn question_progress_lines(known: &QuestionProgress, now: Timestamp, look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines =
        Line::toned(&known.title, Tone::Strong).with(format!(" ({})", known.question), Tone::Quiet).wrapped(width);
    lines.extend(Line::plain(standing::attempts(known, now)).wrapped(width));
    for point in &known.points {
        let tone = if point.last == Verdict::Hit { Tone::Good } else { Tone::Bad };
        let core = if point.core { "core, " } else { "" };
        let reviews = format!(" ({core}{})", standing::reviews(point, now));
        let verdict = Line::toned(format!("  {:<8}", point.last.as_str()), tone);
        lines.extend(Line::plain(&point.summary).with(reviews, Tone::Quiet).hanging(verdict, width));
    }
    lines
}

fn standing_line(name: &str, standing: &Standing, now: Timestamp, tone: Tone) -> Line {
    row(name, [asked(standing), due(standing, now), scores(standing)], tone)
}

/// A row of the table: 31 + 12 + 13 + 15 columns.
fn row(name: &str, [asked, due, scores]: [String; 3], tone: Tone) -> Line {
    Line::toned(name, tone)
        .cut(30)
        .padded(31)
        .with(format!("{asked:<12}{due:<13}{scores}"), if tone == Tone::Quiet { tone } else { Tone::Plain })
}

/// The weak points of one question.
fn question_lines(points: &[&WeakPoint], now: Timestamp, look: Look) -> Vec<Line> {
    let WeakPoint { title, question, due, .. } = points[0];
    let place = format!(" ({question}, due {})", until(*due, now));
    let mut lines = Line::plain(title).with(place, Tone::Quiet).hanging(Line::plain("  "), look.text_width());
    for point in points {
        let core = if point.core { " (core)" } else { "" };
        let lead = Line::toned(look.signs.pick("    \u{25cb} ", "    - "), Tone::Bad);
        lines.extend(Line::plain(&point.summary).with(core, Tone::Quiet).hanging(lead, look.text_width()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use api::progress::{PointProgress, Remaining, SubjectProgress, TopicProgress};

    use super::*;
    use crate::terminal::screen::Signs;
    use crate::terminal::text::shown;

    const NOW: &str = "2026-11-28T12:00:00Z";

    fn standing(attempted: usize, due: usize, next_due: Option<&str>, scores: &[f64]) -> Standing {
        let next_due = next_due.map(|time| time.parse().unwrap());
        Standing { questions: 162, attempted, due, next_due, scores: scores.to_vec() }
    }

    fn topic(title: &str, standing: Standing) -> TopicProgress {
        TopicProgress { topic: title.to_lowercase(), title: title.to_owned(), standing }
    }

    fn weak(summary: &str, core: bool, due: &str) -> WeakPoint {
        let [question, title, topic, key_point] =
            ["ownership-why", "Why ownership", "ownership", "dropped"].map(str::to_owned);
        let (summary, due) = (summary.to_owned(), due.parse().unwrap());
        WeakPoint { question, title, topic, key_point, summary, probe: "When is it freed?".to_owned(), core, due }
    }

    #[test]
    fn a_question_is_shown_with_its_key_points() {
        let point = |summary: &str, core, attempts, last, due: &str| PointProgress {
            key_point: "dropped".to_owned(),
            summary: summary.to_owned(),
            core,
            attempts,
            last,
            due: due.parse().unwrap(),
        };
        let known = QuestionProgress {
            question: "ownership-why".to_owned(),
            title: "Why ownership".to_owned(),
            topic: "ownership".to_owned(),
            attempts: 2,
            last: "2026-11-27T12:00:00Z".parse().unwrap(),
            due: Some(NOW.parse().unwrap()),
            scores: vec![3.8, 6.0],
            points: vec![
                point("every value has one owner", true, 2, Verdict::Hit, "2026-12-06T12:00:00Z"),
                point(
                    "a value is dropped when its owner goes out of scope, in reverse order",
                    false,
                    1,
                    Verdict::Missed,
                    NOW,
                ),
            ],
        };
        let look = Look { width: 80, signs: Signs::Words, ..Look::OFF_SCREEN };
        let lines = question_progress_lines(&known, NOW.parse().unwrap(), look);
        let expected = "Why ownership (ownership-why)
asked 2 times, due now, scores 3.8, 6.0
  hit     every value has one owner (core, marked 2 times, due in 8 days)
  missed  a value is dropped when its owner goes out of scope, in reverse order
          (marked 1 time, due now)
";
        assert_eq!(shown(&lines), expected);
    }

    #[test]
    fn progress_fits_eighty_columns() {
        let rust = SubjectProgress {
            subject: "rust".to_owned(),
            standing: standing(162, 31, None, &[10.0, 10.0, 10.0]),
            topics: vec![
                topic("Modules, testing and cargo", standing(9, 0, Some("2026-12-10T11:00:00Z"), &[3.8, 6.0])),
                topic("Ownership", standing(12, 3, Some(NOW), &[])),
                topic("Never asked", standing(0, 0, None, &[])),
            ],
        };
        let go = SubjectProgress { subject: "go".to_owned(), standing: standing(0, 0, None, &[]), topics: Vec::new() };
        let weak_points = vec![
            weak("a value is dropped when its owner goes out of scope, in the reverse order of declaration", true, NOW),
            weak("moves hand it over", false, "2026-11-29T12:00:00Z"),
        ];
        let remaining = Some(Remaining { days: 12, questions: 80, questions_a_day: 7 });
        let (as_of, subjects) = (NOW.parse().unwrap(), vec![go, rust]);
        let progress = Progress { as_of, remaining, subjects, questions: Vec::new(), weak_points };
        let look = Look { width: 80, signs: Signs::Words, ..Look::OFF_SCREEN };
        let lines = progress_lines(&progress, look);
        assert!(lines.iter().all(|line| line.width() < 80), "{lines:#?}");
        let expected = "12 days left until the interview, about 7 questions a day.

                               Asked       Due          Last scores
Rust                           162 of 162  31 now       10.0, 10.0, 10.0
  Modules, testing and cargo   9 of 162    in 12 days   3.8, 6.0
  Ownership                    12 of 162   3 now        -

Say again first
  Why ownership (ownership-why, due now)
    - a value is dropped when its owner goes out of scope, in the reverse order
      of declaration (core)
    - moves hand it over
";
        assert_eq!(shown(&lines), expected);
    }
}
