//! Sessions: kept, listed, finished, forgotten.

use std::sync::Arc;

use interview::SessionId;
use interview::marks::{DecidedVerdict, Decision};
use store::{CoachWish, Cursor, Missing, PageLimit, SessionOverview, SessionQuery, Store, StoreError, Submission};
use uuid::Uuid;

use super::fixtures::{self, answered, create_session, judge, next_job};

pub async fn a_session_is_read_back_as_it_was_created(store: Arc<dyn Store>) {
    let (session, turns) = fixtures::session(&["ownership", "borrowing", "lifetimes"]);
    let mut shuffled = turns.clone();
    shuffled.reverse();

    let created = store.create_session(&session, &shuffled).await.unwrap();
    assert_eq!(created.session, session);
    assert_eq!(created.turns, turns, "turns come by place, however they were given");
    assert_eq!(created.finished_at, None);
    assert_eq!(store.session(session.id).await.unwrap(), created);
    assert_eq!(store.turn(turns[1].id).await.unwrap(), turns[1]);
}

pub async fn an_unknown_session_or_turn_is_not_found(store: Arc<dyn Store>) {
    let (session, turns) = fixtures::session(&["ownership"]);
    let no_session = |error| matches!(error, StoreError::NotFound(Missing::Session(id)) if id == session.id);
    assert!(no_session(store.session(session.id).await.unwrap_err()));
    assert!(no_session(store.finish(session.id).await.unwrap_err()));
    assert!(no_session(store.delete(session.id).await.unwrap_err()));

    let turn = turns[0].id;
    let no_turn = |error| matches!(error, StoreError::NotFound(Missing::Turn(id)) if id == turn);
    let answer = fixtures::typed("words");
    assert!(no_turn(store.turn(turn).await.unwrap_err()));
    assert!(no_turn(store.skip(turn).await.unwrap_err()));
    assert!(no_turn(store.regrade(turn, Default::default()).await.unwrap_err()));
    assert!(no_turn(store.correct_transcript(turn, answer.clone()).await.unwrap_err()));
    let words = Submission::Words(Box::new(answer));
    assert!(no_turn(store.accept_answer(turn, words, None).await.unwrap_err()));
}

pub async fn an_id_is_used_once(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership"]).await;
    assert!(matches!(store.create_session(&session, &[]).await, Err(StoreError::Duplicate)));

    let (other, _) = fixtures::session(&["ownership"]);
    assert!(matches!(store.create_session(&other, &turns).await, Err(StoreError::Duplicate)));
    let kept = store.session(other.id).await;
    assert!(matches!(kept, Err(StoreError::NotFound(_))), "a session is stored with its turns or not at all");
}

pub async fn a_turn_asks_a_question_of_its_session(store: Arc<dyn Store>) {
    let (session, mut turns) = fixtures::session(&["ownership"]);
    turns[0].question = "another-one".parse().unwrap();
    let refused = store.create_session(&session, &turns).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotFound(Missing::Question(id)) if id.as_str() == "another-one"));
}

pub async fn finishing_twice_keeps_the_first_time(store: Arc<dyn Store>) {
    let session = create(&store, &["ownership"]).await;
    let finished = store.finish(session).await.unwrap();
    assert!(finished.finished_at.is_some_and(|finished_at| finished_at >= finished.created_at));
    assert_eq!(store.finish(session).await.unwrap(), finished);
}

pub async fn sessions_are_listed_newest_first_page_by_page(store: Arc<dyn Store>) {
    let mut newest_first = Vec::new();
    for _ in 0..5 {
        newest_first.insert(0, create(&store, &["ownership", "borrowing"]).await);
    }
    let mut query = SessionQuery { limit: PageLimit::try_from(2).unwrap(), ..SessionQuery::default() };
    let mut pages = Vec::new();
    loop {
        let page = store.sessions(&query).await.unwrap();
        pages.push(page.sessions.iter().map(|session| session.id).collect::<Vec<_>>());
        let Some(next) = page.next else { break };
        query.after = Some(next.to_string().parse::<Cursor>().unwrap());
    }
    assert_eq!(pages, [&newest_first[..2], &newest_first[2..4], &newest_first[4..]]);
    assert_eq!(store.session_ids().await.unwrap(), newest_first);

    let first = store.sessions(&SessionQuery::default()).await.unwrap();
    assert_eq!(first.next, None, "five sessions fit on a page of twenty");
    let titles: Vec<_> = first.sessions[0].questions.iter().map(|question| question.title.as_str()).collect();
    assert_eq!(titles, ["About ownership", "About borrowing"]);
}

