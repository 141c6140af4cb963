//! Wording that terminal, pages and messages share.

use std::fmt::Display;

/// "1 question", "3 questions".
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, thing: &str) -> String {
    let things = things(&count, thing);
    format!("{count} {things}")
}

/// "question" where there is one of them, otherwise "questions". Words whose plural takes no mere `s` are not for this.
pub fn things<N: PartialEq + From<u8>>(count: &N, thing: &str) -> String {
    let plural = if *count == N::from(1) { "" } else { "s" };
    format!("{thing}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_thing_is_singular() {
        assert_eq!(counted(0_usize, "answer"), "0 answers");
        assert_eq!(counted(1_u32, "answer"), "1 answer");
        assert_eq!(counted(21_u32, "answer"), "21 answers");
    }
}
