//! Small questions, and marks of their answers, for this crate's tests.

use std::time::{Duration, SystemTime};

use uuid::Uuid;

use crate::bank::{Bank, KeyPoint, Question, SourceFile};
use crate::claims::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim, Quote};
use crate::follow_up::{FollowUpLimit, Rubric, Target};
use crate::marks::{
    ClarityCheck, ClarityMark, ClarityVerdict, CoachKind, DecidedVerdict, Decisions, Doubt, Feedback, JudgedBy,
    KeyPointMark, Marks, MisconceptionMark, Verdict,
};
use crate::schedule::{Attempt, Outcome};
use crate::scoring::{Clarity, Correctness};
use crate::session::{Answer, Mode, Place, Session, Source, Turn, TurnState};
use crate::{Probability, Seconds, Segment, SessionId, Span, Transcript, TurnId, Word};

const TOPICS: &str = "format_version = 1\n[rust]\nownership = \"Ownership\"\nborrowing = \"Borrowing\"\n";

/// A sound question file with three key points (weights 3 core, 2, 1) and one misconception.
pub(crate) fn question_file(id: &str, topic: &str) -> SourceFile {
    let point = |name: &str, weight: u8, core: bool| {
        format!(
            "[[key_points]]\nid = \"{name}\"\nsummary = \"the {name} claim\"\nweight = {weight}\ncore = {core}\n\
             probe = \"What about the {name} side of it?\"\n\
             says = [\"{name} is said so\", \"{name} said that way\", \"one says {name}\", \"they call it {name}\"]\n"
        )
    };
    let text = format!(
        "format_version = 2\nid = \"{id}\"\ntitle = \"A question about it\"\ntopic = \"{topic}\"\nlevel = \"junior\"\nkind = \"concept\"\n\
         prompts = [\"What would you say about this?\"]\ntime_limit_seconds = 120\nmodel_answer = \"{}\"\nsources = [{{ title = \"A book\" }}]\n\
         [anchors]\nwrong_model = \"a\"\nrule_without_reason = \"b\"\ncore_points = \"c\"\ntrade_offs = \"d\"\n{}{}{}\
         [[misconceptions]]\nid = \"wrong\"\nclaim = \"it is wrong\"\nwhy_wrong = \"because\"\nprobe = \"Are you sure about that?\"\n\
         says = [\"it is all wrong\", \"wrong it must be\", \"that means wrong\", \"so it was wrong\"]\n",
        "word ".repeat(150),
        point("heavy", 3, true),
        point("middle", 2, false),
        point("light", 1, false),
    );
    SourceFile { path: format!("questions/rust/{id}.toml"), text }
}

/// The topics that [`question_file`]s may name.
pub(crate) fn topics_file() -> SourceFile {
    SourceFile { path: "questions/topics.toml".to_owned(), text: TOPICS.to_owned() }
}

/// A bank of sound questions with these ids and topics.
pub(crate) fn bank(questions: &[(&str, &str)]) -> Bank {
    let mut files = vec![topics_file()];
    files.extend(questions.iter().map(|(id, topic)| question_file(id, topic)));
    let loaded = Bank::load(&files);
    assert!(loaded.faults.is_empty(), "{:?}", loaded.faults);
    loaded.bank
}

/// One sound question.
pub(crate) fn question() -> Question {
    bank(&[("q1", "ownership")]).questions()[0].clone()
}

/// Marks for these points, one letter each: hit, probably hit, missed, not surely hit (probably missed), unclear to the coach; in capitals what
/// the candidate decided about a point that was unclear. Then the question's misconception, stated this often.
pub(crate) fn marks(points: &[KeyPoint], letters: &str, stated: usize) -> Marks {
    let evidence = Transcript::typed("said so").evidence_at(0, 0).unwrap();
    let key_points = points.iter().zip(letters.chars()).map(|(point, letter)| KeyPointMark {
        id: point.id.clone(),
        verdict: match letter {
            'h' | 'p' => Verdict::Hit { evidence: evidence.clone() },
            'm' | 'n' => Verdict::Missed,
            _ => Verdict::Unclear { doubt: Doubt::CoachUndecided, evidence: None },
        },
        plausibility: match letter {
            'p' => Some(Probability::clamped(0.6)),
            'n' => Some(Probability::clamped(0.3)),
            _ => None,
        },
        decision: match letter {
            'H' => Some(DecidedVerdict::Hit),
            'M' => Some(DecidedVerdict::Missed),
            _ => None,
        },
    });
    let stated_once =
        MisconceptionMark { id: "wrong".parse().unwrap(), evidence: evidence.clone(), plausibility: None };
    Marks { key_points: key_points.collect(), misconceptions: vec![stated_once; stated], ..Marks::default() }
}

/// A point in time, in days.
pub(crate) fn day(day: f64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs_f64(day * 86_400.0)
}

