//! What people read first: the feedback on a question in short, what is said before a follow-up, and two attempts side by side.

use std::cmp::Reverse;

use interview::wording::{every_point, missed_point, reconsider, unclear_point};

use super::{Mark, Quote, Sign, clock, correctness, notice};
use crate::feedback::{Correctness, KeyPointMark, Verdict};
use crate::turn::{Turn, TurnState};

/// The feedback on a question and its follow-ups in short.
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// The score of the first answer: `6.0 of 10`, `4 to 7 of 10`, `no score`.
    pub score: String,
    /// What the score rests on, or why there is none.
    pub reason: String,
    /// The best thing said.
    pub best: Option<Best>,
    /// The one thing to fix.
    pub fix: String,
}

/// Something that was said well.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Whose answer it is from: 0 is the question's, 1 its first follow-up's.
    pub turn: usize,
    /// The key point.
    pub what: String,
    /// The words.
    pub quote: Quote,
}

/// The feedback on a question and the follow-ups that were answered, in short.
pub fn brief(main: &Turn, follow_ups: &[Turn]) -> Brief {
    let panel = main.feedback.as_ref().and_then(|feedback| feedback.correctness.as_ref());
    let (score, reason) = match (main.state, panel) {
        (TurnState::Judged, Some(panel)) => score(panel, follow_ups),
        (state, _) => ("no score".to_owned(), why_no_score(state).to_owned()),
    };
    let turns = || [main].into_iter().chain(follow_ups);
    let best = turns().enumerate().filter_map(|(turn, of)| Some((turn, best_point(of)?)));
    let best = best.min_by_key(|(_, point)| Reverse(importance(point)));
    let best = best.and_then(|(turn, point)| {
        let what = if point.sure { point.summary.clone() } else { format!("probably: {}", point.summary) };
        Some(Best { turn, what, quote: Quote::of(&point.evidence)? })
    });
    Brief { score, reason, best, fix: fix(main, follow_ups) }
}

fn why_no_score(state: TurnState) -> &'static str {
    match state {
        TurnState::Asked => "the question was not answered",
        TurnState::Skipped => "you skipped the question",
        TurnState::Transcribing | TurnState::Judging => "still being judged",
        TurnState::Judged => "key points were not judged",
        TurnState::Ungraded => "the answer was not judged",
    }
}

fn score(panel: &Correctness, follow_ups: &[Turn]) -> (String, String) {
    let made = |panel: &Correctness| correctness(panel).marks.iter().filter(|mark| mark.sign == Sign::Good).count();
    let shown = correctness(panel);
    let reason = match (&shown.score, panel.score_range) {
        (None, _) => "no point could be decided".to_owned(),
        (Some(_), Some(_)) => "points are unclear".to_owned(),
        (Some(_), None) => shown.points_made.clone().unwrap_or_default(),
    };
    let more = match made(&with_follow_ups(panel, follow_ups)) - made(panel) {
        0 => String::new(),
        more => format!("; {more} in the follow-up"),
    };
    (shown.figure(), reason + &more)
}

/// The panel with every point that a follow-up made good, and every misconception that one stated.
fn with_follow_ups(panel: &Correctness, follow_ups: &[Turn]) -> Correctness {
    let mut merged = panel.clone();
    for later in follow_ups.iter().filter_map(judged_points) {
        let made = later.key_points.iter().chain(&later.beyond).filter(|point| point.verdict == Verdict::Hit);
        let open =
            correctness(&merged).marks.into_iter().map(|mark| !matches!(mark.sign, Sign::Good | Sign::NotCounted));
        for (point, _) in merged.key_points.iter_mut().zip(open).filter(|(_, is_open)| *is_open) {
            let hit = made.clone().find(|other| other.id == point.id);
            *point = hit.unwrap_or(point).clone();
        }
        merged.misconceptions.extend(later.misconceptions.iter().cloned());
    }
    merged
}

fn judged_points(turn: &Turn) -> Option<&Correctness> {
    turn.judged()?.correctness.as_ref()
}

/// What is sure comes before what is probable.
fn importance(point: &KeyPointMark) -> (bool, bool, u8) {
    (point.sure, point.core, point.weight)
}

