//! Feedback in words: what terminal, page and Markdown all show. They only lay it out.

mod brief;
mod debrief;
pub mod standing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use interview::delivery::{FILLED_PAUSES_FINE, FILLED_PAUSES_MANY, TYPICAL_WORDS_PER_MINUTE};
use interview::wording::{counted, things};

use crate::feedback::{
    Clarity, ClarityVerdict, Coach, Correctness, CountedPhrase, DecidedBy, Delivery, Evidence, Feedback, JudgedBy,
    KeyPointMark, MisconceptionMark, Verdict,
};
use crate::question::Versions;
use crate::session::{Mode, Summary};
use crate::transcript::TimeSpan;
use crate::turn::{DecidedVerdict, Turn, TurnState};

pub use brief::{Best, Brief, Change, Comparison, acknowledgement, brief, comparison, shortened};
pub use debrief::{comes_back, spoken_debrief};

/// The correctness or the clarity panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    /// Its heading.
    pub title: &'static str,
    /// The score, 0 to 10, or its range: `6.0`, `4 to 7`.
    pub score: Option<String>,
    /// Why there is no score, or only a range.
    pub no_score: Option<&'static str>,
    /// The band, 1 to 4.
    pub band: Option<u8>,
    /// How many points the score rests on.
    pub points_made: Option<String>,
    /// The misconceptions stated, then those that the candidate disputes.
    pub misconceptions: Vec<Mark>,
    /// Key points or clarity checks, in order.
    pub marks: Vec<Mark>,
    /// How many marks are unclear.
    pub unclear: Option<String>,
}

impl Panel {
    /// The score as the panel's heading has it: `6.0 of 10`, `4 to 7 of 10`, `no score`.
    pub fn figure(&self) -> String {
        self.score.as_ref().map_or_else(|| "no score".to_owned(), |score| format!("{score} of 10"))
    }
}

/// A verdict, what it is about, and what it rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// The id of the key point, misconception or check.
    pub id: String,
    /// Whether the verdict is good news.
    pub sign: Sign,
    /// The verdict as a word, such as `hit` or `no`.
    pub verdict: &'static str,
    /// Whether a key point is only probably made, or a misconception only probably stated.
    pub is_probable: bool,
    /// Whether the candidate decided it.
    pub by_you: bool,
    /// What the candidate can decide; nothing for checks.
    pub choices: Vec<Choice>,
    /// A heading above it: the stage of a design interview whose key points begin here, or what was said without having been asked for.
    pub heading: Option<String>,
    /// The claim or check.
    pub text: String,
    /// Whether the key point is core.
    pub is_core: bool,
    /// The versions for which the claim holds, or the misconception is wrong: `since Rust 1.85`.
    pub versions: Option<String>,
    /// The words that it rests on.
    pub quote: Option<Quote>,
    /// A remark: why it is unclear, why it is wrong, what to do.
    pub note: Option<String>,
}

/// A decision that the candidate can take about a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The verdict; `None` takes an earlier decision back.
    pub verdict: Option<DecidedVerdict>,
    /// What the candidate says by it.
    pub label: &'static str,
}

impl Choice {
    const UNDO: Self = Self { verdict: None, label: "undo" };

    fn said(verdict: DecidedVerdict) -> Self {
        Self { verdict: Some(verdict), label: "I said that" }
    }

    fn not_said(verdict: DecidedVerdict) -> Self {
        Self { verdict: Some(verdict), label: "I did not say that" }
    }
}

/// The kind of a verdict, for a symbol or colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// A key point made, a check met.
    Good,
    /// A key point missed, a check not met.
    Bad,
    /// Counts neither way.
    #[default]
    Unclear,
    /// Counts for nothing: a key point not made beside an alternative that was, or a misconception that the candidate disputes.
    NotCounted,
    /// A misconception stated.
    Wrong,
}

interview::word_enum!(Sign, "sign" {
    Good => "good", Bad => "bad", Unclear => "unclear", NotCounted => "not-counted", Wrong => "wrong"
});

/// Words of the transcript, or a note on a part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// The words.
    pub text: String,
    /// When they were said, in seconds.
    pub span: Option<TimeSpan>,
}

