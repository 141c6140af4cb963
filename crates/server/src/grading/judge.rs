//! One answer before one coach.

use std::sync::Arc;

use api::turn;
use coach::{Assignment, Coach, CoachError, Panel};
use interview::Feedback;
use interview::bank::Question;
use interview::follow_up::Rubric;
use interview::session::{Answer, Turn};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::news::News;
use crate::wire;

/// Panels that may be ready before the whole: correctness and clarity.
const PANELS: usize = 2;

/// Has an answer judged, and spreads each panel as soon as it is ready.
pub(super) async fn judge(
    coach: Arc<dyn Coach>,
    turn: &Turn,
    question: &Question,
    answer: &Answer,
    news: &News,
) -> Result<Feedback, CoachError> {
    let (panels, mut ready) = mpsc::channel(PANELS);
    let (asked, about, given) = (turn.clone(), question.clone(), answer.transcript.clone());
    // A coach may compute for long over a long answer, which the runtime's own threads must not.
    let judging = tokio::task::spawn_blocking(move || {
        let rubric = Rubric::of(&about, asked.target.as_ref());
        let assignment = Assignment {
            question: &about,
            rubric: &rubric,
            prompt: &asked.prompt,
            target: asked.target.as_ref(),
            transcript: &given,
        };
        Handle::current().block_on(coach.judge(assignment, Some(&panels)))
    });
    let spreading = async {
        while let Some(panel) = ready.recv().await {
            news.panel(turn.id, feedback_of(&panel, turn, question));
        }
    };
    let (judged, ()) = tokio::join!(judging, spreading);
    judged.unwrap_or_else(|failure| {
        tracing::error!(turn = %turn.id, error = %failure, "a coach broke down");
        Err(CoachError::Malformed { reason: "it broke down over this answer".to_owned() })
    })
}

fn feedback_of(panel: &Panel, turn: &Turn, question: &Question) -> turn::Feedback {
    match panel {
        Panel::Correctness(correctness) => turn::Feedback {
            correctness: Some(wire::feedback::correctness(turn, question, correctness)),
            ..turn::Feedback::default()
        },
        Panel::Clarity(clarity) => {
            turn::Feedback { clarity: Some(wire::feedback::clarity(clarity)), ..turn::Feedback::default() }
        }
    }
}
