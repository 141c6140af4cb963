//! The end of a round: shown, read aloud, and the weakest point practised at once.

use std::time::Duration;

use api::session::{DebriefQuery, Session};
use api::view::spoken_debrief;
use jiff::Timestamp;

use super::{After, Round, Stage};
use crate::failure::Failure;
use crate::terminal::{Choice, debrief_lines};

/// Hands-free, the program ends after this time: what reading it aloud takes, and a little.
const READING_TIME: Duration = Duration::from_secs(45);

impl Round<'_> {
    /// Shows what to take away from a finished session until the candidate is done, or practises. Speaks the first time.
    pub(super) async fn debrief(&mut self, session: &Session, is_read: bool, is_first: bool) -> Result<Stage, Failure> {
        let query = DebriefQuery { interview_at: self.interview_at };
        let debrief = self.interviewer.client().debrief(session.head.id, query).await?;
        let page = |look| debrief_lines(&session.summary, &debrief, Timestamp::now(), look);
        let weakest = debrief.weakest.as_ref().filter(|_| self.candidate.can_repeat());
        let is_attended = self.hands_free || self.terminal.is_attended();
        let is_worth_reading = is_read && is_attended && session.summary.answered + session.summary.skipped > 0;
        let choice = if is_worth_reading {
            let speaking = match (&self.speaker, spoken_debrief(&debrief, Timestamp::now())) {
                // The questions were read aloud, or a warning has said that they cannot be.
                (Some(speaker), Some(text)) if is_first => speaker.speak(&text).await.ok(),
                _ => None,
            };
            let mut offers = vec![("Enter", "done")];
            offers.extend(weakest.map(|_| ("a", "practise the weakest point now")));
            let limit = self.hands_free.then_some(READING_TIME);
            let choice = self.terminal.choose_below(page, &offers, limit).await;
            if let Some(speaking) = speaking {
                speaking.stop().await;
            }
            choice
        } else {
            Choice::Nothing
        };
        if let (Choice::Letter('a'), Some(weakest)) = (choice, weakest) {
            // The whole question is asked again when it was skipped.
            return Ok(match self.ask_again(&weakest.question, weakest.focus.clone()).await? {
                (Some(again), then) => {
                    Stage::Reading { attempt: vec![again], before: None, then, after: After::Debrief }
                }
                (None, then) => After::Debrief.stage(then),
            });
        }
        if self.terminal.screen.can_draw() || !is_worth_reading {
            self.terminal.screen.show(page);
        }
        Ok(Stage::Over)
    }
}
