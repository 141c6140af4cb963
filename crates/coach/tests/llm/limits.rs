//! Servers that are slow, busy, broken or not there.

use std::num::{NonZeroU16, NonZeroU64};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use coach::llm::{LlmSettings, Preset};
use coach::{CoachError, LlmCoach};
use serde_json::{Value, json};

use crate::support;
use crate::support::scripted_model::{Reply, Script, says};
use crate::support::socket::{self, Behaviour};
use crate::support::{ANSWER, clarity, judge, marks, settings, verdicts};

const ONE_SECOND: NonZeroU64 = NonZeroU64::MIN;

async fn failure(settings: &LlmSettings) -> CoachError {
    support::failure(&LlmCoach::new(settings).unwrap()).await
}

fn busy(headers: Vec<(&'static str, &'static str)>) -> Reply {
    Reply::Answers(429, headers, r#"{"error": {"message": "slow down"}}"#.to_owned())
}

#[tokio::test]
async fn a_server_that_never_replies_is_given_up_after_the_limit_for_the_first_byte() {
    let url = socket::start(Behaviour::Silence).await;
    let error = failure(&LlmSettings { first_byte_seconds: ONE_SECOND, ..settings(&url) }).await;
    assert!(matches!(error, CoachError::TimedOut { limit, .. } if limit == Duration::from_secs(1)), "{error:?}");
    assert_eq!(error.to_string(), "the coach took longer than 1 seconds to begin its reply");
    assert!(!error.is_passing(), "it would take too long again");
}

#[tokio::test]
async fn a_stream_without_a_token_is_given_up_after_the_limit_for_the_first_byte() {
    let url = socket::start(Behaviour::NoToken).await;
    let error = failure(&LlmSettings { first_byte_seconds: ONE_SECOND, ..settings(&url) }).await;
    assert_eq!(error.to_string(), "the coach took longer than 1 seconds to begin its reply");
}

#[tokio::test]
async fn a_server_that_takes_no_connection_is_given_up_after_the_limit_for_connecting() {
    let crowd = socket::Crowd::gather().await;
    let limits = LlmSettings { connect_seconds: ONE_SECOND, ..settings(&crowd.base_url()) };
    let error = failure(&limits).await;
    assert!(matches!(&error, CoachError::Unavailable { reason, .. } if reason.contains("within 1 s")), "{error:?}");
}

#[tokio::test]
async fn the_longest_limits_there_are_overflow_no_clock() {
    let model = Script::sound().start().await;
    let limits = LlmSettings {
        judging_seconds: NonZeroU64::MAX,
        whole_call_seconds: NonZeroU64::MAX,
        first_byte_seconds: NonZeroU64::MAX,
        ..settings(&model.base_url())
    };
    judge(&LlmCoach::new(&limits).unwrap(), ANSWER).await.unwrap();
}

#[tokio::test]
async fn a_coach_whose_model_is_being_loaded_says_so_until_it_judges() {
    let model = Script::sound().loading(3).start().await;
    let coach = Arc::new(LlmCoach::new(&settings(&model.base_url())).unwrap());
    assert!(!coach.is_loading());
    let judging = Arc::clone(&coach);
    let judging = tokio::spawn(async move { judge(&judging, ANSWER).await });
    socket::until(|| coach.is_loading()).await;
    judging.await.unwrap().unwrap();
    assert!(!coach.is_loading());
}

#[tokio::test]
async fn a_slow_drip_is_given_up_after_the_limit_for_the_whole_call() {
    let url = socket::start(Behaviour::SlowDrip).await;
    let error = failure(&LlmSettings { whole_call_seconds: ONE_SECOND, ..settings(&url) }).await;
    assert!(matches!(error, CoachError::TimedOut { limit, .. } if limit == Duration::from_secs(1)), "{error:?}");
}

#[tokio::test]
async fn a_truncated_stream_may_be_tried_again() {
    let error = failure(&settings(&socket::start(Behaviour::Truncated).await)).await;
    assert!(matches!(&error, CoachError::Unavailable { reason, .. } if reason.contains("broke off")), "{error:?}");
}

#[tokio::test]
async fn a_stream_that_ends_early_without_having_said_how_long_it_is_may_be_tried_again() {
    let error = failure(&settings(&socket::start(Behaviour::TruncatedOfUnknownLength).await)).await;
    assert!(matches!(&error, CoachError::Unavailable { reason, .. } if reason.contains("broke off")), "{error:?}");
}

#[tokio::test]
async fn a_failure_that_comes_with_a_good_status_is_told_in_the_servers_words() {
    let failed = r#"{"error": {"message": "Provider returned error", "code": 502}}"#.to_owned();
    let model = Script::sound().on("marks", [Reply::Answers(200, vec![], failed)]).start().await;
    let error = failure(&settings(&model.base_url())).await;
    assert!(error.is_passing() && error.to_string().contains("Provider returned error"), "{error:?}");
}

#[tokio::test]
async fn a_reply_without_end_is_cut_at_the_size_limit() {
    let error = failure(&settings(&socket::start(Behaviour::Flood).await)).await;
    assert!(matches!(&error, CoachError::Malformed { reason } if reason.contains("256 KiB")), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_tried_again() {
    let error = failure(&settings(&socket::nobody().await)).await;
    assert!(
        matches!(&error, CoachError::Unavailable { reason, .. } if reason.contains("no connection to")),
        "{error:?}"
    );
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_not_before_it_wants() {
    let model = Script::sound().on("marks", [busy(vec![("retry-after", "1")]), says(&marks())]).start().await;
    let began = Instant::now();
    let coach = LlmCoach::new(&LlmSettings { retries: 2, ..settings(&model.base_url()) }).unwrap();
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"]);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(model.requests("marks").await.len(), 2);
    assert_eq!(model.requests("clarity").await.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_out_of_order_is_asked_again_and_not_before_it_wants() {
    let down = Reply::Answers(503, vec![("retry-after", "1")], "down".to_owned());
    let model = Script::sound().on("clarity", [down, says(&clarity())]).start().await;
    let began = Instant::now();
    let coach = LlmCoach::new(&LlmSettings { retries: 1, ..settings(&model.base_url()) }).unwrap();
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"]);
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(model.requests("clarity").await.len(), 2);
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_for_long_is_left_to_the_queue() {
    let model = Script::sound().on("marks", [busy(vec![("retry-after", "3600")])]).start().await;
    let error = failure(&LlmSettings { retries: 2, ..settings(&model.base_url()) }).await;
    let CoachError::Unavailable { retry_after, .. } = error else { panic!("{error:?}") };
    assert_eq!(retry_after, Some(Duration::from_secs(3600)));
    assert_eq!(model.requests("marks").await.len(), 1);
}

#[tokio::test]
async fn a_server_that_stays_out_of_order_is_given_up_after_the_retries() {
    let broken = Reply::Answers(503, vec![], "down".to_owned());
    let model = Script::sound().on("marks", [broken]).start().await;
    let error = failure(&LlmSettings { retries: 1, ..settings(&model.base_url()) }).await;
    assert!(matches!(&error, CoachError::Unavailable { retry_after: None, .. }), "{error:?}");
    assert_eq!(model.requests("marks").await.len(), 2);
}

#[tokio::test]
async fn a_page_with_status_200_is_a_wrong_address() {
    let page = Reply::Answers(200, vec![("content-type", "text/html")], "<html>Welcome!</html>".to_owned());
    let model = Script::sound().on_all(page).start().await;
    let error = failure(&settings(&model.base_url())).await;
    assert!(matches!(&error, CoachError::Misconfigured { reason } if reason.contains("web page")), "{error:?}");
}

#[tokio::test]
async fn json_of_something_else_is_no_reply_of_a_model() {
    let model = Script::sound().on_all(Reply::Answers(200, vec![], "{\"status\": \"ok\"}".to_owned())).start().await;
    let error = failure(&settings(&model.base_url())).await;
    assert!(matches!(&error, CoachError::Malformed { reason } if reason.contains("base_url")), "{error:?}");
}

#[tokio::test]
async fn no_more_calls_are_under_way_than_there_are_places() {
    let (url, most) = socket::count_calls(None).await;
    let coach = LlmCoach::new(&LlmSettings { concurrency: NonZeroU16::new(2), ..settings(&url) }).unwrap();
    futures::future::join_all(std::iter::repeat_with(|| judge(&coach, ANSWER)).take(4)).await;
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn calls_come_one_after_another_unless_the_server_says_that_it_has_more_slots() {
    for (slots, most_at_once) in [(None, 1), (Some(3), 3)] {
        let (url, most) = socket::count_calls(slots).await;
        let coach = LlmCoach::new(&LlmSettings { concurrency: None, ..settings(&url) }).unwrap();
        judge(&coach, ANSWER).await.ok();
        assert_eq!(most.load(Ordering::SeqCst), most_at_once);
    }
}

#[tokio::test]
async fn slots_are_learnt_after_loading() {
    let model = Script::sound().loading(1).with_properties(json!({"total_slots": 6})).start().await;
    let coach = LlmCoach::new(&LlmSettings { concurrency: None, ..settings(&model.base_url()) }).unwrap();
    assert_eq!(coach.places().await.unwrap(), 6);
    judge(&coach, ANSWER).await.unwrap();
    assert_eq!(model.questions("/props").await, 2, "what the server has said is remembered");
}

#[tokio::test]
async fn ollama_gets_a_larger_context_in_whole_steps_where_a_request_needs_it() {
    for (answer, context) in [(ANSWER.to_owned(), 8192), (ANSWER.repeat(300), 16_384)] {
        let model = Script::sound().start().await;
        let ollama = LlmSettings { preset: Preset::Ollama, ..settings(&model.base_url()) };
        judge(&LlmCoach::new(&ollama).unwrap(), &answer).await.unwrap_err(); // the script has another format
        let requests = model.raw_requests().await;
        let bodies = requests.iter().map(|request| serde_json::from_slice::<Value>(&request.body).unwrap());
        let contexts: Vec<Value> = bodies.map(|body| body["options"]["num_ctx"].clone()).collect();
        assert!(!contexts.is_empty() && contexts.iter().all(|sent| *sent == context), "{context}: {contexts:?}");
    }
}

#[tokio::test]
async fn a_server_that_loads_its_model_is_waited_for() {
    let model = Script::sound().loading(1).start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"]);
    let stuck = Script::sound().loading(usize::MAX).start().await;
    let error = failure(&LlmSettings { loading_seconds: ONE_SECOND, ..settings(&stuck.base_url()) }).await;
    assert_eq!(error.to_string(), "the coach took longer than 1 seconds to load its model");
}

#[tokio::test]
async fn a_reply_that_stalls_is_given_up_after_the_limit_between_two_tokens() {
    let url = socket::start(Behaviour::Stalls).await;
    let error = failure(&LlmSettings { between_tokens_seconds: ONE_SECOND, ..settings(&url) }).await;
    assert_eq!(error.to_string(), "the coach took longer than 1 seconds between two tokens of its reply");
}

#[tokio::test]
async fn a_stream_that_ends_in_the_middle_may_be_tried_again() {
    let error = failure(&settings(&socket::start(Behaviour::BreaksOff).await)).await;
    assert!(matches!(&error, CoachError::Unavailable { reason, .. } if reason.contains("broke off")), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_as_a_whole_is_given_up() {
    let url = socket::start(Behaviour::Silence).await;
    let error =
        judge(&LlmCoach::new(&LlmSettings { judging_seconds: ONE_SECOND, ..settings(&url) }).unwrap(), ANSWER).await;
    assert_eq!(error.unwrap_err().to_string(), "the coach took longer than 1 seconds to judge the whole answer");
}

#[tokio::test]
async fn a_judging_that_is_dropped_ends_its_connections() {
    let (url, open) = socket::count_open().await;
    let coach = LlmCoach::new(&settings(&url)).unwrap();
    let judging = tokio::spawn(async move { judge(&coach, ANSWER).await });
    socket::until(|| open.load(Ordering::SeqCst) >= 3).await;
    judging.abort();
    socket::until(|| open.load(Ordering::SeqCst) == 0).await;
}