pub async fn a_page_stays_put_while_sessions_come_and_go(store: Arc<dyn Store>) {
    let oldest = create(&store, &["ownership"]).await;
    let middle = create(&store, &["ownership"]).await;
    create(&store, &["ownership"]).await;
    let two = SessionQuery { limit: PageLimit::try_from(2).unwrap(), ..SessionQuery::default() };
    let first = store.sessions(&two).await.unwrap();
    assert_eq!(first.sessions[1].id, middle);

    create(&store, &["ownership"]).await;
    store.delete(middle).await.unwrap();
    let second = store.sessions(&SessionQuery { after: first.next, ..two }).await.unwrap();
    assert_eq!(second.sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [oldest]);
}

pub async fn sessions_are_filtered_by_topic_words_and_state(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let other = create(&store, &["lifetimes"]).await;
    let words = Submission::Words(Box::new(fixtures::typed("words")));
    store.accept_answer(turns[0].id, words, None).await.unwrap();
    store.skip(turns[1].id).await.unwrap();
    store.finish(session.id).await.unwrap();

    let words = async |words: &str| {
        let words = words.split_whitespace().map(str::to_owned).collect();
        let page = store.sessions(&SessionQuery { words, ..SessionQuery::default() }).await.unwrap();
        page.sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(words("ABOUT borrow").await, [session.id]);
    assert_eq!(words("about").await, [other, session.id]);
    assert_eq!(words("lifetimes borrowing").await, [], "all of the words");
    assert_eq!(words("title").await, [], "no word of the document's form");
    assert_eq!(words("% \" ' _").await, []);

    let found = async |topics: Option<&str>, is_finished| {
        let topics = topics.map(|topics| topics.split(' ').map(|topic| topic.parse().unwrap()).collect());
        let page = store.sessions(&SessionQuery { topics, is_finished, ..SessionQuery::default() }).await.unwrap();
        page.sessions.into_iter().map(|session| (session.id, session.answered)).collect::<Vec<_>>()
    };
    assert_eq!(found(Some("borrowing"), None).await, [(session.id, 1)]);
    assert_eq!(found(Some("traits"), None).await, []);
    assert_eq!(found(Some("traits lifetimes ownership"), None).await, [(other, 0), (session.id, 1)]);
    let none = SessionQuery { topics: Some(Vec::new()), ..SessionQuery::default() };
    assert_eq!(store.sessions(&none).await.unwrap().sessions, []);
    assert_eq!(found(None, Some(false)).await, [(other, 0)]);
    assert_eq!(found(None, Some(true)).await, [(session.id, 1)]);
    assert_eq!(found(Some("lifetimes"), Some(true)).await, []);
    assert_eq!(found(None, None).await, [(other, 0), (session.id, 1)]);
}

pub async fn listed_sessions_have_the_mean_score_of_their_main_answers(store: Arc<dyn Store>) {
    let unanswered = create(&store, &["ownership"]).await;
    let turn = answered(&store).await;
    judge(&store, &next_job(&store).await.judging).await;
    let listed = async || store.sessions(&SessionQuery::default()).await.unwrap().sessions;
    let scores = |sessions: &[SessionOverview]| -> Vec<(SessionId, Option<f64>)> {
        sessions.iter().map(|session| (session.id, session.correctness.map(|score| score.get()))).collect()
    };
    assert_eq!(scores(&listed().await), [(turn.session, Some(10.0)), (unanswered, None)]);
    let missed = Decision::KeyPoint("one-owner".parse().unwrap(), Some(DecidedVerdict::Missed));
    store.decide(turn.id, missed).await.unwrap();
    assert_eq!(scores(&listed().await)[0], (turn.session, Some(0.0)), "what the candidate decides counts");
}

pub async fn the_version_of_a_session_grows_with_every_change(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let untouched = create(&store, &["ownership"]).await;
    let before = store.session_version(untouched).await.unwrap();
    let mut versions = vec![store.session_version(session.id).await.unwrap()];
    let mut note = async || versions.push(store.session_version(session.id).await.unwrap());

    let answer = fixtures::typed("words");
    let decision = Decision::KeyPoint("one-owner".parse().unwrap(), Some(DecidedVerdict::Hit));
    store.accept_answer(turns[0].id, Submission::Words(Box::new(answer.clone())), None).await.unwrap();
    note().await;
    judge(&store, &next_job(&store).await.judging).await;
    note().await;
    store.decide(turns[0].id, decision).await.unwrap();
    note().await;
    store.correct_transcript(turns[0].id, answer).await.unwrap();
    note().await;
    store.regrade(turns[0].id, CoachWish::default()).await.unwrap();
    note().await;
    store.skip(turns[1].id).await.unwrap();
    note().await;
    store.finish(session.id).await.unwrap();
    note().await;
    assert!(versions.is_sorted_by(|earlier, later| earlier < later), "{versions:?}");

    store.session(session.id).await.unwrap();
    store.finish(session.id).await.unwrap();
    store.skip(turns[1].id).await.unwrap();
    assert_eq!(store.session_version(session.id).await.unwrap(), versions[7], "nothing changed");
    assert_eq!(store.session_version(untouched).await.unwrap(), before);
    store.delete(session.id).await.unwrap();
    assert!(matches!(store.session_version(session.id).await, Err(StoreError::NotFound(_))));
}

pub async fn a_question_is_answered_once_a_turn_about_it_is_over(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let answered = async || {
        let first = store.is_question_answered(&turns[0].question).await.unwrap();
        (first, store.is_question_answered(&turns[1].question).await.unwrap())
    };
    assert_eq!(answered().await, (false, false));
    store.accept_answer(turns[0].id, Submission::Words(Box::new(fixtures::typed("words"))), None).await.unwrap();
    assert_eq!(answered().await, (false, false), "an answer that is being judged must not reveal what is looked for");
    store.skip(turns[1].id).await.unwrap();
    assert_eq!(answered().await, (false, true));
    judge(&store, &next_job(&store).await.judging).await;
    assert_eq!(answered().await, (true, true));
}

pub async fn a_deleted_session_leaves_nothing_but_its_name_until_its_recordings_are_deleted(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership", "borrowing", "lifetimes"]).await;
    let (untouched, others) = create_session(&store, &["ownership"]).await;
    store.accept_answer(turns[0].id, Submission::Sound(fixtures::recording()), None).await.unwrap();
    store.accept_answer(turns[1].id, Submission::Words(Box::new(fixtures::typed("words"))), None).await.unwrap();

    store.delete(session.id).await.unwrap();
    assert_eq!(store.deleted_sessions().await.unwrap(), [session.id]);
    store.recordings_deleted(&[session.id]).await.unwrap();
    assert_eq!(store.deleted_sessions().await.unwrap(), []);
    for turn in &turns {
        assert!(matches!(store.turn(turn.id).await, Err(StoreError::NotFound(_))));
    }
    assert!(matches!(store.delete(session.id).await, Err(StoreError::NotFound(_))));
    assert_eq!(store.session(untouched.id).await.unwrap().turns, others);
    assert!(matches!(store.session(SessionId::from(Uuid::now_v7())).await, Err(StoreError::NotFound(_))));
}

async fn create(store: &Arc<dyn Store>, topics: &[&str]) -> SessionId {
    create_session(store, topics).await.0.id
}
