//! Data sets as files and folders: lines of JSON, and whole answers with a reader's marks beside them.
//!
//! Whole answers stand at `SUBJECT/VOICE/QUESTION.txt`, one section a label, and the marks at `SUBJECT/VOICE/QUESTION.marks`, one line a
//! label.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use interview::QuestionId;
use interview::bank::Bank;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as UnknownLabel;

use crate::dataset::{BrokenLine, Dataset, Expectation, Item, Label, LabelledQuestion, ReaderMarks, subject_of};

/// The largest file that is read, in bytes.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// The deepest folder that is looked into, counted from the one that is given.
const DEEPEST_FOLDER: usize = 8;

/// A data set that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the dataset {}", path.display())]
pub struct Unreadable {
    path: PathBuf,
    source: io::Error,
}

impl Dataset {
    /// Reads a file of JSON lines, or all `.jsonl` and `.txt` files of a folder: the latter are whole answers.
    ///
    /// # Errors
    /// When a file or folder cannot be read or is too large. What is wrong inside of files is in `broken_lines`.
    pub fn read(path: &Path, bank: &Bank) -> Result<Self, Unreadable> {
        let unreadable = |source| Unreadable { path: path.to_owned(), source };
        let mut dataset = Self::default();
        if !path.is_dir() {
            dataset.add_lines(&text(File::open(path).map_err(unreadable)?).map_err(unreadable)?, None, bank);
            return Ok(dataset);
        }
        // Voice and subject are names of folders, also when the folder given is one of theirs.
        let folder = path.canonicalize().map_err(unreadable)?;
        for path in files_below(&folder, 0)? {
            let unreadable = |source| Unreadable { path: path.clone(), source };
            let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
            let text = text(File::open(&path).map_err(unreadable)?).map_err(unreadable)?;
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                dataset.add_lines(&text, Some(&name), bank);
            } else {
                let mut file = WholeAnswers { path: &path, name, bank, dataset: &mut dataset };
                file.add(&text);
                let marks = path.with_extension("marks");
                match File::open(&marks).and_then(self::text) {
                    Ok(text) => file.add_marks(&text),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(source) => return Err(Unreadable { path: marks, source }),
                }
            }
        }
        Ok(dataset)
    }
}

/// Reads a whole file or stream of limited size. What is not UTF-8 is replaced, so that a bad line is still reported by its number.
pub fn text(source: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    if source.take(LARGEST_FILE + 1).read_to_end(&mut bytes)? as u64 > LARGEST_FILE {
        return Err(io::Error::other(format!("it is larger than {} MiB", LARGEST_FILE >> 20)));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn files_below(folder: &Path, depth: usize) -> Result<Vec<PathBuf>, Unreadable> {
    let unreadable = |source| Unreadable { path: folder.to_owned(), source };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let mut files = Vec::new();
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type().map_err(unreadable)?);
        if kind.is_dir() && depth < DEEPEST_FOLDER {
            files.extend(files_below(&path, depth + 1)?);
        } else if path.extension().is_some_and(|extension| extension == "jsonl" || extension == "txt") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A file of whole answers on its way into a data set.
struct WholeAnswers<'a> {
    path: &'a Path,
    /// The file's name for people.
    name: String,
    bank: &'a Bank,
    dataset: &'a mut Dataset,
}

impl WholeAnswers<'_> {
    fn add(&mut self, text: &str) {
        let question = match self.stem().parse::<QuestionId>() {
            Ok(question) => question,
            Err(invalid) => return self.broken(&self.name.clone(), 1, invalid.to_string()),
        };
        let mut sections: Vec<(usize, &str, Vec<&str>)> = Vec::new();
        for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
            if let Some(label) = line.strip_prefix("## ") {
                sections.push((number, label.trim(), Vec::new()));
            } else if let Some((_, _, lines)) = sections.last_mut() {
                lines.extend(Some(line).filter(|line| !line.is_empty()));
            }
        }
        for (number, name, lines) in sections {
            let label = match label(name) {
                Ok(label) if lines.is_empty() => Err(format!("the {} answer is empty", label.as_str())),
                Ok(label) if self.item(label).is_some() => Err(format!("there are two {} answers", label.as_str())),
                label => label,
            };
            match label {
                Ok(label) => self.push(&question, label, lines.join(" ")),
                Err(reason) => self.broken(&self.name.clone(), number, reason),
            }
        }
    }

    /// Adds marks to the answers that were added before.
    fn add_marks(&mut self, text: &str) {
        let name = Path::new(&self.name).with_extension("marks").display().to_string();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            if let Err(reason) = self.mark(line) {
                self.broken(&name, number + 1, reason);
            }
        }
    }

    fn mark(&mut self, line: &str) -> Result<(), String> {
        let mut words = line.split_whitespace();
        let label = label(words.next().unwrap_or_default())?;
        let mut list = |key: &str| {
            let word = words.next().and_then(|word| word.strip_prefix(key)?.strip_prefix('='));
            let ids = word.ok_or_else(|| format!("`{key}=` is missing: `strong hit=ID,ID half= stated=ID`"))?;
            Ok::<Vec<String>, String>(ids.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect())
        };
        let marks = ReaderMarks { hit: list("hit")?, half: list("half")?, stated: list("stated")? };
        if let Some(more) = words.next() {
            return Err(format!("`{more}` is too much: ids are separated by commas alone"));
        }
        let bank = self.bank;
        let item = self.item(label).ok_or_else(|| format!("there is no {} answer", label.as_str()))?;
        if item.marks.is_some() {
            return Err(format!("the {} answer is marked twice", label.as_str()));
        }
        if let Ok(question) = item.named_question(bank) {
            marks.check(&question)?;
        }
        item.marks = Some(marks);
        Ok(())
    }

    fn push(&mut self, question: &QuestionId, label: Label, answer: String) {
        let item = Item {
            id: self.id(label),
            question: LabelledQuestion::Bank(question.clone()),
            answer,
            label: Some(label),
            score: None,
            group: Some(self.group()),
            voice: Some(self.folder(1).to_owned()),
            subject: subject_of(question, self.bank).or_else(|| Some(self.folder(2).to_owned())),
            expect: Expectation::default(),
            marks: None,
        };
        self.dataset.items.push(item);
    }

    fn item(&mut self, label: Label) -> Option<&mut Item> {
        let id = self.id(label);
        self.dataset.items.iter_mut().rev().take(Label::ALL.len()).find(|item| item.id == id)
    }

    fn broken(&mut self, file: &str, line: usize, reason: String) {
        self.dataset.broken_lines.push(BrokenLine { file: Some(file.to_owned()), line, reason });
    }

    fn id(&self, label: Label) -> String {
        format!("{}/{}", self.group(), label.as_str())
    }

    /// The answers of one voice to one question.
    fn group(&self) -> String {
        format!("{}/{}/{}", self.folder(2), self.folder(1), self.stem())
    }

    fn stem(&self) -> &str {
        self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }

    /// The name of the folder this many levels up.
    fn folder(&self, level: usize) -> &str {
        self.path.ancestors().nth(level).and_then(|folder| folder.file_name()?.to_str()).unwrap_or_default()
    }
}

