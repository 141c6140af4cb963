//! How a clause is meant: claimed, or denied, reported, imagined, asked or taken back.

use super::words::{End, Spoken};
use super::{Clause, markers_in};
use crate::lexicon::{Marker, Sort};

/// How many clauses a stance lasts at most, because the ends of spoken sentences are uncertain.
const LASTS: usize = 3;

/// The same for a denial.
const DENIAL_LASTS: usize = 2;

/// How the speaker means a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stance {
    /// As their own claim.
    Asserted,
    /// As something that is not so.
    Denied,
    /// As an opinion of others.
    Reported,
    /// As a case that is only imagined.
    Hypothetical,
    /// As how it is elsewhere.
    Elsewhere,
    /// As a question.
    Asked,
    /// As a slip of the tongue, corrected since.
    Retracted,
}

/// Decides how every clause is meant.
pub(super) fn decide(clauses: &mut [Clause], markers: &[Marker], words: &[Spoken]) {
    let mut carried: Option<Carried> = None;
    for index in 0..clauses.len() {
        let found = markers_in(markers, &clauses[index].words);
        carried = carried.and_then(|carried| carried.into_next(&clauses[index], found, words));
        if let Some(stance) = opened(index, clauses, markers) {
            let left = if stance == Stance::Denied { DENIAL_LASTS } else { LASTS };
            carried = Some(Carried { stance, sentence: clauses[index].sentence, left });
        }
        clauses[index].stance = carried.as_ref().map_or(Stance::Asserted, |carried| carried.stance);
        if found.iter().any(|marker| marker.sort == Sort::Refutation) {
            refute_before(clauses, index);
        }
        if let Some(repair) = found.iter().find(|marker| marker.sort == Sort::Repair) {
            let repair = repair.clone();
            retract_before(clauses, index, &repair);
        }
    }
    mark_questions(clauses, words);
}

/// A stance that lasts over the following clauses of its sentence.
struct Carried {
    stance: Stance,
    sentence: usize,
    left: usize,
}

impl Carried {
    fn into_next(self, clause: &Clause, markers: &[Marker], words: &[Spoken]) -> Option<Self> {
        let opens = words[clause.words.start].normal.as_str();
        let turns = matches!(opens, "but" | "however")
            || (self.stance == Stance::Denied && matches!(opens, "because" | "since" | "so"))
            || markers.iter().any(|marker| marker.sort == Sort::Refutation);
        let left = self.left.checked_sub(1)?;
        (clause.sentence == self.sentence && !turns && left > 0).then_some(Self { left, ..self })
    }
}

/// The stance that a clause's own words open.
fn opened(index: usize, clauses: &[Clause], markers: &[Marker]) -> Option<Stance> {
    let clause = &clauses[index];
    let found = markers_in(markers, &clause.words);
    let has = |sort: Sort| found.iter().any(|marker| marker.sort == sort);
    let is_imagined = || {
        let opens = found
            .iter()
            .any(|marker| marker.sort == Sort::Hypothetical && marker.words.start < clause.words.start + LASTS);
        let subjunctive =
            |clause: &Clause| markers_in(markers, &clause.words).iter().any(|marker| marker.sort == Sort::Subjunctive);
        opens && near(index, clauses).any(subjunctive)
    };
    if has(Sort::Denial) {
        Some(Stance::Denied)
    } else if has(Sort::Report) {
        Some(Stance::Reported)
    } else if has(Sort::Elsewhere) {
        Some(Stance::Elsewhere)
    } else if is_imagined() {
        Some(Stance::Hypothetical)
    } else {
        None
    }
}

/// The clauses of the same sentence that stand no further away than a stance lasts.
fn near(index: usize, clauses: &[Clause]) -> impl Iterator<Item = &Clause> {
    let around = &clauses[index.saturating_sub(LASTS)..clauses.len().min(index + LASTS + 1)];
    around.iter().filter(move |other| other.sentence == clauses[index].sentence)
}

/// Marks the clauses of sentences that end as questions.
fn mark_questions(clauses: &mut [Clause], words: &[Spoken]) {
    let mut asked = None;
    for clause in clauses.iter_mut().rev() {
        if words[clause.words.end - 1].end == End::Question {
            asked = Some(clause.sentence);
        }
        if asked == Some(clause.sentence) {
            clause.stance = Stance::Asked;
        }
    }
}

/// "People think X. That's wrong": X is denied.
fn refute_before(clauses: &mut [Clause], index: usize) {
    let sentence = clauses[index].sentence;
    let refuted = clauses[..index].iter_mut().rev().take(2).take_while(|clause| clause.sentence + 1 >= sentence);
    for clause in refuted {
        if matches!(clause.stance, Stance::Asserted | Stance::Reported) {
            clause.stance = Stance::Denied;
        }
    }
}

/// "On the stack, no wait, on the heap": what stands before the repair is taken back, as much of it as is said anew, the whole
/// clause at most.
fn retract_before(clauses: &mut [Clause], index: usize, repair: &Marker) {
    let before = |unit: &super::SaidUnit| unit.unit.words.start < repair.words.start;
    let anew = clauses[index].units.iter().filter(|unit| !before(unit)).count();
    let in_clause = clauses[index].units.iter().filter(|unit| before(unit)).count();
    if in_clause > 0 {
        let kept = in_clause.saturating_sub(anew.max(1));
        let units = std::mem::take(&mut clauses[index].units);
        clauses[index].units = units
            .into_iter()
            .enumerate()
            .filter(|(number, unit)| *number < kept || !before(unit))
            .map(|(_, unit)| unit)
            .collect();
    } else if let Some(previous) = index.checked_sub(1) {
        let units = clauses[previous].units.len();
        if anew >= units {
            clauses[previous].stance = Stance::Retracted;
        } else {
            clauses[previous].units.truncate(units - anew.max(1));
        }
    }
}
