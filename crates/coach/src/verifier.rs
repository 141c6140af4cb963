//! The claim verifier: a small trained model that tells whether a passage states a claim, contradicts it, or does neither.
//!
//! It is a cross-encoder: MiniLM (BERT with 6 layers of width 384), which reads `[CLS] claim [SEP] passage [SEP]` and has three outputs.
//! `judging/training/model.py` defines and trains it; `judging/training/export.py` writes the files in `data/verifier/`, which are part of
//! the program.
//!
//! All arithmetic is in `f32`, so that probabilities differ by less than 0.001 from machine to machine.

mod weights;
mod word_pieces;

use std::collections::HashSet;
use std::iter::once;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

use interview::hash::fnv1a;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayViewMut1, Axis, AxisDescription, Slice};

use weights::{Rows, Weights};
use word_pieces::{CLS, SEP, WordPieces};

// Word pieces beyond these limits are not read. The same as in `judging/training/model.py`.
const CLAIM_PIECES: usize = 32;
const PASSAGE_PIECES: usize = 56;

const LAYERS: usize = 6;
const WIDTH: usize = 384;
const HEADS: usize = 12;
const HEAD_WIDTH: usize = WIDTH / HEADS;

/// How many pairs go through the model together. More are hardly faster and take more memory.
const PAIRS_IN_BATCH: usize = 12;
/// Each thread has a batch of its own in memory: at most 10 MB.
const MOST_THREADS: usize = 4;

static SHARED: LazyLock<Verifier> = LazyLock::new(Verifier::load);

/// What a passage does with a claim: three probabilities that add up to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Chances {
    /// It states the claim.
    pub states: f32,
    /// It states the opposite.
    pub contradicts: f32,
    /// It leaves the claim open.
    pub neither: f32,
}

/// The trained model, ready to judge.
pub struct Verifier {
    word_pieces: WordPieces,
    words: Rows,
    places: Array2<f32>,
    segments: Array2<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    head: Linear,
    temperature: f32,
}

impl Verifier {
    /// The one instance of the process. The first call takes some 50 ms to read the weights.
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// Judges each pair of a claim and a passage. Uses all cores, up to four.
    pub fn judge(&self, pairs: &[(&str, &str)]) -> Vec<Chances> {
        if pairs.is_empty() {
            return Vec::new();
        }
        let threads = cores().min(MOST_THREADS);
        // Equal batches, as many for each thread.
        let batches = pairs.len().div_ceil(PAIRS_IN_BATCH * threads) * threads;
        let size = pairs.len().div_ceil(batches);
        let mut chances = vec![Chances::default(); pairs.len()];
        let queue = Mutex::new(pairs.chunks(size).zip(chances.chunks_mut(size)));
        let work = || {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((pairs, chances)) = next else { break };
                self.judge_batch(pairs, chances);
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads.min(pairs.len().div_ceil(size)) {
                scope.spawn(work);
            }
            work();
        });
        chances
    }

    /// Whether the verifier was trained on utterances about this claim, word for word. Others it judges too, less surely: the model card
    /// in `data/verifier/` says how much.
    pub fn has_learnt(claim: &str) -> bool {
        static LEARNT: LazyLock<HashSet<u64>> = LazyLock::new(|| {
            let fingerprints = include_str!("../data/verifier/learnt.txt").lines();
            fingerprints.filter_map(|line| u64::from_str_radix(line, 16).ok()).collect()
        });
        // As `judging/training/export.py` computes it.
        LEARNT.contains(&fnv1a(claim.bytes()))
    }

    fn load() -> Self {
        let weights = Weights::embedded();
        Self {
            word_pieces: WordPieces::embedded(),
            words: weights.rows("words"),
            places: weights.matrix("places.weight"),
            segments: weights.matrix("segments.weight"),
            norm: Norm::load(&weights, "norm"),
            layers: (0..LAYERS).map(|number| Layer::load(&weights, number)).collect(),
            head: Linear { weight: weights.matrix("head.weight"), bias: weights.vector("head.bias") },
            temperature: weights.vector("temperature")[0],
        }
    }

    fn judge_batch(&self, pairs: &[(&str, &str)], chances: &mut [Chances]) {
        let (mut rows, spans) = self.embed(pairs);
        for (number, layer) in self.layers.iter().enumerate() {
            rows = layer.apply(rows, &spans, number == LAYERS - 1);
        }
        let mut logits = self.head.apply(&rows);
        for (mut logits, chances) in logits.rows_mut().into_iter().zip(chances) {
            softmax(&mut logits, 1.0 / self.temperature);
            *chances = Chances { states: logits[0], contradicts: logits[1], neither: logits[2] };
        }
    }

    /// One row for each word piece, without padding, and the rows of each pair.
    fn embed(&self, pairs: &[(&str, &str)]) -> (Array2<f32>, Vec<Range<usize>>) {
        let mut inputs = Vec::new();
        let mut spans = Vec::new();
        for (claim, passage) in pairs {
            let start = inputs.len();
            let claim = once(CLS).chain(self.word_pieces.of(claim, CLAIM_PIECES)).chain(once(SEP));
            let passage = self.word_pieces.of(passage, PASSAGE_PIECES).into_iter().chain(once(SEP));
            let pieces = claim.map(|piece| (piece, 0)).chain(passage.map(|piece| (piece, 1)));
            inputs.extend(pieces.enumerate());
            spans.push(start..inputs.len());
        }
        let mut rows = Array2::zeros((inputs.len(), WIDTH));
        for (mut row, (place, (piece, segment))) in rows.rows_mut().into_iter().zip(inputs) {
            self.words.read(piece, &mut row);
            row += &self.places.row(place);
            row += &self.segments.row(segment);
        }
        self.norm.apply(&mut rows);
        (rows, spans)
    }
}

