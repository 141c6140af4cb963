//! The delivery panel in words. Every measure says what it means; none is a score.

use api::feedback::{CountedPhrase, Delivery};
use interview::delivery::{FILLED_PAUSES_FINE, TYPICAL_WORDS_PER_MINUTE};

use super::clock::stopwatch;
use super::panels::Quote;

/// One measure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measure {
    /// What is measured.
    pub(crate) name: &'static str,
    /// What came out.
    pub(crate) value: String,
    /// How to read it.
    pub(crate) note: String,
    /// Where it shows most.
    pub(crate) place: Option<Quote>,
    /// The words it is about.
    pub(crate) quotes: Vec<Quote>,
}

/// Every measure of an answer that there is.
pub(crate) fn measures(delivery: &Delivery, audio: Option<&str>) -> Vec<Measure> {
    [
        pace(delivery),
        articulation(delivery),
        first_word(delivery),
        pauses(delivery, audio),
        filled_pauses(delivery),
        markers(delivery),
        hedges(delivery, audio),
        repetition(delivery),
        length(delivery),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn measure(name: &'static str, value: String, note: impl Into<String>) -> Measure {
    Measure { name, value, note: note.into(), place: None, quotes: Vec::new() }
}

fn pace(delivery: &Delivery) -> Option<Measure> {
    let note = format!(
        "{:.0} to {:.0} is typical; pauses included",
        TYPICAL_WORDS_PER_MINUTE.start(),
        TYPICAL_WORDS_PER_MINUTE.end()
    );
    delivery.words_per_minute.map(|rate| measure("Pace", format!("{rate:.0} words a minute"), note))
}

fn articulation(delivery: &Delivery) -> Option<Measure> {
    let rate = delivery.articulation_rate?;
    Some(measure("While speaking", format!("{rate:.0} words a minute"), "the same without the pauses"))
}

fn first_word(delivery: &Delivery) -> Option<Measure> {
    let time = delivery.time_to_first_word?;
    Some(measure("First word after", format!("{time:.1} s"), "thinking is allowed: shown, never scored"))
}

fn pauses(delivery: &Delivery, audio: Option<&str>) -> Option<Measure> {
    delivery.median_pause?;
    let value = format!("{} over 1 s, {} over 2.5 s", delivery.pauses_over_1s, delivery.pauses_over_2_5s);
    let median = delivery.median_pause.map(|median| format!("half of them are shorter than {median:.1} s"));
    let place = delivery.longest_pause.as_ref().map(|longest| {
        let text = format!("the longest: {:.1} s", longest.end - longest.start);
        Quote::placed(text, Some((longest.start, longest.end)), audio)
    });
    Some(Measure { place, ..measure("Pauses", value, median.unwrap_or_default()) })
}

fn filled_pauses(delivery: &Delivery) -> Option<Measure> {
    let value = match (delivery.filled_pauses_per_minute, delivery.filled_pauses_estimated) {
        (_, None | Some(0)) if delivery.filled_pauses == 0 => "none heard".to_owned(),
        (_, Some(estimated)) if estimated > delivery.filled_pauses => {
            format!("{} heard, about {estimated} in all", delivery.filled_pauses)
        }
        (Some(rate), _) => format!("{} heard, {rate:.1} a minute", delivery.filled_pauses),
        (None, _) => format!("{} heard", delivery.filled_pauses),
    };
    let note = format!("a lower bound: recognisers drop them; up to {FILLED_PAUSES_FINE:.0} a minute nobody minds");
    Some(measure("Um and uh", value, note))
}

fn markers(delivery: &Delivery) -> Option<Measure> {
    let value = counted(&delivery.discourse_markers)?;
    Some(measure("Said often", value, "some of them may be ordinary words here"))
}

fn hedges(delivery: &Delivery, audio: Option<&str>) -> Option<Measure> {
    let quotes: Vec<Quote> = delivery.hedges.iter().filter_map(|hedge| Quote::of(hedge, audio)).collect();
    let note = "fine where you are not sure; where you are right, say it straight";
    (!quotes.is_empty()).then(|| Measure { quotes, ..measure("Hedges", delivery.hedges.len().to_string(), note) })
}

fn repetition(delivery: &Delivery) -> Option<Measure> {
    let value = counted(&delivery.repeated_phrases)?;
    Some(measure("Said again", value, ""))
}

fn length(delivery: &Delivery) -> Option<Measure> {
    let limit = delivery.limit.map(|limit| format!(" of {}", stopwatch(f64::from(limit)))).unwrap_or_default();
    let note = if delivery.over_limit > 0.0 {
        format!("{} over the limit", stopwatch(delivery.over_limit))
    } else {
        String::new()
    };
    Some(measure("Length", format!("{}{limit}", stopwatch(delivery.spoken)), note))
}

/// The most phrases that are named.
const NAMED: usize = 3;

fn counted(phrases: &[CountedPhrase]) -> Option<String> {
    let named: Vec<String> =
        phrases.iter().take(NAMED).map(|phrase| format!("“{}” × {}", phrase.phrase, phrase.count)).collect();
    (!named.is_empty()).then(|| named.join(", "))
}
