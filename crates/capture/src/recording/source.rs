//! The seam between the product and whatever delivers sound.

use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

/// Something that delivers sound while it happens. It is opened, used and dropped on one thread.
pub trait AudioSource {
    /// Samples a second and channel.
    fn rate(&self) -> NonZeroU32;

    /// How many channels are interleaved.
    fn channels(&self) -> NonZeroU16;

    /// Appends what has been delivered since the last call to `interleaved`, in whole frames. While there is nothing it waits, for
    /// `limit` at most.
    fn read(&mut self, interleaved: &mut Vec<f32>, limit: Duration) -> Delivery;

    /// Samples that were lost so far because nobody read them in time. It never goes down.
    fn lost(&self) -> u64;
}

/// What a read brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// There was sound.
    Sound,
    /// Nothing came within the limit.
    Nothing,
    /// There will be no more sound, for the reason given. What was delivered before has been read.
    Over(String),
}
