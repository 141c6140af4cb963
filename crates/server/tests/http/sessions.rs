//! Sessions from beginning to end.

use std::collections::HashSet;

use api::session::{DebriefQuery, Mode, NewSession, SessionFilter, SessionState};
use api::turn::{Regrade, Sureness, Turn, TurnState};
use interview::bank::Level;
use server::{Server, ServerError, Settings};
use store::StoreError;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::running::{PATIENCE, Running, page};

#[tokio::test]
async fn a_session_begins_with_its_questions_asked_in_order() {
    let viva = Running::start().await;
    let wishes = r#"{"topics": ["ownership"], "questions": 3, "seed": 7}"#;
    let request =
        viva.plain().post(viva.url("/api/v1/sessions")).header("content-type", "application/json").body(wishes);
    let created = request.send().await.unwrap();
    assert_eq!(created.status(), 201);
    let location = created.headers()["location"].to_str().unwrap().to_owned();
    let session: api::session::Session = created.json().await.unwrap();
    assert_eq!(location, format!("/api/v1/sessions/{}", session.head.id));

    assert_eq!(session.turns.len(), 3);
    assert!(session.turns.iter().all(|turn| turn.state == TurnState::Asked && turn.question.topic == "ownership"));
    assert_eq!(session.turns.iter().map(|turn| turn.position).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(session.next_turn.as_ref().unwrap().id, session.turns[0].id);
    assert_eq!(viva.client.session(session.head.id).await.unwrap(), session);
}

#[tokio::test]
async fn a_session_keeps_to_its_subjects_and_an_unknown_one_names_those_there_are() {
    let viva = Running::start().await;
    let wishes = |subject: &str| NewSession { subjects: vec![subject.to_owned()], ..NewSession::default() };
    let session = viva.client.create_session(&wishes("cpp")).await.unwrap();
    assert!(session.head.topics.iter().all(|topic| topic.starts_with("cpp-")), "{:?}", session.head.topics);
    let refused = viva.client.create_session(&wishes("c++")).await.unwrap_err().to_string();
    assert!(refused.contains("the subjects are backend, behavioral, cpp, go, rust, system-design"), "{refused}");
}

#[tokio::test]
async fn the_same_seed_asks_the_same_questions() {
    let viva = Running::start().await;
    let wishes = NewSession { seed: Some(42), questions: Some(4), ..NewSession::default() };
    let one = viva.client.create_session(&wishes).await.unwrap();
    let other = viva.client.create_session(&wishes).await.unwrap();
    assert_eq!(one.head.questions, other.head.questions);
}

#[tokio::test]
async fn a_session_needs_no_wishes_at_all() {
    let viva = Running::start().await;
    let created = viva.plain().post(viva.url("/api/v1/sessions")).send().await.unwrap();
    assert_eq!(created.status(), 201);
}

#[tokio::test]
async fn a_finished_session_has_a_debrief_on_its_page_too() {
    let viva = Running::start().await;
    let session = viva.session(&["ownership-why", "borrowing-aliasing-rules"]).await;
    viva.answer(session.turns[0].id, &viva.model_answer("ownership-why").await).await;
    viva.client.skip(session.turns[1].id).await.unwrap();
    assert!(viva.client.debrief(session.head.id, DebriefQuery::default()).await.unwrap_err().is_conflict());
    let sure = |number| Sureness { sureness: Some(number) };
    assert_eq!(viva.client.set_sureness(session.turns[0].id, &sure(4)).await.unwrap().sureness, Some(4));
    assert!(viva.client.set_sureness(session.turns[1].id, &sure(4)).await.unwrap_err().is_conflict());
    assert!(viva.client.set_sureness(session.turns[0].id, &sure(5)).await.is_err());

    viva.client.finish_session(session.head.id).await.unwrap();
    let debrief = viva.client.debrief(session.head.id, DebriefQuery::default()).await.unwrap();
    let best = debrief.best.unwrap();
    assert_eq!(best.question, "ownership-why");
    assert_eq!(debrief.habit, None, "one answer has no habits");
    assert_eq!(debrief.weakest.unwrap().question, "borrowing-aliasing-rules");
    let back: Vec<&str> = debrief.comes_back.iter().map(|back| back.question.as_str()).collect();
    assert_eq!(back, ["borrowing-aliasing-rules", "ownership-why"], "what was not known comes back first");
    let page = page(&viva, &session.review_url).await;
    assert!(page.contains(&format!("Comes back</dt><dd>in 1 day: {}", debrief.comes_back[0].title)), "{page}");
}

#[tokio::test]
async fn a_real_interview_goes_from_easy_to_hard_and_its_page_withholds_everything_until_it_is_finished() {
    let viva = Running::start().await;
    let wishes = |minutes| NewSession { real_minutes: Some(minutes), ..NewSession::default() };
    assert!(viva.client.create_session(&wishes(4)).await.is_err());
    let session = viva.client.create_session(&NewSession { follow_ups: Some(0), ..wishes(20) }).await.unwrap();
    assert_eq!(session.mode, Mode::Real);
    let level = |turn: &Turn| turn.question.level.parse::<Level>().unwrap();
    assert!(session.turns.len() > 2 && session.turns.is_sorted_by_key(level), "{:?}", session.head.questions);
    let turn = &session.turns[0];
    viva.answer(turn.id, &viva.model_answer(&turn.question.id).await).await;

    let open = page(&viva, &session.review_url).await;
    assert!(open.contains("Feedback is shown when the interview is finished."), "{open}");
    assert!(!open.contains("Well said") && !open.contains("Model answer"), "{open}");
    viva.client.finish_session(session.head.id).await.unwrap();
    assert!(page(&viva, &session.review_url).await.contains("Well said"));
}

#[tokio::test]
async fn finishing_sums_up_and_doing_it_again_changes_nothing() {
    let viva = Running::start().await;
    let session = viva.session(&["ownership-why", "borrowing-aliasing-rules"]).await;
    viva.answer(session.turns[0].id, &viva.model_answer("ownership-why").await).await;
    viva.client.skip(session.turns[1].id).await.unwrap();

    let finished = viva.client.finish_session(session.head.id).await.unwrap();
    assert_eq!(finished.head.state, SessionState::Finished);
    let summary = &finished.summary;
    assert_eq!((summary.questions, summary.answered, summary.skipped), (2, 1, 1));
    assert_eq!(summary.correctness, Some(10.0));
    assert_eq!(finished.next_turn, None);
    assert_eq!(viva.client.finish_session(session.head.id).await.unwrap(), finished);
}

#[tokio::test]
async fn the_list_is_paged_and_the_newest_comes_first() {
    let viva = Running::start().await;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(viva.session(&["ownership-why"]).await.head.id);
    }
    created.reverse();
    let mut listed: Vec<Uuid> = Vec::new();
    let mut filter = SessionFilter { limit: Some(2), ..SessionFilter::default() };
    loop {
        let page = viva.client.sessions(&filter).await.unwrap();
        assert!(page.sessions.len() <= 2);
        listed.extend(page.sessions.iter().map(|session| session.id));
        filter.cursor = page.next_cursor;
        if filter.cursor.is_none() {
            break;
        }
    }
    assert_eq!(listed, created);
    assert_eq!(listed.iter().collect::<HashSet<_>>().len(), 5);
}