fn label(name: &str) -> Result<Label, String> {
    Label::deserialize(name.into_deserializer()).map_err(|error: UnknownLabel| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: &str = "# some-id\n## strong\nright\nand complete\n\n## twisted\nturned round\n## odd\nx\n## wrong\n## twisted\nagain\n";

    /// Reads a folder with these files.
    fn read(files: &[(&str, &str)]) -> Dataset {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Dataset::read(folder.path(), &Bank::default()).unwrap()
    }

    #[test]
    fn whole_answers_have_their_labels_from_sections_and_their_voice_from_the_folder() {
        let dataset = read(&[("go/ann/some-id.txt", ANSWERS), ("go/README.md", "no answers")]);
        let shown =
            |item: &Item| format!("{} {:?} {} {:?} {:?}", item.id, item.answer, item.group(), item.voice, item.subject);
        assert_eq!(
            dataset.items.iter().map(shown).collect::<Vec<_>>(),
            [
                r#"go/ann/some-id/strong "right and complete" go/ann/some-id Some("ann") Some("go")"#,
                r#"go/ann/some-id/twisted "turned round" go/ann/some-id Some("ann") Some("go")"#,
            ]
        );
        let broken: Vec<String> = dataset.broken_lines.iter().map(ToString::to_string).collect();
        assert!(broken[0].starts_with("go/ann/some-id.txt line 8 skipped: unknown variant `odd`"), "{broken:?}");
        assert_eq!(broken[1], "go/ann/some-id.txt line 10 skipped: the wrong answer is empty");
        assert_eq!(broken[2], "go/ann/some-id.txt line 11 skipped: there are two twisted answers");
    }

    #[test]
    fn marks_stand_beside_the_answers_and_a_bad_line_leaves_its_answer_unmarked() {
        let marks =
            "strong hit=a,b half= stated=\ntwisted hit=a half=\nwrong hit= half= stated=\nstrong hit= half= stated=\n";
        let dataset = read(&[("go/ann/some-id.txt", ANSWERS), ("go/ann/some-id.marks", marks)]);
        let hit = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(dataset.items[0].marks, Some(ReaderMarks { hit, ..ReaderMarks::default() }));
        assert_eq!(dataset.items[1].marks, None);
        let broken: Vec<String> = dataset.broken_lines.iter().skip(3).map(ToString::to_string).collect();
        assert_eq!(
            broken,
            [
                "go/ann/some-id.marks line 2 skipped: `stated=` is missing: `strong hit=ID,ID half= stated=ID`",
                "go/ann/some-id.marks line 3 skipped: there is no wrong answer",
                "go/ann/some-id.marks line 4 skipped: the strong answer is marked twice",
            ]
        );
    }

    #[test]
    fn folders_may_hold_files_of_lines_too() {
        let line = "{\"id\": \"a\", \"question\": \"some-id\", \"answer\": \"x\"}\n{\n";
        let dataset = read(&[("more/lines.jsonl", line), ("go/ann/some-id.txt", "## strong\nx")]);
        assert_eq!(
            dataset.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(),
            ["go/ann/some-id/strong", "a"]
        );
        assert!(dataset.broken_lines[0].to_string().starts_with("more/lines.jsonl line 2 skipped: EOF"));
    }
}
