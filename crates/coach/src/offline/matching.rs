//! Holding an answer against the phrasings: how much of each claim any few neighbouring clauses say.

mod cells;

use std::ops::Range;

use super::phrasings::{Phrasing, Phrasings};
use super::reading::{Clause, Reading, Stance};
use super::thresholds::{
    CLASH, DECIDES, DENIED, DENIED_AT_MOST, DENIED_SHARE, LEAD, OPPOSED_MARGIN, UNDECIDED, UNDECIDED_MISCONCEPTION,
    WINDOW, WINDOW_WORDS,
};
use cells::{Cell, Cells};

/// What an answer says of one claim.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Finding {
    /// The clauses that say it best.
    pub(crate) said: Option<Said>,
    /// The one clause that says its opposite most plainly: the share of the phrasing that it says or denies.
    pub(crate) opposed: Option<Said>,
    /// The clauses that might say it, if doubtful words were heard wrong.
    pub(crate) doubtful: Option<Said>,
}

/// Clauses that say something of a claim.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    /// How much of a phrasing's weight they say, up to 1.
    pub(crate) share: f32,
    /// By how much they say it better than any claim of the other kind; negative, where they say that one better.
    pub(crate) lead: f32,
    /// How much of it without the words in doubt.
    pub(crate) certain: f32,
    /// The weight of the words that say it, in weights of a rare word.
    pub(crate) weight: f32,
    /// Their words, as numbers of the reading's words.
    pub(crate) words: Range<usize>,
}

impl Said {
    /// How much the words speak for the claim: words that state a misconception better than a key point tell little of the key point,
    /// and the other way round.
    pub(crate) fn support(&self) -> f32 {
        self.share + LEAD * self.lead
    }
}

/// What the answer says of every claim, in the order of the claims. Takes time linear in the length of the answer.
pub(crate) fn findings(reading: &Reading, phrasings: &Phrasings) -> Vec<Finding> {
    let mut findings = vec![Finding::default(); phrasings.claims];
    let mut cells = Cells::new(phrasings);
    for last in 0..reading.clauses.len() {
        cells.push(&reading.clauses[last]);
        for size in 1..=WINDOW.len().min(last + 1) {
            let clauses = &reading.clauses[last + 1 - size..=last];
            if size > 1 && words(clauses).len() > WINDOW_WORDS {
                break;
            }
            if clauses.iter().all(|clause| clause.is_condition) {
                continue;
            }
            let shares = Shares::of(phrasings, cells.latest(size), WINDOW[size - 1]);
            shares.record(&mut findings, phrasings.key_points, &words(clauses), is_plain(clauses));
        }
    }
    findings
}

/// The claim of which a text says most, and how much.
pub(crate) fn best_claim(text: &str, phrasings: &Phrasings) -> Option<(usize, f32)> {
    let findings = findings(&Reading::of_text(text, &phrasings.glossary), phrasings);
    let shares = findings.iter().enumerate().filter_map(|(claim, finding)| Some((claim, finding.said.as_ref()?.share)));
    shares.max_by(|one, other| one.1.total_cmp(&other.1))
}

/// Whether this is a single clause that claims something: only then what it denies is clear.
fn is_plain(clauses: &[Clause]) -> bool {
    matches!(clauses, [clause] if clause.stance == Stance::Asserted)
}

fn words(clauses: &[Clause]) -> Range<usize> {
    let start = clauses.first().map_or(0, |clause| clause.words.start);
    start..clauses.last().map_or(start, |clause| clause.words.end)
}

/// How much of each claim the clauses of one window say.
struct Shares {
    claims: Vec<Share>,
}

#[derive(Clone, Copy, Default)]
struct Share {
    said: f32,
    weight: f32,
    certain: f32,
    opposed: f32,
    possible: f32,
}

