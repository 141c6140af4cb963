//! What a clause says and what it denies.

use crate::lexicon::{Marker, Polarity, Sort, Unit, is_opposable};

/// How many words a negator reaches at most.
const REACH: usize = 8;

/// Whether anything in a clause with these markers is denied.
pub(super) fn denies(markers: &[Marker]) -> bool {
    negators(markers).next().is_some() || markers.iter().any(|marker| marker.sort == Sort::Averting)
}

/// The polarity of each unit of a clause.
///
/// A negator denies the first unit behind it, and those behind that one which have an opposite ("can't have two owners" denies
/// "two"); what else it may deny stays open. It reaches as far as the next negator ("nothing warned us because the compiler does not
/// detect it"). What is averted ("prevents double frees") is neither said nor denied.
pub(super) fn polarities(units: &[Unit], markers: &[Marker]) -> Vec<Polarity> {
    let mut polarities = vec![Polarity::Positive; units.len()];
    if markers.iter().any(|marker| marker.sort == Sort::Averting) {
        polarities.fill(Polarity::Open);
    }
    let mut negators = negators(markers).peekable();
    while let Some(negator) = negators.next() {
        let next = negators.peek().map_or(usize::MAX, |next| next.words.start);
        let inside_unit = units.iter().any(|unit| {
            let holds = unit.words.start <= negator.words.start && negator.words.end <= unit.words.end;
            holds && unit.words != negator.words
        });
        if inside_unit {
            continue;
        }
        let reach = negator.words.end..next.min(negator.words.end + REACH);
        let reached = units.iter().zip(&mut polarities).filter(|(unit, _)| reach.contains(&unit.words.start));
        for (number, (unit, polarity)) in reached.enumerate() {
            let opposable = unit.features.iter().any(is_opposable);
            *polarity = if number == 0 || opposable { polarity.flipped() } else { Polarity::Open };
        }
    }
    polarities
}

fn negators(markers: &[Marker]) -> impl Iterator<Item = &Marker> {
    let is_exempt = |negator: &Marker| {
        markers.iter().any(|other| {
            matches!(other.sort, Sort::NoNegator | Sort::Denial | Sort::Refutation | Sort::Repair)
                && other.words.start <= negator.words.start
                && negator.words.end <= other.words.end
        })
    };
    let mut end = 0;
    markers.iter().filter(move |marker| marker.sort == Sort::Negator && !is_exempt(marker)).filter(move |marker| {
        let follows = marker.words.start >= end;
        end = end.max(marker.words.end);
        follows
    })
}
