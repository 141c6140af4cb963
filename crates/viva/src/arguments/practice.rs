//! `viva practice`.

use std::path::PathBuf;

use clap::Args;
use interview::bank::{Kind, Level};
use interview::{QuestionId, Tag, TopicId};

use super::choices;
use crate::settings::Layer;

/// Practise: questions, your spoken answers, feedback.
///
/// With a microphone and a speech model it listens; without, or with --typed, you type. Standard input that is no terminal is read as
/// typed answers, one a line: an empty line or `skip` says that you don't know. --audio answers from recordings. Ctrl-C ends the round
/// at any moment and keeps what you said.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = EXAMPLES)]
pub struct Practice {
    /// Ask about this topic (repeat for several; `viva questions list` shows them)
    #[arg(long, value_name = "TOPIC")]
    pub topic: Vec<TopicId>,
    /// Ask questions of this level
    #[arg(long, value_name = "LEVEL", value_parser = choices::level())]
    pub level: Vec<Level>,
    /// Ask questions of this kind
    #[arg(long, value_name = "KIND", value_parser = choices::kind())]
    pub kind: Vec<Kind>,
    /// Ask questions with this tag (repeat for several, of which a question has at least one)
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<Tag>,
    /// Ask exactly this question (repeat for several, in order)
    #[arg(long, value_name = "ID", conflicts_with_all = ["topic", "level", "kind", "tag", "questions", "seed"])]
    pub question: Vec<QuestionId>,
    /// Ask so many questions [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    pub questions: Option<u32>,
    /// Ask nothing new once so many minutes are over
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub minutes: Option<u32>,
    /// Ask up to so many follow-ups for each question, 0 to 3 [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=3))]
    pub follow_ups: Option<u8>,
    /// Choose the same questions again for the same number
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Listen to this microphone (`viva devices` lists them) [env: VIVA_DEVICE]
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// End an answer after a pause, with a countdown that speaking cancels
    #[arg(long, conflicts_with_all = ["typed", "audio"])]
    pub hands_free: bool,
    /// Type the answers
    #[arg(long, conflicts_with = "audio")]
    pub typed: bool,
    /// Answer from this recording (repeat for several, in order)
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub audio: Vec<PathBuf>,
    /// Hear with this speech model: a name of `viva model list`, or a file [env: VIVA_MODEL]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Practise with this server instead of the one inside the program [env: VIVA_SERVER]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Do not read the questions aloud [env: VIVA_MUTE]
    #[arg(long)]
    pub mute: bool,
    /// Draw and colour nothing: for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long)]
    pub plain: bool,
    /// Print the finished session as one JSON document; everything else goes to standard error
    #[arg(long)]
    pub json: bool,
}

impl Practice {
    pub(super) fn layer(&self) -> Layer {
        Layer {
            device: self.device.clone(),
            model: self.model.clone(),
            server: self.server.clone(),
            mute: self.mute.then_some(true),
            plain: self.plain.then_some(true),
            ..Layer::default()
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  viva practice                                   five questions, out loud
  viva practice --topic ownership --topic borrowing --level mid
  viva practice --kind snippet --questions 3 --typed
  viva practice --minutes 20 --follow-ups 2 --hands-free
  viva practice --question ownership-why --audio answer.wav
  viva practice --seed 7 --json > session.json    typed answers by pipe, one a line";

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::arguments::{Arguments, Command};

    fn parse(arguments: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(format!("viva practice {arguments}").split_whitespace())
    }

    #[test]
    fn wishes_may_be_repeated() {
        let Command::Practice(practice) =
            parse("--topic ownership --topic borrowing --level mid --audio a.wav --audio b.wav").unwrap().command
        else {
            panic!("it is a practice round")
        };
        assert_eq!(practice.topic.len(), 2);
        assert_eq!(practice.audio.len(), 2);
        assert_eq!(practice.level.len(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for nonsense in [
            "--level expert",
            "--kind quiz",
            "--topic Ownership!",
            "--questions 0",
            "--follow-ups 4",
            "--typed --audio a.wav",
            "--typed --hands-free",
            "--question ownership-why --topic ownership",
            "--colour",
        ] {
            assert_eq!(parse(nonsense).unwrap_err().exit_code(), 2, "{nonsense}");
        }
    }

    #[test]
    fn the_data_folder_may_stand_before_and_after_the_command() {
        for arguments in ["viva --data /tmp/x practice", "viva practice --data /tmp/x"] {
            let arguments = Arguments::try_parse_from(arguments.split_whitespace()).unwrap();
            assert_eq!(arguments.layer().data.as_deref(), Some(std::path::Path::new("/tmp/x")));
        }
    }
}
