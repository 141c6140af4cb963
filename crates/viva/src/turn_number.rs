//! The numbers of the turns in a session.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use api::turn::Turn;

/// `2` is the second question, `2.1` its first follow-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TurnNumber {
    position: u32,
    depth: u8,
}

impl TurnNumber {
    pub fn of(turn: &Turn) -> Self {
        Self { position: turn.position, depth: turn.depth }
    }
}

impl fmt::Display for TurnNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.depth {
            0 => write!(f, "{}", self.position),
            depth => write!(f, "{}.{depth}", self.position),
        }
    }
}

impl FromStr for TurnNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (position, depth) = match text.split_once('.') {
            Some((position, depth)) => (position, depth.parse().map_err(|_| EXPECTED)?),
            None => (text, 0),
        };
        let position: NonZeroU32 = position.parse().map_err(|_| EXPECTED)?;
        Ok(Self { position: position.get(), depth })
    }
}

const EXPECTED: &str = "expected the number of a question, such as 2, or of a follow-up, such as 2.1";

#[cfg(test)]
mod tests {
    use api::testing::{asked, followed_up};

    use super::*;

    #[test]
    fn a_turn_is_found_by_the_number_that_is_shown() {
        for turn in [asked(), followed_up()] {
            let number = TurnNumber::of(&turn);
            assert_eq!(number.to_string().parse(), Ok(number));
        }
        assert_eq!(TurnNumber::of(&followed_up()).to_string(), "1.1");
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "0", "-1", "1.", ".1", "1.x", "1.1.1", "1.999", "two"] {
            assert_eq!(text.parse::<TurnNumber>(), Err(EXPECTED), "{text}");
        }
    }
}