/// How doubtful the verdict on a point that was not made is: [`Marks::doubt_of_miss`](interview::marks::Marks::doubt_of_miss) of this point alone.
fn doubt(point: &KeyPointMark) -> u8 {
    if point.sure { 0 } else { 1 + (10.0 * point.plausibility.unwrap_or_default()) as u8 }
}

/// The most important point that the answer makes in words that are known, and that state nothing wrong.
fn best_point(turn: &Turn) -> Option<&KeyPointMark> {
    let Correctness { key_points, misconceptions, .. } = judged_points(turn)?;
    let is_wrong = |quote: &Option<String>| misconceptions.iter().any(|wrong| wrong.evidence.quote == *quote);
    key_points
        .iter()
        .filter(|point| point.verdict == Verdict::Hit && point.evidence.quote.is_some())
        .filter(|point| !is_wrong(&point.evidence.quote))
        .min_by_key(|point| Reverse(importance(point)))
}

/// A misconception that was stated, else the point most surely missed in all answers, else what the coach says. A point that was surely
/// missed comes before a misconception that was only probably stated.
fn fix(main: &Turn, follow_ups: &[Turn]) -> String {
    match main.state {
        TurnState::Judged => {}
        TurnState::Skipped => return "Read the model answer, then say it in your own words.".to_owned(),
        _ => return notice(main).unwrap_or_default(),
    }
    first_sentence(&advice(main, follow_ups)).to_owned()
}

fn advice(main: &Turn, follow_ups: &[Turn]) -> String {
    let said_next = || main.judged().and_then(|feedback| feedback.next_step.clone()).unwrap_or_default();
    let Some(panel) = judged_points(main).filter(|_| !follow_ups.is_empty()) else { return said_next() };
    let merged = with_follow_ups(panel, follow_ups);
    let marks = correctness(&merged).marks;
    let first = |wanted: Sign| {
        let open = marks.iter().zip(&merged.key_points).filter(|(mark, _)| mark.sign == wanted);
        open.map(|(_, point)| point).min_by_key(|point| (doubt(point), Reverse((point.core, point.weight))))
    };
    let missed = first(Sign::Bad);
    let stated = merged.misconceptions.iter().min_by_key(|wrong| !wrong.sure);
    if let Some(wrong) = stated.filter(|wrong| wrong.sure || !missed.is_some_and(|point| point.sure)) {
        reconsider(&wrong.claim, &wrong.why_wrong, wrong.sure)
    } else if let Some(point) = missed {
        missed_point(&point.summary, point.sure)
    } else if let Some(point) = first(Sign::Unclear) {
        unclear_point(&point.summary)
    } else if merged.key_points == panel.key_points {
        said_next()
    } else {
        let every_point = every_point(merged.key_points.iter().all(|point| point.sure));
        format!("{every_point}, with the follow-up: say it all in one answer.")
    }
}

/// The text up to the first mark that ends a sentence: one with a new sentence after it.
fn first_sentence(text: &str) -> &str {
    let ends = |(index, mark): &(usize, &str)| {
        let rest = text[index + mark.len()..].strip_prefix(' ');
        rest.is_some_and(|rest| rest.trim_start_matches(['“', '"', '(']).starts_with(char::is_uppercase))
    };
    let end = text.match_indices(['.', '!', '?']).find(ends);
    end.map_or(text, |(index, mark)| &text[..index + mark.len()])
}

/// A longer quote is cut when it is said back.
const WORDS_SAID_BACK: usize = 24;

/// What an interviewer says before a follow-up. It is true for the answer and reveals nothing that is not in it.
pub fn acknowledgement(answered: &Turn) -> String {
    let Some(quote) = best_point(answered).and_then(|point| point.evidence.quote.as_deref()) else {
        return "Let's go on from there.".to_owned();
    };
    said_back(first_sentence(quote))
}

/// A quote in a sentence.
pub(super) fn said_back(quote: &str) -> String {
    format!("You said “{}”.", shortened(quote))
}

