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

/// These remarks as one; `None` where there are none.
pub fn joined(remarks: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let remarks: Vec<String> = remarks.into_iter().flatten().collect();
    (!remarks.is_empty()).then(|| remarks.join(" "))
}

/// What to do about a misconception that was stated, surely or probably. True whether it was or not.
pub fn reconsider(claim: &str, why_wrong: &str, is_sure: bool) -> String {
    if is_sure {
        format!("It is not true that {claim}: {why_wrong}")
    } else {
        format!("If you meant that {claim}, reconsider: {why_wrong}")
    }
}

/// What to do about a key point that was missed, surely or probably.
pub fn missed_point(summary: &str, is_sure: bool) -> String {
    if is_sure {
        format!("Say this point in one sentence of your own, aloud: {summary}.")
    } else {
        format!("This point was not found in your answer; if you left it out, say it in one sentence: {summary}.")
    }
}

/// That every point was made, surely or probably.
pub fn every_point(is_sure: bool) -> &'static str {
    if is_sure { "Every point is there" } else { "Every point seems to be there" }
}

/// What to do about a key point that is unclear.
pub fn unclear_point(summary: &str) -> String {
    format!("It is unclear whether you made this point; say it again in plain words: {summary}.")
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