#[tokio::test]
async fn the_list_can_be_narrowed_by_subject_topic_words_and_state() {
    let viva = Running::start().await;
    let ownership = viva.session(&["ownership-why"]).await.head.id;
    let borrowing = viva.session(&["borrowing-aliasing-rules"]).await.head.id;
    viva.client.finish_session(ownership).await.unwrap();
    let ids = async |filter: SessionFilter| -> Vec<Uuid> {
        viva.client.sessions(&filter).await.unwrap().sessions.iter().map(|session| session.id).collect()
    };
    let topic = SessionFilter { topic: Some("borrowing".to_owned()), ..SessionFilter::default() };
    assert_eq!(ids(topic).await, [borrowing]);
    let go = viva.session(&["go-context-cancellation"]).await;
    assert_eq!(go.head.subjects, ["go"]);
    let subject = |name: &str| SessionFilter { subject: Some(name.to_owned()), ..SessionFilter::default() };
    assert_eq!(ids(subject("rust")).await, [borrowing, ownership]);
    assert_eq!(viva.client.sessions(&subject("go")).await.unwrap().sessions, [go.head]);
    let words = SessionFilter { q: Some("OWNERSHIP".to_owned()), ..SessionFilter::default() };
    assert_eq!(ids(words).await, [ownership]);
    let unknown = viva.client.sessions(&subject("java")).await.unwrap_err().to_string();
    assert!(unknown.contains("the subjects are backend, "), "{unknown}");
    let unknown = SessionFilter { topic: Some("java".to_owned()), ..SessionFilter::default() };
    let unknown = viva.client.sessions(&unknown).await.unwrap_err().to_string();
    assert!(unknown.contains("the topics are ") && unknown.contains("ownership"), "{unknown}");
    let finished = SessionFilter { state: Some(SessionState::Finished), ..SessionFilter::default() };
    assert_eq!(ids(finished).await, [ownership]);
}