/// As many threads as do not slow each other down. With more than two hardware threads half of them count as cores.
fn cores() -> usize {
    let hardware_threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if hardware_threads > 2 { hardware_threads / 2 } else { hardware_threads }
}

struct Layer {
    qkv: Linear,
    out: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    norm: Norm,
}

impl Layer {
    fn load(weights: &Weights, number: usize) -> Self {
        let name = |part: &str| format!("layers.{number}.{part}");
        Self {
            qkv: Linear::load(weights, &name("qkv")),
            out: Linear::load(weights, &name("out")),
            attention_norm: Norm::load(weights, &name("norm1")),
            up: Linear::load(weights, &name("up")),
            down: Linear::load(weights, &name("down")),
            norm: Norm::load(weights, &name("norm2")),
        }
    }

    /// The last layer computes only the first row of each span: nothing reads the others.
    fn apply(&self, mut rows: Array2<f32>, spans: &[Range<usize>], is_last: bool) -> Array2<f32> {
        let qkv = self.qkv.apply(&rows);
        if is_last {
            let firsts: Vec<_> = spans.iter().map(|span| span.start).collect();
            rows = rows.select(Axis(0), &firsts);
        }
        let mut attended = Array2::zeros(rows.raw_dim());
        let mut done = 0;
        for span in spans {
            let asking = if is_last { span.start..span.start + 1 } else { span.clone() };
            let answers = done..done + asking.len();
            done = answers.end;
            for head in 0..HEADS {
                let columns = |part| part * WIDTH + head * HEAD_WIDTH..part * WIDTH + (head + 1) * HEAD_WIDTH;
                let queries = qkv.slice_each_axis(block(&asking, columns(0)));
                let keys = qkv.slice_each_axis(block(span, columns(1)));
                let values = qkv.slice_each_axis(block(span, columns(2)));
                let mut scores = queries.dot(&keys.t());
                for mut row in scores.rows_mut() {
                    softmax(&mut row, (HEAD_WIDTH as f32).sqrt().recip());
                }
                general_mat_mul(
                    1.0,
                    &scores,
                    &values,
                    0.0,
                    &mut attended.slice_each_axis_mut(block(&answers, columns(0))),
                );
            }
        }
        rows += &self.out.apply(&attended);
        self.attention_norm.apply(&mut rows);
        let mut inner = self.up.apply(&rows);
        inner.mapv_inplace(gelu);
        rows += &self.down.apply(&inner);
        self.norm.apply(&mut rows);
        rows
    }
}

/// Some rows and columns of a matrix.
fn block(rows: &Range<usize>, columns: Range<usize>) -> impl Fn(AxisDescription) -> Slice + use<> {
    let ranges = [rows.clone(), columns];
    move |axis| Slice::from(ranges[axis.axis.index()].clone())
}

struct Linear {
    /// One row for each output.
    weight: Array2<f32>,
    bias: Array1<f32>,
}

impl Linear {
    fn load(weights: &Weights, name: &str) -> Self {
        Self { weight: weights.rows(name).to_matrix(), bias: weights.vector(&format!("{name}.bias")) }
    }

    fn apply(&self, rows: &Array2<f32>) -> Array2<f32> {
        rows.dot(&self.weight.t()) + &self.bias
    }
}

/// Layer normalisation.
struct Norm {
    weight: Array1<f32>,
    bias: Array1<f32>,
}

impl Norm {
    fn load(weights: &Weights, name: &str) -> Self {
        Self { weight: weights.vector(&format!("{name}.weight")), bias: weights.vector(&format!("{name}.bias")) }
    }

