//! The progress page.

use std::sync::Arc;

use api::progress::{PointProgress, ProgressQuery, QuestionProgress, Remaining, Standing, SubjectProgress, WeakPoint};
use api::view::standing::{self, asked, by_question, due, scores, subject, until};
use askama::Template;
use axum::extract::State;
use axum::response::Html;
use interview::wording::counted;
use jiff::Timestamp;

use super::rendered;
use crate::api_error::ApiError;
use crate::app::App;
use crate::settings::Settings;

/// The most weak points that the page shows.
const WEAK_POINTS: usize = 20;

#[derive(Template)]
#[template(path = "progress.html")]
struct ProgressPage {
    /// What is left before the interview.
    remaining: Option<String>,
    due: String,
    /// The subjects of which something was asked.
    subjects: Vec<Subject>,
    weak: Vec<Weak>,
    /// How many weak points are left out.
    more: usize,
    /// Every question that was asked.
    questions: Vec<Asked>,
}

struct Asked {
    title: String,
    attempts: String,
    points: Vec<Point>,
}

struct Point {
    verdict: &'static str,
    summary: String,
    is_core: bool,
    reviews: String,
}

struct Subject {
    name: String,
    all: Row,
    /// The topics of which something was asked.
    topics: Vec<Row>,
}

struct Row {
    name: String,
    asked: String,
    due: String,
    scores: String,
}

/// A question with the weak points of its answer.
struct Weak {
    question: String,
    title: String,
    due: String,
    /// What each point says, and whether it is core.
    points: Vec<(String, bool)>,
}

pub(super) async fn progress(State(app): State<Arc<App>>) -> Result<Html<String>, ApiError> {
    let progress = app.progress(&ProgressQuery::default()).await?;
    let now = progress.as_of;
    let asked = progress.subjects.iter().filter(|subject| subject.standing.attempted > 0);
    let due: usize = progress.subjects.iter().map(|subject| subject.standing.due).sum();
    let shown = &progress.weak_points[..progress.weak_points.len().min(WEAK_POINTS)];
    rendered(&ProgressPage {
        remaining: progress.remaining.as_ref().map(|left| remaining(left, &app.settings)),
        due: format!("{} due", counted(due, "question")),
        subjects: asked.map(|progress| subject_rows(progress, now)).collect(),
        weak: by_question(shown).iter().map(|points| weak(points, now)).collect(),
        more: progress.weak_points.len().saturating_sub(WEAK_POINTS),
        questions: progress.questions.iter().map(|question| asked_question(question, now)).collect(),
    })
}

/// What is left before the interview, in a sentence.
pub(super) fn remaining(left: &Remaining, settings: &Settings) -> String {
    let minutes = settings.minutes_a_day.map(|minutes| format!(" You practise {} a day.", counted(minutes, "minute")));
    standing::remaining(left) + &minutes.unwrap_or_default()
}

fn asked_question(progress: &QuestionProgress, now: Timestamp) -> Asked {
    let point = |known: &PointProgress| Point {
        verdict: known.last.as_str(),
        summary: known.summary.clone(),
        is_core: known.core,
        reviews: standing::reviews(known, now),
    };
    Asked {
        title: progress.title.clone(),
        attempts: standing::attempts(progress, now),
        points: progress.points.iter().map(point).collect(),
    }
}

fn subject_rows(progress: &SubjectProgress, now: Timestamp) -> Subject {
    let topics = progress.topics.iter().filter(|topic| topic.standing.attempted > 0);
    Subject {
        name: subject(&progress.subject),
        all: row("All topics", &progress.standing, now),
        topics: topics.map(|topic| row(&topic.title, &topic.standing, now)).collect(),
    }
}

fn row(name: &str, standing: &Standing, now: Timestamp) -> Row {
    Row { name: name.to_owned(), asked: asked(standing), due: due(standing, now), scores: scores(standing) }
}

fn weak(points: &[&WeakPoint], now: Timestamp) -> Weak {
    Weak {
        question: points[0].question.clone(),
        title: points[0].title.clone(),
        due: format!("due {}", until(points[0].due, now)),
        points: points.iter().map(|point| (point.summary.clone(), point.core)).collect(),
    }
}
