//! The summary as a table for people.

use crate::figures::Figures;
use crate::statistics::Share;
use crate::summary::Summary;

/// The summary, one figure a line, with a second column for the baseline where there is one.
pub(crate) fn render(summary: &Summary) -> String {
    let baseline = summary.baseline.as_ref();
    let mut lines = vec![row("", "coach", baseline.map(|baseline| baseline.name.to_owned()))];
    for (name, figure) in FIGURES {
        let values = (figure(&summary.figures), baseline.map(|baseline| figure(&baseline.figures)));
        if values.0.is_some() || values.1.as_ref().is_some_and(Option::is_some) {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
            lines.push(row(name, &shown(values.0), values.1.map(shown)));
        }
    }
    let others = [
        ("misconceptions found", summary.misconceptions.recall.map(share)),
        ("misconceptions, false alarms", summary.misconceptions.false_alarms.map(share)),
        ("expectations met", summary.expectations_met.map(share)),
        ("kappa of bands", summary.band_kappa.map(number)),
        ("invalid replies", summary.invalid_replies.map(share)),
        ("quotes not found", summary.quote_failures.map(share)),
    ];
    lines.extend(others.into_iter().filter_map(|(name, value)| Some(row(name, &value?, None))));
    lines.push(row("items", &counts(summary), None));
    if summary.usage.replies > 0 {
        let usage = summary.usage;
        lines.push(row("tokens", &format!("{} in, {} out", usage.input_tokens, usage.output_tokens), None));
    }
    lines.push(row("seconds", &format!("{:.1}", summary.seconds), None));
    lines.extend(summary.broken_lines.iter().map(|broken| format!("line {} left out: {}", broken.line, broken.reason)));
    lines.join("\n")
}

type Figure = fn(&Figures) -> Option<String>;

/// The figures that coach and baseline both have.
const FIGURES: [(&str, Figure); 11] = [
    ("Pearson r", |figures| figures.agreement.as_ref()?.pearson.map(number)),
    ("Spearman r", |figures| figures.agreement.as_ref()?.spearman.map(number)),
    ("mean r within groups", |figures| figures.agreement.as_ref()?.mean_group_r.map(number)),
    ("RMSE", |figures| figures.agreement.as_ref()?.rmse.map(number)),
    ("RMSE after monotone fit", |figures| figures.agreement.as_ref()?.rmse_after_fit.map(number)),
    ("people's scale", |figures| Some(format!("0 to {}", figures.agreement.as_ref()?.scale))),
    ("strong over partial", |figures| figures.order.strong_over_partial.map(share)),
    ("strong over wrong", |figures| figures.order.strong_over_wrong.map(share)),
    ("partial over wrong", |figures| figures.order.partial_over_wrong.map(share)),
    ("strong, partial over off topic", |figures| figures.order.over_offtopic.map(share)),
    ("groups in full order", |figures| figures.order.full_order.map(share)),
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
    format!("{}, {} ungraded, {} without a score", summary.items, summary.ungraded, summary.unscored)
}
