//! Reading questions aloud with a voice of the system.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempPath;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::failure::Failure;
use crate::playback;

/// No program takes longer over a question; one that does has got stuck.
const LONGEST: Duration = Duration::from_secs(120);

/// How deep in a folder of voices a model may be: `en/en_US/lessac/medium/`.
const DEEPEST: usize = 5;

/// A voice of this machine. Text reaches it as an argument or by standard input, never through a shell.
#[derive(Clone, Debug)]
pub struct Speaker {
    voice: Voice,
    program: PathBuf,
}

/// A program that speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Voice {
    /// Piper with this model, a natural voice. It writes a file, which is played then.
    Piper(PathBuf),
    /// Speech Dispatcher, which uses the voice that the desktop is set up with.
    SpeechDispatcher,
    Espeak,
    /// What macOS has.
    Say,
    /// What Windows has.
    PowerShell,
}

/// `piper` may be another program, which configures mice.
const PIPER: [&str; 3] = ["piper-tts", "piper", "piper.exe"];

/// In the order in which they are tried.
const VOICES: [(Voice, &str); 5] = [
    (Voice::Say, "say"),
    (Voice::SpeechDispatcher, "spd-say"),
    (Voice::Espeak, "espeak-ng"),
    (Voice::PowerShell, "powershell.exe"),
    (Voice::PowerShell, "pwsh.exe"),
];

/// What PowerShell runs; the text comes by standard input.
const SPEAK_INPUT: &str = "Add-Type -AssemblyName System.Speech; \
    (New-Object System.Speech.Synthesis.SpeechSynthesizer).Speak([Console]::In.ReadToEnd())";

impl Speaker {
    /// The best voice that this machine has, if it has one: Piper where there is a model, `chosen` or in a usual folder.
    pub fn find(chosen: Option<&Path>) -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let programs: Vec<PathBuf> = std::env::split_paths(&path).collect();
        Self::among(
            &programs,
            chosen
                .filter(|model| model.is_file())
                .map(Path::to_owned)
                .or_else(|| usual_folders().iter().find_map(|it| model_in(it, DEEPEST))),
        )
    }

    fn among(folders: &[PathBuf], model: Option<PathBuf>) -> Option<Self> {
        let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file());
        let natural = model.filter(|_| playback::IS_POSSIBLE).zip(PIPER.into_iter().find_map(find));
        // `say` means something else on other systems.
        let mut usable = VOICES.into_iter().filter(|(voice, _)| cfg!(target_os = "macos") == (*voice == Voice::Say));
        natural
            .map(|(model, program)| Self { voice: Voice::Piper(model), program })
            .or_else(|| usable.find_map(|(voice, name)| Some(Self { voice, program: find(name)? })))
    }

    /// The program that speaks, as people know it, and its voice if it has several.
    pub fn name(&self) -> String {
        let name = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match &self.voice {
            Voice::Piper(model) => format!("{} with {}", name(&self.program), name(&model.with_extension(""))),
            _ => name(&self.program),
        }
    }

    /// Whether it sounds like a person.
    pub fn is_natural(&self) -> bool {
        matches!(self.voice, Voice::Piper(_) | Voice::Say)
    }

    /// Begins to read `text` aloud.
    pub async fn speak(&self, text: &str) -> std::io::Result<Speaking> {
        let file = match self.voice {
            Voice::Piper(_) => Some(tempfile::Builder::new().suffix(".wav").tempfile()?.into_temp_path()),
            _ => None,
        };
        let (arguments, input) = self.voice.utterance(speakable(text));
        let mut command = Command::new(&self.program);
        command.args(arguments).args(file.as_deref());
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        if let Some(mut stream) = child.stdin.take() {
            // A voice that ends early closes its end; its exit tells that it has failed.
            let _ = stream.write_all(input.as_bytes()).await;
        }
        Ok(Speaking::of(child, file, self.clone()))
    }
}

/// Where packages and people put voices of Piper.
pub fn usual_folders() -> Vec<PathBuf> {
    let own = directories::BaseDirs::new().map(|folders| folders.data_dir().join("piper"));
    own.into_iter().chain(["/usr/local/share/piper-voices", "/usr/share/piper-voices"].map(PathBuf::from)).collect()
}

/// The first English model in a folder, by name.
fn model_in(folder: &Path, depth: usize) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let is_model = |path: &Path| {
        let is_english = path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with("en"));
        is_english && path.extension().is_some_and(|end| end == "onnx") && path.with_extension("onnx.json").is_file()
    };
    let inner = || entries.iter().filter(|_| depth > 0).find_map(|entry| model_in(entry, depth - 1));
    entries.iter().find(|path| is_model(path)).cloned().or_else(inner)
}

impl Voice {
    /// The arguments and the input that hand it a text. The name of the file that Piper writes comes after the arguments.
    fn utterance(&self, text: String) -> (Vec<String>, String) {
        let arguments = |arguments: &[&str]| arguments.iter().map(|argument| (*argument).to_owned()).collect();
        match self {
            Self::Piper(model) => (
                arguments(&["--model", &model.to_string_lossy(), "--output_file"]),
                // Some versions write a file for each line, in the place of the one before.
                text.split_whitespace().collect::<Vec<_>>().join(" ") + "\n",
            ),
            Self::SpeechDispatcher => (arguments(&["--wait", "--", &text]), String::new()),
            Self::Espeak => (arguments(&["--stdin"]), text),
            Self::Say => (arguments(&["-f", "-"]), text),
            Self::PowerShell => (arguments(&["-NoProfile", "-NonInteractive", "-Command", SPEAK_INPUT]), text),
        }
    }
}

