//! An answer as a strip of time: when there was speech, and when there was none.

use interview::session::Spoken;

/// How wide the strip is, in its own units: a thousand for the whole recording.
const WIDTH: f64 = 1000.0;

/// The strip of one recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timeline {
    /// Where there was speech.
    pub(crate) speech: Vec<Stretch>,
    /// The longest silence between words.
    pub(crate) longest_pause: Option<Stretch>,
    /// How long the recording is, in seconds.
    pub(crate) duration: f64,
}

/// A part of the strip.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// Where it begins, 0 to 1000.
    pub(crate) left: String,
    /// How wide it is.
    pub(crate) width: String,
}

/// The strip of a recording; none when it has no length.
pub(super) fn timeline(spoken: &Spoken) -> Option<Timeline> {
    let duration = spoken.duration.get();
    if duration <= 0.0 {
        return None;
    }
    let stretch = |span: interview::Span| Stretch {
        left: format!("{:.1}", span.start().get() / duration * WIDTH),
        width: format!("{:.1}", (span.length().get() / duration * WIDTH).max(1.0)),
    };
    Some(Timeline {
        speech: spoken.speech.iter().copied().map(stretch).collect(),
        longest_pause: spoken.delivery.pauses.longest.map(stretch),
        duration,
    })
}
