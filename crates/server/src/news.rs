//! What happens to turns, told to whoever waits in this process.
//!
//! News is a hint, never the truth: whoever hears it reads the store. Whoever misses some, or waits for another process, looks again
//! every [`GLANCE`]. Only panels that are ready before the whole feedback is are nowhere else; they are kept here until the turn changes,
//! for whoever comes late.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::feedback::Feedback;
use interview::TurnId;
use tokio::sync::broadcast;
use tokio::time::{Instant, timeout_at};

/// How often somebody who hears nothing looks by themselves.
pub(crate) const GLANCE: Duration = Duration::from_secs(1);

/// How much news may be unread. Whoever falls further behind reads the store anyway.
const UNREAD: usize = 256;

/// Spreads news.
#[derive(Clone, Debug)]
pub(crate) struct News {
    sender: broadcast::Sender<Item>,
    /// The panels of turns that are being judged.
    ready: Arc<Mutex<HashMap<TurnId, Feedback>>>,
}

/// One piece of news.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) turn: TurnId,
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The turn changed its state.
    Changed,
    /// A panel is ready before the whole feedback is.
    Panel(Box<Feedback>),
}

impl News {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(UNREAD), ready: Arc::default() }
    }

    /// Tells that a turn changed its state.
    pub(crate) fn changed(&self, turn: TurnId) {
        self.ready().remove(&turn);
        self.tell(Item { turn, what: What::Changed });
    }

    /// Tells that a panel is ready.
    pub(crate) fn panel(&self, turn: TurnId, panel: Feedback) {
        let Feedback { correctness, clarity, .. } = panel.clone();
        let mut ready = self.ready();
        let kept = ready.entry(turn).or_default();
        kept.correctness = correctness.or(kept.correctness.take());
        kept.clarity = clarity.or(kept.clarity.take());
        drop(ready);
        self.tell(Item { turn, what: What::Panel(Box::new(panel)) });
    }

    /// The panels of a turn that are ready so far, while it is being judged in this process.
    pub(crate) fn ready_panels(&self, turn: TurnId) -> Feedback {
        self.ready().get(&turn).cloned().unwrap_or_default()
    }

    /// Listens for news of a turn from now on.
    pub(crate) fn of(&self, turn: TurnId) -> Listening {
        Listening { turn, news: self.sender.subscribe() }
    }

    fn tell(&self, item: Item) {
        let _nobody_listens = self.sender.send(item);
    }

    fn ready(&self) -> MutexGuard<'_, HashMap<TurnId, Feedback>> {
        // Nothing that holds the lock can leave the map half changed.
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens for news of one turn.
#[derive(Debug)]
pub(crate) struct Listening {
    turn: TurnId,
    news: broadcast::Receiver<Item>,
}

impl Listening {
    /// The next news of the turn; after a while without any, or when some was missed, that it may have changed.
    pub(crate) async fn next(&mut self, deadline: Option<Instant>) -> What {
        let glance = Instant::now() + GLANCE;
        let until = deadline.map_or(glance, |deadline| deadline.min(glance));
        loop {
            match timeout_at(until, self.news.recv()).await {
                Ok(Ok(item)) if item.turn == self.turn => return item.what,
                Ok(Ok(_)) => {}
                Ok(Err(broadcast::error::RecvError::Lagged(_))) | Err(_) => return What::Changed,
                Ok(Err(broadcast::error::RecvError::Closed)) => {
                    tokio::time::sleep_until(until).await;
                    return What::Changed;
                }
            }
        }
    }
}
