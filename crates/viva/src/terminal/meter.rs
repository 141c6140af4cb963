//! What is drawn while something is under way: a recording, a download.

use std::time::Duration;

use api::view::clock;
use interview::{Seconds, Segment};

use super::screen::Look;
use super::text::{Line, Tone};

/// Width of the level meter in columns.
const METER_COLUMNS: usize = 20;
/// The meter's left end in dBFS.
const METER_FLOOR: f32 = -60.0;
/// A microphone whose peak stays below this for [`SILENT_AFTER`] seconds is probably muted.
const SILENT_PEAK: f32 = -65.0;
const SILENT_AFTER: f64 = 4.0;
/// With more speech than this without words, in seconds, the machine does not keep up: it is more than one span.
const LONG_BACKLOG: f64 = 30.0;
/// Rows for what was heard so far.
const HEARD_ROWS: usize = 3;

/// A recording in progress.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listening {
    /// Length so far.
    pub elapsed: Seconds,
    /// The time since the last speech ended.
    pub silence: Seconds,
    /// Time limit of the question.
    pub limit: Seconds,
    /// Current level in dBFS.
    pub peak: f32,
    /// Highest level so far in dBFS.
    pub loudest: f32,
    /// Words recognised so far.
    pub heard: Vec<Segment>,
    /// The words after those, which may still change.
    pub provisional: String,
    /// How much speech still waits for its words.
    pub backlog: Seconds,
    /// The time left for the interview, in words.
    pub time_left: Option<String>,
    /// The name of the microphone, where it matters.
    pub device: Option<String>,
    /// Samples lost so far.
    pub lost: u64,
    /// The time left, when a hands-free recording is about to end by itself.
    pub countdown: Option<Duration>,
    /// The notices that were printed.
    told: Vec<Notice>,
}

/// What to know about a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Lost,
    /// There was no sound at all.
    Silent,
    /// The words come late.
    Behind,
}

impl Listening {
    /// A recording that has just begun.
    pub fn begun(limit: Seconds) -> Self {
        Self { limit, peak: f32::NEG_INFINITY, loudest: f32::NEG_INFINITY, ..Self::default() }
    }

    /// Rows that show the recording; `keys` explains the keys.
    pub fn lines(&self, keys: &Line, look: Look) -> Vec<Line> {
        let mut lines = vec![self.meter_line(look)];
        lines.extend(self.heard_lines(look));
        let hanging = |line: Line| line.hanging(Line::plain("  "), look.text_width());
        lines.extend(self.notices().take(1).flat_map(|(_, text)| hanging(Line::toned(text, Tone::Bad))));
        lines.extend(hanging(match self.countdown {
            Some(left) => {
                let seconds = left.as_secs_f64().ceil();
                Line::toned(format!("done in {seconds} s"), Tone::Strong)
                    .with("  keep talking to continue", Tone::Quiet)
            }
            None => keys.clone(),
        }));
        lines
    }

    fn meter_line(&self, look: Look) -> Line {
        let over = self.elapsed > self.limit;
        let time = format!("{} / {}", clock(self.elapsed.get()), clock(self.limit.get()));
        let line = Line::toned(look.signs.pick("● ", "* "), Tone::Bad)
            .with("listening  ", Tone::Strong)
            .joined(meter(self.peak, look))
            .with(format!("  {time}"), if over { Tone::Bad } else { Tone::Plain });
        match &self.time_left {
            Some(left) => line.with(format!("  {left}"), Tone::Quiet),
            None => line,
        }
    }

    fn heard_lines(&self, look: Look) -> Vec<Line> {
        let texts: Vec<String> = self.heard.iter().map(Segment::text).collect();
        let mut words = Line::plain(texts.join(" "));
        if !self.provisional.is_empty() {
            let gap = if texts.is_empty() { "" } else { " " };
            let provisional = self.provisional.as_str();
            let marked = if look.shows_tones() { provisional.to_owned() } else { format!("[{provisional}]") };
            words = words.with(gap, Tone::Plain).with(marked, Tone::Quiet);
        }
        if words.text().is_empty() {
            return Vec::new();
        }
        let lines = words.hanging(Line::plain("  "), look.text_width());
        let hidden = lines.len().saturating_sub(HEARD_ROWS);
        lines.into_iter().skip(hidden).collect()
    }

    /// Whether there was no sound at all for a while.
    pub fn is_silent(&self) -> bool {
        self.elapsed.get() > SILENT_AFTER && self.loudest < SILENT_PEAK
    }

    /// The notices that were not given before; they are from now on.
    pub fn untold(&mut self) -> Vec<(Notice, String)> {
        let untold: Vec<_> = self.notices().filter(|(notice, _)| !self.told.contains(notice)).collect();
        self.told.extend(untold.iter().map(|(notice, _)| notice));
        untold
    }

    /// The most important first.
    fn notices(&self) -> impl Iterator<Item = (Notice, String)> {
        let lost = (self.lost > 0).then(|| format!("{} samples were lost: this machine does not keep up", self.lost));
        let device = self.device.as_deref().unwrap_or("the microphone");
        let silent = self.is_silent().then(|| format!("no sound from {device}: is it muted, or the wrong one?"));
        let is_behind = self.backlog.get() >= LONG_BACKLOG;
        let behind = is_behind.then(|| {
            format!("the words are {:.0} s behind: this machine is slow; nothing is lost", self.backlog.get())
        });
        let notices = [(Notice::Lost, lost), (Notice::Silent, silent), (Notice::Behind, behind)];
        notices.into_iter().filter_map(|(notice, text)| Some((notice, text?)))
    }
}

