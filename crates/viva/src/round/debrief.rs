//! The end of a round: shown, read aloud, and the weakest point practised at once.

use std::time::Duration;

use api::session::{DebriefQuery, Session, WeakestPoint};
use api::view::spoken_debrief;
use jiff::Timestamp;

use super::{After, Round, Stage};
use crate::failure::Failure;
use crate::speaker::Speaking;
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
            let speaking = match spoken_debrief(&debrief, Timestamp::now()) {
                Some(text) if is_first => self.begin_to_speak(&text).await,
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
            return self.practise(weakest).await;
        }
        if self.terminal.screen.can_draw() || !is_worth_reading {
            self.terminal.screen.show(page);
        }
        Ok(Stage::Over)
    }

    /// Asks about the weakest point; the whole question again when it was skipped.
    async fn practise(&mut self, weakest: &WeakestPoint) -> Result<Stage, Failure> {
        Ok(match self.ask_again(&weakest.question, weakest.focus.clone()).await? {
            (Some(again), then) => Stage::Reading { attempt: vec![again], before: None, then, after: After::Debrief },
            (None, then) => After::Debrief.stage(then),
        })
    }

    async fn begin_to_speak(&self, text: &str) -> Option<Speaking> {
        // The questions were read aloud, or a warning has said that they cannot be.
        self.speaker.as_ref()?.speak(text).await.ok()
    }
}
