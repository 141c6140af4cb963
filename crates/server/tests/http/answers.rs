//! Answers and their feedback.

use api::client::Sending;
use api::feedback::{Coach, Verdict};
use api::transcript::{HeardTranscript, Segment, TimeSpan, Word};
use api::turn::{Correction, NewAnswer, Regrade, Role, Source, Target, TurnState};
use serde_json::{Map, json};
use uuid::Uuid;

use crate::running::{PATIENCE, Running, sending, speech, typed};
use crate::some_model::{Reply, refuses};

const QUESTION: &str = "borrowing-aliasing-rules";

/// Words that were heard one after the other, half a second each.
fn heard(text: &str) -> HeardTranscript {
    let words: Vec<Word> = text
        .split(' ')
        .enumerate()
        .map(|(index, text)| {
            let start = index as f64 / 2.0;
            Word { start: Some(start), end: Some(start + 0.4), text: text.to_owned(), probability: 0.9, heard_as: None }
        })
        .collect();
    let end = words.len() as f64 / 2.0;
    let segment = Segment { start: None, end: None, text: String::new(), words };
    HeardTranscript {
        segments: vec![segment],
        speech: vec![TimeSpan { start: 0.0, end }],
        duration: Some(end + 1.0),
        model: None,
    }
}

fn spoken(text: &str) -> NewAnswer {
    NewAnswer { transcript: Some(heard(text)), source: Some(Source::Microphone), ..NewAnswer::default() }
}

#[tokio::test]
async fn a_strong_answer_is_marked_point_by_point_with_words_that_were_said() {
    let viva = Running::start().await;
    let text = viva.model_answer(QUESTION).await;
    let turn = viva.answer(viva.turn(QUESTION).await, &text).await;

    assert_eq!(turn.state, TurnState::Judged);
    let said = turn.answer.unwrap().transcript.unwrap().text;
    let feedback = turn.feedback.unwrap();
    let correctness = feedback.correctness.unwrap();
    assert_eq!(correctness.score, Some(10.0), "{:?}", correctness.key_points);
    for point in &correctness.key_points {
        assert_eq!(point.verdict, Verdict::Hit);
        assert!(said.contains(point.evidence.quote.as_deref().unwrap()), "{point:?}");
    }
    assert_eq!(feedback.judged_by.unwrap().coach, Coach::Offline);
    assert!(feedback.clarity.is_some());
    assert!(feedback.delivery.is_none(), "typed answers have no delivery");
    let stretch = viva.client.turn(turn.next_turn.unwrap().id).await.unwrap();
    assert_eq!(stretch.target, Some(Target::Stretch), "no point is left to ask about");
    let answered = viva.answer(stretch.id, "I would return an index instead, because that borrows nothing.").await;
    let feedback = answered.feedback.unwrap();
    assert_eq!((feedback.correctness, feedback.clarity.unwrap().score), (None, None));
}

#[tokio::test]
async fn a_term_that_was_misheard_is_corrected_and_what_was_heard_is_kept() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let mut answer = spoken("the mute x is strict");
    let words = &mut answer.transcript.as_mut().unwrap().segments[0].words;
    words[1].probability = 0.4;
    let turn = viva.client.answer(turn, &answer, &sending()).await.unwrap();
    let answer = turn.answer.unwrap();
    let transcript = answer.transcript.unwrap();
    assert_eq!(transcript.text, "the mutex is strict");
    assert_eq!(transcript.segments[0].words[1].heard_as.as_deref(), Some("mute x"));

    let corrected = NewAnswer { corrected_text: Some("the mute x".to_owned()), ..spoken("the mute x") };
    let turn = viva.client.answer(viva.turn(QUESTION).await, &corrected, &sending()).await.unwrap();
    let text = turn.answer.unwrap().transcript.unwrap().text;
    assert_eq!(text, "the mute x", "the candidate's own words stay");
}

