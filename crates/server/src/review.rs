//! A session as people read it, on a page, in a file or as Markdown: texts and numbers that templates only place.

mod attempts;
mod history;
pub(crate) mod html;
mod transcript;

use api::question::Citation;
use api::session::{Debrief, Session};
use api::transcript::{Segment, TimeSpan, Transcript};
use api::turn::{Source, Turn, TurnState};
use api::view::{self, Brief, Figure, Judge, Measure, Panel, clock};
use interview::Question;
use interview::bank::Bank;
use interview::schedule::Attempt;
use interview::session::{self, Spoken};
use interview::summary::Summary;
use interview::wording::counted;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{PastJudging, StoredSession};

use self::attempts::Attempts;
pub(crate) use self::attempts::attempt_before;
use self::history::{EarlierJudging, earlier_judgings};
use self::html::{coloured, prose};
use self::transcript::{Paragraph, paragraphs};
use crate::wire;

/// A session in review.
pub(crate) struct Review {
    pub(crate) session: Session,
    pub(crate) when: String,
    pub(crate) topics: String,
    pub(crate) summary: [Figure; 4],
    /// On the page of a finished round.
    pub(crate) debrief: Option<Debrief>,
    pub(crate) comes_back: Option<String>,
    /// What is left before the interview.
    pub(crate) remaining: Option<String>,
    pub(crate) questions: Vec<ReviewedQuestion>,
    /// Whether the page may finish the round.
    pub(crate) can_finish: bool,
}

/// A question with its follow-ups.
pub(crate) struct ReviewedQuestion {
    pub(crate) main: ReviewedTurn,
    pub(crate) follow_ups: Vec<ReviewedTurn>,
    /// The feedback in short; none before there is any.
    pub(crate) brief: Option<Brief>,
    pub(crate) reference: Option<Reference>,
    /// On a page, when there are others than this one.
    pub(crate) attempts: Option<Attempts>,
}

pub(crate) struct ReviewedTurn {
    pub(crate) turn: Turn,
    pub(crate) eyebrow: String,
    /// The code of a main question, as HTML.
    pub(crate) snippet: Option<String>,
    /// Why there is no feedback.
    pub(crate) notice: Option<String>,
    /// Where the answer came from and how long it is.
    pub(crate) answer_note: String,
    /// The address of the recording.
    pub(crate) audio: Option<String>,
    /// Whether the page has forms to decide on marks, to correct the transcript and to have the answer judged again.
    pub(crate) has_forms: bool,
    pub(crate) timeline: Option<Timeline>,
    pub(crate) transcript: Vec<Paragraph>,
    pub(crate) has_doubtful_words: bool,
    pub(crate) correctness: Option<Panel>,
    pub(crate) clarity: Option<Panel>,
    pub(crate) delivery: Vec<Measure>,
    /// As HTML.
    pub(crate) stronger_answer: Option<String>,
    pub(crate) judge: Option<Judge>,
    /// The judgings before the one that is shown, oldest first.
    pub(crate) earlier: Vec<EarlierJudging>,
}

/// What a good answer to a question says. Prose and code are HTML.
pub(crate) struct Reference {
    pub(crate) model_answer: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) corrected_code: Option<String>,
    pub(crate) sources: Vec<Citation>,
}

/// When there was speech in a recording, in thousandths of its length.
pub(crate) struct Timeline {
    pub(crate) speech: Vec<Stretch>,
    pub(crate) longest_pause: Option<Stretch>,
}

/// A part of the timeline.
pub(crate) struct Stretch {
    pub(crate) left: String,
    pub(crate) width: String,
}

/// A point in time on this machine's clock: `22 November 2026, 14:03`.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%-d %B %Y, %H:%M").to_string()
}

/// The topics of a session, as they are read.
pub(crate) fn topics(topics: &[String]) -> String {
    topics.join(", ").replace('-', " ")
}

