//! A question's attempts, and how the one of this session compares with the one before.

use api::turn::{Role, Turn};
use api::view::{self, Comparison};
use interview::schedule::{Attempt, Outcome};
use interview::scoring::Rating;
use interview::{Question, SessionId};
use store::StoredSession;

use super::day;
use crate::wire::progress::timestamp;
use crate::wire::session::{review_url, turn};

/// The attempts at a question, the one of this session among them.
pub(crate) struct Attempts {
    /// The first one first; more than one.
    pub(crate) all: Vec<OneAttempt>,
    pub(crate) compared: Option<Compared>,
}

pub(crate) struct OneAttempt {
    pub(crate) when: String,
    /// `6.0 of 10`, `skipped`, `no score`.
    pub(crate) score: String,
    /// The page of its session; none for this session's.
    pub(crate) url: Option<String>,
}

/// The attempt of this session beside the one before.
pub(crate) struct Compared {
    pub(crate) with: String,
    pub(crate) comparison: Comparison,
}

/// The session with the last judged attempt at the question before the one in `session`.
pub(crate) fn attempt_before(question: &Question, session: SessionId, attempts: &[Attempt]) -> Option<SessionId> {
    let of_question = || attempts.iter().filter(|attempt| attempt.question == question.id);
    let before = of_question().take_while(|attempt| attempt.session != session);
    let is_over = |attempt: &&Attempt| attempt.is_over && matches!(attempt.main, Outcome::Marked { .. });
    // An attempt that is not in the list is no attempt yet, and has nothing to be compared.
    before.filter(is_over).last().filter(|_| of_question().any(|it| it.session == session)).map(|it| it.session)
}

impl Attempts {
    /// `None` when there is no other attempt than the one in the session of `now`. `before` is the session of the one before.
    pub(super) fn of(
        question: &Question,
        attempts: &[Attempt],
        now: &Turn,
        before: Option<&StoredSession>,
    ) -> Option<Self> {
        let all: Vec<OneAttempt> = attempts
            .iter()
            .filter(|attempt| attempt.question == question.id)
            .map(|attempt| OneAttempt {
                when: day(timestamp(attempt.asked_at)),
                score: score(attempt, question),
                url: (attempt.session.uuid() != now.session_id).then(|| review_url(attempt.session)),
            })
            .collect();
        // A question about one point has another score than the whole question.
        let compared = before.filter(|_| now.role == Role::Main).and_then(|stored| Compared::of(stored, question, now));
        all.iter().any(|attempt| attempt.url.is_some()).then_some(Self { all, compared })
    }
}

fn score(attempt: &Attempt, question: &Question) -> String {
    match (&attempt.main, attempt.rating(question)) {
        _ if !attempt.is_over => "not over".to_owned(),
        (Outcome::Skipped, _) => "skipped".to_owned(),
        (Outcome::Marked { judged_by, .. }, _) if judged_by.rubric_version != question.rubric_version() => {
            "judged by other key points".to_owned()
        }
        (_, Some(Rating::Exact(score))) => format!("{:.1} of 10", score.get()),
        (_, Some(Rating::Range { low, high })) => format!("{low} to {high} of 10"),
        (_, None) => "no score".to_owned(),
    }
}

impl Compared {
    fn of(before: &StoredSession, question: &Question, now: &Turn) -> Option<Self> {
        let asked = before.turns.iter().find(|turn| turn.place.depth == 0 && turn.question == question.id)?;
        let comparison = view::comparison(&turn(before, asked)?, now)?;
        Some(Self { with: day(before.created_at), comparison })
    }
}
