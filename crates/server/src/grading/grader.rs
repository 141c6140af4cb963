//! One job of the queue, from the stored answer to its settlement.

use std::sync::Arc;

use capture::recognise::Recognition;
use coach::CoachError;
use interview::Question;
use interview::claims::Report;
use interview::judging::Judged;
use interview::session::{Answer, Recording, Turn, TurnState, UngradedReason};
use store::queue::{Job, Lane};
use store::{Missing, Settlement, StoreError, StoredSession};
use tokio::time::Instant;

use super::judge::Case;
use super::worker::{MAX_ATTEMPTS, Outcome};
use crate::app::App;
use crate::transcription::TranscriptionError;
use crate::wire::incoming::Heard;

/// Does what a job asks for next.
#[tracing::instrument(skip_all, fields(turn = %job.judging.turn, answer = %job.judging.answer, attempt = job.attempt))]
pub(super) async fn grade(app: Arc<App>, job: Job) -> Outcome {
    match work(&app, &job).await {
        Ok(()) => Outcome::Done,
        // The session was deleted.
        Err(Interruption::Store(StoreError::NotFound(_))) => {
            ended(&app, &job);
            Outcome::Done
        }
        Err(Interruption::Store(error)) => {
            tracing::warn!(%error, "an answer could not be judged yet");
            Outcome::Retry { after: None, detail: error.to_string() }
        }
        Err(Interruption::Coach(error)) => {
            tracing::warn!(%error, "the coach is not available yet");
            let detail = error.to_string();
            let after = if let CoachError::Unavailable { retry_after, .. } = error { retry_after } else { None };
            Outcome::Retry { after, detail }
        }
    }
}

async fn work(app: &App, job: &Job) -> Result<(), Interruption> {
    let since = app.events.started(job.judging.turn, job.judging.revision);
    let turn = app.store.turn(job.judging.turn).await?;
    let stored = Arc::new(app.store.session(turn.session).await?);
    let Some(question) = stored.session.question(&turn.question) else {
        return leave_ungraded(app, job, failed("its question is not part of its session")).await;
    };
    match (job.lane, &turn.state) {
        (Lane::Transcription, TurnState::Transcribing { answer }) => {
            match listen(app, answer, question).await? {
                Err(reason) => leave_ungraded(app, job, reason).await?,
                Ok(answer) => {
                    app.store.transcribed(&job.judging, answer).await?;
                    app.events.notify(turn.id);
                }
            }
            Ok(())
        }
        (Lane::Judging, TurnState::Judging { answer }) => {
            judge(app, job, since, &stored, &turn, question, answer).await
        }
        // It was settled or overtaken after the job was taken.
        _ => Ok(()),
    }
}

/// Turns a stored recording into an answer with words, and measures its delivery. A reason when there are no words, or none that can
/// be had.
async fn listen(
    app: &App,
    recording: &Recording,
    question: &Question,
) -> Result<Result<Answer, UngradedReason>, StoreError> {
    let not_transcribed = |detail: String| Ok(Err(UngradedReason::NotTranscribed { detail }));
    if !app.transcription.has_model() {
        return not_transcribed(TranscriptionError::NoModel.to_string());
    }
    let sound = match app.audio.get(&recording.audio, None).await {
        Ok(sound) => sound,
        Err(StoreError::NotFound(Missing::Audio(_))) => {
            return not_transcribed("the recording is no longer there".to_owned());
        }
        Err(error) => return Err(error),
    };
    let spooled = app.transcription.spool(sound.bytes).await?;
    let glossary: Vec<String> = question.glossary.iter().map(|term| term.spoken.clone()).collect();
    match app.transcription.transcribe(spooled, &glossary).await {
        Ok(heard) if heard.transcript.is_empty() => Ok(Err(UngradedReason::NothingSaid)),
        Ok(Recognition { transcript, speech, duration, model, .. }) => {
            let (transcript, spoken) = Heard { transcript, speech, duration, model }.measured(question);
            Ok(Ok(recording.with_words(transcript, Some(spoken))))
        }
        Err(error) => not_transcribed(error.to_string()),
    }
}

async fn judge(
    app: &App,
    job: &Job,
    since: Instant,
    stored: &Arc<StoredSession>,
    turn: &Turn,
    question: &Question,
    answer: &Answer,
) -> Result<(), Interruption> {
    if answer.transcript.is_empty() {
        return leave_ungraded(app, job, UngradedReason::NothingSaid).await;
    }
    let Some(coach) = app.coaches.for_wish(&job.wish, question) else {
        return leave_ungraded(app, job, failed("the coach that was asked for is not set up")).await;
    };
    let case = Case::new(job.judging.revision, stored, turn, question, answer);
    let fallback = app.coaches.fallback(&coach, &job.wish);
    match case.report(&coach, fallback, since.elapsed(), &app.events).await {
        // One panel is missing and asking again may bring it; on the last attempt the other one is kept.
        Ok(Report { correctness: Err(error), .. } | Report { clarity: Err(error), .. })
            if error.is_passing() && job.attempt < MAX_ATTEMPTS =>
        {
            Err(Interruption::Coach(error))
        }
        Ok(report) => match case.judged(report) {
            Ok(Judged { feedback, follow_up }) => {
                let follow_up = follow_up.map(|follow_up| Box::new(case.next(follow_up)));
                settle(app, job, Settlement::Judged { feedback: Box::new(feedback), follow_up }).await
            }
            Err(nothing) => leave_ungraded(app, job, failed(&nothing.to_string())).await,
        },
        Err(error) if error.is_passing() && job.attempt < MAX_ATTEMPTS => Err(Interruption::Coach(error)),
        Err(error) => leave_ungraded(app, job, failed(&error.to_string())).await,
    }
}

async fn leave_ungraded(app: &App, job: &Job, reason: UngradedReason) -> Result<(), Interruption> {
    settle(app, job, Settlement::Ungraded(reason)).await
}

async fn settle(app: &App, job: &Job, settlement: Settlement) -> Result<(), Interruption> {
    app.store.settle(&job.judging, settlement).await?;
    ended(app, job);
    Ok(())
}

fn ended(app: &App, job: &Job) {
    app.events.ended(job.judging.turn, job.judging.revision);
}

/// Why work on a job has to wait.
enum Interruption {
    Store(StoreError),
    Coach(CoachError),
}

impl From<StoreError> for Interruption {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn failed(detail: &str) -> UngradedReason {
    UngradedReason::CoachFailed { detail: detail.to_owned() }
}
