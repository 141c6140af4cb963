//! Voice detection by earshot's small neural network. The only file that knows it.

use super::{Frame, VoiceDetector};

/// Judges with earshot.
pub struct EarshotDetector {
    detector: Box<::earshot::Detector>,
}

impl Default for EarshotDetector {
    fn default() -> Self {
        Self { detector: ::earshot::Detector::default_boxed() }
    }
}

impl VoiceDetector for EarshotDetector {
    fn probability(&mut self, frame: &Frame) -> f32 {
        self.detector.predict_f32(frame).clamp(0.0, 1.0)
    }

    fn reset(&mut self) {
        self.detector.reset();
    }
}
