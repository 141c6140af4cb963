//! A double of a microphone: delivers sound that is there already, as fast as it is read or all at once.

use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use super::{AudioSource, Delivery};

/// Plays sound and then falls silent, or dies.
pub struct Playback {
    pub interleaved: Vec<f32>,
    pub rate: u32,
    pub channels: u16,
    /// Why the source dies after its sound, if it does.
    pub death: Option<&'static str>,
    /// Samples that it claims to have lost once all is played.
    pub losing: u64,
    pub played: usize,
}

impl Playback {
    pub fn of(interleaved: Vec<f32>, rate: u32, channels: u16) -> Self {
        Self { interleaved, rate, channels, death: None, losing: 0, played: 0 }
    }
}

impl AudioSource for Playback {
    fn rate(&self) -> NonZeroU32 {
        NonZeroU32::new(self.rate).unwrap()
    }

    fn channels(&self) -> NonZeroU16 {
        NonZeroU16::new(self.channels).unwrap()
    }

    fn read(&mut self, interleaved: &mut Vec<f32>, limit: Duration) -> Delivery {
        // A twentieth of a second at a time, as a device would.
        let piece = self.rate as usize / 20 * usize::from(self.channels);
        let rest = &self.interleaved[self.played..];
        if rest.is_empty() {
            return match self.death {
                Some(reason) => Delivery::Over(reason.to_owned()),
                None => {
                    std::thread::sleep(limit);
                    Delivery::Nothing
                }
            };
        }
        let piece = &rest[..piece.min(rest.len())];
        interleaved.extend_from_slice(piece);
        self.played += piece.len();
        Delivery::Sound
    }

    fn lost(&self) -> u64 {
        if self.played == self.interleaved.len() { self.losing } else { 0 }
    }
}
