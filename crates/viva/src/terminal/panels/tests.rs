//! The panels as people see them.

use api::testing::{dated, decided, judged, spoken, staged, ungraded};

use super::*;
use crate::terminal::screen::Colours;
use crate::terminal::text::shown;

const PLAIN: Look = Look { width: 72, signs: Signs::Words, ..Look::OFF_SCREEN };
const DRAWN: Look = Look { colours: Colours::Few, side_by_side: true, ..Look::OFF_SCREEN };

#[test]
fn stacked_panels_say_everything_in_words() {
    let expected = "
Correctness  6.0 of 10
  Band 2 of 4: found 1 of 2 core points, 0 of 1 other; 1 unclear
  misconception: a collector frees it
                 “the collector frees it” 0:07
                 Rust has no collector.
  hit: every value has exactly one owner (core)
       “one owner at a time” 0:02
  missed: it is dropped at the end of the scope (core)
  unclear: moves hand it over
           the recogniser was not sure of the deciding words

Clarity  5.0 of 10
  yes: headline within the first sentences
       “one owner at a time” 0:02
  no: says why, not only what
      Say what would go wrong otherwise.

Next step  Say when the memory is freed.
Judged by the offline coach: a trained verifier and rules on this
machine. It can miss a point that you made, and tick one that you did
not.
";
    assert_eq!(shown(&feedback_lines(&judged(), PLAIN)), expected);
}

#[test]
fn a_range_takes_the_score_s_place_and_decisions_are_named_as_the_candidate_s() {
    let text = shown(&panel_lines(&decided(), PLAIN));
    let expected = "
Correctness  4 to 7 of 10
  found 2 of 2 core points, 0 of 1 other; 1 unclear
  a range, because points are unclear
  not stated: a collector frees it (by you)
              “the collector frees it” 0:07
              Rust has no collector.
  hit: every value has exactly one owner (core)
       “one owner at a time” 0:02
  hit: it is dropped at the end of the scope (core) (by you)
  unclear: moves hand it over
";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn a_verdict_that_is_no_more_than_probable_says_so() {
    let mut turn = judged();
    let panel = turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap();
    panel.key_points.iter_mut().for_each(|point| point.sure = false);
    panel.misconceptions[0].sure = false;
    let text = shown(&panel_lines(&turn, PLAIN));
    let expected = "
Correctness  6.0 of 10
  Band 2 of 4: found 1 of 2 core points, 0 of 1 other; 1 unclear
  misconception: a collector frees it (probably)
                 “the collector frees it” 0:07
                 Rust has no collector.
  hit: every value has exactly one owner (core) (probably)
       “one owner at a time” 0:02
  not found: it is dropped at the end of the scope (core)
  unclear: moves hand it over
           the recogniser was not sure of the deciding words
";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn key_points_of_a_design_stand_below_their_stages() {
    let text = shown(&panel_lines(&staged(), PLAIN));
    let expected = "
Correctness  6.0 of 10
  Band 2 of 4: found 1 of 2 core points, 0 of 1 other; 1 unclear
  misconception: a collector frees it
                 “the collector frees it” 0:07
                 Rust has no collector.
  Clarify
  hit: every value has exactly one owner (core)
       “one owner at a time” 0:02
  missed: it is dropped at the end of the scope (core)
  Sketch
  unclear: moves hand it over
";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn claims_that_depend_on_a_version_say_so() {
    let text = shown(&panel_lines(&dated(), PLAIN));
    for part in
        ["misconception: a collector frees it (wrong until Go 1.21)", "unclear: moves hand it over (since Rust 1.85)"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn delivery_is_figures_with_their_meaning() {
    let text = shown(&panel_lines(&spoken(), PLAIN));
    for part in [
        "Delivery  measured, not scored",
        "     142  words per minute (typical 110 to 170, pauses included)",
        "    0:48  from first to last word (limit 2:00)",
        "   1.4 s  until the first word (thinking is allowed, never scored)",
        "       2  pauses over 1 s, 1 over 2.5 s (longest 2.6 s at 0:12;",
        "       1  um or uh, 1.2 per minute: normal (a lower bound, because",
        "       1  hedge “I guess”",
        "       4  filler words: “like” × 3, “you know” × 1",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn wide_screens_show_the_panels_side_by_side() {
    let look = Look { width: 130, ..DRAWN };
    let lines = panel_lines(&spoken(), look);
    let top = lines[1].text();
    assert!(
        top.starts_with("╭─ Correctness") && top.contains("╮ ╭─ Clarity") && top.contains("╮ ╭─ Delivery"),
        "{top}"
    );
    let widths: Vec<usize> = lines[1..].iter().map(Line::width).collect();
    assert!(widths.iter().all(|width| *width == widths[0] && *width < look.width), "{widths:?}");
}

#[test]
fn narrow_screens_show_them_one_below_the_other() {
    for width in [20, 40, 80, 110] {
        let look = Look { width, ..DRAWN };
        let lines = panel_lines(&spoken(), look);
        let headings = lines
            .iter()
            .filter(|line| ["Correctness", "Clarity", "Delivery"].iter().any(|title| line.text().starts_with(title)));
        assert_eq!(headings.count(), 3, "{width}");
        assert!(lines.iter().all(|line| line.width() <= width.max(21)), "{width}");
    }
}

#[test]
fn an_answer_without_judgement_has_no_score_and_says_why() {
    let text = shown(&feedback_lines(&ungraded("the coach is not available"), PLAIN));
    assert!(text.contains("Not graded: the coach is not available."), "{text}");
    assert!(!text.contains("of 10"), "{text}");
}
