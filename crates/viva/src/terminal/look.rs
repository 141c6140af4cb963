//! How things may look here.

use super::colours::Colours;

/// How things may look on this screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The columns there are.
    pub width: usize,
    /// Whether verdicts are signs or words.
    pub signs: Signs,
    /// The colours there are.
    pub colours: Colours,
    /// Whether panels may stand side by side: nice to look at, and hard to search or to listen to.
    pub side_by_side: bool,
}

impl Look {
    /// Text that is not read on a terminal: lines of a readable length, one thing below the other.
    pub const OFF_SCREEN: Self =
        Self { width: 100, signs: Signs::Symbols, colours: Colours::None, side_by_side: false };

    /// Whether words in doubt can be told by their colour.
    pub fn shows_tones(self) -> bool {
        self.colours != Colours::None
    }

    /// Columns for running text: lines that are longer are hard to read.
    pub fn text_width(self) -> usize {
        self.width.saturating_sub(1).clamp(20, 100)
    }
}

/// How verdicts and frames are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// With symbols and lines.
    Symbols,
    /// In words, for readers of a screen aloud and for old terminals.
    Words,
}

impl Signs {
    /// One of two ways to write the same.
    pub fn pick<'a>(self, symbol: &'a str, word: &'a str) -> &'a str {
        match self {
            Self::Symbols => symbol,
            Self::Words => word,
        }
    }
}
