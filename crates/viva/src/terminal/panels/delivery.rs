//! How it was said: figures, each with what it means.

use api::feedback::{CountedPhrase, Delivery};
use interview::Seconds;
use interview::delivery::{FILLED_PAUSES_FINE, FILLED_PAUSES_MANY, TYPICAL_WORDS_PER_MINUTE};
use interview::wording::things;

use crate::terminal::question::clock;
use crate::terminal::text::{Line, Tone};

/// The columns of the figures before their explanation.
const FIGURE_COLUMNS: usize = 8;

/// The panel's lines: one figure each.
pub(super) fn lines(delivery: &Delivery, width: usize) -> Vec<Line> {
    let rows = [pace(delivery), articulation(delivery), length(delivery), first_word(delivery), pauses(delivery)]
        .into_iter()
        .chain([filled_pauses(delivery), hedges(delivery), repeats(delivery)])
        .flatten()
        .chain(
            [
                phrases(|count| things(&count, "marker"), &delivery.discourse_markers),
                phrases(|_| "repeated".to_owned(), &delivery.repeated_phrases),
            ]
            .into_iter()
            .flatten(),
        );
    rows.flat_map(|row| {
        row.meaning.hanging(Line::toned(format!("{:>FIGURE_COLUMNS$}  ", row.figure), Tone::Accent), width)
    })
    .collect()
}

struct Row {
    figure: String,
    meaning: Line,
}

fn row(figure: impl Into<String>, meaning: impl Into<String>, remark: impl Into<String>) -> Row {
    let remark: String = remark.into();
    let remark = if remark.is_empty() { remark } else { format!(" {remark}") };
    Row { figure: figure.into(), meaning: Line::plain(meaning.into()).with(remark, Tone::Quiet) }
}

fn pace(delivery: &Delivery) -> Option<Row> {
    let rate = delivery.words_per_minute?;
    let typical = TYPICAL_WORDS_PER_MINUTE;
    Some(row(format!("{rate:.0}"), "words a minute", format!("(typical {:.0}–{:.0})", typical.start(), typical.end())))
}

fn articulation(delivery: &Delivery) -> Option<Row> {
    let rate = delivery.articulation_rate?;
    Some(row(format!("{rate:.0}"), "words a minute while speaking", "(pauses left out)"))
}

fn length(delivery: &Delivery) -> Option<Row> {
    let limit = delivery.limit.map(|limit| format!("(limit {})", time(f64::from(limit)))).unwrap_or_default();
    let over = if delivery.over_limit > 0.0 {
        format!(", {} over the limit", time(delivery.over_limit))
    } else {
        String::new()
    };
    Some(row(time(delivery.spoken), format!("from first to last word{over}"), limit))
}

fn first_word(delivery: &Delivery) -> Option<Row> {
    let seconds = delivery.time_to_first_word?;
    Some(row(format!("{seconds:.1} s"), "until the first word", "(thinking is allowed)"))
}

fn pauses(delivery: &Delivery) -> Option<Row> {
    let longest = delivery
        .longest_pause
        .map(|pause| format!("(longest {:.1} s at {})", pause.end - pause.start, time(pause.start)));
    let over = delivery.pauses_over_1s;
    let meaning = format!("{} over 1 s, {} over 2.5 s", things(&over, "pause"), delivery.pauses_over_2_5s);
    Some(row(over.to_string(), meaning, longest.unwrap_or_default()))
}

fn filled_pauses(delivery: &Delivery) -> Option<Row> {
    let heard = delivery.filled_pauses;
    let rate = delivery.filled_pauses_per_minute.filter(|_| heard > 0).map(|rate| {
        let verdict = match rate {
            rate if rate <= FILLED_PAUSES_FINE => "nobody minds",
            rate if rate <= FILLED_PAUSES_MANY => "worth watching",
            _ => "worth working on",
        };
        format!(", {rate:.1} a minute: {verdict}")
    });
    let estimate = delivery.filled_pauses_estimated.filter(|estimate| *estimate > heard);
    let bound = match estimate {
        Some(estimate) => format!("(a lower bound, perhaps {estimate}: recognisers drop them)"),
        None => "(a lower bound: recognisers drop them)".to_owned(),
    };
    Some(row(heard.to_string(), format!("um, uh{}", rate.unwrap_or_default()), bound))
}

fn hedges(delivery: &Delivery) -> Option<Row> {
    let quotes: Vec<&str> = delivery.hedges.iter().filter_map(|hedge| hedge.quote.as_deref()).take(3).collect();
    let quoted = quotes.iter().map(|quote| format!("“{quote}”")).collect::<Vec<_>>().join(", ");
    let count = delivery.hedges.len();
    (!quotes.is_empty()).then(|| row(count.to_string(), things(&count, "hedge"), quoted))
}

fn repeats(delivery: &Delivery) -> Option<Row> {
    let count = delivery.immediate_repeats;
    (count > 0).then(|| row(count.to_string(), things(&count, "word") + " said twice in a row", ""))
}

fn phrases(what: impl FnOnce(usize) -> String, phrases: &[CountedPhrase]) -> Option<Row> {
    let total: usize = phrases.iter().map(|phrase| phrase.count).sum();
    let first: Vec<String> =
        phrases.iter().take(3).map(|phrase| format!("“{}” ×{}", phrase.phrase, phrase.count)).collect();
    (total > 0).then(|| row(total.to_string(), what(total), first.join(", ")))
}

fn time(seconds: f64) -> String {
    clock(Seconds::new(seconds).unwrap_or_default())
}
