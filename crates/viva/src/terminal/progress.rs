//! How far a download has come.

use super::look::Look;
use super::text::{Line, Tone};

const BAR_COLUMNS: usize = 30;

/// A bar with figures: `received` of `total` bytes, or of a total that is not known yet.
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

/// A size in mebibytes, as model files are told.
pub fn megabytes(bytes: u64) -> String {
    format!("{} MiB", (bytes as f64 / f64::from(1 << 20)).round())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::look::Signs;

    const LOOK: Look = Look { signs: Signs::Words, ..Look::OFF_SCREEN };

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
