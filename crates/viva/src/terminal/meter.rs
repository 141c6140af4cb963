//! What is seen while somebody speaks.

use std::time::Duration;

use interview::{Seconds, Segment};

use super::look::Look;
use super::question::clock;
use super::text::{Line, Tone};

/// The columns of the level meter.
const METER_COLUMNS: usize = 20;
/// The meter's left end, in dBFS; quieter sound is silence to it.
const METER_FLOOR: f32 = -60.0;
/// A microphone that never gets above this in [`SILENT_AFTER`] is probably muted.
const SILENT_PEAK: f32 = -65.0;
const SILENT_AFTER: f64 = 4.0;
/// The rows that show what was heard so far.
const HEARD_ROWS: usize = 3;

/// A recording as it is watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Listening {
    /// How long it is.
    pub elapsed: Seconds,
    /// How long an answer to this question should be at most.
    pub limit: Seconds,
    /// How loud it is now, in dBFS.
    pub peak: f32,
    /// The loudest it ever was.
    pub loudest: f32,
    /// The words that are there already.
    pub heard: Vec<Segment>,
    /// What else there is to say about it.
    pub notice: Option<String>,
    /// The way to its end by itself, if it is on it.
    pub countdown: Option<Countdown>,
}

/// Something that happens by itself when nobody prevents it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// The time until then.
    pub left: Duration,
}

impl Listening {
    /// A recording that has just begun.
    pub fn begun(limit: Seconds) -> Self {
        Self {
            elapsed: Seconds::ZERO,
            limit,
            peak: f32::NEG_INFINITY,
            loudest: f32::NEG_INFINITY,
            heard: Vec::new(),
            notice: None,
            countdown: None,
        }
    }

    /// The rows that show it; `keys` tells what can be pressed.
    pub fn lines(&self, keys: &Line, look: Look) -> Vec<Line> {
        let mut lines = vec![self.meter_line(look)];
        lines.extend(self.heard_lines(look));
        lines.extend(self.notice().map(|notice| Line::toned(format!("  {notice}"), Tone::Bad)));
        lines.push(match self.countdown {
            Some(Countdown { left }) => {
                let seconds = left.as_secs_f64().ceil();
                Line::toned(format!("  done in {seconds} s"), Tone::Strong).with("  speak on to go on", Tone::Quiet)
            }
            None => Line::plain("  ").joined(keys.clone()),
        });
        lines
    }

    fn meter_line(&self, look: Look) -> Line {
        let over = self.elapsed > self.limit;
        let time = format!("{} / {}", clock(self.elapsed), clock(self.limit));
        Line::toned(look.signs.pick("● ", "* "), Tone::Bad)
            .with("listening  ", Tone::Strong)
            .joined(meter(self.peak, look))
            .with(format!("  {time}"), if over { Tone::Bad } else { Tone::Plain })
    }

    fn heard_lines(&self, look: Look) -> Vec<Line> {
        let texts: Vec<String> = self.heard.iter().map(Segment::text).collect();
        if texts.is_empty() {
            return Vec::new();
        }
        let lines = Line::toned(texts.join(" "), Tone::Quiet).hanging(Line::plain("  "), look.text_width());
        let hidden = lines.len().saturating_sub(HEARD_ROWS);
        lines.into_iter().skip(hidden).collect()
    }

    fn notice(&self) -> Option<&str> {
        let is_silent = self.elapsed.get() > SILENT_AFTER && self.loudest < SILENT_PEAK;
        let silent = "no sound comes from the microphone: is it muted, or is it another one? (`viva devices`)";
        self.notice.as_deref().or(is_silent.then_some(silent))
    }
}

/// A bar that is as long as the sound is loud.
fn meter(peak: f32, look: Look) -> Line {
    let share = ((peak - METER_FLOOR) / -METER_FLOOR).clamp(0.0, 1.0);
    // Not a number, as no sound at all gives, is an empty bar.
    let filled = (share * METER_COLUMNS as f32).round() as usize;
    let tone = if peak > -3.0 { Tone::Bad } else { Tone::Good };
    Line::toned(look.signs.pick("━", "#").repeat(filled), tone)
        .with(look.signs.pick("─", ".").repeat(METER_COLUMNS - filled.min(METER_COLUMNS)), Tone::Quiet)
}

#[cfg(test)]
mod tests {
    use interview::Word;

    use super::*;
    use crate::terminal::look::Signs;

    const LOOK: Look = Look { width: 60, signs: Signs::Words, ..Look::OFF_SCREEN };

    fn seconds(seconds: f64) -> Seconds {
        Seconds::new(seconds).unwrap()
    }

    fn shown(listening: &Listening) -> Vec<String> {
        listening.lines(&Line::plain("Enter done"), LOOK).iter().map(Line::text).collect()
    }

    #[test]
    fn the_meter_shows_loudness_time_and_keys() {
        let listening =
            Listening { peak: -30.0, loudest: -30.0, elapsed: seconds(75.0), ..Listening::begun(seconds(120.0)) };
        assert_eq!(shown(&listening), ["* listening  ##########..........  1:15 / 2:00", "  Enter done"]);
    }

    #[test]
    fn what_was_heard_stays_within_a_few_rows() {
        let words = std::iter::repeat_n(Word::typed("ownership"), 60);
        let heard = vec![Segment::new(words).unwrap()];
        let shown = shown(&Listening { heard, loudest: -20.0, ..Listening::begun(seconds(120.0)) });
        assert_eq!(shown.len(), 2 + HEARD_ROWS);
        assert!(shown.iter().all(|line| line.len() < LOOK.width), "{shown:?}");
    }

    #[test]
    fn a_silent_microphone_is_told_soon() {
        let silent = Listening { elapsed: seconds(5.0), ..Listening::begun(seconds(120.0)) };
        assert!(shown(&silent)[1].contains("is it muted"), "{:?}", shown(&silent));
        let spoken = Listening { loudest: -40.0, ..silent };
        assert!(!shown(&spoken).join("").contains("muted"));
    }

    #[test]
    fn a_countdown_takes_the_place_of_the_keys() {
        let countdown = Some(Countdown { left: Duration::from_millis(2400) });
        let shown = shown(&Listening { countdown, ..Listening::begun(seconds(120.0)) });
        assert_eq!(shown[1], "  done in 3 s  speak on to go on");
    }
}
