//! Waits for the feedback on an answer, and shows the feedback on a question once its follow-ups are over.

use std::time::{Duration, Instant};

use api::client::ClientError;
use api::turn::{Correction, Regrade, Role, Source, Sureness, Turn, TurnState};
use api::view::shortened;
use tokio_util::sync::CancellationToken;

use super::{Round, Then, leads_to_follow_up};
use crate::failure::Failure;
use crate::playback;
use crate::terminal::{
    Choice, Editor, Input, Line, Look, Offer, Quoted, Tone, Written, brief_lines, brief_quote, detail_pages,
    numbered_title, panel_lines,
};

/// How long one request waits for feedback before the server replies with the turn as it is.
const WAIT: Duration = Duration::from_secs(1);
/// Limit of the wait for feedback after an interrupt.
const LAST_WAIT: Duration = Duration::from_secs(3);
/// Hands-free, the round continues after this time.
const READING_TIME: Duration = Duration::from_secs(20);

const HOW_SURE: &str = "How sure are you of your answer? 1 is not at all, 4 is completely.";
const SURENESS: [Offer<'static>; 2] = [("1-4", "how sure"), ("Enter", "skip")];

/// The keys of marks, by how many there are.
const MARKS: [&str; 9] = ["1", "1-2", "1-3", "1-4", "1-5", "1-6", "1-7", "1-8", "1-9"];

/// How the candidate goes on from the feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    Over(Then),
    /// The same question again.
    Again,
}