#[tokio::test]
async fn one_word_is_settled_and_the_answer_judged_again() {
    let viva = Running::start().await;
    let turn = viva.client.answer(viva.turn(QUESTION).await, &spoken("one honour, always"), &sending()).await.unwrap();
    let settled = Correction { text: "owner".to_owned() };
    let again = viva.client.correct_word(turn.id, 1, &settled, PATIENCE).await.unwrap();
    assert_eq!(again.state, TurnState::Judged);
    let words = again.answer.unwrap().transcript.unwrap().segments.remove(0).words;
    let told: Vec<(&str, f64)> = words.iter().map(|word| (word.text.as_str(), word.probability)).collect();
    assert_eq!(told, [("one", 0.9), ("owner,", 1.0), ("always", 0.9)]);
    assert!(viva.client.correct_word(turn.id, 3, &settled, PATIENCE).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn whoever_makes_every_point_is_asked_a_bonus_question_that_changes_no_score() {
    let said = [
        ("one-owner", "Every value has exactly one owner"),
        ("dropped-at-scope-end", "When the owner goes out of scope the value is dropped and its memory is freed"),
        ("safety-without-gc", "The reason is memory safety without a garbage collector, decided when it compiles"),
        ("bugs-prevented", "It rules out use after free and double free"),
        ("assignment-moves", "Assigning a value to another variable moves it, and the old name can't be used any more"),
        ("limits", "Shared or cyclic structures need reference counting, and leaks are still possible"),
    ];
    let viva = Running::with_model(move |asked, number| match asked.form.as_str() {
        "marks" if number > 0 => Some(refuses("a bonus question has no marks")),
        "marks" => {
            let hit = |(id, words): (&str, &str)| (id.to_owned(), json!({"quote": words, "verdict": "hit"}));
            let not_stated = |id: &String| (id.clone(), json!({"quote": null, "verdict": "not_stated"}));
            let points: Map<_, _> = said.into_iter().map(hit).collect();
            let wrong: Map<_, _> = asked.misconceptions.iter().map(not_stated).collect();
            Some(Reply::Says(json!({"key_points": points, "misconceptions": wrong})))
        }
        _ => None,
    })
    .await;
    let answer = said.map(|(_, words)| words).join(". ");
    let main = viva.answer(viva.turn("ownership-why").await, &answer).await;
    let next = main.next_turn.clone().unwrap();
    assert_eq!(next.role, Role::FollowUp);
    let asked = viva.client.turn(next.id).await.unwrap();
    assert_eq!((asked.target, asked.depth, asked.hints_left), (Some(Target::Stretch), 1, 0));
    assert_eq!((&asked.prompt, asked.prompt == main.prompt), (&next.prompt, false));

    let bonus = viva.answer(next.id, "I would return an index instead, because that borrows nothing").await;
    assert_eq!((bonus.state, bonus.next_turn), (TurnState::Judged, None));
    let feedback = bonus.feedback.unwrap();
    assert_eq!(feedback.correctness, None);
    assert_eq!(feedback.clarity.unwrap().score, Some(10.0));
    assert_eq!(feedback.remark.as_deref(), Some("This was a bonus question beyond the rubric: it is not scored."));
    let session = viva.client.finish_session(main.session_id).await.unwrap();
    assert_eq!((session.turns[0].feedback.clone(), session.summary.answered), (main.feedback, 2));
    assert_eq!(session.summary.correctness, Some(10.0));
}

#[tokio::test]
async fn an_answer_that_misses_points_leads_to_a_follow_up_that_gives_nothing_away() {
    let viva = Running::start().await;
    let turn =
        viva.answer(viva.turn(QUESTION).await, "there is a rule about it and the compiler checks that rule").await;

    let next = turn.next_turn.unwrap();
    assert_eq!(next.role, Role::FollowUp);
    let follow_up = viva.client.turn(next.id).await.unwrap();
    assert_eq!((follow_up.position, follow_up.depth, follow_up.state), (1, 1, TurnState::Asked));
    assert!(follow_up.target.is_some());
    assert!(follow_up.question.answer.is_none(), "the answer is not shown before it is given");

    let after = viva.answer(follow_up.id, "I would have to look it up in the book to be honest").await;
    assert!(after.next_turn.is_none(), "one follow-up a question is enough unless more were asked for");
}

#[tokio::test]
async fn an_answer_sent_twice_is_one_answer() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let sending = sending();
    let first = viva.client.answer(turn, &typed("many readers or one writer"), &sending).await.unwrap();
    let second = viva.client.answer(turn, &typed("many readers or one writer"), &sending).await.unwrap();
    assert_eq!(first, second);
}

#[tokio::test]
async fn the_same_key_with_another_answer_is_refused_whatever_became_of_the_first() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let sending = sending();
    let first = viva.client.answer(turn, &typed("many readers or one writer"), &sending).await.unwrap();
    let corrected =
        NewAnswer { corrected_text: Some("many readers".to_owned()), ..spoken("many readers or one writer") };
    for other in [typed("many readers"), spoken("many readers or one writer"), corrected] {
        let error = viva.client.answer(turn, &other, &sending).await.unwrap_err();
        assert!(error.is_refusal() && error.to_string().contains("idempotency key"), "{error:?}");
    }
    let recording = speech("formats/22050.flac");
    let error = viva.client.answer_aloud(turn, &recording, None, &sending).await.unwrap_err();
    assert!(error.is_refusal(), "{error:?}");
    assert_eq!(viva.client.turn(turn).await.unwrap(), first);
}

