//! When the queue's worker looks for jobs: as soon as one is promised.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use apalis::prelude::{PollSnapshot, PollStrategy};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior, Sleep, interval, sleep};

/// How long after a ring the worker looks a second time.
const SECOND_LOOK: Duration = Duration::from_millis(10);

/// How often the worker looks without being rung for: jobs that wait for their time ring no bell. The queue counts whole seconds.
const ROUND: Duration = Duration::from_secs(1);

/// Rung after a job was committed. Clones ring the same bell; a ring that nobody hears is kept.
#[derive(Clone, Default)]
pub(super) struct Bell(Arc<Notify>);

impl Bell {
    pub(super) fn ring(&self) {
        self.0.notify_one();
    }

    fn rings(&self) -> BoxStream<'static, ()> {
        let ring = |bell: Arc<Notify>| async move {
            bell.notified().await;
            Some(((), bell))
        };
        stream::unfold(Arc::clone(&self.0), ring).boxed()
    }
}

/// Wakes the worker by the bell, and once a second.
///
/// A look that is under way when the bell rings may have begun before the job was there and come back empty, and the ring would be
/// spent. So every ring is followed by a second look, when that first one is over.
pub(super) struct Wake {
    rings: BoxStream<'static, ()>,
    second_look: Option<Pin<Box<Sleep>>>,
    rounds: Interval,
}

impl Wake {
    pub(super) fn by(bell: &Bell) -> Self {
        let mut rounds = interval(ROUND);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { rings: bell.rings(), second_look: None, rounds }
    }
}

impl PollStrategy for Wake {
    /// Polls each source until it is pending, so that each will wake the worker again.
    fn poll_drive(&mut self, context: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        while self.rings.poll_next_unpin(context).is_ready() {
            self.second_look = Some(Box::pin(sleep(SECOND_LOOK)));
        }
        if let Some(look) = &mut self.second_look
            && look.as_mut().poll(context).is_ready()
        {
            self.second_look = None;
        }
        while self.rounds.poll_tick(context).is_ready() {}
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Waker;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn every_ring_wakes_the_worker_at_once() {
        let (bell, mut worker) = (Bell::default(), Sleeper::default());
        let mut wake = Wake::by(&bell);
        for ring in 1..=3 {
            worker.look(&mut wake);
            bell.ring();
            assert_eq!(worker.woken(), ring);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_ring_is_followed_by_a_second_look() {
        let (bell, mut worker) = (Bell::default(), Sleeper::default());
        let mut wake = Wake::by(&bell);
        bell.ring();
        worker.look(&mut wake);
        tokio::time::sleep(SECOND_LOOK * 2).await;
        assert_eq!(worker.woken(), 1, "a ring before the worker listened counts too");

        worker.look(&mut wake);
        tokio::time::sleep(SECOND_LOOK * 2).await;
        assert_eq!(worker.woken(), 1, "two looks are enough");
    }

    #[tokio::test(start_paused = true)]
    async fn the_worker_goes_its_rounds_unasked() {
        let (bell, mut worker) = (Bell::default(), Sleeper::default());
        let mut wake = Wake::by(&bell);
        for round in 1..=3 {
            worker.look(&mut wake);
            tokio::time::sleep(ROUND).await;
            assert_eq!(worker.woken(), round);
        }
    }

    /// A worker that counts how often it is woken.
    #[derive(Default)]
    struct Sleeper(Arc<Count>);

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Sleeper {
        fn look(&mut self, wake: &mut Wake) {
            let waker = Waker::from(Arc::clone(&self.0));
            let looked = wake.poll_drive(&mut Context::from_waker(&waker), &PollSnapshot::new());
            assert!(looked.is_pending());
        }

        fn woken(&self) -> usize {
            self.0.0.load(Ordering::SeqCst)
        }
    }
}
