//! What the candidate prepares for: asked before the first round at a terminal, and again with `--setup`.

use api::view::standing;
use interview::bank::{Bank, Level};
use interview::selection::{Wishes, fitting};
use interview::wording::counted;
use server::question_files;

use crate::arguments::Practice;
use crate::failure::Failure;
use crate::interview_date;
use crate::settings::{Preparation, Settings};
use crate::terminal::{Choice, Editor, Entry, Terminal, Written, list_lines};

const WHEN: &str = "When is the interview? (e.g. 2026-12-20, in 3 weeks, Enter = no date)";
const HOW_LONG: &str = "How many minutes a day do you practise? (e.g. 20, Enter = no limit)";

/// Asks what the candidate prepares for, if it is time to. Returns the settings as they are then; `None` when the candidate quit.
pub(super) async fn ask(
    practice: &Practice,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<Option<Settings>, Failure> {
    if practice.setup && !terminal.is_attended() {
        let failure = Failure::misuse("--setup asks questions, which needs a terminal");
        return Err(failure.help("the table [practice] of the settings file has the same: see docs/config.toml"));
    }
    let is_first = settings.practice.is_none() && settings.file.is_some() && terminal.is_attended();
    let asks = practice.setup || (is_first && is_open(practice));
    if !asks {
        return Ok(Some(settings.clone()));
    }
    let bank = question_files::bank(settings.bank.as_deref())?.bank;
    match choose(&bank, terminal).await {
        Err(Left::Quit) => Ok(None),
        Err(Left::NotNow) => Ok(Some(settings.clone())),
        Ok(preparation) => {
            if let Err(failure) = settings.change_file(|document| preparation.write(document)) {
                terminal.warn(format!("This holds for this round only: {}", failure.message()));
            }
            Ok(Some(Settings { practice: Some(preparation), ..settings.clone() }))
        }
    }
}

/// What the candidate prepares for, as far as the command line does not say what to ask.
pub(super) fn defaults(practice: &Practice, prepared: Option<&Preparation>) -> Preparation {
    let Practice { subject, topic, level, tag, question, again, .. } = practice;
    let is_named = !(topic.is_empty() && tag.is_empty() && question.is_empty()) || again.is_some();
    let mut defaults = prepared.filter(|_| !is_named).cloned().unwrap_or_default();
    if !subject.is_empty() {
        defaults.subjects.clear();
    }
    if !level.is_empty() {
        defaults.levels.clear();
    }
    defaults
}

/// In words, such as `Go, Rust; senior level; 20 minutes a day`; empty for anything.
pub(super) fn in_words(preparation: &Preparation) -> String {
    let subjects = standing::subjects(&preparation.subjects);
    let levels = preparation.levels.iter().map(|level| level.as_str()).collect::<Vec<_>>().join(" or ");
    let levels = if levels.is_empty() { levels } else { levels + " level" };
    let mut words: Vec<String> = [subjects, levels].into_iter().filter(|words| !words.is_empty()).collect();
    if let Some(minutes) = preparation.minutes {
        let about = if words.is_empty() { "any subject, " } else { "" };
        words.push(format!("{about}{} a day", counted(minutes, "minute")));
    }
    words.join("; ")
}

/// Whether the command line leaves open what to ask and who answers.
fn is_open(practice: &Practice) -> bool {
    let Practice { subject, topic, level, kind, tag, question, again, audio, json, .. } = practice;
    let has_filter = !(subject.is_empty() && topic.is_empty() && level.is_empty() && kind.is_empty() && tag.is_empty());
    !(has_filter || *json || again.is_some()) && question.is_empty() && audio.is_empty()
}

/// How the candidate left the questions.
enum Left {
    NotNow,
    Quit,
}

async fn choose(bank: &Bank, terminal: &mut Terminal) -> Result<Preparation, Left> {
    let mut preparation = Preparation::default();
    loop {
        let subjects = subjects(bank, &preparation);
        let note = "Choose one or several. With none, rounds ask about everything.";
        match press(terminal, ("What are you preparing for?", note), &subjects, "go on").await? {
            Some(index) => toggle(&mut preparation.subjects, bank, index),
            None => break,
        }
    }
    let levels = levels(bank, &preparation.subjects);
    let entries: Vec<Entry> = levels.iter().map(|(level, questions)| entry(level.as_str(), *questions, None)).collect();
    let level =
        press(terminal, ("Which level?", "With Enter, rounds ask for any level."), &entries, "any level").await?;
    preparation.levels.extend(level.and_then(|index| levels.get(index)).map(|(level, _)| *level));
    preparation.interview = write(terminal, WHEN, interview_date::parse).await?;
    preparation.minutes = write(terminal, HOW_LONG, minutes).await?;
    Ok(preparation)
}

/// Asks for a text until it can be read; none for an empty one.
async fn write<T>(
    terminal: &mut Terminal,
    question: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Left> {
    let enter = if terminal.keyboard.has_keys() { "go on" } else { "on an empty line: go on" };
    let offers = [("Enter", enter), ("Esc", "not now")];
    let offers = if terminal.keyboard.has_keys() { &offers[..] } else { &offers[..1] };
    let mut editor = Editor::of("");
    loop {
        terminal.say(question);
        match terminal.write(&mut editor, offers).await {
            Written::Finished(text) if text.trim().is_empty() => return Ok(None),
            Written::Finished(text) => match read(&text) {
                Ok(value) => return Ok(Some(value)),
                Err(reason) => terminal.warn(format!("{reason}.")),
            },
            Written::Cancelled => return Err(Left::NotNow),
            Written::Interrupted(_) => return Err(Left::Quit),
        }
    }
}

fn minutes(text: &str) -> Result<u32, String> {
    let minutes = text.trim().parse().ok().filter(|minutes| (1..=600).contains(minutes));
    minutes.ok_or_else(|| "write a number of minutes from 1 to 600".to_owned())
}

fn toggle(chosen: &mut Vec<String>, bank: &Bank, index: usize) {
    let Some(subject) = bank.topics().subjects().into_iter().nth(index) else { return };
    match chosen.iter().position(|other| other == subject) {
        Some(position) => _ = chosen.remove(position),
        None => chosen.push(subject.to_owned()),
    }
}

fn subjects(bank: &Bank, preparation: &Preparation) -> Vec<Entry> {
    let entry_of = |subject: &str| {
        let of_subject = Wishes { subjects: vec![subject.to_owned()], ..Wishes::default() };
        let is_chosen = preparation.subjects.iter().any(|other| other == subject);
        entry(&standing::subject(subject), count(bank, &of_subject), Some(is_chosen))
    };
    bank.topics().subjects().into_iter().map(entry_of).collect()
}

/// The levels for which these subjects have questions, and how many.
fn levels(bank: &Bank, subjects: &[String]) -> Vec<(Level, usize)> {
    let with_count = |level| {
        let wishes = Wishes { subjects: subjects.to_vec(), levels: vec![level], ..Wishes::default() };
        (level, count(bank, &wishes))
    };
    Level::ALL.iter().copied().map(with_count).filter(|(_, questions)| *questions > 0).collect()
}

fn count(bank: &Bank, wishes: &Wishes) -> usize {
    fitting(bank, wishes).map_or(0, |questions| questions.len())
}

fn entry(name: &str, questions: usize, is_chosen: Option<bool>) -> Entry {
    Entry { name: name.to_owned(), questions: Some(questions), is_chosen }
}

/// Waits for a key of a list, and returns the place of its entry; none for Enter. Only the first nine entries have a key.
async fn press(
    terminal: &mut Terminal,
    (title, note): (&str, &str),
    entries: &[Entry],
    enter: &str,
) -> Result<Option<usize>, Left> {
    let leave = if terminal.keyboard.has_keys() { "Esc" } else { "n" };
    let keys = match entries.len().min(9) {
        1 => "1".to_owned(),
        last => format!("1-{last}"),
    };
    let offers = [(keys.as_str(), "choose"), ("Enter", enter), (leave, "not now")];
    match terminal.choose_below(|look| list_lines(title, note, entries, look), &offers, None).await {
        Choice::Letter('\n') => Ok(None),
        Choice::Letter(letter) => match letter.to_digit(10) {
            Some(digit) => Ok(Some((digit as usize).saturating_sub(1))),
            None => Err(Left::NotNow),
        },
        Choice::Interrupt | Choice::Nothing => Err(Left::Quit),
    }
}

#[cfg(test)]
mod tests {
    use interview::Question;

    use super::*;

    fn bank() -> Bank {
        question_files::bank(None).unwrap().bank
    }

    fn names(chosen: &[&str]) -> Vec<String> {
        chosen.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_key_chooses_a_subject_and_takes_the_choice_back() {
        let (bank, mut chosen) = (bank(), Vec::new());
        for index in [4, 3, 4, 99] {
            toggle(&mut chosen, &bank, index);
        }
        assert_eq!(chosen, ["go"]);
        let shown = subjects(&bank, &Preparation { subjects: chosen, ..Preparation::default() });
        let chosen: Vec<(&str, Option<bool>)> =
            shown.iter().map(|entry| (entry.name.as_str(), entry.is_chosen)).collect();
        let (yes, no) = (Some(true), Some(false));
        let expected =
            [("Backend", no), ("Behavioral", no), ("C++", no), ("Go", yes), ("Rust", no), ("System design", no)];
        assert_eq!(chosen, expected);
    }

    #[test]
    fn only_levels_that_have_questions_are_offered() {
        let bank = bank();
        let all = levels(&bank, &[]);
        assert_eq!(all.iter().map(|(_, questions)| questions).sum::<usize>(), bank.questions().len());
        for (level, _) in levels(&bank, &names(&["go"])) {
            let is_of_go = |question: &Question| question.topic.as_str().starts_with("go-") && question.level == level;
            assert!(bank.questions().iter().any(is_of_go), "{level}");
        }
    }

    #[test]
    fn what_the_command_line_asks_for_goes_before_what_is_prepared_for() {
        let prepared =
            Preparation { subjects: names(&["go", "rust"]), levels: vec![Level::Senior], ..Preparation::default() };
        let words = |practice: Practice| in_words(&defaults(&practice, Some(&prepared)));
        assert_eq!(words(Practice::default()), "Go, Rust; senior level");
        assert_eq!(words(Practice { subject: names(&["cpp"]), ..Practice::default() }), "senior level");
        assert_eq!(words(Practice { level: vec![Level::Mid], ..Practice::default() }), "Go, Rust");
        assert_eq!(words(Practice { topic: vec!["caching".parse().unwrap()], ..Practice::default() }), "");
        assert_eq!(words(Practice { again: Some("last".to_owned()), ..Practice::default() }), "");
    }
}
