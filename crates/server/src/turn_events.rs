//! What happens to turns, for whoever waits in this process.
//!
//! An event is a hint, never the truth: whoever gets one reads the store. Whoever misses one, or waits for another process, looks again
//! every [`POLL_INTERVAL`]. Only panels that are ready before the whole feedback are nowhere else. They belong to a judging: once another
//! judging of the turn starts, they are dropped, and late ones of an older judging are ignored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api::feedback::Feedback;
use interview::TurnId;
use tokio::sync::broadcast;
use tokio::time::{Instant, timeout_at};

/// How often a subscriber that gets no event looks by itself.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// How many events a subscriber may fall behind. One that falls further behind reads the store anyway.
const CAPACITY: usize = 256;

/// Sends events and keeps early panels.
#[derive(Clone, Debug)]
pub(crate) struct TurnEvents {
    sender: broadcast::Sender<(TurnId, TurnEvent)>,
    running: Arc<Mutex<HashMap<TurnId, Running>>>,
}

/// What happened to a turn.
#[derive(Clone, Debug)]
pub(crate) enum TurnEvent {
    /// It may have changed.
    Changed,
    /// A panel is ready before the whole feedback is.
    Panel(Box<Feedback>),
}

/// The latest judging of a turn that was started in this process.
#[derive(Debug)]
struct Running {
    /// Which judging of the turn it is ([`store::Judging::revision`]).
    revision: u32,
    /// When it was first started.
    since: Instant,
    /// Another judging was asked for: what this one still finds is of no use.
    is_superseded: bool,
    panels: Feedback,
}

impl TurnEvents {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(CAPACITY), running: Arc::default() }
    }

    /// The turn changed.
    pub(crate) fn notify(&self, turn: TurnId) {
        self.send(turn, TurnEvent::Changed);
    }

    /// The judging of this revision was asked for: panels of an earlier one are dropped, now and later. The new one may have started already.
    pub(crate) fn superseded(&self, turn: TurnId, by: u32) {
        if let Some(running) = self.running().get_mut(&turn).filter(|running| running.revision < by) {
            running.is_superseded = true;
            running.panels = Feedback::default();
        }
        self.notify(turn);
    }

    /// A judging starts, for the first time or again. Returns when it first did.
    pub(crate) fn started(&self, turn: TurnId, revision: u32) -> Instant {
        let mut running = self.running();
        let known = running.get(&turn);
        let since = known.filter(|running| running.revision == revision).map_or_else(Instant::now, |known| known.since);
        if known.is_none_or(|running| running.revision <= revision) {
            running.insert(turn, Running { revision, since, is_superseded: false, panels: Feedback::default() });
        }
        since
    }

    /// A judging ended. Its turn may have changed.
    pub(crate) fn ended(&self, turn: TurnId, revision: u32) {
        self.running().retain(|running, latest| *running != turn || latest.revision != revision);
        self.notify(turn);
    }

    /// A panel of a judging is ready.
    pub(crate) fn panel(&self, turn: TurnId, revision: u32, panel: Feedback) {
        let mut running = self.running();
        let is_latest = |running: &&mut Running| running.revision == revision && !running.is_superseded;
        let Some(current) = running.get_mut(&turn).filter(is_latest) else { return };
        let Feedback { correctness, clarity, .. } = panel.clone();
        current.panels.correctness = correctness.or(current.panels.correctness.take());
        current.panels.clarity = clarity.or(current.panels.clarity.take());
        // Sent under the lock, so that no panel is sent after its judging is superseded.
        self.send(turn, TurnEvent::Panel(Box::new(panel)));
    }

    /// The panels of a turn that are ready so far, while it is being judged in this process.
    pub(crate) fn ready_panels(&self, turn: TurnId) -> Feedback {
        self.running().get(&turn).map(|running| running.panels.clone()).unwrap_or_default()
    }

    /// The events of a turn from now on.
    pub(crate) fn subscribe(&self, turn: TurnId) -> Subscription {
        Subscription { turn, events: self.sender.subscribe() }
    }

    fn send(&self, turn: TurnId, event: TurnEvent) {
        // An error means that nobody listens.
        self.sender.send((turn, event)).ok();
    }

    fn running(&self) -> MutexGuard<'_, HashMap<TurnId, Running>> {
        // Nothing that holds the lock can leave the map half changed.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The events of one turn.
#[derive(Debug)]
pub(crate) struct Subscription {
    turn: TurnId,
    events: broadcast::Receiver<(TurnId, TurnEvent)>,
}

impl Subscription {
    /// Waits until the turn may have changed by something in this process.
    pub(crate) async fn changed(&mut self) {
        // An error means that some were missed.
        while let Ok((turn, event)) = self.events.recv().await {
            if turn == self.turn && matches!(event, TurnEvent::Changed) {
                return;
            }
        }
    }

    /// The next event of the turn; after [`POLL_INTERVAL`] without any, or when some were missed, that it may have changed.
    pub(crate) async fn next(&mut self) -> TurnEvent {
        let until = Instant::now() + POLL_INTERVAL;
        loop {
            match timeout_at(until, self.events.recv()).await {
                Ok(Ok((turn, event))) if turn == self.turn => return event,
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(_) => return TurnEvent::Changed,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use api::feedback::Clarity;
    use uuid::Uuid;

    use super::*;

    fn panel(score: f64) -> Feedback {
        Feedback { clarity: Some(Clarity { score: Some(score), checks: Vec::new() }), ..Feedback::default() }
    }

    fn shown(events: &TurnEvents, turn: TurnId) -> Option<f64> {
        events.ready_panels(turn).clarity.and_then(|clarity| clarity.score)
    }

    #[tokio::test]
    async fn panels_of_a_judging_that_was_superseded_are_neither_kept_nor_sent() {
        let (events, turn) = (TurnEvents::new(), TurnId::from(Uuid::nil()));
        events.started(turn, 1);
        events.panel(turn, 1, panel(3.0));
        assert_eq!(shown(&events, turn), Some(3.0));

        events.superseded(turn, 2);
        assert_eq!(shown(&events, turn), None);
        let mut subscription = events.subscribe(turn);
        events.panel(turn, 1, panel(4.0));
        events.started(turn, 2);
        events.panel(turn, 1, panel(4.0));
        events.panel(turn, 2, panel(8.0));
        events.ended(turn, 1);
        let TurnEvent::Panel(first) = subscription.next().await else { panic!("a panel was sent") };
        assert_eq!(*first, panel(8.0));
        assert_eq!(shown(&events, turn), Some(8.0), "the end of the older judging takes nothing away");

        events.ended(turn, 2);
        assert_eq!(shown(&events, turn), None);
    }

    #[tokio::test]
    async fn a_judging_that_starts_before_its_request_is_announced_keeps_its_panels() {
        let (events, turn) = (TurnEvents::new(), TurnId::from(Uuid::nil()));
        events.started(turn, 1);
        events.panel(turn, 1, panel(3.0));
        events.started(turn, 2);
        events.panel(turn, 2, panel(8.0));
        events.superseded(turn, 2);
        assert_eq!(shown(&events, turn), Some(8.0));
        events.panel(turn, 2, panel(9.0));
        assert_eq!(shown(&events, turn), Some(9.0));
    }
}