impl Quote {
    /// A quote ends with a clause: the comma after that is left out.
    fn of(evidence: &Evidence) -> Option<Self> {
        let span = evidence.start.zip(evidence.end).map(|(start, end)| TimeSpan { start, end });
        let text = evidence.quote.as_deref()?.trim_end_matches([',', ';', ':']).to_owned();
        Some(Self { text, span })
    }

    /// When they start: `1:07`.
    pub fn start(&self) -> Option<String> {
        self.span.map(|span| clock(span.start))
    }
}

/// One measure of the delivery panel. None is a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What is measured.
    pub name: &'static str,
    /// The figure, with a unit that is a sign: `142`, `1.4 s`.
    pub figure: String,
    /// What the figure counts, to be read after it.
    pub meaning: String,
    /// How to read it.
    pub note: String,
    /// Where it shows most.
    pub place: Option<Quote>,
    /// The words it is about.
    pub quotes: Vec<Quote>,
}

/// Who judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judge {
    /// `the offline coach`, or the language model.
    pub name: String,
    /// Who judged and what to know about it, in a sentence or two.
    pub remark: String,
    /// Versions of rules or prompts and of the key points: only results with equal versions can be compared.
    pub versions: String,
}

/// One figure of a session's summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is about.
    pub name: &'static str,
    /// The figure, if there is one.
    pub value: Option<String>,
    /// What the figure counts, to be read after it.
    pub note: String,
}

/// A time on a recording: `1:07`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// The scores of both judged panels: `correctness 4 to 7, clarity 5.0`.
pub fn scores(feedback: &Feedback) -> String {
    let correctness = feedback.correctness.as_ref().and_then(correctness_score);
    let clarity = feedback.clarity.as_ref().and_then(clarity_score);
    let figure = |score: Option<String>| score.unwrap_or_else(|| "no score".to_owned());
    format!("correctness {}, clarity {}", figure(correctness), figure(clarity))
}

fn correctness_score(panel: &Correctness) -> Option<String> {
    let range = panel.score_range.map(|range| format!("{} to {}", range.low, range.high));
    panel.score.map(|score| format!("{score:.1}")).or(range)
}

fn clarity_score(panel: &Clarity) -> Option<String> {
    panel.score.map(|score| format!("{score:.1}"))
}

/// The verdict on a point that was probably missed: all that is known is that the coach did not find it.
pub const NOT_FOUND: &str = "not found";

/// The correctness panel.
pub fn correctness(panel: &Correctness) -> Panel {
    let points = &panel.key_points;
    let alternatives = |one: &KeyPointMark, other: &KeyPointMark| one.any_of.is_some() && one.any_of == other.any_of;
    let is_said =
        |point: &KeyPointMark| points.iter().any(|other| alternatives(point, other) && other.verdict == Verdict::Hit);
    let before = [None].into_iter().chain(points.iter().map(|point| point.stage.as_ref()));
    let marks: Vec<Mark> = points
        .iter()
        .zip(before)
        .map(|(point, before)| {
            let is_spare = point.verdict != Verdict::Hit && is_said(point);
            let heading = point.stage.as_ref().filter(|stage| Some(*stage) != before);
            let sign = match point.verdict {
                _ if is_spare => Sign::NotCounted,
                Verdict::Hit => Sign::Good,
                Verdict::Missed => Sign::Bad,
                Verdict::Unclear => Sign::Unclear,
            };
            Mark {
                id: point.id.clone(),
                sign,
                verdict: match sign {
                    Sign::NotCounted => "not needed",
                    Sign::Bad if !point.sure => NOT_FOUND,
                    _ => point.verdict.as_str(),
                },
                is_probable: !point.sure && sign == Sign::Good,
                by_you: point.decided_by == DecidedBy::Candidate,
                choices: choices(point),
                heading: heading.map(|stage| standing::subject(stage)),
                text: point.summary.clone(),
                is_core: point.core,
                versions: versions(&point.summary, &point.versions),
                quote: Quote::of(&point.evidence).filter(|_| !is_spare),
                note: point
                    .doubt
                    .clone()
                    .filter(|_| !is_spare)
                    .or_else(|| point.any_of.as_ref().map(|_| "one of these is enough".to_owned())),
            }
        })
        .collect();
    let stated = panel.misconceptions.iter().map(|stated| misconception(stated, false));
    let disputed = panel.disputed_misconceptions.iter().map(|disputed| misconception(disputed, true));
    let score = correctness_score(panel);
    let unclear = marks.iter().filter(|mark| mark.sign == Sign::Unclear).count();
    Panel {
        title: "Correctness",
        no_score: match (&score, panel.score_range) {
            (None, _) => Some("no point could be decided"),
            (Some(_), Some(_)) => Some("a range, because points are unclear"),
            (Some(_), None) => None,
        },
        points_made: score.as_ref().map(|_| points_made(points, unclear)),
        score,
        band: panel.band,
        misconceptions: stated.chain(disputed).collect(),
        unclear: (unclear > 0).then(|| format!("{unclear} of {} unclear, not scored", counted(marks.len(), "point"))),
        marks: marks.into_iter().chain(beyond(&panel.beyond)).collect(),
    }
}

