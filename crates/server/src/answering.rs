//! From a request to a stored answer.
//!
//! A recording is streamed to the audio store while it arrives; the answer and the promise to judge it are stored together afterwards.
//! What was refused leaves no recording behind, and what may have been stored is never deleted.

use api::turn::NewAnswer;
use axum::extract::multipart::Multipart;
use axum::extract::{FromRequest, Request};
use futures::TryStreamExt;
use interview::AnswerId;
use interview::bank::Question;
use interview::marks::Decisions;
use interview::session::{Answer, AudioObject, Recording, Source, Turn, TurnState, UngradedAnswer, UngradedReason};
use sha2::{Digest, Sha256};
use store::audio::AudioKey;
use store::{IdempotencyKey, StoreError, Submission};
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{
    Chunks, audio_type, check_length, collect, essence, limited, media_type, parse_json, read_within,
};
use crate::wire::incoming;

/// The most bytes of a transcript: twenty thousand words with their times are some two megabytes.
const TRANSCRIPT_LIMIT: u64 = 8 * 1024 * 1024;

/// What a form may have on top of its recording: the transcript and the headers of the parts.
const FORM_OVERHEAD: u64 = TRANSCRIPT_LIMIT + 64 * 1024;

/// The names of a form's parts.
const AUDIO: &str = "audio";
const TRANSCRIPT: &str = "transcript";

/// Reads an answer to `turn` and stores it.
pub(crate) async fn accept(
    app: &App,
    turn: &Turn,
    key: Option<&IdempotencyKey>,
    request: Request,
) -> Result<(), ApiError> {
    if turn.state != TurnState::Asked && key.is_none() {
        let state = turn.state.name();
        return Err(ApiError::Conflict(format!("turn {} is {state}, so it cannot be answered again", turn.id)));
    }
    let id = AnswerId::from(Uuid::now_v7());
    let mut upload = Upload { app, turn, id, document: None, audio: None, digest: Sha256::new() };
    let stored = upload.store(key, request).await;
    let is_kept = match &stored {
        Ok(Ok(stored)) => stored.state.audio() == upload.audio.as_ref(),
        // Whether the answer was stored is not known, so its recording stays.
        Ok(Err(error)) => !matches!(
            error,
            StoreError::NotFound(_) | StoreError::Conflict { .. } | StoreError::Finished(_) | StoreError::KeyReused(_)
        ),
        Err(_) => false,
    };
    if let Some(audio) = upload.audio.as_ref().filter(|_| !is_kept)
        && let Err(error) = app.audio.delete(audio).await
    {
        // It goes with its session.
        tracing::warn!(key = %audio.key, %error, "cannot delete a recording that was not kept");
    }
    stored??;
    app.events.notify(turn.id);
    Ok(())
}

/// An answer as it arrives: JSON, a recording, or a form of both.
struct Upload<'a> {
    app: &'a App,
    turn: &'a Turn,
    id: AnswerId,
    document: Option<NewAnswer>,
    audio: Option<AudioObject>,
    /// Of the document and the recording, whatever form they arrived in.
    digest: Sha256,
}

