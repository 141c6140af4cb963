//! Sample turns for tests.

use crate::feedback::{
    Clarity, ClarityMark, ClarityVerdict, Coach, Correctness, CountedPhrase, DecidedBy, Delivery, Evidence, Feedback,
    JudgedBy, KeyPointMark, MisconceptionMark, ScoreRange, Verdict,
};
use crate::question::{Question, Versions};
use crate::transcript::{Segment, TimeSpan, Transcript, Word};
use crate::turn::{Answer, Role, Source, Target, Turn, TurnState};
use uuid::Uuid;

/// A turn that waits for the candidate.
pub fn asked() -> Turn {
    Turn {
        id: Uuid::from_u128(1),
        session_id: Uuid::from_u128(2),
        position: 1,
        depth: 0,
        role: Role::Main,
        target: None,
        prompt: "What is ownership?".to_owned(),
        spoken_prompt: "What is ownership?".to_owned(),
        hints_used: 0,
        hints_left: 2,
        sureness: None,
        question: Question {
            id: "ownership-why".to_owned(),
            title: "Ownership".to_owned(),
            topic: "ownership".to_owned(),
            level: "junior".to_owned(),
            kind: "concept".to_owned(),
            prompt: "What is ownership?".to_owned(),
            snippet: None,
            time_limit_seconds: 120,
            glossary: vec!["owner".to_owned()],
            answer: None,
        },
        state: TurnState::Asked,
        ungraded_reason: None,
        answer: None,
        feedback: None,
        next_turn: None,
        judgings: Vec::new(),
        model_is_loading: false,
    }
}

/// A follow-up that waits for the candidate.
pub fn followed_up() -> Turn {
    Turn {
        role: Role::FollowUp,
        depth: 1,
        target: Some(Target::KeyPoint("dropped".to_owned())),
        prompt: "When is the memory freed?".to_owned(),
        ..asked()
    }
}

/// A judged answer to a design question: two points of one stage, then one of another.
pub fn staged() -> Turn {
    let mut turn = judged();
    let points = turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).map(|it| &mut it.key_points);
    for (point, stage) in points.into_iter().flatten().zip(["clarify", "clarify", "sketch"]) {
        point.stage = Some(stage.to_owned());
    }
    turn
}

/// A judged answer with a point and a misconception that depend on the version.
pub fn dated() -> Turn {
    let mut turn = judged();
    if let Some(panel) = turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()) {
        panel.key_points[2].versions.since = Some("Rust 1.85".to_owned());
        panel.misconceptions[0].versions.until = Some("Go 1.21".to_owned());
    }
    turn
}

/// A typed answer that was judged.
pub fn judged() -> Turn {
    let evidence = said("one owner at a time", 2.0, 3.5);
    let point = |id: &str, summary: &str, core, verdict, evidence: Evidence| KeyPointMark {
        id: id.to_owned(),
        summary: summary.to_owned(),
        weight: 3,
        core,
        any_of: None,
        stage: None,
        versions: Versions::default(),
        verdict,
        sure: true,
        plausibility: None,
        decided_by: DecidedBy::Coach,
        doubt: (verdict == Verdict::Unclear).then(|| "the recogniser was not sure of the deciding words".to_owned()),
        word_in_doubt: None,
        evidence,
    };
    let check = |id: &str, summary: &str, verdict, evidence: Evidence, note: Option<&str>| ClarityMark {
        id: id.to_owned(),
        summary: summary.to_owned(),
        verdict,
        evidence,
        note: note.map(str::to_owned),
    };
    let correctness = Correctness {
        score: Some(6.0),
        score_range: None,
        band: Some(2),
        key_points: vec![
            point("one-owner", "every value has exactly one owner", true, Verdict::Hit, evidence.clone()),
            point("dropped", "it is dropped at the end of the scope", true, Verdict::Missed, Evidence::default()),
            point("moves", "moves hand it over", false, Verdict::Unclear, Evidence::default()),
        ],
        misconceptions: vec![MisconceptionMark {
            id: "collector".to_owned(),
            claim: "a collector frees it".to_owned(),
            why_wrong: "Rust has no collector.".to_owned(),
            versions: Versions::default(),
            sure: true,
            evidence: said("the collector frees it", 7.2, 9.0),
        }],
        beyond: Vec::new(),
        disputed_misconceptions: Vec::new(),
    };
    let clarity = Clarity {
        score: Some(5.0),
        checks: vec![
            check("headline_first", "headline within the first sentences", ClarityVerdict::Yes, evidence, None),
            check(
                "says_why",
                "says why, not only what",
                ClarityVerdict::No,
                Evidence::default(),
                Some("Say what would go wrong otherwise."),
            ),
        ],
    };
    Turn {
        state: TurnState::Judged,
        answer: Some(Answer {
            id: Uuid::from_u128(3),
            source: Source::Typed,
            transcript: Some(transcript(&[("one", 1.0), ("owner", 1.0)])),
            corrected: false,
            duration: None,
            audio_url: None,
        }),
        feedback: Some(Feedback {
            correctness: Some(correctness),
            clarity: Some(clarity),
            delivery: None,
            stronger_answer: None,
            next_step: Some("Say when the memory is freed.".to_owned()),
            remark: None,
            judged_by: Some(JudgedBy {
                coach: Coach::Offline,
                model: None,
                prompt_version: "1".to_owned(),
                rubric_version: "0".repeat(16),
            }),
        }),
        ..asked()
    }
}

