//! A session as an archive holds it.

use std::collections::{BTreeMap, HashMap};

use interview::SessionId;
use interview::session::{AudioObject, Session};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audio::AudioKey;
use crate::documents;
use crate::error::StoreError;
use crate::queue::PastJudging;
use crate::rows::{JudgingRow, SessionRow, TurnRow, check_format, corrupt, question_of, timestamp};
use crate::turn_record::TurnRecord;

/// A session as it is stored: its row, and those of its turns and judgings, each with the format of its documents.
#[derive(Debug, Deserialize, Serialize)]
pub struct ArchivedSession {
    pub(crate) session: SessionRow,
    pub(crate) turns: Vec<TurnRow>,
    pub(crate) judgings: Vec<JudgingRow>,
}

/// What the rows of a session stand for.
pub(crate) struct Restored {
    pub(crate) session: Session,
    pub(crate) created_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) turns: Vec<TurnRecord>,
    pub(crate) judgings: Vec<PastJudging>,
}

impl ArchivedSession {
    /// The session's id, if its document can be read.
    pub(crate) fn id(&self) -> Option<SessionId> {
        documents::session_of_json(self.session.document.get()).ok().map(|session| session.id)
    }

    /// The recordings of its answers.
    pub(crate) fn recordings(&self) -> Result<Vec<AudioObject>, StoreError> {
        let restored = self.restore()?;
        // An answer was judged more than once.
        let by_key: BTreeMap<_, _> = restored.recordings().map(|recording| (&recording.key, recording)).collect();
        Ok(by_key.into_values().cloned().collect())
    }

    /// Reads all of it. The rows may come from anywhere, so they are checked against each other.
    pub(crate) fn restore(&self) -> Result<Restored, StoreError> {
        check_format(self.session.format, || "a session".to_owned())?;
        let session = documents::session_of_json(self.session.document.get())?;
        let mut turns = Vec::with_capacity(self.turns.len());
        for row in &self.turns {
            let record = row.clone().restore(Some(&session))?;
            question_of(Some(&session), &record.turn.question)?;
            if record.turn.session != session.id {
                return Err(corrupt(format!("turn {} belongs to another session", record.turn.id)));
            }
            turns.push(record);
        }
        let rows: HashMap<Uuid, &TurnRow> = self.turns.iter().map(|row| (row.id, row)).collect();
        let answers: HashMap<_, _> = turns.iter().map(|record| (record.turn.id, record.answer())).collect();
        let mut judgings = Vec::with_capacity(self.judgings.len());
        for row in &self.judgings {
            let turn = rows.get(&row.turn_id).ok_or_else(|| corrupt("a judging belongs to no turn"))?;
            let row = JudgingRow { question_id: turn.question_id.clone(), target: turn.target.clone(), ..row.clone() };
            let past = row.restore(&session)?;
            if answers.get(&past.judging.turn) != Some(&Some(past.judging.answer)) {
                return Err(corrupt(format!("a judging of turn {} is of another answer", past.judging.turn)));
            }
            judgings.push(past);
        }
        let restored = Restored {
            created_at: timestamp(self.session.created_at)?,
            finished_at: self.session.finished_at.map(timestamp).transpose()?,
            session,
            turns,
            judgings,
        };
        if let Some(foreign) = restored.recordings().find(|recording| !restored.is_own(recording)) {
            return Err(corrupt(format!("{:?} is no recording of the session", foreign.key)));
        }
        Ok(restored)
    }
}

impl Restored {
    fn recordings(&self) -> impl Iterator<Item = &AudioObject> {
        let of_turns = self.turns.iter().filter_map(|record| record.turn.state.audio());
        let of_judgings = self.judgings.iter().filter_map(|past| past.ending.audio());
        of_turns.chain(of_judgings)
    }

    /// Whether a recording is of an answer in this session, and can be given to browsers as what it says it is.
    fn is_own(&self, recording: &AudioObject) -> bool {
        let is_sound = match recording.media_type.strip_prefix("audio/") {
            Some(kind) => kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.+".contains(&byte)),
            None => recording.media_type == "application/octet-stream",
        };
        let is_here = AudioKey::parse(&recording.key).is_some_and(|(_, session, answer)| {
            session == self.session.id && self.turns.iter().any(|record| record.answer() == Some(answer))
        });
        is_sound && is_here
    }
}