impl Shares {
    fn of(phrasings: &Phrasings, cells: &Cells<'_>, factor: f32) -> Self {
        let mut claims = vec![Share::default(); phrasings.claims];
        for phrasing in &phrasings.phrasings {
            let share = share(phrasings, phrasing, cells, factor);
            let best = &mut claims[phrasing.claim];
            if share.said > best.said {
                (best.said, best.certain, best.weight) = (share.said, share.certain, share.weight);
            }
            best.opposed = best.opposed.max(share.opposed);
            best.possible = best.possible.max(share.possible);
        }
        Self { claims }
    }

    /// Notes what this window says better than those before. Only a single clause can say the opposite: over several, the denial may
    /// be of anything.
    fn record(&self, findings: &mut [Finding], key_points: usize, words: &Range<usize>, is_plain: bool) {
        let best = |shares: &[Share]| shares.iter().map(|share| share.said).fold(0.0, f32::max);
        let (right, wrong) = self.claims.split_at(key_points);
        let (best_right, best_wrong) = (best(right), best(wrong));
        let best_said = best_right.max(best_wrong);
        for (number, (measured, finding)) in self.claims.iter().zip(findings).enumerate() {
            let other_kind = if number < key_points { best_wrong } else { best_right };
            let found = |share: f32, certain: f32| Said {
                share,
                certain,
                lead: share - other_kind,
                weight: measured.weight,
                words: words.clone(),
            };
            finding.said = better(finding.said.take(), found(measured.said, measured.certain));
            if is_plain && best_said < measured.opposed - OPPOSED_MARGIN {
                finding.opposed = better(finding.opposed.take(), found(measured.opposed, measured.opposed));
            }
            finding.doubtful = better(finding.doubtful.take(), found(measured.possible, measured.said));
        }
    }
}

/// What says more of the claim; the earlier, if they say the same. What says nothing of it is left out.
fn better(known: Option<Said>, found: Said) -> Option<Said> {
    match known {
        Some(known) if known.support() >= found.support() => Some(known),
        known if found.share <= 0.0 => known,
        _ => Some(found),
    }
}

fn share(phrasings: &Phrasings, phrasing: &Phrasing, cells: &Cells<'_>, factor: f32) -> Share {
    let (mut agreed, mut certain, mut clashed, mut denied, mut unfilled) = (0.0, 0.0, 0.0, 0.0, Vec::new());
    for slot in phrasing.slots.clone() {
        let weight = phrasings.slots[slot].weight;
        let cell = cells.best(slot);
        let Cell { agrees, agrees_certainly, clashes, .. } = cell;
        agreed += weight * agrees;
        certain += weight * agrees_certainly;
        if agrees < clashes {
            clashed += weight * (clashes - agrees);
            denied += weight * (cell.denied - agrees).max(0.0);
        } else if agrees == 0.0 && cells.doubtful > 0 {
            unfilled.push(weight);
        }
    }
    let decided = cells.best(phrasing.deciding).agrees >= DECIDES;
    let undecided = if phrasing.claim < phrasings.key_points { UNDECIDED } else { UNDECIDED_MISCONCEPTION };
    let kept = if denied > 0.0 { DENIED } else { 1.0 };
    let worth = phrasing.worth * factor * if decided { 1.0 } else { undecided };
    let of_whole = |weight: f32| (weight / phrasing.total).clamp(0.0, 1.0) * worth;
    let possible = if cells.doubtful > 0 {
        unfilled.sort_by(|one, other| other.total_cmp(one));
        agreed + unfilled.iter().take(cells.doubtful).sum::<f32>()
    } else {
        0.0
    };
    let said = kept * of_whole(agreed - CLASH * clashed);
    let is_denied = denied > DENIED_SHARE * phrasing.full && said < DENIED_AT_MOST && phrasing.is_deniable;
    Share {
        said,
        weight: agreed - CLASH * clashed,
        certain: kept * of_whole(certain - CLASH * clashed),
        opposed: if is_denied { (agreed + denied) / phrasing.full * phrasing.worth } else { 0.0 },
        possible: of_whole(possible),
    }
}