/// The first words of a quote, without a mark at the end; of a long one up to the last mark, if that leaves half of them.
pub fn shortened(quote: &str) -> String {
    const MARKS: [char; 6] = ['.', ',', ';', ':', '!', '?'];
    let words: Vec<&str> = quote.split_whitespace().collect();
    let (mut said, rest) = match words.get(..WORDS_SAID_BACK) {
        Some(first) if words.len() > WORDS_SAID_BACK => (first, " …"),
        _ => (&words[..], ""),
    };
    if !rest.is_empty()
        && let Some(last) = said.iter().rposition(|word| word.ends_with(MARKS)).filter(|last| *last >= said.len() / 2)
    {
        said = &said[..=last];
    }
    format!("{}{rest}", said.join(" ").trim_end_matches(MARKS))
}

/// Two attempts at a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is measured, before and now.
    pub figures: Vec<(&'static str, String, String)>,
    /// What changed, by kind; nothing of a kind that did not.
    pub changes: Vec<Change>,
    /// Whether the same judge, by the same rules, judged both; otherwise the scores cannot be compared.
    pub is_comparable: bool,
}

/// Points or misconceptions that changed in the same way from one attempt to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// `Gained`, `Lost` and so on.
    pub kind: &'static str,
    /// Whether that is good.
    pub sign: Sign,
    /// What they say.
    pub points: Vec<String>,
}

/// An attempt compared with the one before it; `None` unless the key points of both were judged.
pub fn comparison(before: &Turn, now: &Turn) -> Option<Comparison> {
    let (before, now) = (before.judged()?, now.judged()?);
    let (then, points) = (correctness(before.correctness.as_ref()?), correctness(now.correctness.as_ref()?));
    let mut figures = vec![("Correctness", then.figure(), points.figure())];
    if let (Some(before), Some(now)) = (&before.delivery, &now.delivery) {
        figures.push(("Length", clock(before.spoken), clock(now.spoken)));
        figures.push(("Pauses over 1 s", before.pauses_over_1s.to_string(), now.pauses_over_1s.to_string()));
    }
    let (made, wrong) = (|sign| sign == Sign::Good, |sign| sign == Sign::Wrong);
    let (was, is) = ((&then.marks, &then.misconceptions), (&points.marks, &points.misconceptions));
    let changes = [
        ("Gained", Sign::Good, turned(is.0, made, was.0, |sign| sign != Some(Sign::Good))),
        ("Corrected", Sign::Good, turned(was.1, wrong, is.1, |sign| sign != Some(Sign::Wrong))),
        ("Lost", Sign::Bad, turned(was.0, made, is.0, |sign| sign == Some(Sign::Bad))),
        ("Unclear now", Sign::Unclear, turned(was.0, made, is.0, |sign| sign == Some(Sign::Unclear))),
        ("Wrong now", Sign::Wrong, turned(is.1, wrong, was.1, |sign| sign != Some(Sign::Wrong))),
    ];
    let changes = changes.into_iter().filter(|(.., points)| !points.is_empty());
    Some(Comparison {
        figures,
        changes: changes.map(|(kind, sign, points)| Change { kind, sign, points }).collect(),
        is_comparable: now.is_comparable_with(before),
    })
}

