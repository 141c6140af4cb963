//! What was asked comes again when its time has come.

use api::feedback::Verdict;
use api::progress::{Progress, ProgressQuery, QuestionProgress, Standing};
use api::session::{DebriefQuery, NewSession};
use api::turn::Target;
use jiff::{SignedDuration, Timestamp};
use server::Settings;

use crate::running::{Running, page};

const QUESTION: &str = "borrowing-push-while-reading";
const VAGUE: &str = "there is a rule about it and the compiler checks that rule";

fn three_days_later(settings: &mut Settings) {
    settings.clock = || Timestamp::now() + SignedDuration::from_hours(72);
}

/// The questions of a new session of up to `questions` on borrowing.
async fn round(viva: &Running, questions: u32, seed: Option<u64>) -> Vec<String> {
    let topics = vec!["borrowing".to_owned()];
    let wishes = NewSession { topics, questions: Some(questions), seed, ..NewSession::default() };
    let session = viva.client.create_session(&wishes).await.unwrap();
    session.turns.into_iter().map(|turn| turn.question.id).collect()
}

/// How the subject of the question stands, and its topic.
fn standings(progress: &Progress) -> (&Standing, &Standing) {
    let rust = progress.subjects.iter().find(|subject| subject.subject == "rust").unwrap();
    let borrowing = rust.topics.iter().find(|topic| topic.topic == "borrowing").unwrap();
    (&rust.standing, &borrowing.standing)
}

#[tokio::test]
async fn a_question_answered_badly_rests_for_a_day_and_then_comes_first() {
    let viva = Running::start().await;
    let turn = viva.answer(viva.turn(QUESTION).await, VAGUE).await;
    viva.client.skip(turn.next_turn.unwrap().id).await.unwrap();
    let today = round(&viva, 50, None).await;
    assert!(!today.is_empty() && !today.contains(&QUESTION.to_owned()), "{today:?}");

    let viva = Running::resume_with(viva.stop().await, three_days_later).await;
    assert_eq!(round(&viva, 3, None).await[0], QUESTION);
}

#[tokio::test]
async fn what_was_asked_today_is_asked_again_only_when_it_is_asked_for() {
    let viva = Running::start().await;
    let wishes = || NewSession { topics: vec!["failure".to_owned()], repeat: Some(false), ..NewSession::default() };
    let first = viva.client.create_session(&wishes()).await.unwrap();
    for turn in &first.turns[1..] {
        viva.client.skip(turn.id).await.unwrap();
    }
    let left = viva.client.create_session(&NewSession { questions: Some(5), ..wishes() }).await.unwrap();
    assert_eq!(left.head.questions, first.head.questions[..1], "the session is shorter");
    viva.client.skip(left.turns[0].id).await.unwrap();
    let nothing = viva.client.create_session(&wishes()).await.unwrap_err();
    assert!(nothing.is_conflict() && nothing.to_string().contains("within the last 24 hours"), "{nothing}");
    let again = viva.client.create_session(&NewSession { repeat: Some(true), ..wishes() }).await.unwrap();
    assert_eq!(again.turns.len(), first.turns.len());
    let any = viva.client.create_session(&NewSession { repeat: None, ..wishes() }).await.unwrap();
    assert_eq!(any.turns.len(), first.turns.len());
    let viva = Running::resume_with(viva.stop().await, three_days_later).await;
    assert_eq!(viva.client.create_session(&wishes()).await.unwrap().turns.len(), first.turns.len());
}