/// A spoken answer that was judged.
pub fn spoken() -> Turn {
    let mut turn = judged();
    if let Some(feedback) = &mut turn.feedback {
        feedback.delivery = Some(delivery());
    }
    turn
}

/// The same answer with a range in place of its score, a key point that the candidate decided, and a misconception that they dispute.
pub fn decided() -> Turn {
    let mut turn = judged();
    let panel = turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut());
    if let Some(panel) = panel {
        (panel.score, panel.score_range, panel.band) = (None, Some(ScoreRange { low: 4, high: 7 }), None);
        let dropped = &mut panel.key_points[1];
        (dropped.verdict, dropped.decided_by) = (Verdict::Hit, DecidedBy::Candidate);
        panel.disputed_misconceptions = std::mem::take(&mut panel.misconceptions);
    }
    turn
}

/// An answer that could not be judged.
pub fn ungraded(reason: &str) -> Turn {
    let feedback = Some(Feedback { delivery: Some(delivery()), ..Feedback::default() });
    Turn { state: TurnState::Ungraded, ungraded_reason: Some(reason.to_owned()), feedback, ..judged() }
}

/// A transcript of one segment of words with their probabilities.
pub fn transcript(words: &[(&str, f64)]) -> Transcript {
    let word = |(text, probability): &(&str, f64)| Word {
        start: None,
        end: None,
        text: (*text).to_owned(),
        probability: *probability,
        heard_as: None,
    };
    let text = words.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" ");
    let words = words.iter().map(word).collect();
    Transcript { text: text.clone(), segments: vec![Segment { start: None, end: None, text, words }] }
}

fn said(quote: &str, start: f64, end: f64) -> Evidence {
    Evidence { quote: Some(quote.to_owned()), start: Some(start), end: Some(end) }
}

fn delivery() -> Delivery {
    let phrase = |phrase: &str, count| CountedPhrase { phrase: phrase.to_owned(), count };
    Delivery {
        heard_by: None,
        duration: 51.0,
        words: 114,
        words_per_minute: Some(142.4),
        articulation_rate: Some(171.0),
        pauses_over_1s: 2,
        pauses_over_2_5s: 1,
        median_pause: Some(0.4),
        longest_pause: Some(TimeSpan { start: 12.0, end: 14.6 }),
        pause_ratio: Some(0.2),
        time_to_first_word: Some(1.4),
        filled_pauses: 1,
        filled_pauses_per_minute: Some(1.2),
        discourse_markers: vec![phrase("like", 3), phrase("you know", 1)],
        hedges: vec![said("I guess", 20.0, 20.6)],
        repeated_phrases: Vec::new(),
        immediate_repeats: 0,
        spoken: 48.3,
        limit: Some(120),
        over_limit: 0.0,
    }
}