#[tokio::test]
async fn a_finished_session_takes_no_answers_and_still_knows_those_it_has() {
    let viva = Running::start().await;
    let session = viva.session(&[QUESTION, "ownership-why"]).await;
    let (answered, open) = (session.turns[0].id, session.turns[1].id);
    let sending = sending();
    let first = viva.client.answer(answered, &typed("many readers or one writer"), &sending).await.unwrap();
    viva.client.finish_session(session.head.id).await.unwrap();

    let error = viva.client.answer(open, &typed("one owner"), &sending).await.unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains("finished"), "{error:?}");
    assert!(viva.client.skip(open).await.unwrap_err().is_conflict());
    assert_eq!(viva.client.turn(open).await.unwrap().state, TurnState::Asked);
    let repeated = viva.client.answer(answered, &typed("many readers or one writer"), &sending).await.unwrap();
    assert_eq!(repeated.answer, first.answer, "sending an accepted answer again stays harmless");
}

#[tokio::test]
async fn a_judged_turn_takes_no_other_answer_and_keeps_the_one_it_has() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let first = viva.answer(turn, "many readers or one writer").await;
    let error = viva.client.answer(turn, &typed("something else"), &sending()).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    let body = serde_json::to_vec(&typed("something else")).unwrap();
    let url = viva.url(&format!("/api/v1/turns/{turn}/answer"));
    let keyless = viva.plain().post(url).header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(keyless.status(), 409);
    assert_eq!(viva.client.turn(turn).await.unwrap(), first);
}

#[tokio::test]
async fn a_heard_answer_is_measured_and_a_correction_changes_the_marks_alone() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let heard = viva.client.answer(turn, &spoken("you can have many raiders or one rider"), &sending()).await.unwrap();
    let delivery = heard.feedback.unwrap().delivery.unwrap();
    assert_eq!(delivery.words, 8);
    assert_eq!(delivery.duration, 5.0);

    let correction = Correction { text: viva.model_answer(QUESTION).await };
    let corrected = viva.client.correct(turn, &correction, PATIENCE).await.unwrap();
    assert_eq!(corrected.state, TurnState::Judged);
    assert!(corrected.answer.unwrap().corrected);
    let feedback = corrected.feedback.unwrap();
    assert_eq!(feedback.delivery.unwrap(), delivery);
    assert_eq!(feedback.correctness.unwrap().score, Some(10.0));
}