/// What was made without having been asked for: nothing to decide about.
fn beyond(points: &[KeyPointMark]) -> impl Iterator<Item = Mark> {
    points.iter().enumerate().map(|(number, point)| Mark {
        id: point.id.clone(),
        sign: Sign::Good,
        verdict: point.verdict.as_str(),
        is_probable: !point.sure,
        heading: (number == 0).then(|| "You also said".to_owned()),
        text: point.summary.clone(),
        is_core: point.core,
        versions: versions(&point.summary, &point.versions),
        quote: Quote::of(&point.evidence),
        ..Mark::default()
    })
}

/// What the candidate can decide about a key point: what it does not count as now, and back to the coach's verdict.
fn choices(point: &KeyPointMark) -> Vec<Choice> {
    let (hit, missed) = (Choice::said(DecidedVerdict::Hit), Choice::not_said(DecidedVerdict::Missed));
    let mut choices = match point.verdict {
        Verdict::Hit => vec![missed],
        Verdict::Missed => vec![hit],
        Verdict::Unclear => vec![hit, missed],
    };
    if point.decided_by == DecidedBy::Candidate {
        choices.push(Choice::UNDO);
    }
    choices
}

/// The versions for which a claim holds, without those that it names itself: `since Rust 1.85`.
pub fn versions(claim: &str, versions: &Versions) -> Option<String> {
    let versions = [("since", &versions.since), ("until", &versions.until)];
    let named = versions.into_iter().filter_map(|(word, version)| Some((word, version.as_ref()?)));
    let untold = named.filter(|(_, version)| !claim.contains(version.as_str()));
    untold.map(|(word, version)| format!("{word} {version}")).reduce(|since, until| format!("{since} {until}"))
}

fn misconception(mark: &MisconceptionMark, is_disputed: bool) -> Mark {
    Mark {
        id: mark.id.clone(),
        sign: if is_disputed { Sign::NotCounted } else { Sign::Wrong },
        verdict: if is_disputed { "not stated" } else { "misconception" },
        is_probable: !is_disputed && !mark.sure,
        by_you: is_disputed,
        choices: vec![if is_disputed { Choice::UNDO } else { Choice::not_said(DecidedVerdict::NotStated) }],
        text: mark.claim.clone(),
        versions: versions(&mark.claim, &mark.versions).map(|versions| format!("wrong {versions}")),
        quote: Quote::of(&mark.evidence),
        note: Some(mark.why_wrong.clone()),
        ..Mark::default()
    }
}

