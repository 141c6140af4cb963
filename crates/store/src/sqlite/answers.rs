//! Changes of a turn in SQLite: load, change, store and promise in one transaction.

use interview::TurnId;
use interview::session::Turn;

use super::{SqliteStore, jobs, turns};
use crate::error::StoreError;
use crate::queue::{CoachWish, GradingJob};
use crate::turn_record::{Effect, TurnRecord};

/// Changes a turn. When the change promises a judging, its job is queued with it and the worker woken.
pub(super) async fn change(
    store: &SqliteStore,
    turn: TurnId,
    wish: CoachWish,
    change: impl FnOnce(&mut TurnRecord) -> Result<Effect, StoreError> + Send,
) -> Result<Turn, StoreError> {
    let mut transaction = store.begin().await?;
    let mut record = turns::load(&mut transaction, turn).await?;
    let effect = change(&mut record)?;
    if effect != Effect::Nothing {
        turns::update(&mut transaction, &record).await?;
    }
    if let Effect::Promised(judging) = effect {
        jobs::promise(&mut transaction, &GradingJob { judging, wish, attempt: 1 }).await?;
    }
    transaction.commit().await?;
    if let Effect::Promised(_) = effect {
        store.bell.ring();
    }
    Ok(record.turn)
}
