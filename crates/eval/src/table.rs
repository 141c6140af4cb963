//! The summary as a table for people.

use coach::llm::{Cost, Usage};
use interview::wording::counted;

use crate::comparison::{ComparedFigure, Comparison, Difference, QuotedVerdict, ReaderVerdict};
use crate::evaluator::Evaluation;
use crate::figures::{FULL_ORDER, Figures, PAIRS};
use crate::marked::{AgainstMarks, ByCertainty, Calibration, ClaimFigures, ClaimKind, VerdictFigures};
use crate::statistics::Share;
use crate::summary::Summary;

impl Evaluation {
    /// The summary as a table for people: one figure a line, with a second column for the baseline where there is one.
    pub fn table(&self) -> String {
        let summary = &self.summary;
        let baseline = summary.baseline.as_ref();
        let mut lines = vec![row("", "coach", baseline.map(|baseline| baseline.name.to_owned()))];
        let orders = PAIRS.iter().map(|(name, ..)| *name).chain([FULL_ORDER]);
        let figures: Vec<(String, Option<String>, Option<String>)> = AGREEMENT
            .iter()
            .map(|(name, figure)| {
                ((*name).to_owned(), figure(&summary.figures), baseline.and_then(|b| figure(&b.figures)))
            })
            .chain(orders.map(|name| {
                let shown = |figures: &Figures| figures.order.get(name).copied().map(share);
                (name.replace('_', " "), shown(&summary.figures), baseline.and_then(|b| shown(&b.figures)))
            }))
            .collect();
        for (name, coach, other) in figures {
            if coach.is_some() || other.is_some() {
                let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
                lines.push(row(&name, &shown(coach), baseline.map(|_| shown(other))));
            }
        }
        let others = [
            ("misconceptions found", summary.misconceptions.recall.map(share)),
            ("misconceptions, false alarms", summary.misconceptions.false_alarms.map(share)),
            ("expectations met", summary.expectations_met.map(share)),
            ("kappa of bands", summary.band_kappa.map(number)),
            ("repairs", summary.repairs.map(share)),
        ];
        lines.extend(others.into_iter().filter_map(|(name, value)| Some(row(name, &value?, None))));
        lines.push(row("answers", &counts(summary), None));
        lines.extend(used(&summary.usage));
        lines.push(row("seconds", &format!("{:.1}", summary.seconds), None));
        lines.extend(summary.marks.iter().flat_map(marked));
        lines.extend(summary.broken_lines.iter().map(ToString::to_string));
        lines.join("\n")
    }
}

impl Comparison {
    /// The comparison as a table for people, with these names for the judges.
    pub fn table(&self, first: &str, second: &str) -> String {
        let Self { answers, questions, figures, differing, differences } = self;
        let width = first.chars().count().max(second.chars().count()).max(8) + 2;
        let head = format!("{:<32}{first:>width$}{second:>width$}  difference, 95 % interval", "");
        let figures = figures.iter().map(|figure| {
            let ComparedFigure { name, first, second, difference, low, high } = figure;
            format!("{name:<32}{first:>width$.3}{second:>width$.3}  {difference:+.3} ({low:+.3} to {high:+.3})")
        });
        let said = |name: &str, said: &QuotedVerdict| {
            let quote = said.quote.as_ref().map(|quote| format!("\u{201c}{quote}\u{201d}")).unwrap_or_default();
            format!("  {name:<width$}{:<9}{quote}", said.verdict.as_str()).trim_end().to_owned()
        };
        let differences_shown = differences.iter().flat_map(|difference| {
            let Difference { id, kind, claim, reader, first: one, second: other } = difference;
            let kind = match kind {
                ClaimKind::KeyPoint => "key point",
                ClaimKind::Misconception => "misconception",
            };
            let reader = reader.map_or("", |reader| match reader {
                ReaderVerdict::Made => " (reader: made)",
                ReaderVerdict::HalfMade => " (reader: half made)",
                ReaderVerdict::NotMade => " (reader: not made)",
            });
            [format!("{id}: {kind} {claim}{reader}"), said(first, one), said(second, other)]
        });
        let counts = format!("{answers} answers to {questions} questions; verdicts differ on {differing} claims");
        let shown = (differences.len() < *differing).then(|| format!("… and {} more", differing - differences.len()));
        let lines = std::iter::once(head).chain(figures).chain([String::new(), counts]);
        lines.chain(differences_shown).chain(shown).collect::<Vec<_>>().join("\n")
    }
}

/// Picks the figures of one kind of claims.
type KindOf = fn(&ClaimFigures) -> &VerdictFigures;