#[tokio::test]
async fn a_session_may_be_about_one_point_which_is_reviewed_alone() {
    let viva = Running::start().await;
    let session = viva.finished(QUESTION, VAGUE).await;
    let progress = async || viva.client.progress(&ProgressQuery::default()).await.unwrap().questions[0].clone();
    let before = progress().await;
    let weakest = viva.client.debrief(session.head.id, DebriefQuery::default()).await.unwrap().weakest.unwrap();
    let focus = weakest.focus.unwrap();
    let Target::KeyPoint(id) = focus.clone() else { panic!("{focus:?}") };
    let bank = server::question_files::bank(None).unwrap().bank;
    let question = bank.question(&QUESTION.parse().unwrap()).unwrap();
    let point = question.key_point(&id.parse().unwrap()).unwrap();

    let about =
        |focus| NewSession { question_ids: vec![QUESTION.to_owned()], focus: Some(focus), ..NewSession::default() };
    let practice = viva.client.create_session(&about(focus.clone())).await.unwrap();
    let [turn] = practice.turns.as_slice() else { panic!("{:?}", practice.turns) };
    assert_eq!((&turn.prompt, turn.depth, turn.target.as_ref()), (&point.probe, 0, Some(&focus)));
    let answered = viva.answer(turn.id, VAGUE).await;
    let judged = answered.feedback.unwrap().correctness.unwrap().key_points;
    assert!(judged.iter().all(|mark| mark.id == id || mark.any_of.is_some()), "{judged:?}");
    assert_eq!(answered.next_turn, None, "it was asked about already");
    let finished = viva.client.finish_session(practice.head.id).await.unwrap();
    assert_eq!((finished.head.correctness, finished.summary.questions), (None, 0), "the question was not asked");
    let after = progress().await;
    let attempts =
        |known: &QuestionProgress, id: &str| known.points.iter().find(|point| point.key_point == id).unwrap().attempts;
    assert_eq!(attempts(&after, &id), attempts(&before, &id) + 1);
    assert_eq!(after.scores, before.scores);

    for unknown in [Target::KeyPoint("no-such-point".to_owned()), Target::Stretch] {
        assert!(viva.client.create_session(&about(unknown)).await.unwrap_err().is_refusal());
    }
    let two = NewSession { question_ids: Vec::new(), ..about(focus) };
    assert!(viva.client.create_session(&two).await.unwrap_err().is_refusal());
}

#[tokio::test]
async fn a_seed_chooses_the_same_questions_whatever_is_due() {
    let viva = Running::start().await;
    let before = round(&viva, 4, Some(7)).await;
    viva.client.skip(viva.turn(&before[0]).await).await.unwrap();
    assert_eq!(round(&viva, 4, Some(7)).await, before);
}