impl Review {
    /// A stored session with every judging of its answers. On a page of this server (`is_live`) recordings are linked, and marks can be
    /// decided on. The feedback on a question whose follow-ups are not over is withheld, in the figures too.
    pub(crate) fn of(stored: &StoredSession, past: &[PastJudging], bank: &Bank, is_live: bool) -> Self {
        let mut session = wire::session::session(stored, bank);
        session.summary = wire::session::summary(&visible_summary(stored, &session));
        let mut questions: Vec<ReviewedQuestion> = Vec::new();
        for turn in &stored.turns {
            let Some(shown) = wire::session::turn(stored, turn) else { continue };
            let is_withheld = session.withholds(turn.place.position);
            let reference = reference(&shown).filter(|_| !is_withheld);
            let given = turn.state.answer();
            let feedback = turn.state.feedback().filter(|_| !is_withheld);
            let transcript = given.map(|answer| paragraphs(&answer.transcript, feedback)).unwrap_or_default();
            let reviewed = if is_withheld {
                let notice = view::notice(&shown).is_none().then(|| view::withheld(session.mode));
                let shown = Turn { feedback: None, ..shown };
                let reviewed = ReviewedTurn::new(shown, transcript, Vec::new(), is_live);
                ReviewedTurn { has_forms: false, notice: notice.map(str::to_owned).or(reviewed.notice), ..reviewed }
            } else {
                let timeline = given.and_then(|answer| answer.spoken.as_ref()).and_then(Timeline::of);
                let earlier = earlier_judgings(turn, &shown, stored, past);
                ReviewedTurn { timeline, ..ReviewedTurn::new(shown, transcript, earlier, is_live) }
            };
            match questions.last_mut() {
                Some(question) if turn.place.depth > 0 => question.follow_ups.push(reviewed),
                _ => questions.push(ReviewedQuestion {
                    brief: None,
                    reference,
                    main: reviewed,
                    follow_ups: Vec::new(),
                    attempts: None,
                }),
            }
        }
        for question in &mut questions {
            let follow_ups: Vec<Turn> = question.follow_ups.iter().map(|reviewed| reviewed.turn.clone()).collect();
            let main = &question.main.turn;
            question.brief = main.feedback.as_ref().map(|_| view::brief(main, &follow_ups));
        }
        Self {
            when: day(session.head.created_at),
            topics: topics(&session.head.topics),
            summary: view::summary(&session.summary),
            debrief: None,
            comes_back: None,
            remaining: None,
            can_finish: is_live && stored.finished_at.is_none(),
            session,
            questions,
        }
    }

    /// Adds the attempts at one of the questions; `before` is the session of the one before.
    pub(crate) fn add_attempts(&mut self, question: &Question, attempts: &[Attempt], before: Option<&StoredSession>) {
        for reviewed in
            self.questions.iter_mut().filter(|reviewed| reviewed.main.turn.question.id == question.id.as_str())
        {
            reviewed.attempts = Attempts::of(question, attempts, &reviewed.main.turn, before);
        }
    }
}

impl ReviewedQuestion {
    /// The answer of that number: 0 is the question's, 1 its first follow-up's.
    pub(crate) fn answer(&self, turn: &usize) -> &ReviewedTurn {
        turn.checked_sub(1).and_then(|index| self.follow_ups.get(index)).unwrap_or(&self.main)
    }
}

impl ReviewedTurn {
    fn new(turn: Turn, transcript: Vec<Paragraph>, earlier: Vec<EarlierJudging>, is_live: bool) -> Self {
        let feedback = turn.feedback.clone().unwrap_or_default();
        let is_follow_up = turn.depth > 0;
        let snippet = turn.question.snippet.as_ref().filter(|_| !is_follow_up);
        let is_pending = matches!(turn.state, TurnState::Transcribing | TurnState::Judging);
        let reload = if is_pending { " Reload the page soon." } else { "" };
        Self {
            eyebrow: if is_follow_up {
                turn.follow_up_name().to_owned()
            } else {
                let question = &turn.question;
                format!("Question {} · {} · {}", turn.position, question.topic.replace('-', " "), question.level)
            },
            snippet: snippet.map(|snippet| coloured(&snippet.language, &snippet.code)),
            notice: view::notice(&turn).map(|notice| notice + reload),
            answer_note: answer_note(&turn),
            audio: turn.answer.as_ref().and_then(|answer| answer.audio_url.clone()).filter(|_| is_live),
            has_forms: is_live && matches!(turn.state, TurnState::Judged | TurnState::Ungraded),
            timeline: None,
            has_doubtful_words: transcript.iter().flat_map(|paragraph| &paragraph.runs).any(|run| run.is_doubtful),
            transcript,
            correctness: feedback.correctness.as_ref().map(view::correctness),
            clarity: feedback.clarity.as_ref().and_then(view::clarity),
            delivery: feedback.delivery.as_ref().map(view::delivery).unwrap_or_default(),
            judge: Judge::of(&feedback),
            stronger_answer: feedback.stronger_answer.as_deref().map(prose),
            earlier,
            turn,
        }
    }