#[tokio::test]
async fn a_session_is_sent_again_only_when_it_has_changed() {
    let viva = Running::start().await;
    let session = viva.session(&["ownership-why", "borrowing-aliasing-rules"]).await;
    let url = viva.url(&format!("/api/v1/sessions/{}", session.head.id));
    let read = async |tag: Option<&str>| {
        let request = viva.plain().get(&url);
        let request = tag.map_or(request.try_clone().unwrap(), |tag| request.header("if-none-match", tag));
        let response = request.send().await.unwrap();
        (
            response.status().as_u16(),
            response.headers()["etag"].to_str().unwrap().to_owned(),
            response.text().await.unwrap(),
        )
    };
    let (_, mut tag, mut body) = read(None).await;
    let first = session.turns[0].id;
    let mut changed = async |what: &str| {
        let (status, now, text) = read(Some(&tag)).await;
        assert_eq!(status, 200, "{what}");
        assert_ne!((&now, &text), (&tag, &body), "{what}");
        assert_eq!(read(Some(&format!("\"other\", {now}"))).await, (304, now.clone(), String::new()), "{what}");
        assert_eq!(read(None).await, (200, now.clone(), text.clone()), "{what}");
        (tag, body) = (now, text);
    };
    viva.answer(first, "every value has exactly one owner").await;
    changed("an answer was judged").await;
    viva.client.regrade(first, &Regrade::default(), PATIENCE).await.unwrap();
    changed("it was judged again").await;
    viva.client.finish_session(session.head.id).await.unwrap();
    changed("the session was finished").await;
    viva.client.delete_session(session.head.id).await.unwrap();
    let gone = viva.plain().get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(gone.status(), 404);
}

#[tokio::test]
async fn texts_are_compressed_for_clients_that_ask_for_it() {
    let viva = Running::start().await;
    let session = viva.session(&["ownership-why"]).await;
    let url = viva.url(&format!("/api/v1/sessions/{}", session.head.id));
    let plain = viva.plain().get(&url).send().await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    let plain = plain.bytes().await.unwrap();
    let packed = viva.plain().get(&url).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.headers()["vary"].to_str().unwrap().contains("accept-encoding"));
    assert!(packed.bytes().await.unwrap().len() < plain.len() / 2);
}

#[tokio::test]
async fn a_deleted_session_is_gone() {
    let viva = Running::start().await;
    let session = viva.session(&["ownership-why"]).await;
    viva.client.delete_session(session.head.id).await.unwrap();
    assert!(viva.client.session(session.head.id).await.unwrap_err().is_not_found());
    assert!(viva.client.turn(session.turns[0].id).await.unwrap_err().is_not_found());
    assert!(viva.client.delete_session(session.head.id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_data_folder_has_one_server_at_a_time() {
    let viva = Running::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let second = Server::start(Settings::in_folder(viva.data_folder()), listener).await;
    assert!(matches!(second, Err(ServerError::Store(StoreError::InUse { .. }))), "{second:?}");
    viva.client.ready().await.unwrap();
}

#[tokio::test]
async fn hints_come_one_by_one_until_the_answer() {
    let viva = Running::start().await;
    let session = viva.session(&["ownership-why"]).await;
    let turn = viva.client.turn(session.turns[0].id).await.unwrap();
    let mut left = turn.hints_left;
    while left > 0 {
        let given = viva.client.hint(turn.id).await.unwrap();
        assert!(given.hint.is_some());
        assert_eq!(given.hints_left, left - 1);
        left = given.hints_left;
    }
    let given = viva.client.hint(turn.id).await.unwrap();
    assert_eq!((given.hint, given.hints_used, given.hints_left), (None, turn.hints_left, 0), "there are no more");
    let answered = viva.answer(turn.id, "There is always exactly one owner.").await;
    assert_eq!(answered.hints_used, turn.hints_left);
    let late = viva.plain().post(viva.url(&format!("/api/v1/turns/{}/hint", turn.id))).send().await.unwrap();
    assert_eq!(late.status(), 409);
}

#[tokio::test]
async fn a_question_comes_again_in_another_wording_where_it_has_one() {
    let viva = Running::start().await;
    let mut heard = Vec::new();
    let bank = server::question_files::bank(None).unwrap().bank;
    let question = bank.question(&"ownership-why".parse().unwrap()).unwrap();
    for _ in question.prompts.all() {
        heard.push(viva.session(&["ownership-why"]).await.turns[0].prompt.clone());
    }
    heard.sort();
    let mut prompts = question.prompts.all().to_vec();
    prompts.sort();
    assert_eq!(heard, prompts, "each wording once before any comes again");
}
