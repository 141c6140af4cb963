//! Plain words.

use interview::Segment;

use crate::listen::Heard;

/// One line for each segment.
pub fn write(heard: &Heard) -> String {
    heard.transcript.segments().iter().map(Segment::text).map(|line| line + "\n").collect()
}
