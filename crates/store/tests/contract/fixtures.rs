//! Sessions, answers and feedback to store.

use std::sync::Arc;
use std::time::Duration;

use interview::bank::Question;
use interview::claims::{ClaimedVerdict, Claims, KeyPointClaim, Quote};
use interview::delivery::{self};
use interview::follow_up::{FollowUpLimit, Rubric, Target};
use interview::judging::{Record, restore};
use interview::marks::{CoachKind, Decisions, Feedback, JudgedBy};
use interview::session::{Answer, AudioObject, Mode, Place, Recording, Session, Source, Spoken, Turn, TurnState};
use interview::{AnswerId, Probability, Seconds, Segment, SessionId, Span, Transcript, TurnId, Word};
use jiff::Timestamp;
use serde_json::json;
use store::{Job, Judging, Lane, PastJudging, Settlement, Store, Submission};
use uuid::Uuid;

/// What the fixtures' candidates say.
pub const WORDS: &str = "A value has one owner, and it is dropped when its owner goes out of scope.";

pub fn question(id: &str, topic: &str) -> Question {
    let question = json!({
        "id": id,
        "title": format!("About {topic}"),
        "topic": topic,
        "level": "mid",
        "kind": "concept",
        "prompt": "What does it mean to own a value?",
        "snippet": null,
        "key_points": [{
            "id": "one-owner",
            "summary": "A value has exactly one owner",
            "weight": 3,
            "core": true,
            "says": ["a value has one owner"],
            "probe": "How many owners can there be?"
        }],
        "misconceptions": [],
        "anchors": {"wrong_model": "1", "rule_without_reason": "2", "core_points": "3", "trade_offs": "4"},
        "model_answer": WORDS,
        "glossary": [],
        "sources": [],
        "time_limit": 90
    });
    serde_json::from_value(question).unwrap()
}

/// A session that asks one question for each topic, and its turns.
pub fn session(topics: &[&str]) -> (Session, Vec<Turn>) {
    let id = SessionId::from(Uuid::now_v7());
    let questions: Vec<Question> =
        topics.iter().enumerate().map(|(index, topic)| question(&format!("question-{index}"), topic)).collect();
    let turns = (1..)
        .zip(&questions)
        .map(|(position, question)| Turn {
            id: TurnId::from(Uuid::now_v7()),
            session: id,
            place: Place { position, depth: 0 },
            question: question.id.clone(),
            target: None,
            prompt: question.prompts.first().to_owned(),
            hints_used: 0,
            sureness: None,
            state: TurnState::Asked,
        })
        .collect();
    (Session { id, questions, follow_ups: FollowUpLimit::default(), mode: Mode::Study }, turns)
}

/// The same, stored.
pub async fn create_session(store: &Arc<dyn Store>, topics: &[&str]) -> (Session, Vec<Turn>) {
    let (session, turns) = session(topics);
    store.create_session(&session, &turns).await.unwrap();
    (session, turns)
}

pub fn typed(text: &str) -> Answer {
    Answer {
        id: AnswerId::from(Uuid::now_v7()),
        source: Source::Typed,
        transcript: Transcript::typed(text),
        corrected: false,
        decisions: Decisions::default(),
        spoken: None,
        audio: None,
    }
}

pub fn recording() -> Recording {
    let id = AnswerId::from(Uuid::now_v7());
    let audio = AudioObject { key: format!("somewhere/{id}.wav"), media_type: "audio/wav".to_owned(), bytes: 32_044 };
    Recording { id, audio, source: Source::Microphone }
}

/// What the recogniser makes of a recording, at times that no binary fraction hits.
pub fn heard(recording: &Recording) -> Answer {
    let at = |index: usize| Seconds::new(0.1 + index as f64 * 0.3).unwrap();
    let words = WORDS.split_whitespace().enumerate().map(|(index, word)| {
        let heard = Word::heard(
            word,
            Span::between(at(index), at(index + 1)),
            Probability::clamped(0.1 + 0.049 * index as f64),
        );
        Word { heard_as: (index == 1).then(|| "won".to_owned()), ..heard }
    });
    let transcript = Transcript::heard(Segment::new(words).into_iter().collect());
    let speech = vec![Span::between(at(0), at(17))];
    let delivery = delivery::measure(&transcript, &speech, at(18), None);
    Answer {
        id: recording.id,
        source: recording.source,
        transcript,
        corrected: false,
        decisions: Decisions::default(),
        spoken: Some(Spoken { duration: at(18), speech, delivery, model: Some("tiny.en".to_owned()) }),
        audio: Some(recording.audio.clone()),
    }
}

/// Feedback that quotes the answer.
pub fn feedback(answer: &Answer, coach: CoachKind, next_step: &str) -> Box<Feedback> {
    let question = question("question-0", "ownership");
    let verdict = match answer.transcript.find_words("one owner") {
        Some(_) => ClaimedVerdict::Hit(Quote::Timed { text: "one owner".to_owned(), span: None }),
        None => ClaimedVerdict::Missed(None),
    };
    let key_points = vec![KeyPointClaim {
        id: "one-owner".parse().unwrap(),
        verdict,
        plausibility: Some(Probability::clamped(0.8)),
    }];
    let record = Record {
        correctness: Some(Claims { key_points, misconceptions: Vec::new() }),
        clarity: Some(Vec::new()),
        stronger_answer: None,
        next_step: next_step.to_owned(),
        remark: None,
        judged_by: JudgedBy {
            coach,
            model: None,
            prompt_version: "1".to_owned(),
            rubric_version: question.rubric_version(),
        },
    };
    Box::new(restore(record, &answer.transcript, &Rubric::of(&question, None), &answer.decisions).unwrap())
}

pub fn follow_up(turn: &Turn, prompt: &str) -> Box<Turn> {
    Box::new(Turn {
        id: TurnId::from(Uuid::now_v7()),
        place: Place { depth: turn.place.depth + 1, ..turn.place },
        target: Some(Target::KeyPoint("one-owner".parse().unwrap())),
        prompt: prompt.to_owned(),
        state: TurnState::Asked,
        ..turn.clone()
    })
}

pub const LANES: [Lane; 2] = [Lane::Transcription, Lane::Judging];

/// How long the tests' workers hold a job.
pub const LEASE: Duration = Duration::from_secs(60);

/// A turn with an answer that waits for its judging.
pub async fn answered(store: &Arc<dyn Store>) -> Turn {
    let (_, turns) = create_session(store, &["ownership"]).await;
    let answer = Submission::Words(Box::new(typed(WORDS)));
    store.accept_answer(turns[0].id, answer, None).await.unwrap()
}

/// Takes the next job of either lane.
pub async fn next_job(store: &Arc<dyn Store>) -> Job {
    for lane in LANES {
        if let Some(job) = store.take_job(lane, Timestamp::now(), LEASE).await.unwrap() {
            return job;
        }
    }
    panic!("there is no job")
}

/// The judgings of the answer to a turn, in their order.
pub async fn judgings_of(store: &Arc<dyn Store>, turn: TurnId) -> Vec<PastJudging> {
    let session = store.turn(turn).await.unwrap().session;
    let mut judgings = store.session_judgings(session).await.unwrap();
    judgings.retain(|past| past.judging.turn == turn);
    judgings
}

/// Stores feedback for an answer.
pub async fn judge(store: &Arc<dyn Store>, judging: &Judging) {
    let turn = store.turn(judging.turn).await.unwrap();
    let feedback = feedback(turn.state.answer().unwrap(), CoachKind::Offline, "say why");
    store.settle(judging, Settlement::Judged { feedback, follow_up: None }).await.unwrap();
}