/// An answer to a [`question`] whose key points (heavy and core, middle, light) came out like this: hit, missed, unclear. A `w` behind them
/// states the misconception.
pub(crate) fn marked(letters: &str) -> Outcome {
    let quote = || Quote::Timed { text: "said".to_owned(), span: None };
    let verdict = |letter| match letter {
        'h' => ClaimedVerdict::Hit(quote()),
        'm' => ClaimedVerdict::Missed(None),
        _ => ClaimedVerdict::Unclear(Doubt::CoachUndecided, None),
    };
    let ids = ["heavy", "middle", "light"].map(|id| id.parse().unwrap());
    let key_points = ids.into_iter().zip(letters.chars().map(verdict));
    let wrong = || MisconceptionClaim { id: "wrong".parse().unwrap(), quote: quote(), plausibility: None };
    Outcome::Marked {
        claims: Claims {
            key_points: key_points.map(|(id, verdict)| KeyPointClaim { id, verdict, plausibility: None }).collect(),
            misconceptions: letters.ends_with('w').then(wrong).into_iter().collect(),
        },
        decisions: Decisions::default(),
        judged_by: judged_by(question().rubric_version()),
    }
}

/// The offline coach, who judged by this version of a rubric.
pub(crate) fn judged_by(rubric_version: impl Into<String>) -> JudgedBy {
    JudgedBy {
        coach: CoachKind::Offline,
        model: None,
        prompt_version: "1".to_owned(),
        rubric_version: rubric_version.into(),
    }
}

/// A question that was asked on this day and [answered so](marked).
pub(crate) fn asked(question: &str, at: f64, letters: &str) -> Attempt {
    let (question, asked_at) = (question.parse().unwrap(), day(at));
    Attempt {
        question,
        session: SessionId::from(Uuid::nil()),
        asked_at,
        main: marked(letters),
        follow_ups: Vec::new(),
        is_over: true,
    }
}

/// A round of these questions.
pub(crate) fn round(ids: &[&str]) -> Session {
    let questions: Vec<(&str, &str)> = ids.iter().map(|id| (*id, "ownership")).collect();
    let questions = bank(&questions).questions().to_vec();
    Session {
        id: Uuid::from_u128(1).into(),
        questions,
        follow_ups: FollowUpLimit::try_from(3).unwrap(),
        mode: Mode::Study,
    }
}

/// A judged answer to the question itself, with [these marks](marks) and these failed or met checks. A `v` behind the marks states the
/// misconception probably, a `w` surely.
pub(crate) fn judged(
    session: &Session,
    question: &str,
    letters: &str,
    checks: &[(ClarityCheck, ClarityVerdict)],
) -> Turn {
    let question = session.question(&question.parse().unwrap()).unwrap();
    let stated = usize::from(letters.ends_with(['v', 'w']));
    let mut marks = marks(&question.key_points, letters, stated);
    for stated in &mut marks.misconceptions {
        stated.plausibility = letters.ends_with('v').then(|| Probability::clamped(0.5));
    }
    Turn { session: session.id, ..judged_turn(question, None, marks, checks) }
}

/// A judged answer to the question or, with a target, to a follow-up on it, with these marks and these failed or met checks.
pub(crate) fn judged_turn(
    question: &Question,
    target: Option<&Target>,
    marks: Marks,
    checks: &[(ClarityCheck, ClarityVerdict)],
) -> Turn {
    let check = |(check, verdict): &(ClarityCheck, ClarityVerdict)| ClarityMark {
        check: *check,
        verdict: *verdict,
        evidence: None,
        note: None,
    };
    let feedback = Feedback {
        correctness: Some(Correctness::of(&Rubric::of(question, target), marks)),
        clarity: Some(Clarity::of(checks.iter().map(check).collect())),
        stronger_answer: None,
        next_step: String::new(),
        remark: None,
        judged_by: judged_by(question.rubric_version()),
    };
    Turn {
        id: TurnId::from(Uuid::from_u128(3)),
        session: Uuid::from_u128(1).into(),
        place: Place { position: 1, depth: 0 },
        question: question.id.clone(),
        target: target.cloned(),
        prompt: String::new(),
        hints_used: 0,
        sureness: None,
        state: TurnState::Judged { answer: typed_answer(), feedback: Box::new(feedback) },
    }
}

/// A transcript of these words, one second each, with how sure the recogniser is of each.
pub(crate) fn heard<'a>(words: impl IntoIterator<Item = (&'a str, f64)>) -> Transcript {
    let at = |second: usize| Seconds::new(second as f64).unwrap();
    let words = words.into_iter().enumerate().map(|(index, (text, probability))| {
        Word::heard(text, Span::between(at(index), at(index + 1)), Probability::clamped(probability))
    });
    Transcript::heard(Segment::new(words).into_iter().collect())
}

/// A typed answer.
pub fn typed_answer() -> Answer {
    Answer {
        id: Uuid::from_u128(2).into(),
        source: Source::Typed,
        transcript: Transcript::typed("said so"),
        corrected: false,
        decisions: Decisions::default(),
        spoken: None,
        audio: None,
    }
}
