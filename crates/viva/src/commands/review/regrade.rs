//! `viva review --regrade` and `--transcribe`: judges the answers of a session again, or has them heard again first.

use std::time::{Duration, Instant};

use api::client::{Client, ClientError};
use api::feedback::Coach;
use api::session::Session;
use api::turn::{Regrade, Turn, TurnState};
use capture::audio::Decoder;
use capture::recognise::{Recogniser, transcribe};
use interview::wording::counted;

use crate::arguments::Review;
use crate::commands::output::print_json;
use crate::failure::Failure;
use crate::hearing::{self, ModelAtHand, heard_transcript};
use crate::settings::Settings;
use crate::signals::end_requested;
use crate::terminal::{Line, Regraded, Screen, Streams, Tone, regraded_lines};
use crate::turn_number::TurnNumber;

/// How long one request waits for feedback before the server replies with the turn as it is.
const WAIT: Duration = Duration::from_secs(1);

/// Regrades answers one after the other and shows what changed. Stops when the coach fails, so that the other answers keep the feedback
/// they have. What was judged until then is shown even if it ends with an error.
pub(super) async fn run(
    session: &Session,
    review: &Review,
    settings: &Settings,
    client: &Client,
) -> Result<(), Failure> {
    let asks_a_model = review.coach == Some(Coach::Llm) || (review.regrade && review.model.is_some());
    if asks_a_model && settings.server.is_none() {
        settings.language_model()?;
    }
    let mut turns = chosen(session, review.turn)?;
    let again = if review.transcribe {
        turns.retain(|turn| has_recording(turn));
        if turns.is_empty() {
            return Err(Failure::new("no recording of these answers was kept"));
        }
        Again::Hear(recogniser(review, settings).await?)
    } else {
        Again::Judge(Regrade { coach: review.coach, model: review.model.clone() })
    };
    let mut regrading = Regrading {
        client,
        longest_wait: settings.longest_judging(),
        again,
        screen: Screen::new(Streams::detect(settings.plain, review.json)),
        regraded: Vec::new(),
    };
    let ended = tokio::select! {
        ended = regrading.judge(&turns) => ended,
        () = end_requested() => Err(Failure::new("interrupted")
            .help("the answer in progress is judged at the next start; the others keep their feedback")),
    };
    let Regrading { mut screen, mut regraded, .. } = regrading;
    screen.erase();
    regraded.sort_by_key(|regraded| TurnNumber::of(&regraded.before));
    if review.json {
        print_json(&client.session(session.head.id).await?)?;
    } else {
        screen.show(|look| regraded_lines(&regraded, look));
    }
    ended
}

/// Whether an answer has words, or a recording that is not transcribed yet.
pub(super) fn can_be_judged(turn: &Turn) -> bool {
    let Some(answer) = &turn.answer else { return false };
    answer.transcript.as_ref().is_none_or(|transcript| !transcript.text.trim().is_empty())
}

/// The turns to judge again, those without feedback first: they have nothing to lose if the coach fails.
fn chosen(session: &Session, number: Option<TurnNumber>) -> Result<Vec<&Turn>, Failure> {
    let is_meant = |turn: &&Turn| number.is_none_or(|number| TurnNumber::of(turn) == number);
    let meant: Vec<&Turn> = session.turns.iter().filter(is_meant).collect();
    let mut turns: Vec<&Turn> = meant.iter().copied().filter(|turn| can_be_judged(turn)).collect();
    turns.sort_by_key(|turn| turn.state == TurnState::Judged);
    match (number, meant.is_empty(), turns.is_empty()) {
        (Some(number), true, _) => Err(Failure::new(format!("this session has no turn {number}"))
            .help("`viva review SESSION` shows the numbers; a follow-up has one like 2.1")),
        (Some(number), false, true) => Err(Failure::new(format!("turn {number} has no answer to judge"))),
        (None, _, true) => Err(Failure::new("this session has no answer to judge")),
        (_, _, false) => Ok(turns),
    }
}

/// The speech model that hears the recordings again.
async fn recogniser(review: &Review, settings: &Settings) -> Result<Recogniser, Failure> {
    let mut settings = settings.clone();
    settings.speech.model = review.model.clone().or(settings.speech.model);
    let path = ModelAtHand::of(&settings)?.here(&settings)?;
    hearing::recogniser(&settings.speech, &path).await
}

fn has_recording(turn: &Turn) -> bool {
    turn.answer.as_ref().is_some_and(|answer| answer.audio_url.is_some()) && turn.state.is_settled()
}

/// What is done again.
enum Again {
    Judge(Regrade),
    /// Hearing the recording; then what was heard is judged.
    Hear(Recogniser),
}

impl Again {
    async fn begin(&self, turn: &Turn, client: &Client) -> Result<Turn, Failure> {
        match self {
            Self::Judge(request) => Ok(client.regrade(turn.id, request, WAIT).await?),
            Self::Hear(recogniser) => {
                let sound = client.audio(turn.id).await?;
                let stream = hearing::stream(recogniser, &turn.question.glossary, None);
                let work = move || transcribe(Decoder::from_bytes(sound, None)?, stream);
                let recognition = tokio::task::spawn_blocking(work).await??;
                let heard = heard_transcript(&recognition);
                if recognition.transcript.is_empty() {
                    return Err(Failure::new("no speech was recognised; the transcript stays as it was"));
                }
                Ok(client.hear_again(turn.id, &heard, WAIT).await?)
            }
        }
    }
}

