//! The words of a recording.

use interview::bank::Question;
use interview::delivery;
use interview::marks::Decisions;
use interview::session::{Answer, Recording, Spoken, UngradedReason};
use store::{AudioStore, Missing, StoreError};

use crate::transcription::{Transcription, TranscriptionError, spool};

/// The result of transcribing a recording.
pub(super) enum Listened {
    /// It has words.
    Words(Box<Answer>),
    /// It has none, or none that can be had.
    Nothing(UngradedReason),
}

/// Turns a stored recording into an answer with words, and measures its delivery.
pub(super) async fn listen(
    recording: &Recording,
    question: &Question,
    audio: &AudioStore,
    transcription: &Transcription,
) -> Result<Listened, StoreError> {
    if !transcription.has_model() {
        return Ok(not_transcribed(&TranscriptionError::NoModel));
    }
    let sound = match audio.get(&recording.audio, None).await {
        Ok(sound) => sound,
        Err(StoreError::NotFound(Missing::Audio(_))) => {
            let detail = "the recording is no longer there".to_owned();
            return Ok(Listened::Nothing(UngradedReason::NotTranscribed { detail }));
        }
        Err(error) => return Err(error),
    };
    let spooled = spool(transcription.folder(), sound.bytes).await?;
    let glossary: Vec<String> = question.glossary.iter().map(|term| term.spoken.clone()).collect();
    let heard = match transcription.transcribe(spooled, &glossary).await {
        Ok(heard) if heard.transcript.is_empty() => return Ok(Listened::Nothing(UngradedReason::NothingSaid)),
        Ok(heard) => heard,
        Err(error) => return Ok(not_transcribed(&error)),
    };
    let delivery = delivery::measure(&heard.transcript, &heard.speech, heard.duration, Some(question.time_limit));
    Ok(Listened::Words(Box::new(Answer {
        id: recording.id,
        source: recording.source,
        transcript: heard.transcript.with_terms(&question.glossary),
        corrected: false,
        decisions: Decisions::default(),
        spoken: Some(Spoken { duration: heard.duration, speech: heard.speech, delivery, model: heard.model }),
        audio: Some(recording.audio.clone()),
    })))
}

fn not_transcribed(error: &TranscriptionError) -> Listened {
    Listened::Nothing(UngradedReason::NotTranscribed { detail: error.to_string() })
}
