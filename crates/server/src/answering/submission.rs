//! What an answer is: typed, heard by the client, or sound only.

use api::turn::NewAnswer;
use interview::bank::Question;
use interview::delivery;
use interview::session::{Answer, AudioObject, Recording, Source, Spoken, UngradedAnswer, UngradedReason};
use interview::{AnswerId, Seconds, Transcript};
use store::Submission;

use crate::api_error::ApiError;
use crate::wire::heard::{Heard, heard};
use crate::wire::text::{correction, typed};
use crate::wire::turn::given_source;

/// Turns what arrived into what is stored.
pub(super) fn submission(
    id: AnswerId,
    document: NewAnswer,
    recording: Option<AudioObject>,
    question: &Question,
    limit: Seconds,
) -> Result<Submission, ApiError> {
    let source = document.source.map(given_source);
    match (document.text, document.transcript, recording) {
        (Some(text), None, None) => {
            check_source(source, |source| source == Source::Typed, "typed text")?;
            refuse_correction(document.corrected_text.as_deref())?;
            let transcript = typed(&text)?;
            let source = Source::Typed;
            Ok(words(Answer { id, source, transcript, corrected: false, spoken: None, audio: None }))
        }
        (None, Some(transcript), audio) => {
            check_source(source, |source| source != Source::Typed, "a transcript")?;
            let heard = heard(&transcript, limit)?;
            spoken(id, source.unwrap_or(Source::Upload), heard, document.corrected_text.as_deref(), audio, question)
        }
        (None, None, Some(audio)) => {
            check_source(source, |source| source != Source::Typed, "a recording")?;
            refuse_correction(document.corrected_text.as_deref())?;
            Ok(Submission::Sound(Recording { id, audio, source: source.unwrap_or(Source::Upload) }))
        }
        (Some(_), _, _) => Err(refused("give either `text`, or a transcript or recording, not both")),
        (None, None, None) => Err(refused("there is no answer: give `text`, `transcript` or a recording")),
    }
}

fn spoken(
    id: AnswerId,
    source: Source,
    heard: Heard,
    corrected_text: Option<&str>,
    audio: Option<AudioObject>,
    question: &Question,
) -> Result<Submission, ApiError> {
    let delivery = delivery::measure(&heard.transcript, &heard.speech, heard.duration, Some(question.time_limit));
    let (transcript, corrected) = match corrected_text {
        Some(text) => (heard.transcript.corrected(&correction(text)?), true),
        None => (heard.transcript, false),
    };
    let spoken = Some(Spoken { duration: heard.duration, speech: heard.speech, delivery });
    Ok(words(Answer { id, source, transcript, corrected, spoken, audio }))
}

/// An answer with words goes to the coach; one without is kept.
fn words(answer: Answer) -> Submission {
    if Transcript::is_empty(&answer.transcript) {
        let answer = UngradedAnswer::Words(Box::new(answer));
        Submission::Ungraded { answer, reason: UngradedReason::NothingSaid }
    } else {
        Submission::Words(Box::new(answer))
    }
}

fn check_source(source: Option<Source>, fits: fn(Source) -> bool, what: &str) -> Result<(), ApiError> {
    match source {
        Some(source) if !fits(source) => {
            Err(refused(&format!("{what} does not come from the source `{}`", source.as_str())))
        }
        _ => Ok(()),
    }
}

fn refuse_correction(corrected_text: Option<&str>) -> Result<(), ApiError> {
    match corrected_text {
        Some(_) => Err(refused("`corrected_text` goes with a transcript")),
        None => Ok(()),
    }
}

fn refused(detail: &str) -> ApiError {
    ApiError::Unprocessable(detail.to_owned())
}