/// A bar that shows the level.
fn meter(peak: f32, look: Look) -> Line {
    let share = ((peak - METER_FLOOR) / -METER_FLOOR).clamp(0.0, 1.0);
    // NaN, the level without any sound, gives an empty bar.
    let filled = (share * METER_COLUMNS as f32).round() as usize;
    let tone = if peak > -3.0 { Tone::Bad } else { Tone::Good };
    Line::toned(look.signs.pick("━", "#").repeat(filled), tone)
        .with(look.signs.pick("─", ".").repeat(METER_COLUMNS - filled.min(METER_COLUMNS)), Tone::Quiet)
}

const BAR_COLUMNS: usize = 30;

/// The progress of a download of `total` bytes, if that is known.
pub fn progress_line(name: &str, received: u64, total: Option<u64>, look: Look) -> Line {
    let line = Line::plain(format!("  {name}  "));
    let Some(total) = total.filter(|total| *total > 0) else {
        return line.with(megabytes(received), Tone::Plain);
    };
    let share = (received as f64 / total as f64).clamp(0.0, 1.0);
    let filled = (share * BAR_COLUMNS as f64) as usize;
    line.with(look.signs.pick("━", "#").repeat(filled), Tone::Good)
        .with(look.signs.pick("─", ".").repeat(BAR_COLUMNS - filled), Tone::Quiet)
        .with(format!("  {} of {}", megabytes(received), megabytes(total)), Tone::Plain)
}

/// A size in mebibytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{} MiB", (bytes as f64 / f64::from(1 << 20)).round())
}

#[cfg(test)]
mod tests {
    use interview::Word;

    use super::*;
    use crate::terminal::screen::{Colours, Signs};
    use crate::terminal::text::Piece;

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
    fn an_interview_shows_the_time_left_beside_that_of_the_answer() {
        let listening = Listening { time_left: Some("12 min left".to_owned()), ..Listening::begun(seconds(120.0)) };
        assert_eq!(shown(&listening)[0], "* listening  ....................  0:00 / 2:00  12 min left");
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
    fn provisional_words_look_provisional() {
        let heard = vec![Segment::new([Word::typed("one"), Word::typed("owner.")]).unwrap()];
        let listening = Listening {
            heard,
            provisional: "at a time".to_owned(),
            loudest: -20.0,
            ..Listening::begun(seconds(120.0))
        };
        assert_eq!(shown(&listening)[1], "  one owner. [at a time]");
        let coloured = Look { colours: Colours::Few, ..LOOK };
        let words = listening.lines(&Line::blank(), coloured)[1].clone();
        assert_eq!(words.pieces().last(), Some(&Piece::new("at a time", Tone::Quiet)));
    }

    #[test]
    fn a_machine_that_does_not_keep_up_is_named_with_the_backlog() {
        let behind = Listening { backlog: seconds(34.2), loudest: -20.0, ..Listening::begun(seconds(120.0)) };
        let notice = "the words are 34 s behind: this machine is slow; nothing is lost";
        assert_eq!(behind.clone().untold(), [(Notice::Behind, notice.to_owned())]);
        assert_eq!(shown(&behind).len(), 4, "the notice takes two rows here");
        let usual = Listening { backlog: seconds(22.0), ..behind };
        assert_eq!(shown(&usual).len(), 2);
    }

    #[test]
    fn a_silent_microphone_is_reported_soon() {
        let silent = Listening { elapsed: seconds(5.0), ..Listening::begun(seconds(120.0)) };
        assert!(shown(&silent)[1].contains("is it muted"), "{:?}", shown(&silent));
        let spoken = Listening { loudest: -40.0, ..silent };
        assert!(!shown(&spoken).join("").contains("muted"));
    }

    #[test]
    fn a_notice_is_told_once_where_nothing_is_redrawn() {
        let mut listening =
            Listening { elapsed: seconds(5.0), device: Some("Webcam".to_owned()), ..Listening::begun(seconds(120.0)) };
        let told = |listening: &mut Listening| listening.untold().into_iter().map(|(_, text)| text).collect::<Vec<_>>();
        assert_eq!(told(&mut listening), ["no sound from Webcam: is it muted, or the wrong one?"]);
        listening.backlog = seconds(30.0);
        assert_eq!(told(&mut listening).len(), 1);
        listening.backlog = seconds(40.0);
        assert_eq!(told(&mut listening), [""; 0]);
    }

    #[test]
    fn keys_that_do_not_fit_one_row_take_two() {
        let keys = Line::plain("Enter done  ·  h a hint  ·  r again  ·  s I don't know  ·  q finish the round");
        let shown: Vec<String> = Listening::begun(seconds(120.0)).lines(&keys, LOOK).iter().map(Line::text).collect();
        assert_eq!(shown.len(), 3);
        assert!(shown.iter().all(|line| line.chars().count() < LOOK.width), "{shown:?}");
        assert!(shown[2].ends_with("q finish the round"), "{shown:?}");
    }

    #[test]
    fn a_countdown_takes_the_place_of_the_keys() {
        let countdown = Some(Duration::from_millis(2400));
        let shown = shown(&Listening { countdown, ..Listening::begun(seconds(120.0)) });
        assert_eq!(shown[1], "  done in 3 s  keep talking to continue");
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let line = progress_line("base.en", 71 << 20, Some(142 << 20), LOOK).text();
        assert_eq!(line, "  base.en  ###############...............  71 MiB of 142 MiB");
        let over = progress_line("base.en", 200 << 20, Some(142 << 20), LOOK).text();
        assert!(
            over.contains(&"#".repeat(BAR_COLUMNS)) && !over.contains('.'.to_string().repeat(2).as_str()),
            "{over}"
        );
    }

    #[test]
    fn without_a_total_there_is_no_bar() {
        assert_eq!(progress_line("base.en", 1 << 20, None, LOOK).text(), "  base.en  1 MiB");
    }
}