/// The figures against a reader's marks: all claims of a kind, then by label and by subject.
fn marked(marks: &AgainstMarks) -> Vec<String> {
    let head = format!(
        "{:<24}{:>7}  {:<25}{:<25}{:>6}{:>7}{:>9}",
        "against marks", "claims", "precision", "recall", "F1", "kappa", "unclear"
    );
    let mut lines = vec![String::new(), head];
    let kinds: [(&str, KindOf); 2] =
        [("key points", |figures| &figures.key_points), ("misconceptions", |figures| &figures.misconceptions)];
    for (name, figures) in kinds {
        lines.push(verdicts(name, figures(&marks.all)));
        // A part that is the whole says nothing new.
        let parts = [&marks.by_label, &marks.by_subject].into_iter().filter(|parts| parts.len() > 1);
        for (name, by) in parts.flatten() {
            lines.push(verdicts(&format!("  {name}"), figures(by)));
        }
    }
    if let Some(ByCertainty { sure, probable }) = marks.by_certainty {
        let rows = [
            ("hits that are made", sure.hits, probable.hits),
            ("misses that are not made", sure.misses, probable.misses),
            ("misconceptions stated", sure.misconceptions, probable.misconceptions),
        ];
        let shown = |part: Option<Share>| part.map_or("-".to_owned(), share);
        lines.push(row("", "sure", Some("probable".to_owned())));
        lines.extend(rows.map(|(name, sure, probable)| row(name, &shown(sure), Some(shown(probable)))));
    }
    let calibrated = marks.calibration.iter().map(|Calibration { plausibility, made }| {
        row(&format!("made, of plausibility {plausibility:.2}"), &share(*made), None)
    });
    lines.extend(calibrated);
    let ticks = marks.false_ticks;
    lines.extend(marks.false_alarms.map(|alarms| row("false alarms on right answers", &share(alarms), None)));
    if ticks.answers > 0 {
        lines.push(row("false ticks in false answers", &format!("{} in {} answers", ticks.ticks, ticks.answers), None));
    }
    lines
}

fn verdicts(name: &str, figures: &VerdictFigures) -> String {
    let interval = |share: Option<Share>| {
        share.map_or("-".to_owned(), |share| format!("{:.3} ({:.3} to {:.3})", share.share, share.low, share.high))
    };
    let short = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
    let line = format!(
        "{name:<24}{:>7}  {:<25}{:<25}{:>6}{:>7}{:>9}",
        figures.counts.total(),
        interval(figures.precision),
        interval(figures.recall),
        short(figures.f1),
        short(figures.kappa),
        short(figures.unclear.map(|share| share.share)),
    );
    line.trim_end().to_owned()
}

/// What a language model used up, and how its quotes were found.
fn used(usage: &Usage) -> Vec<String> {
    let Usage { total, quotes, quotes_verbatim: verbatim, quotes_snapped: snapped, calls, .. } = usage;
    if total.replies == 0 {
        return Vec::new();
    }
    let a_reply = |seconds: f64| seconds / total.replies as f64;
    let time = format!("{:.1}, first token after {:.1}", a_reply(total.seconds), a_reply(usage.first_token_seconds));
    let quoted = format!("{verbatim} word for word, {snapped} nearly, {} not said", quotes - verbatim - snapped);
    let rows = [("quotes", quoted), ("tokens", tokens(total)), ("seconds a reply", time)];
    let rows = rows.map(|(name, value)| row(name, &value, None));
    // A part that is the whole says nothing new.
    let kinds = calls.iter().filter(|_| calls.len() > 1).map(|(kind, cost)| {
        let name = format!("  {}, {}", kind.replace('_', " "), counted(cost.replies, "call"));
        row(&name, &format!("{}, {:.1} s", tokens(cost), cost.seconds), None)
    });
    rows.into_iter().chain(kinds).collect()
}

fn tokens(cost: &Cost) -> String {
    format!("{} in, {} of them cached, {} out", cost.input_tokens, cost.cached_tokens, cost.output_tokens)
}

type Figure = fn(&Figures) -> Option<String>;

/// The figures against people's scores.
const AGREEMENT: [(&str, Figure); 6] = [
    ("Pearson r", |figures| figures.agreement.as_ref()?.pearson.map(number)),
    ("Spearman r", |figures| figures.agreement.as_ref()?.spearman.map(number)),
    ("mean r within groups", |figures| figures.agreement.as_ref()?.mean_group_r.map(number)),
    ("RMSE", |figures| figures.agreement.as_ref()?.rmse.map(number)),
    ("RMSE after monotone fit", |figures| figures.agreement.as_ref()?.rmse_after_fit.map(number)),
    ("people's scale", |figures| Some(format!("0 to {}", figures.agreement.as_ref()?.scale))),
];

fn row(name: &str, coach: &str, baseline: Option<String>) -> String {
    let baseline = baseline.unwrap_or_default();
    format!("{name:<32}{coach:<32}{baseline}").trim_end().to_owned()
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}

fn share(share: Share) -> String {
    format!("{:.3} ({:.3} to {:.3}, n {})", share.share, share.low, share.high, share.of)
}

fn counts(summary: &Summary) -> String {
    let Summary { items, not_reached, ungraded, unscored, .. } = summary;
    let reached = if *not_reached > 0 { format!("{items} of {}", items + not_reached) } else { items.to_string() };
    format!("{reached}, {ungraded} ungraded, {unscored} without a score")
}