#[tokio::test]
async fn progress_tells_what_was_asked_what_is_due_and_what_was_missed() {
    let viva = Running::start().await;
    let nothing = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    assert!(nothing.subjects.iter().all(|subject| subject.standing.questions > 0 && subject.standing.attempted == 0));
    assert_eq!(nothing.weak_points, []);
    assert!(page(&viva, "/progress").await.contains("Nothing asked yet"));

    let session = viva.session(&[QUESTION]).await;
    viva.answer(session.turns[0].id, VAGUE).await;
    assert_eq!(
        viva.client.progress(&ProgressQuery::default()).await.unwrap().weak_points,
        [],
        "its follow-up is to be answered"
    );
    let finished = viva.client.finish_session(session.head.id).await.unwrap();
    let missed = &finished.summary.missed[0];
    let progress = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    let (rust, borrowing) = standings(&progress);
    assert_eq!((rust.attempted, borrowing.attempted, borrowing.due), (1, 1, 0));
    assert_eq!(borrowing.scores, Vec::from_iter(finished.summary.correctness));
    let weak = progress.weak_points.iter().find(|weak| weak.key_point == missed.key_point).unwrap();
    assert_eq!((weak.question.as_str(), &weak.summary), (QUESTION, &missed.summary));
    assert!(weak.due > progress.as_of + SignedDuration::from_hours(23));

    let viva = Running::resume_with(viva.stop().await, three_days_later).await;
    let progress = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    assert_eq!((standings(&progress).0.due, standings(&progress).1.due), (1, 1));
    let page = page(&viva, "/progress").await;
    for expected in ["1 question due", "Borrowing", "1 now", &format!("viva practice --again {QUESTION}")] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

#[tokio::test]
async fn listed_sessions_have_the_score_of_their_summary() {
    let viva = Running::start().await;
    let finished = viva.finished(QUESTION, &viva.model_answer(QUESTION).await).await;
    let listed = viva.client.sessions(&Default::default()).await.unwrap().sessions;
    assert_eq!(listed, [finished.head]);
    assert_eq!(listed[0].correctness, Some(10.0));
}

#[tokio::test]
async fn before_an_interview_nothing_is_due_after_it_and_what_is_left_is_counted_by_the_day() {
    let viva = Running::start().await;
    let session = viva.finished(QUESTION, &viva.model_answer(QUESTION).await).await;
    let due = |progress: &Progress| standings(progress).1.next_due.unwrap();
    let without = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    assert_eq!(without.remaining, None);
    let at = without.as_of + SignedDuration::from_hours(5 * 24);
    let interview_at = Some(at);
    assert!(due(&without) > at);

    let subjects = Some("rust".to_owned());
    let query = ProgressQuery { interview_at, subjects, levels: Some("junior, mid".to_owned()) };
    let before = viva.client.progress(&query).await.unwrap();
    assert_eq!(due(&before), at);
    let left = before.remaining.unwrap();
    assert!(left.days == 5 && left.questions > 5, "{left:?}");
    assert_eq!(left.questions_a_day, left.questions.div_ceil(5));
    let debrief = viva.client.debrief(session.head.id, DebriefQuery { interview_at }).await.unwrap();
    assert_eq!(Some(debrief.comes_back[0].due), interview_at);

    let past = ProgressQuery { interview_at: Some(Timestamp::UNIX_EPOCH), ..ProgressQuery::default() };
    let past = viva.client.progress(&past).await.unwrap();
    assert_eq!((past.remaining, due(&past)), (None, due(&without)));
}

#[tokio::test]
async fn every_question_asked_has_its_key_points_with_their_last_marks() {
    let viva = Running::start().await;
    let session = viva.session(&[QUESTION]).await;
    viva.answer(session.turns[0].id, VAGUE).await;
    let progress = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    assert_eq!((progress.questions[0].attempts, progress.questions[0].points.len()), (1, 0), "it goes on");
    viva.client.finish_session(session.head.id).await.unwrap();
    viva.finished(QUESTION, &viva.model_answer(QUESTION).await).await;

    let progress = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    let [known] = progress.questions.as_slice() else { panic!("{:?}", progress.questions) };
    assert_eq!((known.question.as_str(), known.attempts, known.scores.len()), (QUESTION, 2, 2));
    assert!(known.points.iter().all(|point| point.last == Verdict::Hit), "{:?}", known.points);
    assert!(known.points.iter().any(|point| point.attempts == 2), "{:?}", known.points);
    let page = page(&viva, "/progress").await;
    assert!(page.contains("asked 2 times, due in ") && page.contains(&known.points[0].summary), "{page}");
}

fn in_five_days(settings: &mut Settings) {
    settings.preparation.interview_at = Some(Timestamp::now() + SignedDuration::from_hours(5 * 24));
    settings.preparation.subjects = Some("rust".to_owned());
    settings.minutes_a_day = Some(20);
}

#[tokio::test]
async fn the_server_knows_the_interview_of_its_settings() {
    let viva = Running::start_with(in_five_days).await;
    let progress = viva.client.progress(&ProgressQuery::default()).await.unwrap();
    let left = progress.remaining.unwrap();
    let rust = progress.subjects.iter().find(|subject| subject.subject == "rust").unwrap();
    assert_eq!((left.days, left.questions), (5, rust.standing.questions));
    let other = ProgressQuery { subjects: Some("go".to_owned()), ..ProgressQuery::default() };
    assert!(viva.client.progress(&other).await.unwrap().remaining.unwrap().questions < left.questions);

    let session = viva.finished(QUESTION, &viva.model_answer(QUESTION).await).await;
    for page in [page(&viva, "/progress").await, page(&viva, &session.review_url).await] {
        assert!(page.contains("5 days left until the interview, about "), "{page}");
        assert!(page.contains("You practise 20 minutes a day."), "{page}");
    }
    let due = viva.client.debrief(session.head.id, DebriefQuery::default()).await.unwrap().comes_back[0].due;
    assert!(due <= progress.as_of + SignedDuration::from_hours(5 * 24), "nothing comes back after the interview");
}

#[tokio::test]
async fn before_an_interview_a_round_has_the_questions_of_a_day() {
    let viva = Running::start_with(in_five_days).await;
    let left = viva.client.progress(&ProgressQuery::default()).await.unwrap().remaining.unwrap();
    let asked = async |wishes: NewSession| viva.client.create_session(&wishes).await.unwrap().turns.len();
    let rust = || NewSession { subjects: vec!["rust".to_owned()], ..NewSession::default() };
    assert!(left.questions_a_day > 5, "{left:?}");
    assert_eq!(asked(rust()).await, left.questions_a_day.min(50));
    assert_eq!(asked(NewSession { questions: Some(3), ..rust() }).await, 3);
    assert_eq!(asked(NewSession { seed: Some(7), ..rust() }).await, 5);
    assert_eq!(asked(NewSession { topics: vec!["ownership".to_owned()], ..NewSession::default() }).await, 5);
}
