use std::sync::Arc;

use api::session::{NewSession, Session};
use axum::Json as JsonReply;
use axum::extract::State;
use axum::http::{StatusCode, header};
use interview::bank::Question;
use interview::session::{Place, Session as Round, Turn, TurnState};
use interview::{SessionId, TurnId, selection};
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Json;
use crate::routes::refusals::Unprocessable;
use crate::wire;

/// Starts a session.
#[utoipa::path(post, path = "/sessions", tag = "sessions", request_body = NewSession, responses(
    (status = CREATED, body = Session, headers(("location" = String, description = "where the session is"))),
    Unprocessable,
))]
pub(crate) async fn create_session(
    State(app): State<Arc<App>>,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, [(header::HeaderName, String); 1], JsonReply<Session>), ApiError> {
    let seed = new.seed.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0);
    let questions = selection::choose(&app.bank, &wire::wishes::wishes(&new)?, seed)?;
    let round = Round {
        id: SessionId::from(Uuid::now_v7()),
        questions: questions.into_iter().cloned().collect(),
        follow_ups: wire::wishes::follow_ups(&new)?,
    };
    let turns: Vec<Turn> =
        (1..).zip(&round.questions).map(|(position, asked)| main_turn(&round, position, asked)).collect();
    let stored = app.store.create_session(&round, &turns).await?;
    let location = format!("{}/sessions/{}", api::PREFIX, round.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], JsonReply(wire::session::session(&stored))))
}

fn main_turn(round: &Round, position: u32, asked: &Question) -> Turn {
    Turn {
        id: TurnId::from(Uuid::now_v7()),
        session: round.id,
        place: Place { position, depth: 0 },
        question: asked.id.clone(),
        target: None,
        prompt: asked.prompts.first().to_owned(),
        state: TurnState::Asked,
    }
}
