//! By what means answers can be given here.

use crate::failure::Failure;
use crate::terminal::Surroundings;

/// What the command line says about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Answers are to be typed.
    pub typed: bool,
    /// There are recordings to answer from.
    pub recordings: bool,
    /// An answer ends by itself after a pause, so that no key is needed.
    pub hands_free: bool,
}

/// By what means answers are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// From recordings.
    Recordings,
    /// Into a microphone.
    Microphone,
    /// Typed by somebody who sits there; with the reason when they would rather speak.
    Typing(WhyTyped),
    /// By lines on standard input.
    Piped,
}

/// Why answers are typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyTyped {
    /// It was asked for.
    Wished,
    /// There is no microphone.
    NoMicrophone,
}

impl Means {
    /// Finds the means for a wish. `has_microphone` is asked only when it matters, because looking takes time.
    pub fn of(wish: Wish, surroundings: Surroundings, has_microphone: impl FnOnce() -> bool) -> Self {
        let can_speak = surroundings.is_attended() || wish.hands_free;
        if wish.recordings {
            Self::Recordings
        } else if !can_speak {
            Self::Piped
        } else if wish.typed {
            Self::Typing(WhyTyped::Wished)
        } else if has_microphone() {
            Self::Microphone
        } else if surroundings.is_attended() {
            Self::Typing(WhyTyped::NoMicrophone)
        } else {
            Self::Piped
        }
    }

    /// Nobody can answer: no terminal, no microphone, no input.
    pub fn none() -> Failure {
        Failure::new("there is nobody to answer: standard input is empty, and it is no terminal").help(
            "run it in a terminal, pipe typed answers into it, one a line, or answer from recordings with --audio FILE; \
             `make demo` shows a whole round without any of these",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Surroundings = Surroundings { keys: true, output: true, errors: true, plain: false, json: false };
    const PIPE: Surroundings = Surroundings { keys: false, ..TERMINAL };

    #[test]
    fn recordings_come_before_everything_else() {
        let wish = Wish { recordings: true, ..Wish::default() };
        for surroundings in [TERMINAL, PIPE] {
            assert_eq!(Means::of(wish, surroundings, || true), Means::Recordings);
        }
    }

    #[test]
    fn at_a_terminal_one_speaks_if_there_is_a_microphone() {
        assert_eq!(Means::of(Wish::default(), TERMINAL, || true), Means::Microphone);
        assert_eq!(Means::of(Wish::default(), TERMINAL, || false), Means::Typing(WhyTyped::NoMicrophone));
    }

    #[test]
    fn typing_needs_no_look_for_microphones() {
        let wish = Wish { typed: true, ..Wish::default() };
        assert_eq!(Means::of(wish, TERMINAL, || panic!("nobody asked for one")), Means::Typing(WhyTyped::Wished));
    }

    #[test]
    fn piped_input_is_typed_answers() {
        for typed in [false, true] {
            assert_eq!(Means::of(Wish { typed, ..Wish::default() }, PIPE, || true), Means::Piped);
        }
    }

    #[test]
    fn hands_free_needs_no_keys() {
        let wish = Wish { hands_free: true, ..Wish::default() };
        assert_eq!(Means::of(wish, PIPE, || true), Means::Microphone);
        assert_eq!(Means::of(wish, PIPE, || false), Means::Piped);
    }
}