impl Round<'_> {
    /// Whether the candidate is asked how sure they are before they see the feedback.
    pub(super) fn asks_sureness(&self) -> bool {
        self.candidate.can_repeat() && !self.hands_free && !self.is_real && !self.settings.no_sureness
    }

    /// Waits until a turn is settled. Returns the turn as it is then, and how to continue. Panels are shown as they become ready, unless they
    /// are hidden because of what they could reveal.
    pub(super) async fn settled(
        &mut self,
        turn: Turn,
        then: Then,
        hides_panels: bool,
    ) -> Result<(Turn, Then), Failure> {
        let limit = if then == Then::Interrupted { LAST_WAIT } else { self.settings.longest_judging() };
        let (turn, was_interrupted) = self.wait(turn, limit, !hides_panels).await?;
        if !turn.state.is_settled() {
            self.terminal.say(
                "Your answer is kept. It is not judged yet: that goes on while Viva runs, and starts again the next time you practise.",
            );
        }
        Ok((turn, if was_interrupted { Then::Interrupted } else { then }))
    }

    /// Returns also whether the candidate quit the program.
    async fn wait(&mut self, mut turn: Turn, limit: Duration, shows_panels: bool) -> Result<(Turn, bool), Failure> {
        let (started, mut told) = (Instant::now(), None);
        while !turn.state.is_settled() && started.elapsed() < limit {
            let state = match turn.state {
                TurnState::Transcribing => "transcribing",
                _ if turn.model_is_loading => "the language model is being loaded",
                _ => "judging",
            };
            let is_noticed = turn.model_is_loading || started.elapsed() >= WAIT;
            if is_noticed && !self.terminal.screen.can_draw() && told.replace(state) != Some(state) {
                self.terminal.say(format!("{state}…"));
            }
            let look = self.terminal.screen.look();
            let mut lines = if shows_panels { panel_lines(&turn, look) } else { Vec::new() };
            lines.truncate(look.height.saturating_sub(3));
            lines.push(Line::toned(format!("{state}  {} s", started.elapsed().as_secs()), Tone::Quiet));
            self.terminal.screen.draw(&lines);
            let asked = tokio::select! {
                asked = self.interviewer.client().settled_turn(turn.id, WAIT) => asked,
                () = self.terminal.keyboard.interrupted() => {
                    self.terminal.screen.erase();
                    return Ok((turn, true));
                }
            };
            turn = match asked {
                Ok(turn) => turn,
                Err(ClientError::TimedOut { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
        }
        self.terminal.screen.erase();
        Ok((turn, false))
    }

    /// Shows the feedback on a question, whose turns these are, and lets the candidate read until they go on. `before` is the attempt
    /// before this one.
    pub(super) async fn read_feedback(
        &mut self,
        turns: &mut [Turn],
        before: Option<&Turn>,
        then: Then,
    ) -> Result<Read, Failure> {
        let is_attended = self.hands_free || self.terminal.is_attended();
        let read = if then != Then::GoOn || !is_attended {
            Read::Over(then)
        } else if !self.hands_free && self.ask_about_words_in_doubt(turns).await? {
            Read::Over(Then::Interrupted)
        } else if before.is_none() && turns.last().is_some_and(leads_to_follow_up) {
            // A settled word led to another follow-up, which the feedback would give away.
            Read::Over(Then::GoOn)
        } else if self.asks_sureness() && before.is_none() && self.ask_sureness(turns).await?
            || !self.hands_free && self.ask_about_unclear_points(turns).await?
        {
            Read::Over(Then::Interrupted)
        } else {
            self.read_by_keys(turns, before).await?
        };
        if read == Read::Over(Then::GoOn) && before.is_none() && turns.last().is_some_and(leads_to_follow_up) {
            return Ok(read);
        }
        if self.terminal.screen.can_draw() || !is_attended || then != Then::GoOn {
            self.terminal.screen.show(|look| brief_lines(turns, before, look));
        }
        if !is_attended {
            self.terminal.screen.show(|look| turns.iter().flat_map(|turn| turn_lines(turn, look)).collect());
        }
        Ok(read)
    }

    /// Asks once how sure the candidate is of a judged answer. Returns whether they quit the program.
    async fn ask_sureness(&mut self, turns: &mut [Turn]) -> Result<bool, Failure> {
        let Some(main) = turns.first_mut().filter(|turn| turn.role == Role::Main && turn.state == TurnState::Judged)
        else {
            return Ok(false);
        };
        let question = |_| vec![Line::blank(), Line::plain(HOW_SURE)];
        let choice = self.terminal.choose_below(question, &SURENESS, None).await;
        if let Choice::Letter(letter) = choice
            && let Some(number) = letter.to_digit(10).and_then(|digit| u8::try_from(digit).ok())
        {
            let sureness = Sureness { sureness: Some(number) };
            *main = self.interviewer.client().set_sureness(main.id, &sureness).await?;
        }
        Ok(choice == Choice::Interrupt)
    }

    async fn read_by_keys(&mut self, turns: &mut [Turn], before: Option<&Turn>) -> Result<Read, Failure> {
        let mut limit = self.hands_free.then_some(READING_TIME);
        let mut page = None;
        loop {
            let details = detail_pages(turns, self.terminal.screen.look());
            let pages = details.len();
            let (mut quotes, marks) = match page {
                None => (brief_quote(turns, before).into_iter().collect(), Vec::new()),
                Some(page) => details.into_iter().nth(page).map(|page| (page.quotes, page.marks)).unwrap_or_default(),
            };
            quotes.retain(|quoted| is_recorded(quoted, turns));
            let offers = match page {
                None => offers(turns, self.candidate.can_repeat(), !quotes.is_empty()),
                Some(page) => page_offers(page + 1 < pages, quotes.len(), marks.len()),
            };
            let shown = |look| match page {
                None => brief_lines(turns, before, look),
                Some(page) => detail_pages(turns, look).into_iter().nth(page).unwrap_or_default().lines,
            };
            match (self.terminal.choose_below(shown, &offers, limit.take()).await, page) {
                (Choice::Interrupt, _) => return Ok(Read::Over(Then::Interrupted)),
                (Choice::Letter('p'), _) => {
                    if self.play(&quotes, turns, shown).await? {
                        return Ok(Read::Over(Then::Interrupted));
                    }
                    continue;
                }
                (Choice::Letter(number @ '1'..='9'), Some(_)) => {
                    let index = usize::from(number as u8 - b'1');
                    if let Some((turn, mark)) = marks.get(index)
                        && self.decide(&mut turns[*turn], mark).await?
                    {
                        return Ok(Read::Over(Then::Interrupted));
                    }
                }
                (Choice::Letter('\n'), Some(current)) => page = Some(current + 1).filter(|next| *next < pages),
                (_, Some(_)) => page = None,
                (Choice::Letter('d'), None) => page = Some(0).filter(|_| pages > 0),
                (Choice::Letter('a'), None) => return Ok(Read::Again),
                (Choice::Letter('q'), None) => return Ok(Read::Over(Then::Finish)),
                (Choice::Letter('e'), None) => {
                    if self.correct(turns).await? {
                        return Ok(Read::Over(Then::Interrupted));
                    }
                }
                (Choice::Letter('g'), None) => {
                    for turn in turns.iter_mut().filter(|turn| turn.state == TurnState::Ungraded) {
                        let regraded = self.interviewer.client().regrade(turn.id, &Regrade::default(), WAIT).await?;
                        if self.replace(turn, regraded).await? {
                            return Ok(Read::Over(Then::Interrupted));
                        }
                    }
                }
                (Choice::Letter(_) | Choice::Nothing, None) => return Ok(Read::Over(Then::GoOn)),
            }
            if before.is_none() && turns.last().is_some_and(leads_to_follow_up) {
                return Ok(Read::Over(Then::GoOn));
            }
        }
    }

    /// Plays quotes one after the other below the page that shows them; any key stops that. Returns whether the candidate quit the program.
    async fn play(
        &mut self,
        quotes: &[Quoted],
        turns: &[Turn],
        page: impl Fn(Look) -> Vec<Line>,
    ) -> Result<bool, Failure> {
        let stop = if self.terminal.keyboard.has_keys() { "any key stops it" } else { "Enter stops it" };
        for Quoted { turn, quote } in quotes {
            let (Some(turn), Some(span)) = (turns.get(*turn), quote.span) else { continue };
            let note = Line::toned("playing  ", Tone::Strong)
                .with(format!("“{}”  ", shortened(&quote.text)), Tone::Plain)
                .with(stop, Tone::Quiet);
            let (client, stopped) = (self.interviewer.client(), CancellationToken::new());
            let _stop_on_return = stopped.clone().drop_guard();
            let work = async {
                let recording = client.audio(turn.id).await?;
                tokio::task::spawn_blocking(move || playback::play(recording, Some(span), &stopped)).await?
            };
            match self.terminal.until_key(&page, &note, work).await {
                Ok(Ok(())) => {}
                Ok(Err(failure)) => {
                    self.terminal.warn(format!("The quote cannot be played: {}", failure.message()));
                    return Ok(false);
                }
                Err(input) => return Ok(matches!(input, Input::Interrupt | Input::Closed)),
            }
        }
        Ok(false)
    }

    /// Lets the candidate correct a transcript, and regrades it; returns whether they quit the program.
    async fn correct(&mut self, turns: &mut [Turn]) -> Result<bool, Failure> {
        for turn in turns.iter_mut().filter(|turn| is_spoken(turn)) {
            let transcript = turn.answer.as_ref().and_then(|answer| answer.transcript.as_ref());
            let heard = transcript.map(|transcript| transcript.text.clone()).unwrap_or_default();
            let title = if turn.depth > 0 { "your answer to the follow-up" } else { "your answer" };
            self.terminal.say(title);
            let editing = [("Enter", "judge it again"), ("Esc", "leave it as it is")];
            let text = match self.terminal.write(&mut Editor::of(&heard), &editing).await {
                Written::Finished(text) if !text.is_empty() && text != heard => text,
                Written::Interrupted(_) => return Ok(true),
                Written::Finished(_) | Written::Cancelled => continue,
            };
            let judged = self.interviewer.client().correct(turn.id, &Correction { text }, WAIT).await?;
            if self.replace(turn, judged).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits for a regraded turn; returns whether the candidate quit the program.
    pub(super) async fn replace(&mut self, turn: &mut Turn, judged_again: Turn) -> Result<bool, Failure> {
        let (settled, was_interrupted) = self.wait(judged_again, self.settings.longest_judging(), false).await?;
        *turn = settled;
        Ok(was_interrupted)
    }
}

/// The panels of a turn. Title and remark of the main answer are in the short form.
fn turn_lines(turn: &Turn, look: Look) -> Vec<Line> {
    let panels = panel_lines(turn, look);
    if turn.depth == 0 {
        return panels;
    }
    let remark = turn.feedback.as_ref().and_then(|feedback| feedback.remark.as_deref());
    let remark = remark.into_iter().flat_map(|it| Line::toned(it, Tone::Quiet).wrapped(look.text_width()));
    [Line::blank(), numbered_title(turn)].into_iter().chain(panels).chain(remark).collect()
}

/// Whether the sound of a quote is kept and can be played.
fn is_recorded(quoted: &Quoted, turns: &[Turn]) -> bool {
    let answer = turns.get(quoted.turn).and_then(|turn| turn.answer.as_ref());
    playback::IS_POSSIBLE && quoted.quote.span.is_some() && answer.is_some_and(|answer| answer.audio_url.is_some())
}

/// The keys below a page of details with this many quotes to play and marks to decide.
fn page_offers(has_next: bool, quotes: usize, marks: usize) -> Vec<Offer<'static>> {
    let change = marks.checked_sub(1).and_then(|last| MARKS.get(last)).map(|keys| (*keys, "change a mark"));
    let play = match quotes {
        0 => None,
        1 => Some(("p", "play the quote")),
        _ => Some(("p", "play the quotes")),
    };
    let first = if has_next { ("Enter", "next page") } else { ("Enter", "back to the feedback") };
    let back = has_next.then_some(("b", "back to the feedback"));
    [first].into_iter().chain(change).chain(play).chain(back).collect()
}

/// The keys below the feedback on a question.
fn offers(turns: &[Turn], can_repeat: bool, can_play: bool) -> Vec<Offer<'static>> {
    let is_ungraded = turns.iter().any(|turn| turn.state == TurnState::Ungraded);
    let offers = [
        (true, ("Enter", "continue")),
        (can_repeat, ("a", "again")),
        (can_play, ("p", "play")),
        (true, ("d", "details")),
        (turns.iter().any(is_spoken), ("e", "correct")),
        (is_ungraded, ("g", "judge again")),
        (true, ("q", "finish")),
    ];
    offers.into_iter().filter_map(|(can_be_done, offer)| can_be_done.then_some(offer)).collect()
}

/// Whether there are recognised words, which may be wrong.
fn is_spoken(turn: &Turn) -> bool {
    turn.answer.as_ref().is_some_and(|answer| answer.source != Source::Typed && answer.transcript.is_some())
}

#[cfg(test)]
mod tests {
    use api::testing::{judged, ungraded};

    use super::*;

    fn keys_of(turns: &[Turn], can_repeat: bool) -> String {
        let can_play = brief_quote(turns, None).is_some_and(|quoted| is_recorded(&quoted, turns));
        offers(turns, can_repeat, can_play).into_iter().map(|(key, _)| key).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_what_can_be_done_has_a_key() {
        assert_eq!(keys_of(&[judged()], true), "Enter a d q");
        assert_eq!(keys_of(&[judged()], false), "Enter d q");
        let mut spoken = ungraded("no coach");
        spoken.answer.as_mut().unwrap().source = Source::Microphone;
        assert_eq!(keys_of(&[judged(), spoken], true), "Enter a d e g q");
    }

    #[test]
    fn a_quote_can_be_played_where_its_sound_is_kept() {
        let mut kept = judged();
        let answer = kept.answer.as_mut().unwrap();
        (answer.source, answer.audio_url) = (Source::Microphone, Some("/api/v1/turns/1/audio".to_owned()));
        let key = if playback::IS_POSSIBLE { "Enter a p d e q" } else { "Enter a d e q" };
        assert_eq!(keys_of(std::slice::from_ref(&kept), true), key);
        for point in &mut kept.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points {
            point.evidence.start = None;
        }
        assert_eq!(keys_of(&[kept], true), "Enter a d e q", "nobody knows where it is heard");
    }
}