impl Upload<'_> {
    /// Reads the answer, and then stores it: what fails before is the outer error.
    async fn store(
        &mut self,
        key: Option<&IdempotencyKey>,
        request: Request,
    ) -> Result<Result<Turn, StoreError>, ApiError> {
        self.read(request).await?;
        let question = self.app.question_of(self.turn).await?;
        let submission = self.submission(&question)?;
        let digest: String = self.digest.finalize_reset().iter().map(|byte| format!("{byte:02x}")).collect();
        let key = key.map(|key| key.clone().with_digest(digest));
        Ok(self.app.store.accept_answer(self.turn.id, submission, key.as_ref()).await)
    }

    async fn read(&mut self, request: Request) -> Result<(), ApiError> {
        let kind = media_type(request.headers());
        match kind.as_deref() {
            Some("application/json") => {
                let body = collect(limited(request, TRANSCRIPT_LIMIT)?).await?;
                self.take_document(&body)?;
            }
            Some("multipart/form-data") => self.read_form(request).await?,
            Some(kind) => {
                let media_type = audio_type(Some(kind))?;
                let chunks = limited(request, self.app.settings.audio_limit_bytes)?;
                self.store_audio(media_type, chunks).await?;
            }
            None => {
                let detail = "name the kind of answer in the header `content-type`: application/json, a type of audio, or \
                              multipart/form-data";
                return Err(ApiError::WrongMediaType(detail.to_owned()));
            }
        }
        match &self.audio {
            // Recordings with a transcript are kept whatever they are.
            Some(audio) if self.document.is_none() => self.probe(audio).await,
            _ => Ok(()),
        }
    }

    async fn read_form(&mut self, request: Request) -> Result<(), ApiError> {
        let limit = self.app.settings.audio_limit_bytes;
        check_length(request.headers(), limit.saturating_add(FORM_OVERHEAD))?;
        let mut form =
            Multipart::from_request(request, &()).await.map_err(|error| ApiError::Malformed(error.body_text()))?;
        while let Some(part) = form.next_field().await.map_err(|error| ApiError::Malformed(error.body_text()))? {
            match part.name() {
                Some(AUDIO) if self.audio.is_none() => {
                    let media_type = audio_type(part.content_type().map(essence).as_deref())?;
                    let chunks = read_within(limit, part.map_err(|error| error.body_text()));
                    self.store_audio(media_type, chunks).await?;
                }
                Some(TRANSCRIPT) if self.document.is_none() => {
                    let chunks = read_within(TRANSCRIPT_LIMIT, part.map_err(|error| error.body_text()));
                    self.take_document(&collect(chunks).await?)?;
                }
                _ => {
                    let detail = format!("a form has one part `{AUDIO}` and at most one part `{TRANSCRIPT}`");
                    return Err(ApiError::Unprocessable(detail));
                }
            }
        }
        Ok(())
    }

    fn take_document(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        self.digest.update(bytes);
        self.document = Some(parse_json(bytes)?);
        Ok(())
    }

    async fn store_audio(&mut self, media_type: &'static str, chunks: Chunks<'_>) -> Result<(), ApiError> {
        let key = AudioKey::new(self.turn.session, self.id, media_type);
        // The store learns only that the body ended early; the reason is kept here.
        let mut broken = None;
        let digest = &mut self.digest;
        let chunks = chunks.inspect_ok(|chunk| digest.update(chunk)).map_err(|error| {
            broken = Some(error);
            "the request broke off".to_owned()
        });
        let stored = self.app.audio.put(&key, media_type, chunks).await;
        self.audio = Some(stored.map_err(|error| broken.unwrap_or_else(|| error.into()))?);
        Ok(())
    }

    /// Refuses what is no recording while the turn can still be answered.
    async fn probe(&self, audio: &AudioObject) -> Result<(), ApiError> {
        let look = async {
            let sound = self.app.audio.get(audio, None).await?;
            let spooled = self.app.transcription.spool(sound.bytes).await?;
            self.app.transcription.probe(&spooled).await.map_err(ApiError::from)
        };
        match look.await {
            Err(refusal @ (ApiError::Unprocessable(_) | ApiError::TooLarge(_))) => Err(refusal),
            // Not being able to look is no reason to refuse: the worker will look again.
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// What is stored of it.
    fn submission(&self, question: &Question) -> Result<Submission, ApiError> {
        let refused = |detail: &str| Err(ApiError::Unprocessable(detail.to_owned()));
        let NewAnswer { text, transcript, corrected_text, source } = self.document.clone().unwrap_or_default();
        let (id, audio) = (self.id, self.audio.clone());
        let source = source.map(incoming::source);
        let is_typed = text.is_some();
        if let Some(source) = source.filter(|source| (*source == Source::Typed) != is_typed) {
            let detail = format!("this kind of answer does not come from the source `{source}`");
            return Err(ApiError::Unprocessable(detail));
        }
        if corrected_text.is_some() && transcript.is_none() {
            return refused("`corrected_text` goes with a transcript");
        }
        let source = source.unwrap_or(if is_typed { Source::Typed } else { Source::Upload });
        let (transcript, corrected, spoken, audio) = match (text, transcript, audio) {
            (Some(text), None, None) => (incoming::typed(&text)?, false, None, None),
            (None, Some(transcript), audio) => {
                let heard = incoming::heard(&transcript, self.app.transcription.limit())?;
                let by_hand = corrected_text
                    .map(|text| Ok::<_, ApiError>(heard.transcript.corrected(&incoming::correction(&text)?)))
                    .transpose()?;
                let (with_terms, spoken) = heard.measured(question);
                let corrected = by_hand.is_some();
                (by_hand.unwrap_or(with_terms), corrected, Some(spoken), audio)
            }
            (None, None, Some(audio)) => return Ok(Submission::Sound(Recording { id, audio, source })),
            (Some(_), _, _) => return refused("give either `text`, or a transcript or recording, not both"),
            (None, None, None) => return refused("there is no answer: give `text`, `transcript` or a recording"),
        };
        let decisions = Decisions::default();
        let answer = Answer { id, source, transcript, corrected, decisions, spoken, audio };
        if answer.transcript.is_empty() {
            let answer = UngradedAnswer::Words(Box::new(answer));
            return Ok(Submission::Ungraded { answer, reason: UngradedReason::NothingSaid });
        }
        Ok(Submission::Words(Box::new(answer)))
    }
}
