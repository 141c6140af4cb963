#[path = "../../tests/support/bank.rs"]
mod bank;

use interview::Question;

use super::*;

/// The question with phrasing `number` of every claim taken out, and what was taken out, by claim.
fn without_phrasing(question: &Question, number: usize) -> (Question, Vec<String>) {
    let mut question = question.clone();
    let mut taken = Vec::new();
    let points = question.key_points.iter_mut().map(|point| &mut point.says);
    for says in points.chain(question.misconceptions.iter_mut().map(|misconception| &mut misconception.says)) {
        let place = number % says.len();
        taken.push(says.remove(place));
    }
    (question, taken)
}

#[test]
fn dump() {
    use std::io::Write;
    let mut out = std::io::BufWriter::new(std::fs::File::create("/tmp/coach/loo.tsv").unwrap());
    let bank = bank::built_in();
    let rarity = Rarity::of(bank.questions());
    for question in bank.questions() {
        for number in 0..4 {
            let (less, taken) = without_phrasing(question, number);
            let phrasings = Phrasings::of(&less, Asked::Question(&question.prompt), &rarity);
            for (claim, phrase) in taken.iter().enumerate() {
                let reading = Reading::of_text(phrase, &phrasings.glossary);
                let findings = matching::findings(&reading, &phrasings);
                let shares: Vec<String> =
                    findings.iter().map(|f| format!("{:.3}", f.said.as_ref().map_or(0.0, |s| s.share))).collect();
                writeln!(out, "{}\t{claim}\t{}\t{}\t{phrase}", question.id, phrasings.key_points, shares.join(" "))
                    .unwrap();
            }
        }
    }
}