    /// Whether the scores of all earlier judgings can be compared with the current ones.
    pub(crate) fn is_comparable(&self) -> bool {
        self.earlier.iter().all(|judging| judging.is_comparable)
    }

    /// The words as they stand now, to be corrected.
    pub(crate) fn words(&self) -> &str {
        self.heard().map_or("", |transcript| transcript.text.as_str())
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        self.heard().map_or(&[], |transcript| transcript.segments.as_slice())
    }

    fn heard(&self) -> Option<&Transcript> {
        self.turn.answer.as_ref().and_then(|answer| answer.transcript.as_ref())
    }

    /// The title of a main question.
    pub(crate) fn title(&self) -> Option<&str> {
        (self.turn.depth == 0).then_some(&self.turn.question.title)
    }

    /// A link to a part of the recording, if there is one.
    pub(crate) fn sound(&self, span: &Option<TimeSpan>) -> Option<Sound> {
        let (audio, TimeSpan { start, end }) = (self.audio.as_ref()?, (*span)?);
        Some(Sound { url: format!("{audio}#t={start:.2},{end:.2}"), start, label: clock(start) })
    }
}

/// A part of a recording.
pub(crate) struct Sound {
    pub(crate) url: String,
    /// In seconds.
    pub(crate) start: f64,
    pub(crate) label: String,
}

fn answer_note(turn: &Turn) -> String {
    let Some(answer) = &turn.answer else { return String::new() };
    let source = match answer.source {
        Source::Microphone => "spoken",
        Source::Upload => "from a recording",
        Source::Stream => "given by a client that streams",
        Source::Typed => "typed",
    };
    let duration = answer.duration.map(|duration| format!(", {}", clock(duration))).unwrap_or_default();
    let corrected = if answer.corrected { ", transcript corrected" } else { "" };
    let hints = match turn.hints_used {
        0 => String::new(),
        used => format!(", {} used", counted(usize::from(used), "hint")),
    };
    format!("{source}{duration}{corrected}{hints}")
}

/// The summary without what is withheld, but with every answer counted.
fn visible_summary<'s>(stored: &'s StoredSession, shown: &Session) -> Summary<'s> {
    let visible = stored.turns.iter().filter(|turn| !shown.withholds(turn.place.position));
    let visible: Vec<session::Turn> = visible.cloned().collect();
    let Summary { questions, answered, skipped, ungraded, .. } = Summary::of(&stored.session, &stored.turns);
    Summary { questions, answered, skipped, ungraded, ..Summary::of(&stored.session, &visible) }
}

/// What a good answer says, without the model answer if the feedback's stronger answer contains it.
fn reference(turn: &Turn) -> Option<Reference> {
    let answer = turn.question.answer.as_ref()?;
    let language = turn.question.snippet.as_ref().map(|snippet| snippet.language.as_str()).unwrap_or_default();
    let snippet = answer.snippet.as_ref();
    Some(Reference {
        model_answer: (!turn.repeats_model_answer()).then(|| prose(&answer.model_answer)),
        outcome: snippet.map(|snippet| format!("{}. {}.", snippet.outcome, snippet.explanation)),
        corrected_code: snippet.map(|snippet| coloured(language, &snippet.corrected)),
        sources: answer.sources.clone(),
    })
}

impl Timeline {
    fn of(spoken: &Spoken) -> Option<Self> {
        let duration = spoken.duration.get();
        let stretch = |span: interview::Span| Stretch {
            left: format!("{:.1}", span.start().get() / duration * 1000.0),
            width: format!("{:.1}", (span.length().get() / duration * 1000.0).max(1.0)),
        };
        (duration > 0.0).then(|| Self {
            speech: spoken.speech.iter().copied().map(stretch).collect(),
            longest_pause: spoken.delivery.pauses.longest.map(stretch),
        })
    }
}

#[cfg(test)]
mod tests;
