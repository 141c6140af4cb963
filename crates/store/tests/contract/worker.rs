//! A worker whose grader asks the test what to do.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use interview::marks::CoachKind;
use interview::session::Turn;
use store::{Grader, GradingJob, Judging, Outcome, Settlement, Store, StoreError, Submission};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::fixtures::{self, WORDS};

/// Nothing here takes this long unless it never ends.
const NEVER: Duration = Duration::from_secs(60);

/// A running worker.
pub struct Worker {
    jobs: mpsc::UnboundedReceiver<Handed>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), StoreError>>,
}

/// A job that was handed out and waits for its outcome. Dropping it makes the grader panic.
pub struct Handed {
    pub job: GradingJob,
    outcome: oneshot::Sender<Outcome>,
}

impl Worker {
    pub fn start(store: &Arc<dyn Store>, concurrency: usize) -> Self {
        let (hand_out, jobs) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let (store, concurrency) = (Arc::clone(store), NonZeroUsize::new(concurrency).unwrap());
        let running = tokio::spawn(async move {
            store.run_grading(Arc::new(Asking(hand_out)), concurrency, stopped.map(drop).boxed()).await
        });
        Self { jobs, stop, running }
    }

    /// The next job that is handed out.
    pub async fn next(&mut self) -> Handed {
        timeout(NEVER, self.jobs.recv()).await.expect("a job is handed out").expect("the worker is running")
    }

    /// Whether a job was handed out that nobody has taken.
    pub fn has_more(&mut self) -> bool {
        !self.jobs.is_empty()
    }

    /// Stops the worker once the jobs under way have ended.
    pub async fn stop(self) -> Result<(), StoreError> {
        let _ended_already = self.stop.send(());
        timeout(NEVER, self.running).await.expect("the worker stops").expect("the worker does not panic")
    }

    /// Stops the worker, whose queue has to be empty: an answer that is given now is the next to be handed out.
    pub async fn stop_with_nothing_left(mut self, store: &Arc<dyn Store>) {
        let last = answered(store).await;
        let handed = self.next().await;
        assert_eq!(handed.job.judging.turn, last.id);
        handed.give_up("enough");
        self.stop().await.unwrap();
    }

    /// Ends the worker with whatever it is doing, as the end of its process would.
    pub async fn abandon(self) {
        self.running.abort();
        let ended = timeout(NEVER, self.running).await.expect("the worker ends");
        assert!(ended.is_err_and(|error| error.is_cancelled()));
    }
}

impl Handed {
    /// Does what the job asks for.
    pub async fn settle(self, store: &Arc<dyn Store>) {
        judge(store, &self.job.judging).await;
        self.done();
    }

    pub fn done(self) {
        self.reply(Outcome::Done);
    }

    pub fn retry(self, after: Duration) {
        self.reply(Outcome::Retry { after, detail: "busy".to_owned() });
    }

    pub fn give_up(self, detail: &str) {
        self.reply(Outcome::GiveUp { detail: detail.to_owned() });
    }

    fn reply(self, outcome: Outcome) {
        self.outcome.send(outcome).expect("the grader waits for its outcome");
    }
}

/// A turn with an answer that waits for its judging.
pub async fn answered(store: &Arc<dyn Store>) -> Turn {
    let (session, turns) = fixtures::session(&["ownership"]);
    store.create_session(&session, &turns).await.unwrap();
    let answer = Submission::Words(Box::new(fixtures::typed(WORDS)));
    store.accept_answer(turns[0].id, answer, None).await.unwrap()
}

/// Stores feedback for an answer.
pub async fn judge(store: &Arc<dyn Store>, judging: &Judging) {
    let turn = store.turn(judging.turn).await.unwrap();
    let feedback = fixtures::feedback(turn.state.answer().unwrap(), CoachKind::Offline, "say why");
    store.settle(judging, Settlement::Judged { feedback, follow_up: None }).await.unwrap();
}

struct Asking(mpsc::UnboundedSender<Handed>);

#[async_trait]
impl Grader for Asking {
    async fn grade(&self, job: GradingJob) -> Outcome {
        let (outcome, decided) = oneshot::channel();
        self.0.send(Handed { job, outcome }).expect("the test takes jobs");
        decided.await.expect("the test decides")
    }
}
