use interview::marks::Decisions;
use interview::session::{Answer, AudioObject, Mode, Place, Recording, Session, Source, Turn, TurnState};
use interview::{AnswerId, SessionId, Transcript, TurnId};
use store::{DatabaseUrl, Submission};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::*;

/// Nothing here takes this long unless it never ends.
const NEVER: Duration = Duration::from_secs(60);

#[tokio::test]
async fn judging_goes_on_while_every_transcription_slot_is_busy() {
    let store = Opened::new().await;
    let (mut transcribing, mut judging) =
        (Running::start(&store, Lane::Transcription, 2), Running::start(&store, Lane::Judging, 1));
    for _ in 0..3 {
        store.answer(sound()).await;
    }
    let _busy = (transcribing.next().await, transcribing.next().await);
    let typed = store.answer(words()).await;
    let handed = judging.next().await;
    assert_eq!(handed.job.judging.turn, typed);
    handed.settle(&store).await;
    assert_eq!(store.state(typed).await, "settled by the test");
    assert!(transcribing.jobs.is_empty(), "the third recording waits for a slot");
}

#[tokio::test]
async fn no_more_jobs_than_slots_are_worked_on() {
    let store = Opened::new().await;
    let mut worker = Running::start(&store, Lane::Judging, 2);
    for _ in 0..3 {
        store.answer(words()).await;
    }
    let (first, _second) = (worker.next().await, worker.next().await);
    assert!(worker.jobs.is_empty());
    first.settle(&store).await;
    worker.next().await;
}

#[tokio::test]
async fn a_panic_and_a_failure_are_tried_again() {
    let store = Opened::new().await;
    let mut worker = Running::start(&store, Lane::Judging, 1);
    let turn = store.answer(words()).await;
    drop(worker.next().await);
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 2));
    handed.fail("busy");
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 3));
    handed.settle(&store).await;
    worker.stop().await;
    assert_eq!(store.state(turn).await, "settled by the test");
}

#[tokio::test]
async fn a_job_that_always_fails_is_given_up_and_the_turn_says_why() {
    let store = Opened::new().await;
    for (lane, submission, reason) in [
        (Lane::Judging, words(), UngradedReason::CoachFailed { detail: "busy".to_owned() }),
        (Lane::Transcription, sound(), UngradedReason::NotTranscribed { detail: "busy".to_owned() }),
    ] {
        let turn = store.answer(submission).await;
        let mut worker = Running::start(&store, lane, 1);
        for _ in 0..MAX_ATTEMPTS {
            worker.next().await.fail("busy");
        }
        worker.stop().await;
        let TurnState::Ungraded { reason: given, .. } = store.store.turn(turn).await.unwrap().state else {
            panic!("the turn is not ungraded")
        };
        assert_eq!(given, reason);
    }
}

#[tokio::test]
async fn a_job_that_takes_its_process_down_is_not_tried_for_ever() {
    let store = Opened::new().await;
    let turn = store.answer(words()).await;
    for _ in 0..MAX_ATTEMPTS {
        // Taken, and never heard of again.
        store.store.take_job(Lane::Judging, Timestamp::now(), Duration::ZERO).await.unwrap().unwrap();
    }
    let mut worker = Running::start(&store, Lane::Judging, 1);
    let next = store.answer(words()).await;
    let handed = worker.next().await;
    assert_eq!(handed.job.judging.turn, next);
    handed.settle(&store).await;
    worker.stop().await;
    assert_eq!(store.store.turn(turn).await.unwrap().state.name(), "ungraded");
}

#[tokio::test]
async fn a_stopped_worker_leaves_its_job_to_the_next_as_if_it_had_not_been_taken() {
    let store = Opened::new().await;
    let turn = store.answer(words()).await;
    let mut worker = Running::start(&store, Lane::Judging, 1);
    let _unfinished = worker.next().await;
    worker.stop().await;

    let mut worker = Running::start(&store, Lane::Judging, 1);
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 1));
}

#[tokio::test]
async fn work_ends_at_once_when_its_answer_is_judged_anew_or_deleted() {
    let store = Opened::new().await;
    let mut worker = Running::start(&store, Lane::Judging, 1);
    let turn = store.answer(words()).await;
    let mut older = worker.next().await;
    let again = store.store.regrade(turn, Default::default()).await.unwrap();
    worker.events.superseded(turn, again);
    older.outcome.closed().await;
    let mut newer = worker.next().await;
    assert_eq!((newer.job.judging.turn, newer.job.attempt), (turn, 1));
    let session = store.store.turn(turn).await.unwrap().session;
    store.store.delete(session).await.unwrap();
    worker.events.notify(turn);
    newer.outcome.closed().await;
}