    fn apply(&self, rows: &mut Array2<f32>) {
        for mut row in rows.rows_mut() {
            row -= row.sum() / WIDTH as f32;
            let variance = row.dot(&row) / WIDTH as f32;
            row *= (variance + 1e-12).sqrt().recip();
            row *= &self.weight;
            row += &self.bias;
        }
    }
}

fn softmax(row: &mut ArrayViewMut1<f32>, scale: f32) {
    let highest = row.fold(f32::NEG_INFINITY, |highest, score| highest.max(*score));
    row.mapv_inplace(|score| ((score - highest) * scale).exp());
    *row /= row.sum();
}

fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))
}

/// The error function to within 5e-7, without branches so that it compiles to vector instructions: the rational approximation that
/// Eigen and XLA use.
fn erf(x: f32) -> f32 {
    const P: [f32; 7] =
        [-2.726_142_4e-10, 2.770_681_4e-8, -2.101_024e-6, -5.692_506_3e-5, -7.349_906e-4, -2.954_6e-3, -1.609_603_3e-2];
    const Q: [f32; 5] = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let polynomial = |factors: &[f32]| factors.iter().fold(0.0, |sum, factor| sum * (x * x) + factor);
    x * polynomial(&P) / polynomial(&Q)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> Vec<(String, String, [f32; 3])> {
        #[derive(serde::Deserialize)]
        struct Line {
            claim: String,
            passage: String,
            probabilities: [f32; 3],
        }
        let lines = include_str!("../tests/verifier/probabilities.jsonl").lines();
        lines
            .map(|line| serde_json::from_str::<Line>(line).unwrap())
            .map(|line| (line.claim, line.passage, line.probabilities))
            .collect()
    }

    fn difference(chances: Chances, [states, contradicts, neither]: [f32; 3]) -> f32 {
        let differences = [chances.states - states, chances.contradicts - contradicts, chances.neither - neither];
        differences.into_iter().map(f32::abs).fold(0.0, f32::max)
    }

    #[test]
    fn probabilities_are_those_of_the_model_that_was_trained() {
        let stored = stored();
        assert!(stored.len() >= 100);
        let pairs: Vec<_> = stored.iter().map(|(claim, passage, _)| (claim.as_str(), passage.as_str())).collect();
        for ((claim, passage, expected), chances) in stored.iter().zip(Verifier::shared().judge(&pairs)) {
            assert!(difference(chances, *expected) < 0.001, "{claim} | {passage}: {chances:?}, trained {expected:?}");
        }
    }

    #[test]
    fn a_pair_is_judged_alike_alone_and_among_others() {
        let stored = stored();
        let pairs: Vec<_> =
            stored.iter().take(30).map(|(claim, passage, _)| (claim.as_str(), passage.as_str())).collect();
        let together = Verifier::shared().judge(&pairs);
        for (pair, Chances { states, contradicts, neither }) in pairs.iter().zip(together) {
            let alone = Verifier::shared().judge(&[*pair])[0];
            assert!(difference(alone, [states, contradicts, neither]) < 1e-5, "{pair:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_read() {
        let words = |count| "move ".repeat(count);
        let judge = |claim: &str, passage: &str| Verifier::shared().judge(&[(claim, passage)])[0];
        let longest = judge(&words(CLAIM_PIECES), &words(PASSAGE_PIECES));
        assert_eq!(judge(&words(CLAIM_PIECES + 1), &words(PASSAGE_PIECES + 1)), longest);
        assert_eq!(judge(&words(10_000), &words(10_000)), longest);
        assert_ne!(judge(&words(CLAIM_PIECES - 1), &words(PASSAGE_PIECES)), longest);
        assert_ne!(judge(&words(CLAIM_PIECES), &words(PASSAGE_PIECES - 1)), longest);
    }

    #[test]
    fn claims_of_the_bank_are_known_and_those_of_others_are_not() {
        assert!(Verifier::has_learnt("every value has exactly one owner at a time"));
        assert!(!Verifier::has_learnt("every value has exactly two owners at a time"));
    }

    #[test]
    fn empty_texts_are_judged() {
        assert_eq!(Verifier::shared().judge(&[]), []);
        for Chances { states, contradicts, neither } in
            Verifier::shared().judge(&[("", ""), ("a claim", ""), ("", "a passage")])
        {
            assert!((states + contradicts + neither - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn erf_is_the_error_function() {
        // From the tables of Abramowitz and Stegun.
        for (x, expected) in
            [(0.0, 0.0), (0.1, 0.112_462_9), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (2.0, 0.995_322_3), (9.0, 1.0)]
        {
            assert!((erf(x) - expected).abs() < 1e-6);
            assert!((erf(-x) + expected).abs() < 1e-6);
        }
    }
}
