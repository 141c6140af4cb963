//! The delivery panel on its way out.

use api::feedback::{CountedPhrase, Delivery, Evidence};
use interview::delivery::{self, PlacedPhrase};

use super::transcript::{bounds, seconds, span};

pub(crate) fn delivery(delivery: &delivery::Delivery) -> Delivery {
    Delivery {
        duration: seconds(delivery.duration),
        words: delivery.words,
        words_per_minute: delivery.words_per_minute.map(rounded),
        articulation_rate: delivery.articulation_rate.map(rounded),
        pauses_over_1s: delivery.pauses.over_1s,
        pauses_over_2_5s: delivery.pauses.over_2_5s,
        median_pause: delivery.pauses.median.map(seconds),
        longest_pause: delivery.pauses.longest.map(span),
        pause_ratio: delivery.pauses.ratio.map(|ratio| (ratio * 1000.0).round() / 1000.0),
        time_to_first_word: delivery.time_to_first_word.map(seconds),
        filled_pauses: delivery.filled_pauses.heard,
        filled_pauses_estimated: delivery.filled_pauses.estimated,
        filled_pauses_per_minute: delivery.filled_pauses.per_minute.map(rounded),
        discourse_markers: delivery.discourse_markers.iter().map(counted).collect(),
        hedges: delivery.hedges.iter().map(placed).collect(),
        repeated_phrases: delivery.repeated_phrases.iter().map(counted).collect(),
        immediate_repeats: delivery.immediate_repeats,
        spoken: seconds(delivery.length.spoken),
        limit: delivery.length.limit,
        over_limit: seconds(delivery.length.over()),
    }
}

fn rounded(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}

fn counted(phrase: &delivery::CountedPhrase) -> CountedPhrase {
    CountedPhrase { phrase: phrase.phrase.clone(), count: phrase.count }
}

fn placed(phrase: &PlacedPhrase) -> Evidence {
    let (start, end) = bounds(phrase.span);
    Evidence { quote: Some(phrase.quote.clone()), start, end }
}
