//! What can be watched while somebody speaks.

use interview::{Seconds, Segment};
use tokio::sync::mpsc;

use crate::audio::Level;

/// Something happened on the way. Nothing depends on events being read: whoever does not keep up misses some.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// How loud it is, and how long nobody has been speaking.
    Level {
        /// The loudness of the last stretch of sound.
        level: Level,
        /// The time since the last speech ended; zero while somebody speaks.
        silence: Seconds,
    },
    /// The next words of the transcript are there.
    Segment(Segment),
    /// So many samples were lost so far, because the machine did not keep up.
    Overrun {
        /// Their number since recording began.
        lost: u64,
    },
    /// The microphone is gone; what was said before is kept.
    MicrophoneLost {
        /// What the sound system said.
        reason: String,
    },
}

/// Sends events to whoever watches, if anybody does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events(Option<mpsc::Sender<Event>>);

impl Events {
    pub(crate) fn to(watcher: Option<mpsc::Sender<Event>>) -> Self {
        Self(watcher)
    }

    pub(crate) fn send(&self, event: Event) {
        if let Some(watcher) = &self.0 {
            let _a_slow_watcher_misses_it = watcher.try_send(event);
        }
    }
}
