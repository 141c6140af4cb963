//! Reading questions aloud with a voice of the system.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// No question takes longer to read; a voice that does has got stuck.
const LONGEST: Duration = Duration::from_secs(120);

/// A voice of this machine. Text reaches it as an argument or by standard input, never through a shell.
#[derive(Clone, Debug)]
pub struct Speaker {
    voice: Voice,
    program: PathBuf,
}

/// A program that speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Voice {
    /// Speech Dispatcher, which uses the voice that the desktop is set up with.
    SpeechDispatcher,
    /// eSpeak NG.
    Espeak,
    /// What macOS has.
    Say,
    /// What Windows has.
    PowerShell,
}

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
    /// The first voice that this machine has, if it has one.
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        // `say` means something else on other systems.
        let usable = VOICES.iter().filter(|(voice, _)| cfg!(target_os = "macos") == (*voice == Voice::Say));
        usable.copied().find_map(|(voice, name)| {
            let program = folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())?;
            Some(Self { voice, program })
        })
    }

    /// The program that speaks, as people know it.
    pub fn name(&self) -> String {
        self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy().into_owned()
    }

    /// Begins to read `text` aloud.
    ///
    /// # Errors
    /// When the voice cannot be started.
    pub async fn speak(&self, text: &str) -> std::io::Result<Speaking> {
        let Utterance { arguments, input } = self.voice.utterance(speakable(text));
        let mut command = Command::new(&self.program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        if let Some(mut stream) = child.stdin.take() {
            // A voice that ends early closes its end; its exit tells that it has failed.
            let _ = stream.write_all(input.as_bytes()).await;
        }
        Ok(Speaking { child, speaker: self.clone() })
    }
}

/// How a text is handed to a voice.
#[derive(Debug, PartialEq, Eq)]
struct Utterance {
    arguments: Vec<String>,
    input: String,
}

impl Voice {
    fn utterance(self, text: String) -> Utterance {
        let arguments = |arguments: &[&str]| arguments.iter().map(|argument| (*argument).to_owned()).collect();
        match self {
            Self::SpeechDispatcher => {
                Utterance { arguments: arguments(&["--wait", "--", &text]), input: String::new() }
            }
            Self::Espeak => Utterance { arguments: arguments(&["--stdin"]), input: text },
            Self::Say => Utterance { arguments: arguments(&["-f", "-"]), input: text },
            Self::PowerShell => {
                let flags = ["-NoProfile", "-NonInteractive", "-Command", SPEAK_INPUT];
                Utterance { arguments: arguments(&flags), input: text }
            }
        }
    }
}

/// Text that is being read aloud. Dropping it ends the reading.
pub struct Speaking {
    child: Child,
    speaker: Speaker,
}

impl Speaking {
    /// Waits until it is over, and tells whether it was read to its end. Giving up waiting loses nothing.
    pub async fn finished(&mut self) -> bool {
        let ended = tokio::time::timeout(LONGEST, self.child.wait()).await;
        matches!(ended, Ok(Ok(status)) if status.success())
    }

    /// Ends the reading.
    pub async fn stop(mut self) {
        // It may be over already.
        self.child.kill().await.ok();
        if self.speaker.voice == Voice::SpeechDispatcher {
            // The dispatcher goes on speaking when the program that asked it to is gone.
            let cancel = Command::new(&self.speaker.program).arg("--cancel").stdin(Stdio::null()).output();
            tokio::time::timeout(Duration::from_secs(2), cancel).await.ok();
        }
    }
}

/// The text as it is said: marks of writing that voices would spell out are left away.
fn speakable(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, '`' | '*' | '_' | '#') && !is_unsayable(*character)).collect()
}

fn is_unsayable(character: char) -> bool {
    character.is_control() && character != '\n'
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
        for voice in [Voice::SpeechDispatcher, Voice::Espeak, Voice::Say, Voice::PowerShell] {
            let Utterance { arguments, input } = voice.utterance(hostile.clone());
            let as_argument = arguments.iter().position(|argument| argument.contains("reboot"));
            let guarded = as_argument.is_some_and(|index| arguments[index] == hostile && arguments[index - 1] == "--");
            assert!(guarded != (input == hostile) && as_argument.is_none_or(|_| guarded), "{voice:?}: {arguments:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn reading_aloud_can_be_stopped() {
        let child = Command::new("sleep").arg("1000").spawn().unwrap();
        let process = format!("/proc/{}", child.id().unwrap());
        let speaker = Speaker { voice: Voice::Espeak, program: "sleep".into() };
        Speaking { child, speaker }.stop().await;
        assert!(!std::path::Path::new(&process).exists());
    }
}
