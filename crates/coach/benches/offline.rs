//! How long the offline coach takes: a two-minute answer, and 12,000 words; and its verifier: 36 claims with a passage each.

#[path = "../tests/support/bank.rs"]
mod bank;

use std::hint::black_box;

use coach::{OfflineCoach, Verifier};
use criterion::{Criterion, criterion_group, criterion_main};
use interview::Transcript;
use interview::follow_up::Rubric;
use interview::judging::Assignment;

fn judging(criterion: &mut Criterion) {
    let bank = bank::built_in();
    let coach = OfflineCoach::new(bank.questions());
    let Some(question) = bank.questions().iter().max_by_key(|question| question.key_points.len()) else { return };
    let rubric = Rubric::of(question, None);
    let long = question.model_answer.split_whitespace().cycle().take(12_000).collect::<Vec<_>>().join(" ");
    for (name, text) in [("a two-minute answer", question.model_answer.as_str()), ("12,000 words", long.as_str())] {
        let transcript = Transcript::typed(text);
        let assignment = Assignment::to_question(question, &rubric, &transcript);
        criterion.bench_function(name, |bencher| bencher.iter(|| black_box(coach.judge(&assignment))));
    }
    criterion.bench_function("preparing the bank", |bencher| bencher.iter(|| OfflineCoach::new(bank.questions())));
}

fn verifying(criterion: &mut Criterion) {
    let bank = bank::built_in();
    let verifier = Verifier::shared();
    let passage = "well it moves so the second name owns the string now and when you touch the first one after that the compiler stops you";
    let claims = bank.questions().iter().flat_map(|question| &question.key_points).map(|point| point.summary.as_str());
    let pairs: Vec<_> = claims.take(36).map(|claim| (claim, passage)).collect();
    criterion.bench_function("36 claims", |bencher| bencher.iter(|| black_box(verifier.judge(&pairs))));
}

criterion_group!(benches, judging, verifying);
criterion_main!(benches);
