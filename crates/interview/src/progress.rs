//! How far a candidate has come, by subject and topic, and what to say again first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::bank::{Bank, KeyPoint, Question, Topic};
use crate::id::TopicId;
use crate::schedule::{Asked, DAY, Point, Schedule, Scored};
use crate::scoring::Score;

/// How many scores a trend has at most.
pub const TREND: usize = 3;

/// A candidate's progress through a bank.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress<'b> {
    /// Every subject that has questions, by name.
    pub subjects: Vec<SubjectProgress<'b>>,
    /// Every question that was asked, those that are due first at the head.
    pub questions: Vec<QuestionProgress<'b>>,
    /// The key points that were missed the last time, those that are due longest first, then the heaviest.
    pub weak_points: Vec<WeakPoint<'b>>,
}

/// The progress in one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectProgress<'b> {
    /// Its name: the folder its questions stand in.
    pub subject: &'b str,
    /// All of it.
    pub standing: Standing,
    /// Its topics that have questions, by id.
    pub topics: Vec<TopicProgress<'b>>,
}

/// The progress in one topic.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicProgress<'b> {
    /// Names the topic.
    pub topic: &'b TopicId,
    /// Its name for people.
    pub title: &'b str,
    /// How it stands.
    pub standing: Standing,
}

/// How far some questions are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// How many questions there are.
    pub questions: usize,
    /// How many of them were asked at least once.
    pub attempted: usize,
    /// How many of them are due.
    pub due: usize,
    /// When the next one becomes due that is not due yet.
    pub next_due: Option<SystemTime>,
    /// The scores of the last answers, [`TREND`] at most, the earliest first: all by the judge of the last one, because scores of
    /// different judges cannot be compared.
    pub scores: Vec<Score>,
}

/// The progress in one question.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionProgress<'b> {
    /// The question.
    pub question: &'b Question,
    /// What the schedule knows of it.
    pub asked: &'b Asked,
    /// The scores of the last answers, as in [`Standing::scores`].
    pub scores: Vec<Score>,
    /// Its key points that were made or missed; none while the last attempt goes on.
    pub points: Vec<(&'b KeyPoint, &'b Point)>,
}

/// A key point that was missed the last time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeakPoint<'b> {
    /// The question.
    pub question: &'b Question,
    /// The key point.
    pub point: &'b KeyPoint,
    /// When to say it again.
    pub due: SystemTime,
}

/// What is left to practise before an interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// The days until it, begun ones counted.
    pub days: usize,
    /// The questions to ask until then: those that were never asked or could not be rated, and those that come back.
    pub questions: usize,
}

impl Remaining {
    /// What is left of these questions by the [schedule](Schedule::before) before the interview; `None` when it is over at `now`.
    pub fn of(questions: &[&Question], schedule: &Schedule, interview_at: SystemTime, now: SystemTime) -> Option<Self> {
        let left = interview_at.duration_since(now).ok().filter(|left| !left.is_zero())?;
        let comes = |question: &&&Question| {
            let due = schedule.question(&question.id).and_then(|asked| asked.due);
            due.is_none_or(|due| due < interview_at)
        };
        let days = usize::try_from(left.as_secs().div_ceil(DAY.as_secs())).unwrap_or(usize::MAX).max(1);
        Some(Self { days, questions: questions.iter().filter(comes).count() })
    }

    /// How many questions that makes a day.
    pub fn a_day(self) -> usize {
        self.questions.div_ceil(self.days)
    }
}

impl<'b> Progress<'b> {
    /// The progress at the time `now`.
    pub fn of(bank: &'b Bank, schedule: &'b Schedule, now: SystemTime) -> Self {
        let mut by_topic: BTreeMap<(&str, &TopicId), (&Topic, Vec<&Question>)> = BTreeMap::new();
        for question in bank.questions() {
            let Some(topic) = bank.topics().get(&question.topic) else { continue };
            by_topic.entry((&topic.subject, &topic.id)).or_insert((topic, Vec::new())).1.push(question);
        }
        let mut subjects: Vec<SubjectProgress<'_>> = Vec::new();
        let mut of_subject: Vec<&Question> = Vec::new();
        for ((subject, topic), (Topic { title, .. }, questions)) in by_topic {
            if subjects.last().is_none_or(|last| last.subject != subject) {
                of_subject.clear();
                subjects.push(SubjectProgress { subject, standing: Standing::default(), topics: Vec::new() });
            }
            of_subject.extend(&questions);
            if let Some(last) = subjects.last_mut() {
                last.standing = Standing::of(&of_subject, schedule, now);
                last.topics.push(TopicProgress { topic, title, standing: Standing::of(&questions, schedule, now) });
            }
        }
        let questions = asked_questions(bank, schedule);
        Self { subjects, weak_points: weak_points(&questions), questions }
    }
}

impl Standing {
    fn of(questions: &[&Question], schedule: &Schedule, now: SystemTime) -> Self {
        let asked: Vec<&Asked> = questions.iter().filter_map(|question| schedule.question(&question.id)).collect();
        let due = || asked.iter().filter_map(|asked| asked.due);
        Self {
            questions: questions.len(),
            attempted: asked.len(),
            due: due().filter(|due| *due <= now).count(),
            next_due: due().filter(|due| *due > now).min(),
            scores: trend(asked.iter().flat_map(|asked| &asked.scores)),
        }
    }
}

/// The last scores by the judge of the last one.
fn trend<'a>(scores: impl Iterator<Item = &'a Scored>) -> Vec<Score> {
    let mut scores: Vec<&Scored> = scores.collect();
    scores.sort_by_key(|scored| scored.at);
    // That they are by the key points of today is the schedule's care.
    let Some(last) = scores.last().map(|last| last.judged_by.judge()) else { return Vec::new() };
    scores.retain(|scored| scored.judged_by.judge() == last);
    scores.iter().skip(scores.len().saturating_sub(TREND)).map(|scored| scored.score).collect()
}

fn asked_questions<'b>(bank: &'b Bank, schedule: &'b Schedule) -> Vec<QuestionProgress<'b>> {
    let progress = |question: &'b Question| {
        let asked = schedule.question(&question.id)?;
        let shown = asked.points.iter().filter(|_| !asked.goes_on);
        let points = shown.filter_map(|known| Some((question.key_point(&known.id)?, known))).collect();
        Some(QuestionProgress { question, asked, scores: trend(asked.scores.iter()), points })
    };
    let mut questions: Vec<QuestionProgress<'_>> = bank.questions().iter().filter_map(progress).collect();
    questions.sort_by_key(|question| (question.asked.due.is_none(), question.asked.due));
    questions
}

fn weak_points<'b>(questions: &[QuestionProgress<'b>]) -> Vec<WeakPoint<'b>> {
    let missed = questions.iter().flat_map(|QuestionProgress { question, points, .. }| {
        let missed = points.iter().filter(|(_, known)| known.missed);
        missed.map(|(point, known)| WeakPoint { question, point, due: known.due })
    });
    let mut weak: Vec<WeakPoint<'_>> = missed.collect();
    weak.sort_by_key(|weak| (weak.due, Reverse((weak.point.core, weak.point.weight))));
    weak
}

#[cfg(test)]
mod tests;
