//! Every number that the offline coach's verdicts depend on, in one place.
//!
//! The weights are fitted by `judging/training/calibrate.py`, on whole answers whose points a reader marked and on which the verifier was
//! not trained. The other figures are choices of ours; `docs/judging.md` says which were made with the measured answers in view. Whoever
//! changes one raises [`VERSION`], because results of different versions are not compared.

/// Names the rules, the weights and the figures in results.
pub(crate) const VERSION: &str = "offline-10";

/// In how many passages, those most like it, a claim is looked for.
pub(crate) const PASSAGES_A_CLAIM: usize = 4;

/// Weights of a logistic regression: how plausible it is that an answer makes a claim, from the first of its
/// [`Features`](super::evidence::Features).
pub(crate) struct Weights {
    pub(crate) base: f32,
    pub(crate) each: &'static [f32],
}

/// That an answer makes a key point.
pub(crate) const HIT: Weights = Weights {
    base: -2.706,
    each: &[0.372, 1.150, -1.288, 2.235, -1.099, -3.591, 1.595, -0.350, 0.828, -1.359, 4.770, 0.149],
};

/// That it states a misconception.
pub(crate) const STATED: Weights = Weights {
    base: -3.410,
    each: &[0.325, 1.469, -1.086, -0.888, 3.494, 1.557, -1.793, -0.215, 3.834, -0.881, -1.793, 0.246],
};

/// The same for an answer to a follow-up, which asks for one thing: the other claims tell nothing of it.
pub(crate) const HIT_IN_FOLLOW_UP: Weights = Weights { base: -1.892, each: &[0.521, 2.901, -2.503] };
pub(crate) const STATED_IN_FOLLOW_UP: Weights = Weights { base: -2.941, each: &[0.548, 3.915, -1.863] };

/// From this plausibility on a key point counts as made: then 95 % are, in the answers that the weights are fitted to (97 % without those that
/// turn the relations round), and 82 % of those made are found. Of 96 points between 0.6 and this, readers find 44 made in full.
pub(crate) const HIT_AT: f32 = 0.65;
pub(crate) const HIT_IN_FOLLOW_UP_AT: f32 = 0.6;

/// The same for points that a follow-up does not ask for: then 94 % are made (98 % without the answers that turn the relations round).
pub(crate) const HIT_BEYOND_AT: f32 = 0.8;

/// A point that was asked for counts as made only in words that are this like it, for in small talk the verifier finds claims that are vague.
pub(crate) const HIT_IN_WORDS: f32 = 0.2;

/// From this plausibility on it is unclear whether it was: the candidate is asked about 12 % of the points of the same answers. Of the points
/// made 7 % are below it.
pub(crate) const UNCLEAR_AT: f32 = 0.25;

/// From this plausibility on a misconception counts as stated: then 94 % are, and 68 % of those stated are found (96 % and 75 % without the
/// answers that turn the relations round). Lower, too many right answers would be told of one that they reject.
pub(crate) const STATED_AT: f32 = 0.65;
pub(crate) const STATED_IN_FOLLOW_UP_AT: f32 = 0.65;

/// The least chance that the best passage states a key point, or a misconception, for it to count as made, whatever the rest of the answer
/// makes likely.
pub(crate) const HIT_AT_LEAST: f32 = 0.04;
pub(crate) const STATED_AT_LEAST: f32 = 0.04;

/// From this chance of contradicting a point on, another passage leaves it unclear, if it is like enough to the claim: whoever says a thing
/// and its opposite is asked. In the answers that the weights are fitted to that happens to 8 points; 5 are made, one half.
pub(crate) const CONTRADICTED: f32 = 0.92;

/// The least likeness to its claim of a passage that leaves a point unclear because it contradicts it.
pub(crate) const CONTRADICTED_IN_ITS_WORDS: f32 = 0.8;

/// Passages that state a claim with this share of the best one's chance may be quoted for it.
pub(crate) const CLEAR: f32 = 0.2;

/// The least chance that a passage states an undecided point, or the least likeness to it, for the passage to be quoted: of the 123 undecided
/// points without such a passage, in the same answers, readers find 38 made and 28 half.
pub(crate) const NEAR: f32 = 0.2;
pub(crate) const NEAR_IN_WORDS: f32 = 0.6;

/// How much less like the claim a quote may be for each unit (of log odds) by which it states the claim more clearly. In 1,025 cases of
/// gus, ute and vera quotes chosen like this hold 60 % or more of the words that readers copied as making the point in 89 %, and under 20 %
/// of them in 4 %; the choice was made on other voices.
pub(crate) const LIKENESS_FOR_CLARITY: f32 = 0.05;

/// By how much a quote must be more like the claim for each word that it is longer.
pub(crate) const LIKENESS_A_WORD: f32 = 0.005;

/// From this likeness or chance on words in doubt could have been the point.
pub(crate) const COULD_BE: f32 = 0.25;

/// If a passage is at least this like any claim, the answer addresses the question: 459 of 500 answers to it do, 13 of 222 that are off topic, and
/// 23 of 250 to another question of the subject.
pub(crate) const ABOUT: f32 = 0.67;

/// If the passages most like each claim are less like it than this, on average, an answer is off topic: 3 of the 500, 159 of the 222, 140 of the 250.
pub(crate) const TOUCHES_HARDLY: f32 = 0.28;

/// Below this average no point counts. In the answers that the weights are fitted to it is 0.21 or more.
pub(crate) const TOUCHES_NOTHING: f32 = 0.2;

/// From this likeness on another passage of an answer that addresses the question takes it up, too.
pub(crate) const MENTIONS: f32 = 0.4;

/// Added to the weight of every phrasing, in weights of a rare word, so that short ones need more than a chance word.
pub(crate) const SHORT_PHRASING: f32 = 0.25;

/// What is left of a word's weight when what was asked says it.
pub(crate) const IN_PROMPT: f32 = 0.5;

/// How much of a word's weight goes when all claims of the question use it.
pub(crate) const EVERYWHERE: f32 = 0.5;

/// What words that mix several phrasings of a claim are worth, against the words of one.
pub(crate) const POOLED: f32 = 0.9;

/// From this likeness on a short answer says a claim in the words of one of its phrasings.
pub(crate) const IN_SO_MANY_WORDS: f32 = 0.7;

/// Of an answer of up to this many words each claim is decided by itself, as in a follow-up: whoever says little can be right.
pub(crate) const SHORT: usize = 15;

/// An answer to a follow-up of up to this many words may be a fragment without a predicate.
pub(crate) const FRAGMENT: usize = 12;

/// The share of function words under which several words are a list.
pub(crate) const LIST: f64 = 0.2;

/// The share of articles, pronouns and prepositions followed by a word that cannot follow them, over which words are in no order. The
/// bank's own answers stay under 0.06; their words in random order reach 0.14 and more in 899 of 900 cases.
pub(crate) const SALAD: f64 = 0.12;

/// The share of words that are grammar or known terms, under which an answer is in another language.
pub(crate) const OTHER_LANGUAGE: f64 = 0.3;

/// The share of known terms, under which an answer with hardly any grammar is in another language, and not a list.
pub(crate) const OTHER_LANGUAGE_TERMS: f64 = 0.5;

/// From this many words on a clause that stands in the prompt too is repeated from it.
pub(crate) const REPETITION: usize = 4;
