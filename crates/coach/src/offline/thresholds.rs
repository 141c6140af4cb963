//! Every number that the offline coach's verdicts depend on, in one place.
//!
//! The figures are choices of ours, found by trying them on answers written for the purpose and on the bank's own phrasings, each held
//! against the other phrasings of its point. The weights of the two regressions were fitted to answers whose points a reader had
//! marked, and then searched at random around that for the best order of answers of known worth. Whoever changes one raises
//! [`VERSION`], because results of different versions are not compared.

/// Names the rules and figures in results.
pub(crate) const VERSION: &str = "offline-2";

/// A key point of which certain words say this share, and that would be plausible if doubtful words were its own, is unclear instead of
/// missed.
pub(crate) const DOUBTFUL: f32 = 0.25;

/// Weights of a logistic regression: how plausible it is that an answer makes a claim.
pub(crate) struct Weights {
    /// Before anything is known.
    pub(crate) base: f32,
    /// For the support that the answer's best words give the claim.
    pub(crate) support: f32,
    /// For what is said of the other key points: the sum of their shares ÷ the number of all key points.
    pub(crate) right: f32,
    /// For its square.
    pub(crate) right_squared: f32,
    /// For what is said of the other misconceptions, likewise.
    pub(crate) wrong: f32,
    /// For how like the model answer's words the answer's are, up to [`RELEVANT`].
    pub(crate) relevance: f32,
    /// For the natural logarithm of the number of phrasings that were written down: of many, one is always near.
    pub(crate) phrasings: f32,
}

/// How plausible it is that an answer makes a key point.
pub(crate) const HIT: Weights =
    Weights { base: -4.0, support: 6.9, right: 1.5, right_squared: 0.0, wrong: -1.9, relevance: 6.8, phrasings: -1.0 };

/// How plausible it is that an answer states a misconception. The share of the key points counts with its square: who makes none of them
/// speaks of something else, who makes most of them knows better.
pub(crate) const STATED: Weights =
    Weights { base: -6.7, support: 5.1, right: 10.6, right_squared: -28.0, wrong: 7.5, relevance: 6.8, phrasings: 0.0 };

/// The similarity with the model answer from which an answer is certainly about the subject.
pub(crate) const RELEVANT: f32 = 0.3;

/// How much of a claim the best words must say at least.
pub(crate) const SAID_AT_LEAST: f32 = 0.3;

/// The weight of words that a misconception rests on at least, in weights of a rare word.
pub(crate) const STATED_WEIGHT: f32 = 0.6;

/// From this share on a key point counts as made in a follow-up, where the question has set the scene.
pub(crate) const HIT_IN_FOLLOW_UP: f32 = 0.42;

/// By how much a misconception may be closer to the words that make a key point in a follow-up.
pub(crate) const HIT_LEAD: f32 = -0.04;

/// From this share on a misconception counts as stated in a follow-up.
pub(crate) const STATED_IN_FOLLOW_UP: f32 = 0.46;

/// By how much a misconception must be closer than any key point to the words that state it in a follow-up.
pub(crate) const STATED_LEAD: f32 = 0.1;

/// How much words support a claim the more for each share by which they say it better than any claim of the other kind.
pub(crate) const LEAD: f32 = 0.5;

/// A claim with up to this many phrasings, its summary among them, is given more.
pub(crate) const FEW_PHRASINGS: usize = 2;

/// From this share of a phrasing's weight the model answer's words are another way of saying it.
pub(crate) const IN_MODEL_ANSWER: f32 = 0.2;

/// From this share on a text makes a claim of the bank.
pub(crate) const LIKE: f32 = 0.65;

/// From this share on a phrasing of the bank makes the claim that is like its own.
pub(crate) const LIKE_IN_RETURN: f32 = 0.3;

/// How much a denied word takes off, in weights of the word.
pub(crate) const CLASH: f32 = 1.0;

/// What a phrasing keeps when one of its words is denied.
pub(crate) const DENIED: f32 = 0.8;

/// A denied word must have this share of a phrasing's weight to deny the whole.
pub(crate) const DENIED_SHARE: f32 = 0.15;

/// From this share of a phrasing's weight its opposite counts as said.
pub(crate) const OPPOSED: f32 = 0.92;

/// By how much the denial of a point must be plainer than any claim in the same words.
pub(crate) const OPPOSED_MARGIN: f32 = 0.4;

/// Words that say so much of a point do not deny it.
pub(crate) const DENIED_AT_MOST: f32 = 0.42;

/// Added to the weight of every phrasing, in weights of a rare word, so that short ones need more than a chance word.
pub(crate) const SHORT_PHRASING: f32 = 0.25;

/// What is left of a word's weight when the question itself says it.
pub(crate) const IN_QUESTION: f32 = 0.5;

/// What is left of a word's weight when the follow-up itself says it.
pub(crate) const IN_FOLLOW_UP: f32 = 0.2;

/// How much of a word's weight goes when all claims of the question use it.
pub(crate) const EVERYWHERE: f32 = 0.5;

/// What words that mix several phrasings of a claim keep, against the words of one.
pub(crate) const POOLED: f32 = 0.9;

/// From this strength on a phrasing's deciding word counts as said.
pub(crate) const DECIDES: f32 = 0.45;

/// What a key point's phrasing keeps without its deciding word.
pub(crate) const UNDECIDED: f32 = 0.95;

/// What a misconception's phrasing keeps without its deciding word.
pub(crate) const UNDECIDED_MISCONCEPTION: f32 = 0.6;

/// What is left of a match in a clause that speaks of the other of two things compared.
pub(crate) const OTHER_TOPIC: f32 = 0.25;

/// What a window over one, two and three clauses keeps of its share.
pub(crate) const WINDOW: [f32; 3] = [1.0, 0.97, 0.92];

/// The most words that a window over several clauses may hold.
pub(crate) const WINDOW_WORDS: usize = 45;

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