/// How many core and other points were found, with alternatives counted as one: `found 1 of 2 core points, 2 of 3 others; 1 unclear`.
fn points_made(points: &[KeyPointMark], unclear: usize) -> String {
    let name = |point: &KeyPointMark| point.any_of.clone().unwrap_or_else(|| point.id.clone());
    let made_of = |core: bool, what: &str| {
        let all: BTreeSet<String> = points.iter().filter(|point| point.core == core).map(name).collect();
        let hit = points.iter().filter(|point| point.core == core && point.verdict == Verdict::Hit);
        let made: BTreeSet<String> = hit.map(name).collect();
        (!all.is_empty()).then(|| format!("{} of {}", made.len(), counted(all.len(), what)))
    };
    let made = [made_of(true, "core point"), made_of(false, "other")];
    let unclear = if unclear > 0 { format!("; {unclear} unclear") } else { String::new() };
    format!("found {}{unclear}", made.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// The clarity panel; `None` when no check was judged.
pub fn clarity(panel: &Clarity) -> Option<Panel> {
    // A coach that cannot judge a check says nothing of it at all.
    let (judged, not_judged): (Vec<_>, Vec<_>) = panel.checks.iter().partition(|check| {
        check.verdict != ClarityVerdict::Unclear || check.evidence.quote.is_some() || check.note.is_some()
    });
    if judged.is_empty() {
        return None;
    }
    let not_judged: Vec<&str> = not_judged.iter().map(|check| check.summary.as_str()).collect();
    let mark = |check: &crate::feedback::ClarityMark| Mark {
        id: check.id.clone(),
        sign: match check.verdict {
            ClarityVerdict::Yes => Sign::Good,
            ClarityVerdict::No => Sign::Bad,
            ClarityVerdict::Unclear => Sign::Unclear,
        },
        verdict: check.verdict.as_str(),
        text: check.summary.clone(),
        quote: Quote::of(&check.evidence),
        note: check.note.clone(),
        ..Mark::default()
    };
    let score = clarity_score(panel);
    Some(Panel {
        title: "Clarity",
        no_score: score.is_none().then_some("too few of its checks could be judged"),
        score,
        marks: judged.into_iter().map(mark).collect(),
        unclear: (!not_judged.is_empty()).then(|| format!("Not judged: {}", not_judged.join("; "))),
        ..Panel::default()
    })
}

/// The delivery panel: every measure that there is.
pub fn delivery(delivery: &Delivery) -> Vec<Measure> {
    let mut measures = Vec::new();
    let mut add = |name, figure: String, meaning: String, note: String| {
        measures.push(Measure { name, figure, meaning, note, place: None, quotes: Vec::new() });
        measures.len() - 1
    };
    if let Some(model) = &delivery.heard_by {
        add("Heard by", model.clone(), "the speech model whose words were measured".to_owned(), String::new());
    }
    if let Some(rate) = delivery.words_per_minute {
        let typical = TYPICAL_WORDS_PER_MINUTE;
        let note = format!("typical {:.0} to {:.0}, pauses included", typical.start(), typical.end());
        add("Pace", format!("{rate:.0}"), "words per minute".to_owned(), note);
    }
    if let Some(rate) = delivery.articulation_rate {
        let meaning = "words per minute while speaking".to_owned();
        add("Without pauses", format!("{rate:.0}"), meaning, String::new());
    }
    if let Some(time) = delivery.time_to_first_word {
        let note = "thinking is allowed, never scored".to_owned();
        add("First word", format!("{time:.1} s"), "until the first word".to_owned(), note);
    }
    let over = delivery.pauses_over_1s;
    let meaning = format!("{} over 1 s, {} over 2.5 s", things(&over, "pause"), delivery.pauses_over_2_5s);
    let median = delivery.median_pause.map(|median| format!("median {median:.1} s")).unwrap_or_default();
    let pauses = add("Pauses", over.to_string(), meaning, median);
    let (meaning, note) = filled_pauses(delivery);
    add("Um and uh", delivery.filled_pauses.to_string(), meaning, note);
    if let Some((total, phrases)) = frequent(&delivery.discourse_markers) {
        let note = "some may be ordinary words here".to_owned();
        add("Filler words", total.to_string(), format!("filler words: {phrases}"), note);
    }
    let hedges = delivery.hedges.len();
    let hedged = (hedges > 0).then(|| {
        let note = "fine where you are unsure; where you are sure, say it directly".to_owned();
        add("Hedges", hedges.to_string(), things(&hedges, "hedge"), note)
    });
    if delivery.immediate_repeats > 0 {
        let count = delivery.immediate_repeats;
        add("Stumbles", count.to_string(), format!("{} said twice in a row", things(&count, "word")), String::new());
    }
    if let Some((total, phrases)) = frequent(&delivery.repeated_phrases) {
        add("Repetition", total.to_string(), format!("repeated phrases: {phrases}"), String::new());
    }
    let over = delivery.over_limit;
    let over = if over > 0.0 { format!(", {} over the limit", clock(over)) } else { String::new() };
    let limit = delivery.limit.map(|limit| format!("limit {}", clock(f64::from(limit)))).unwrap_or_default();
    add("Length", clock(delivery.spoken), format!("from first to last word{over}"), limit);
    measures[pauses].place = delivery
        .longest_pause
        .map(|pause| Quote { text: format!("longest {:.1} s", pause.end - pause.start), span: Some(pause) });
    if let Some(index) = hedged {
        measures[index].quotes = delivery.hedges.iter().filter_map(Quote::of).collect();
    }
    measures
}

fn filled_pauses(delivery: &Delivery) -> (String, String) {
    let heard = delivery.filled_pauses;
    let rate = delivery.filled_pauses_per_minute.filter(|_| heard > 0).map(|rate| {
        let verdict = match rate {
            rate if rate <= FILLED_PAUSES_FINE => "normal",
            rate if rate <= FILLED_PAUSES_MANY => "worth watching",
            _ => "worth working on",
        };
        format!(", {rate:.1} per minute: {verdict}")
    });
    let note = format!(
        "a lower bound, because recognisers drop most of them; up to {FILLED_PAUSES_FINE:.0} per minute is normal"
    );
    (format!("um or uh{}", rate.unwrap_or_default()), note)
}

/// The total of the phrases, and the most frequent three.
fn frequent(phrases: &[CountedPhrase]) -> Option<(usize, String)> {
    let total = phrases.iter().map(|phrase| phrase.count).sum();
    let first = phrases.iter().take(3).map(|phrase| format!("“{}” × {}", phrase.phrase, phrase.count));
    (total > 0).then(|| (total, first.collect::<Vec<_>>().join(", ")))
}

impl Judge {
    /// Who judged; `None` without a judging.
    pub fn of(feedback: &Feedback) -> Option<Self> {
        let JudgedBy { coach, model, prompt_version, rubric_version } = feedback.judged_by.as_ref()?;
        let remark = feedback.remark.as_deref();
        let (name, remark, rules) = match coach {
            Coach::Offline => {
                let introduction = "Judged by the offline coach: a trained verifier and rules on this machine. It can miss a \
                                    point that you made, and tick one that you did not.";
                ("the offline coach".to_owned(), remark.unwrap_or(introduction).to_owned(), "rules".to_owned())
            }
            Coach::Llm => {
                let name = format!("the language model {}", model.as_deref().unwrap_or("of the server"));
                // A remark may say that quotes were dropped.
                let more = remark.map_or("; every quote was checked.".to_owned(), |remark| format!(". {remark}"));
                let rules = format!("{}, prompts", model.as_deref().unwrap_or("language model"));
                (name.clone(), format!("Judged by {name}{more}"), rules)
            }
        };
        Some(Self { name, remark, versions: format!("{rules} {prompt_version}, key points {rubric_version}") })
    }
}

/// When feedback that is withheld is shown.
pub fn withheld(mode: Mode) -> &'static str {
    match mode {
        Mode::Study => "Feedback is shown after the follow-up.",
        Mode::Real => "Feedback is shown when the interview is finished.",
    }
}

/// Why a turn has no feedback, in a sentence or two.
pub fn notice(turn: &Turn) -> Option<String> {
    let notice = match turn.state {
        TurnState::Asked => "Not answered.",
        TurnState::Skipped => "Skipped: “I don’t know”.",
        TurnState::Transcribing => "The recording is being transcribed.",
        TurnState::Judging => "The answer is being judged.",
        TurnState::Ungraded => {
            let reason = turn.ungraded_reason.as_deref().unwrap_or("no reason given");
            return Some(format!("Not graded: {reason}. The answer is kept and can be judged again."));
        }
        TurnState::Judged => return None,
    };
    Some(notice.to_owned())
}

/// The figures of a session.
pub fn summary(summary: &Summary) -> [Figure; 4] {
    let mean = |value: Option<f64>| value.map(|value| format!("{value:.1}"));
    let mut questions = counted(summary.questions, "question");
    for (count, what) in [(summary.skipped, "skipped"), (summary.ungraded, "not graded")] {
        if count > 0 {
            questions.push_str(&format!(", {count} {what}"));
        }
    }
    let of_ten = if summary.questions == 1 { "of 10" } else { "of 10, mean of the main answers scored by one judge" };
    let rate = summary.words_per_minute.map(|rate| format!("{rate:.0}"));
    [
        Figure { name: "Correctness", value: mean(summary.correctness), note: of_ten.to_owned() },
        Figure { name: "Clarity", value: mean(summary.clarity), note: of_ten.to_owned() },
        Figure { name: "Pace", value: rate, note: "words per minute, spoken answers".to_owned() },
        Figure { name: "Answers", value: Some(summary.answered.to_string()), note: format!("to {questions}") },
    ]
}