/// What the marks are about whose sign is `is` here, and `was` among the others.
fn turned(marks: &[Mark], is: fn(Sign) -> bool, others: &[Mark], was: fn(Option<Sign>) -> bool) -> Vec<String> {
    let other = |mark: &Mark| others.iter().find(|other| other.id == mark.id).map(|other| other.sign);
    marks.iter().filter(|mark| is(mark.sign) && was(other(mark))).map(|mark| mark.text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{decided, followed_up, judged, spoken, ungraded};

    /// A judged follow-up whose only key point is hit.
    fn made_good(id: &str) -> Turn {
        let mut turn = Turn { role: followed_up().role, depth: 1, ..judged() };
        let panel = turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap();
        panel.key_points.retain(|point| point.id == id);
        panel.key_points[0].verdict = Verdict::Hit;
        panel.key_points[0].evidence.quote = Some("at the end of the scope".to_owned());
        panel.misconceptions.clear();
        turn
    }

    fn without_misconceptions(mut turn: Turn) -> Turn {
        turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap().misconceptions.clear();
        turn
    }

    #[test]
    fn a_question_without_follow_ups_has_its_score_best_point_and_next_step() {
        let Brief { score, reason, best, fix } = brief(&judged(), &[]);
        let best = best.unwrap();
        assert_eq!(
            (score.as_str(), reason.as_str()),
            ("6.0 of 10", "found 1 of 2 core points, 0 of 1 other; 1 unclear")
        );
        assert_eq!(
            (best.turn, best.what.as_str(), best.quote.text.as_str()),
            (0, "every value has exactly one owner", "one owner at a time")
        );
        assert_eq!(fix, "Say when the memory is freed.");
    }

    #[test]
    fn what_a_follow_up_made_good_is_neither_to_fix_nor_in_the_score() {
        let main = without_misconceptions(judged());
        let shown = brief(&main, &[made_good("dropped")]);
        assert_eq!(shown.score, "6.0 of 10");
        assert_eq!(shown.reason, "found 1 of 2 core points, 0 of 1 other; 1 unclear; 1 in the follow-up");
        assert_eq!(shown.fix, unclear_point("moves hand it over"));
        let shown = brief(&main, &[made_good("dropped"), made_good("moves")]);
        assert_eq!(shown.fix, "Every point is there, with the follow-up: say it all in one answer.");
    }

    #[test]
    fn a_follow_up_makes_good_what_it_was_not_asked_for_too_and_never_makes_a_point_less_sure() {
        let main = without_misconceptions(judged());
        let mut follow_up = made_good("moves");
        let panel = follow_up.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap();
        panel.beyond = main.feedback.as_ref().unwrap().correctness.as_ref().unwrap().key_points[..2].to_vec();
        panel.beyond.iter_mut().for_each(|point| (point.verdict, point.sure) = (Verdict::Hit, true));
        panel.beyond[0].sure = false;
        let shown = brief(&main, &[follow_up]);
        assert_eq!(shown.reason, "found 1 of 2 core points, 0 of 1 other; 1 unclear; 2 in the follow-up");
        assert_eq!(shown.fix, "Every point is there, with the follow-up: say it all in one answer.");
    }

    #[test]
    fn what_is_sure_is_praised_and_advised_before_what_is_probable() {
        let mut main = without_misconceptions(judged());
        let points = &mut main.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points;
        points[2].verdict = Verdict::Hit;
        points[2].evidence.quote = Some("the new one owns it".to_owned());
        points[0].sure = false;
        assert_eq!(brief(&main, &[]).best.unwrap().what, "moves hand it over");
        let points = &mut main.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points;
        points[2].sure = false;
        points[1].sure = false;
        assert_eq!(brief(&main, &[]).best.unwrap().what, "probably: every value has exactly one owner");
        let shown = brief(&main, &[made_good("moves")]);
        assert_eq!(shown.fix, missed_point("it is dropped at the end of the scope", false));
    }

    #[test]
    fn a_misconception_comes_before_every_missed_point() {
        let shown = brief(&judged(), &[made_good("dropped")]);
        assert_eq!(shown.fix, reconsider("a collector frees it", "Rust has no collector.", true));
    }

    #[test]
    fn a_misconception_that_is_only_probable_comes_after_a_point_that_was_surely_missed() {
        let mut main = judged();
        main.feedback.as_mut().unwrap().correctness.as_mut().unwrap().misconceptions[0].sure = false;
        let shown = brief(&main, &[made_good("moves")]);
        assert_eq!(shown.fix, missed_point("it is dropped at the end of the scope", true));
        main.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points[1].sure = false;
        let shown = brief(&main, &[made_good("moves")]);
        assert_eq!(shown.fix, reconsider("a collector frees it", "Rust has no collector.", false));
    }

    #[test]
    fn the_one_thing_to_fix_is_one_sentence() {
        let said = |text: &str| {
            let mut turn = judged();
            turn.feedback.as_mut().unwrap().next_step = Some(text.to_owned());
            brief(&turn, &[]).fix
        };
        assert_eq!(said("Say why. Then give an example."), "Say why.");
        assert_eq!(
            said("It is not true that it is copied: it moves. “Clone” copies."),
            "It is not true that it is copied: it moves."
        );
        assert_eq!(said("Name the cost, e.g. of Arc: 1.5 times."), "Name the cost, e.g. of Arc: 1.5 times.");
    }

    #[test]
    fn nothing_is_well_said_without_any_point_or_in_words_that_state_something_wrong() {
        let mut turn = judged();
        let panel = turn.feedback.as_mut().unwrap().correctness.as_mut().unwrap();
        panel.key_points[0].evidence.quote = panel.misconceptions[0].evidence.quote.clone();
        assert_eq!(brief(&turn, &[]).best, None);
        let mut turn = without_misconceptions(judged());
        turn.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points.remove(0);
        assert_eq!(brief(&turn, &[]).best, None);
    }

    #[test]
    fn without_a_score_the_reason_takes_at_most_five_words() {
        use TurnState::{Asked, Judged, Judging, Skipped, Transcribing, Ungraded};
        for state in [Asked, Skipped, Transcribing, Judging, Judged, Ungraded] {
            assert!(why_no_score(state).split(' ').count() <= 5, "{state:?}");
        }
        let shown = brief(&ungraded("the coach is away"), &[]);
        assert_eq!((shown.score.as_str(), shown.best), ("no score", None));
        assert!(shown.fix.contains("the coach is away"), "{}", shown.fix);
        assert_eq!(brief(&decided(), &[]).reason, "points are unclear");
    }

    #[test]
    fn before_a_follow_up_the_candidate_hears_their_own_words_or_nothing_of_the_answer() {
        assert_eq!(acknowledgement(&judged()), "You said “one owner at a time”.");
        assert_eq!(acknowledgement(&ungraded("no coach")), "Let's go on from there.");
        let mut long = judged();
        let panel = long.feedback.as_mut().unwrap().correctness.as_mut().unwrap();
        panel.key_points[0].evidence.quote = Some("word ".repeat(30));
        let said = acknowledgement(&long);
        assert!(said.matches("word").count() == WORDS_SAID_BACK && said.ends_with(" …”."), "{said}");
    }

    fn changes(compared: &Comparison) -> Vec<(&str, String)> {
        compared.changes.iter().map(|change| (change.kind, change.points.join("; "))).collect()
    }

    #[test]
    fn attempts_differ_in_points_misconceptions_and_delivery() {
        let mut now = spoken();
        let feedback = now.feedback.as_mut().unwrap();
        (feedback.delivery.as_mut().unwrap().spoken, feedback.delivery.as_mut().unwrap().pauses_over_1s) = (35.0, 0);
        let panel = feedback.correctness.as_mut().unwrap();
        panel.score = Some(8.0);
        panel.key_points[0].verdict = Verdict::Missed;
        panel.key_points[1].verdict = Verdict::Hit;
        panel.misconceptions.clear();
        let compared = comparison(&spoken(), &now).unwrap();
        let figure = |name, before: &str, now: &str| (name, before.to_owned(), now.to_owned());
        assert_eq!(
            compared.figures,
            [
                figure("Correctness", "6.0 of 10", "8.0 of 10"),
                figure("Length", "0:48", "0:35"),
                figure("Pauses over 1 s", "2", "0")
            ]
        );
        let changed = [
            ("Gained", "it is dropped at the end of the scope".to_owned()),
            ("Corrected", "a collector frees it".to_owned()),
            ("Lost", "every value has exactly one owner".to_owned()),
        ];
        assert_eq!(changes(&compared), changed);
        assert!(compared.is_comparable);
    }

    #[test]
    fn a_point_that_is_unclear_now_is_not_lost() {
        let mut now = judged();
        now.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points[0].verdict = Verdict::Unclear;
        let compared = comparison(&judged(), &now).unwrap();
        assert_eq!(changes(&compared), [("Unclear now", "every value has exactly one owner".to_owned())]);
    }

    #[test]
    fn only_judged_attempts_are_compared_and_typed_ones_have_no_times() {
        assert_eq!(comparison(&judged(), &ungraded("no coach")), None);
        assert_eq!(comparison(&judged(), &judged()).unwrap().figures.len(), 1);
    }
}
