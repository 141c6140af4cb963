//! The seam between the product and whatever tells voice from noise.

/// Samples that are judged together: 16 ms.
pub const FRAME_SAMPLES: usize = 256;

/// What is judged together.
pub type Frame = [f32; FRAME_SAMPLES];

/// Tells voice from everything else, one frame after the other. What it says of a frame may depend on the frames before it.
pub trait VoiceDetector: Send {
    /// How likely it is that somebody speaks in `frame`, 0 to 1.
    fn probability(&mut self, frame: &Frame) -> f32;

    /// Forgets what it has heard: the next frame begins another recording.
    fn reset(&mut self);
}