struct Regrading<'a> {
    client: &'a Client,
    longest_wait: Duration,
    again: Again,
    screen: Screen,
    regraded: Vec<Regraded>,
}

impl Regrading<'_> {
    async fn judge(&mut self, turns: &[&Turn]) -> Result<(), Failure> {
        for (index, turn) in turns.iter().enumerate() {
            let progress = format!("judging answer {} of {}", index + 1, turns.len());
            let after = self.judge_one(turn, &progress).await?;
            let was_settled = after.state.is_settled();
            let has_words = after.answer.as_ref().is_some_and(|answer| answer.transcript.is_some());
            let has_failed = after.state == TurnState::Ungraded && has_words;
            self.regraded.push(Regraded { before: (*turn).clone(), after });
            let left = turns.len() - index - 1;
            if !was_settled {
                return Err(Failure::new("the coach takes too long").help("`viva doctor` measures how long an answer takes; judging_seconds in the [llm] settings is its limit"));
            }
            if has_failed {
                return Err(failed(left));
            }
        }
        Ok(())
    }

    /// Returns the turn once it is judged, or as it is when that takes too long.
    async fn judge_one(&mut self, turn: &Turn, progress: &str) -> Result<Turn, Failure> {
        let started = Instant::now();
        self.show_progress(progress);
        // A recording that is being transcribed will be judged anyway.
        let mut turn = match turn.state {
            TurnState::Transcribing => turn.clone(),
            _ => self.again.begin(turn, self.client).await?,
        };
        while !turn.state.is_settled() && started.elapsed() < self.longest_wait {
            if self.screen.can_draw() {
                let loading = if turn.model_is_loading { "  the language model is being loaded" } else { "" };
                self.show_progress(&format!("{progress}  {} s{loading}", started.elapsed().as_secs()));
            }
            turn = match self.client.settled_turn(turn.id, WAIT).await {
                Ok(turn) => turn,
                Err(ClientError::TimedOut { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
        }
        Ok(turn)
    }

    fn show_progress(&mut self, progress: &str) {
        let lines = [Line::toned(progress, Tone::Quiet)];
        if self.screen.can_draw() { self.screen.draw(&lines) } else { self.screen.say(&lines) }
    }
}

fn failed(left: usize) -> Failure {
    let rest = if left > 0 { format!("; {} not judged again", counted(left, "answer")) } else { String::new() };
    Failure::new(format!("the coach failed{rest}"))
        .help("`viva doctor` checks the coach; `--coach offline` needs no model")
}

#[cfg(test)]
mod tests {
    use api::session::{SessionHead, SessionState, Summary};
    use api::testing::{asked, followed_up, judged, transcript, ungraded};
    use uuid::Uuid;

    use super::*;

    fn session(turns: Vec<Turn>) -> Session {
        let head = SessionHead {
            id: Uuid::nil(),
            state: SessionState::Finished,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            finished_at: None,
            subjects: Vec::new(),
            topics: Vec::new(),
            questions: Vec::new(),
            answered: 0,
            correctness: None,
        };
        Session {
            head,
            mode: Default::default(),
            turns,
            next_turn: None,
            summary: Summary::default(),
            review_url: String::new(),
        }
    }

    fn at(position: u32, turn: Turn) -> Turn {
        Turn { position, ..turn }
    }

    fn silent(mut turn: Turn) -> Turn {
        if let Some(answer) = &mut turn.answer {
            answer.transcript = Some(transcript(&[]));
        }
        turn
    }

    #[test]
    fn answers_without_feedback_come_first_and_what_has_no_words_is_left_out() {
        let silent = silent(ungraded("no speech was heard"));
        let session = session(vec![at(1, judged()), at(2, asked()), at(3, ungraded("no coach")), at(4, silent)]);
        let positions: Vec<u32> = chosen(&session, None).unwrap().iter().map(|turn| turn.position).collect();
        assert_eq!(positions, [3, 1]);
    }

    #[test]
    fn one_turn_is_named_by_its_number() {
        let follow_up = Turn { depth: 1, ..judged() };
        let session = session(vec![judged(), follow_up.clone(), at(2, asked())]);
        assert_eq!(chosen(&session, "1.1".parse().ok()).unwrap(), [&follow_up]);
        let message = |number: &str| chosen(&session, number.parse().ok()).unwrap_err().message().to_owned();
        assert_eq!(message("7"), "this session has no turn 7");
        assert_eq!(message("2"), "turn 2 has no answer to judge");
    }

    #[test]
    fn a_session_without_answers_has_nothing_to_judge() {
        let session = session(vec![asked(), followed_up()]);
        assert!(chosen(&session, None).unwrap_err().message().contains("no answer"));
    }
}
