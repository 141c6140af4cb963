//! From what an answer says of each claim to what the coach claims about it.

use interview::Question;
use interview::claims::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim, Quote};
use interview::follow_up::Rubric;
use interview::marks::Doubt;

use super::matching::Said;
use super::plausibility::Plausibility;
use super::reading::{Reading, Sense};
use super::thresholds::{DOUBTFUL, OPPOSED};

/// The coach's claims about the points of `rubric`, from what is plausible of all claims of `question`.
pub(super) fn claims(
    question: &Question,
    rubric: &Rubric,
    reading: &Reading,
    plausibility: &Plausibility<'_>,
) -> Claims {
    let key_points = rubric.key_points.iter().map(|point| {
        let number = question.key_points.iter().position(|other| other.id == point.id);
        let verdict = match (reading.sense, number) {
            (Sense::OtherLanguage, _) => ClaimedVerdict::Unclear(Doubt::CoachUndecided, None),
            (Sense::Speech, Some(number)) => verdict(plausibility, number, reading),
            (Sense::Silence | Sense::Disorder | Sense::Speech, _) => ClaimedVerdict::Missed(None),
        };
        KeyPointClaim { id: point.id.clone(), verdict }
    });
    let misconceptions = rubric.misconceptions.iter().filter_map(|misconception| {
        let number = question.misconceptions.iter().position(|other| other.id == misconception.id)?;
        let said = plausibility.of_misconception(number)?.said.as_ref()?;
        let states = reading.sense == Sense::Speech && plausibility.states(number, said);
        let quote = quote(said, reading).filter(|_| states)?;
        Some(MisconceptionClaim { id: misconception.id.clone(), quote })
    });
    Claims { key_points: key_points.collect(), misconceptions: misconceptions.collect() }
}

/// What the candidate should know about this judging.
pub(super) fn remark(sense: Sense) -> &'static str {
    match sense {
        Sense::Speech => {
            "Judged offline, by rules: it looks for known ways of making each point and can miss an unusual one. You can \
             regrade with a language model."
        }
        Sense::Silence => "There are no words in this answer.",
        Sense::OtherLanguage => "The offline coach only understands English and cannot judge this answer.",
        Sense::Disorder => "The words of this answer are in no order that makes sentences, so no point of it counts.",
    }
}

fn verdict(plausibility: &Plausibility<'_>, number: usize, reading: &Reading) -> ClaimedVerdict {
    let Some(finding) = plausibility.of_key_point(number) else { return ClaimedVerdict::Missed(None) };
    let quoted = |said: &Option<Said>| said.as_ref().and_then(|said| quote(said, reading));
    if let Some(said) = finding.said.as_ref().filter(|said| plausibility.makes(number, said)) {
        let opposed = finding.opposed.as_ref().filter(|opposed| opposed.share >= OPPOSED && !overlap(opposed, said));
        return match quote(said, reading) {
            _ if opposed.is_some() => ClaimedVerdict::Unclear(Doubt::Contradicted, quoted(&finding.opposed)),
            quote if !plausibility.makes_certainly(number, said) => ClaimedVerdict::Unclear(Doubt::WordsInDoubt, quote),
            Some(quote) => ClaimedVerdict::Hit(quote),
            None => ClaimedVerdict::Missed(None),
        };
    }
    let possible = |said: &&Said| said.certain >= DOUBTFUL && plausibility.makes(number, said);
    let doubtful = finding.doubtful.as_ref().filter(possible);
    ClaimedVerdict::Missed(doubtful.and_then(|said| quote(said, reading)))
}

fn overlap(one: &Said, other: &Said) -> bool {
    one.words.start < other.words.end && other.words.start < one.words.end
}

fn quote(said: &Said, reading: &Reading) -> Option<Quote> {
    let (first, last) = reading.transcript_words(&said.words)?;
    Some(Quote::Words { first, last })
}
