//! Recordings to words, off the async runtime.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use capture::audio::Decoder;
use capture::recognise::{Recogniser, Recognition, RecognitionSettings, RecognitionStream, transcribe};
use capture::transcribe::{Prompt, Whisper, WhisperSettings};
use futures::{Stream, StreamExt};
use interview::Seconds;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;
use tokio::sync::{OnceCell, Semaphore};

use crate::settings::Settings;

/// Recordings that are decoded at a time; the recogniser takes one stretch of speech after the other anyway.
const AT_A_TIME: usize = 2;

/// Why a recording has no words.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TranscriptionError {
    /// No speech model is set up.
    #[error(
        "this server has no speech model: run `viva model pull base.en`, start it again, and have the answer judged again"
    )]
    NoModel,
    /// The recording, or the model, is at fault.
    #[error(transparent)]
    Sound(#[from] capture::Error),
    /// The work broke off.
    #[error("transcribing broke off")]
    BrokeOff,
}

/// The way from recordings to words. The model is loaded when the first recording arrives, and kept.
pub(crate) struct Transcription {
    model: Option<PathBuf>,
    whisper: WhisperSettings,
    limit: Seconds,
    /// Where recordings stand while they are looked at.
    folder: PathBuf,
    recogniser: OnceCell<Recogniser>,
    slots: Arc<Semaphore>,
}

impl Transcription {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            model: settings.model.clone(),
            whisper: settings.whisper.clone(),
            limit: Seconds::new(settings.audio_limit_length.as_secs_f64()).unwrap_or_default(),
            folder: settings.data_folder.join("incoming"),
            recogniser: OnceCell::new(),
            slots: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }

    /// The longest recording that is transcribed.
    pub(crate) fn limit(&self) -> Seconds {
        self.limit
    }

    /// Whether there is a model.
    pub(crate) fn has_model(&self) -> bool {
        self.model.is_some()
    }

    /// Writes a recording to a file, piece by piece.
    pub(crate) async fn spool<E: From<io::Error>>(
        &self,
        mut sound: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<TempPath, E> {
        tokio::fs::create_dir_all(&self.folder).await?;
        let folder = self.folder.clone();
        let created = tokio::task::spawn_blocking(move || tempfile::NamedTempFile::new_in(folder)).await;
        let (file, path) = created.map_err(io::Error::other)??.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        while let Some(piece) = sound.next().await {
            file.write_all(&piece?).await?;
        }
        file.flush().await?;
        Ok(path)
    }

    /// Checks that a file is a recording with sound in it, by decoding its first block.
    pub(crate) async fn probe(&self, sound: &Path) -> Result<(), TranscriptionError> {
        let (path, limit) = (sound.to_owned(), self.limit);
        let probed =
            tokio::task::spawn_blocking(move || Decoder::open(&path, Some(limit))?.next_block().map(drop)).await;
        probed.map_err(|_| TranscriptionError::BrokeOff)?.map_err(TranscriptionError::from)
    }

    /// Transcribes a recording. `glossary` holds terms to expect. Dropping the future cancels the work.
    pub(crate) async fn transcribe(
        &self,
        sound: TempPath,
        glossary: &[String],
    ) -> Result<Recognition, TranscriptionError> {
        let recogniser = self.recogniser().await?;
        let permit = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| TranscriptionError::BrokeOff)?;
        let prompt = Prompt::of_terms(glossary.iter().map(String::as_str));
        let settings = RecognitionSettings { prompt, ..RecognitionSettings::default() };
        let stream = RecognitionStream::new(recogniser, settings, None);
        let _cancel_on_drop = stream.cancellation().drop_guard();
        let limit = self.limit;
        let work = tokio::task::spawn_blocking(move || {
            // The work owns the permit and the file, because it goes on for a moment after it was cancelled.
            let (_permit, sound) = (permit, sound);
            transcribe(Decoder::open(&sound, Some(limit))?, stream)
        });
        Ok(work.await.map_err(|_| TranscriptionError::BrokeOff)??)
    }

    async fn recogniser(&self) -> Result<&Recogniser, TranscriptionError> {
        let model = self.model.clone().ok_or(TranscriptionError::NoModel)?;
        let load = || async {
            let whisper = self.whisper.clone();
            let load = move || Recogniser::start(Whisper::load(&model, whisper)?);
            let loaded = tokio::task::spawn_blocking(load).await.map_err(|_| TranscriptionError::BrokeOff)?;
            loaded.map_err(TranscriptionError::from)
        };
        self.recogniser.get_or_try_init(load).await
    }
}
