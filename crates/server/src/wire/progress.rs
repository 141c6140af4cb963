//! Progress as the API shows it.

use std::time::SystemTime;

use api::feedback::Verdict;
use api::progress::{
    PointProgress, Progress, QuestionProgress, Remaining, Standing, SubjectProgress, TopicProgress, WeakPoint,
};
use interview::bank::KeyPoint;
use interview::progress;
use interview::schedule::Point;
use interview::scoring::Score;
use jiff::Timestamp;

/// The progress at `as_of`, and what is left before the interview.
pub(crate) fn progress(
    progress: &progress::Progress<'_>,
    remaining: Option<progress::Remaining>,
    as_of: Timestamp,
) -> Progress {
    Progress {
        as_of,
        remaining: remaining.map(self::remaining),
        subjects: progress.subjects.iter().map(subject).collect(),
        questions: progress.questions.iter().map(question).collect(),
        weak_points: progress.weak_points.iter().map(weak_point).collect(),
    }
}

pub(crate) fn remaining(left: progress::Remaining) -> Remaining {
    Remaining { days: left.days, questions: left.questions, questions_a_day: left.a_day() }
}

fn subject(progress: &progress::SubjectProgress<'_>) -> SubjectProgress {
    SubjectProgress {
        subject: progress.subject.to_owned(),
        standing: standing(&progress.standing),
        topics: progress.topics.iter().map(topic).collect(),
    }
}

fn topic(progress: &progress::TopicProgress<'_>) -> TopicProgress {
    TopicProgress {
        topic: progress.topic.to_string(),
        title: progress.title.to_owned(),
        standing: standing(&progress.standing),
    }
}

fn standing(standing: &progress::Standing) -> Standing {
    Standing {
        questions: standing.questions,
        attempted: standing.attempted,
        due: standing.due,
        next_due: standing.next_due.map(timestamp),
        scores: standing.scores.iter().copied().map(Score::get).collect(),
    }
}

fn question(progress: &progress::QuestionProgress<'_>) -> QuestionProgress {
    let point = |(point, known): &(&KeyPoint, &Point)| PointProgress {
        key_point: point.id.to_string(),
        summary: point.summary.clone(),
        core: point.core,
        attempts: known.attempts,
        last: if known.missed { Verdict::Missed } else { Verdict::Hit },
        due: timestamp(known.due),
    };
    QuestionProgress {
        question: progress.question.id.to_string(),
        title: progress.question.title.clone(),
        topic: progress.question.topic.to_string(),
        attempts: progress.asked.attempts,
        last: timestamp(progress.asked.last),
        due: progress.asked.due.map(timestamp),
        scores: progress.scores.iter().copied().map(Score::get).collect(),
        points: progress.points.iter().map(point).collect(),
    }
}

fn weak_point(weak: &progress::WeakPoint<'_>) -> WeakPoint {
    WeakPoint {
        question: weak.question.id.to_string(),
        title: weak.question.title.clone(),
        topic: weak.question.topic.to_string(),
        key_point: weak.point.id.to_string(),
        summary: weak.point.summary.clone(),
        probe: weak.point.probe.clone(),
        core: weak.point.core,
        due: timestamp(weak.due),
    }
}

/// The latest time there is stands for all that are later.
pub(crate) fn timestamp(time: SystemTime) -> Timestamp {
    time.try_into().unwrap_or(Timestamp::MAX)
}