#[test]
fn pauses_grow_and_stay_bearable() {
    let seconds = |attempt| pause(attempt, None).as_secs();
    assert_eq!([seconds(1), seconds(2), seconds(3)], [1, 2, 4]);
    assert_eq!(pause(u32::MAX, None), LONGEST_PAUSE);
    assert_eq!(pause(1, Some(Duration::from_secs(7))), Duration::from_secs(7));
    assert_eq!(pause(1, Some(Duration::from_secs(3600))), LONGEST_PAUSE);
}

/// A store in a folder of its own.
struct Opened {
    store: Arc<dyn Store>,
    _folder: TempDir,
}

impl Opened {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: store::open(&DatabaseUrl::default(), folder.path()).await.unwrap(), _folder: folder }
    }

    /// A turn that is answered.
    async fn answer(&self, submission: Submission) -> TurnId {
        let bank = crate::question_files::bank(None).unwrap().bank;
        let question = bank.questions()[0].clone();
        let session = SessionId::from(Uuid::now_v7());
        let turn = Turn {
            id: TurnId::from(Uuid::now_v7()),
            session,
            place: Place { position: 1, depth: 0 },
            question: question.id.clone(),
            target: None,
            prompt: question.prompts.first().to_owned(),
            hints_used: 0,
            sureness: None,
            state: TurnState::Asked,
        };
        let round =
            Session { id: session, questions: vec![question], follow_ups: Default::default(), mode: Mode::Study };
        self.store.create_session(&round, std::slice::from_ref(&turn)).await.unwrap();
        self.store.accept_answer(turn.id, submission, None).await.unwrap();
        turn.id
    }

    async fn state(&self, turn: TurnId) -> String {
        match self.store.turn(turn).await.unwrap().state {
            TurnState::Ungraded { reason: UngradedReason::CoachFailed { detail }, .. } => detail,
            state => state.name().to_owned(),
        }
    }
}

/// A worker whose jobs go to the test.
struct Running {
    jobs: mpsc::UnboundedReceiver<Handed>,
    events: TurnEvents,
    stopping: CancellationToken,
    task: JoinHandle<()>,
}

/// A job that was handed out and waits for its outcome. Dropping it makes the work panic.
struct Handed {
    job: Job,
    outcome: oneshot::Sender<Outcome>,
}

impl Running {
    fn start(store: &Opened, lane: Lane, slots: usize) -> Self {
        let (hand_out, jobs) = mpsc::unbounded_channel();
        let work: Work = Arc::new(move |job| {
            let (outcome, decided) = oneshot::channel();
            hand_out.send(Handed { job, outcome }).ok();
            async { decided.await.expect("the test decides") }.boxed()
        });
        let events = TurnEvents::new();
        let worker = Worker { store: Arc::clone(&store.store), events: events.clone(), lane, slots, work };
        let stopping = CancellationToken::new();
        Self { jobs, events, stopping: stopping.clone(), task: tokio::spawn(worker.run(stopping)) }
    }

    async fn next(&mut self) -> Handed {
        timeout(NEVER, self.jobs.recv()).await.expect("a job is handed out").expect("the worker is running")
    }

    async fn stop(self) {
        self.stopping.cancel();
        timeout(NEVER, self.task).await.expect("the worker stops").expect("the worker does not panic");
    }
}

impl Handed {
    /// Does what the job asks for.
    async fn settle(self, store: &Opened) {
        let detail = "settled by the test".to_owned();
        let settlement = Settlement::Ungraded(UngradedReason::CoachFailed { detail });
        store.store.settle(&self.job.judging, settlement).await.unwrap();
        self.outcome.send(Outcome::Done).expect("the worker waits for the outcome");
    }

    fn fail(self, detail: &str) {
        let outcome = Outcome::Retry { after: Some(Duration::ZERO), detail: detail.to_owned() };
        self.outcome.send(outcome).expect("the worker waits for the outcome");
    }
}

fn words() -> Submission {
    Submission::Words(Box::new(Answer {
        id: AnswerId::from(Uuid::now_v7()),
        source: Source::Typed,
        transcript: Transcript::typed("A value has one owner."),
        corrected: false,
        decisions: Decisions::default(),
        spoken: None,
        audio: None,
    }))
}

fn sound() -> Submission {
    let id = AnswerId::from(Uuid::now_v7());
    let audio = AudioObject { key: format!("session/{id}.wav"), media_type: "audio/wav".to_owned(), bytes: 44 };
    Submission::Sound(Recording { id, audio, source: Source::Upload })
}