#[tokio::test]
async fn a_transcript_corrected_before_it_was_sent_is_judged_as_corrected_and_measured_as_heard() {
    let viva = Running::start().await;
    let answer = NewAnswer {
        corrected_text: Some("many readers or one writer".to_owned()),
        ..spoken("many raiders or one rider")
    };
    let turn = viva.client.answer(viva.turn(QUESTION).await, &answer, &sending()).await.unwrap();
    let answer = turn.answer.unwrap();
    assert!(answer.corrected);
    let transcript = answer.transcript.unwrap();
    assert_eq!(transcript.text, "many readers or one writer");
    assert_eq!(transcript.segments[0].words[2].start, Some(1.0), "words that were kept keep their times");
}

#[tokio::test]
async fn silence_is_kept_and_not_judged() {
    let viva = Running::start().await;
    let silence = HeardTranscript { segments: Vec::new(), speech: Vec::new(), duration: Some(4.0), model: None };
    let answer = NewAnswer { transcript: Some(silence), source: Some(Source::Microphone), ..NewAnswer::default() };
    let turn = viva.client.answer(viva.turn(QUESTION).await, &answer, &sending()).await.unwrap();
    assert_eq!(turn.state, TurnState::Ungraded);
    assert!(turn.ungraded_reason.unwrap().contains("no speech"));
    assert!(turn.feedback.unwrap().correctness.is_none(), "nothing is made up to fill a panel");
}

#[tokio::test]
async fn skipping_moves_on_and_cannot_be_taken_back_by_an_answer() {
    let viva = Running::start().await;
    let session = viva.session(&[QUESTION, "ownership-why"]).await;
    let skipped = viva.client.skip(session.turns[0].id).await.unwrap();
    assert_eq!(skipped.state, TurnState::Skipped);
    assert_eq!(skipped.next_turn.unwrap().id, session.turns[1].id);
    assert_eq!(viva.client.skip(skipped.id).await.unwrap().state, TurnState::Skipped);
    assert!(viva.client.answer(skipped.id, &typed("I do know"), &sending()).await.unwrap_err().is_conflict());
}

#[tokio::test]
async fn an_answer_can_be_judged_again() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let before = viva.answer(turn, "many readers or one writer").await;
    let regrade = Regrade { coach: Some(Coach::Offline), model: None };
    let again = viva.client.regrade(turn, &regrade, PATIENCE).await.unwrap();
    assert_eq!(again.feedback, before.feedback);
    assert_eq!(again.next_turn, before.next_turn, "judging again asks nothing new");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_judged_corrected_or_heard() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let correction = Correction { text: "a word".to_owned() };
    assert!(viva.client.regrade(turn, &Regrade::default(), PATIENCE).await.unwrap_err().is_conflict());
    assert!(viva.client.correct(turn, &correction, PATIENCE).await.unwrap_err().is_conflict());
    let audio = viva.plain().get(viva.url(&format!("/api/v1/turns/{turn}/audio"))).send().await.unwrap();
    assert_eq!(audio.status(), 404);
}

#[tokio::test]
async fn answers_and_feedback_are_there_after_a_restart() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let sending = Sending { key: Uuid::now_v7(), wait: PATIENCE };
    let before = viva.client.answer(turn, &typed("many readers or one writer"), &sending).await.unwrap();
    let viva = Running::resume(viva.stop().await).await;
    assert_eq!(viva.client.turn(turn).await.unwrap(), before);
    let repeated = viva.client.answer(turn, &typed("many readers or one writer"), &sending).await.unwrap();
    assert_eq!(repeated, before);
}

#[tokio::test]
async fn events_end_with_the_judged_turn() {
    let viva = Running::start().await;
    let turn = viva.turn(QUESTION).await;
    let events = viva.plain().get(viva.url(&format!("/api/v1/turns/{turn}/events"))).send().await.unwrap();
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    viva.answer(turn, "many readers or one writer").await;
    let text = tokio::time::timeout(PATIENCE, events.text()).await.unwrap().unwrap();
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(names.first(), Some(&"state"), "{names:?}");
    assert_eq!(names.last(), Some(&"judged"), "{names:?}");
    let judged = text.lines().filter_map(|line| line.strip_prefix("data: ")).next_back().unwrap();
    let judged: api::turn::Turn = serde_json::from_str(judged).unwrap();
    assert_eq!(judged, viva.client.turn(turn).await.unwrap());
}