/// Text that is being read aloud. Dropping it ends the reading.
pub struct Speaking {
    reading: JoinHandle<Result<(), Failure>>,
    stop: DropGuard,
    speaker: Speaker,
}

impl Speaking {
    /// The reading of a program, and of the file that it writes, if it writes one.
    fn of(mut child: Child, file: Option<TempPath>, speaker: Speaker) -> Self {
        let stopped = CancellationToken::new();
        let (stop, name) = (stopped.clone().drop_guard(), speaker.name());
        let reading = tokio::spawn(async move {
            let ended = tokio::select! {
                ended = tokio::time::timeout(LONGEST, child.wait()) => ended,
                () = stopped.cancelled() => {
                    // It may be over already.
                    child.kill().await.ok();
                    return Ok(());
                }
            };
            match (ended, file) {
                (Ok(Ok(status)), Some(file)) if status.success() => {
                    let play = move || playback::play(std::fs::read(&file)?, None, &stopped);
                    tokio::task::spawn_blocking(play).await?
                }
                (Ok(Ok(status)), None) if status.success() => Ok(()),
                (Ok(Ok(status)), _) => Err(Failure::new(format!("{name} ended with {status}"))),
                _ => Err(Failure::new(format!("{name} does not end"))),
            }
        });
        Self { reading, stop, speaker }
    }

    /// Waits until it is over. Giving up waiting loses nothing.
    pub async fn finished(&mut self) -> Result<(), Failure> {
        (&mut self.reading).await?
    }

    pub async fn stop(self) {
        let Self { reading, stop, speaker } = self;
        drop(stop);
        reading.await.ok(); // Nobody waits for its end.
        if speaker.voice == Voice::SpeechDispatcher {
            // The dispatcher goes on speaking when the program that asked it to is gone.
            let cancel = Command::new(&speaker.program).arg("--cancel").stdin(Stdio::null()).output();
            tokio::time::timeout(Duration::from_secs(2), cancel).await.ok();
        }
    }
}

/// The text as it is said: marks of writing that voices would spell out are left away.
fn speakable(text: &str) -> String {
    let is_mark = |character: &char| matches!(character, '`' | '*' | '_' | '#');
    text.chars().filter(|it| *it == '\n' || !(it.is_control() || is_mark(it))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_writing_are_not_said() {
        assert_eq!(speakable("What does `Arc<T>` *do*?\u{1b}[2J"), "What does Arc<T> do?[2J");
    }

    #[test]
    fn text_is_never_read_as_an_option() {
        let hostile = "--output /etc/passwd; $(reboot)".to_owned();
        let piper = Voice::Piper("en.onnx".into());
        for voice in [piper, Voice::SpeechDispatcher, Voice::Espeak, Voice::Say, Voice::PowerShell] {
            let (arguments, input) = voice.utterance(hostile.clone());
            let as_argument = arguments.iter().position(|argument| argument.contains("reboot"));
            let guarded = as_argument.is_some_and(|index| arguments[index] == hostile && arguments[index - 1] == "--");
            let is_input = input.trim_end() == hostile;
            assert!(guarded != is_input && as_argument.is_none_or(|_| guarded), "{voice:?}: {arguments:?}");
        }
    }

    #[test]
    fn piper_reads_a_text_of_several_lines_at_once() {
        let (_, input) = Voice::Piper("en.onnx".into()).utterance("What is it?\n\nAnd why?".to_owned());
        assert_eq!(input, "What is it? And why?\n");
    }

    /// A folder with these empty files.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn the_model_of_piper_is_an_english_one_with_its_configuration() {
        let voices = [
            "de/de_DE/eva/low/de_DE-eva-low.onnx",
            "de/de_DE/eva/low/de_DE-eva-low.onnx.json",
            "en/en_GB/alan/medium/en_GB-alan-medium.onnx",
            "en/en_US/amy/medium/en_US-amy-medium.onnx",
            "en/en_US/amy/medium/en_US-amy-medium.onnx.json",
        ];
        let folder = folder(&voices);
        assert_eq!(model_in(folder.path(), DEEPEST), Some(folder.path().join(voices[3])));
        assert_eq!(model_in(&folder.path().join("de"), DEEPEST), None);
    }

    #[cfg(all(feature = "microphone", target_os = "linux"))]
    #[test]
    fn piper_is_the_voice_where_it_has_a_model_and_otherwise_what_there_is() {
        let folder = folder(&["spd-say", "piper"]);
        let name =
            |model: Option<&str>| Speaker::among(&[folder.path().to_owned()], model.map(PathBuf::from)).unwrap().name();
        assert_eq!(name(Some("/voices/en_US-amy-medium.onnx")), "piper with en_US-amy-medium");
        assert_eq!(name(None), "spd-say");
        std::fs::remove_file(folder.path().join("piper")).unwrap();
        assert_eq!(name(Some("/voices/en_US-amy-medium.onnx")), "spd-say");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn reading_aloud_can_be_stopped() {
        let child = Command::new("sleep").arg("1000").spawn().unwrap();
        let process = format!("/proc/{}", child.id().unwrap());
        let speaker = Speaker { voice: Voice::Espeak, program: "sleep".into() };
        Speaking::of(child, None, speaker).stop().await;
        assert!(!std::path::Path::new(&process).exists());
    }
}
