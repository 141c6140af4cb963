//! The bank: all questions, validated as a whole.

mod fault;
mod fields;
mod parse;
mod question;
mod review;
mod rules;
mod snippet;
mod snippet_parse;
mod topics;

use std::collections::HashMap;

pub use fault::{Fault, Remark, SourceFile};
pub use parse::parse_question;
pub use question::{
    Anchors, Citation, GlossaryTerm, InvalidMonth, KeyPoint, Kind, Level, Misconception, Month, NoPrompt, Prompts,
    Question, Stage, TimeLimit, Weight, alternatives, spoken,
};
pub use review::review;
pub use snippet::{Edition, Language, Outcome, Proof, Snippet};
pub use topics::{Topic, Topics};

use crate::id::QuestionId;

/// All questions that can be asked, each id once, each topic known.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    questions: Vec<Question>,
    by_id: HashMap<QuestionId, usize>,
    topics: Topics,
}

/// The result of reading a bank: the valid questions, and every fault of the others.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The sound questions.
    pub bank: Bank,
    /// All faults at once, in the order of files and lines.
    pub faults: Vec<Fault>,
}

impl Bank {
    /// Reads the files of a bank: `topics.toml` files first, wherever they stand in the list, then one question a file. A file with a
    /// fault is left out and all its faults are reported; the rest of the bank still works.
    pub fn load(files: &[SourceFile]) -> Loaded {
        let (topics, mut faults) = Topics::load(files);
        let mut bank = Self { topics, ..Self::default() };
        let mut files: Vec<&SourceFile> = files.iter().filter(|file| !Topics::is_topics_file(file)).collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        for file in files {
            match parse_question(file, &bank.topics) {
                Ok(question) => bank.add(question, file, &mut faults),
                Err(found) => faults.extend(found),
            }
        }
        faults.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
        Loaded { bank, faults }
    }

    fn add(&mut self, question: Question, file: &SourceFile, faults: &mut Vec<Fault>) {
        if self.by_id.contains_key(&question.id) {
            let message = format!("there is already a question `{}`; ids are unique in the whole bank", question.id);
            faults.push(Fault::new(file, 1, message));
            return;
        }
        self.by_id.insert(question.id.clone(), self.questions.len());
        self.questions.push(question);
    }

    /// Every question, in the order of their files.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Every question, for tests that need one to be special.
    #[cfg(test)]
    pub(crate) fn questions_mut(&mut self) -> &mut [Question] {
        &mut self.questions
    }

    /// The question of that id, if there is one.
    pub fn question(&self, id: &QuestionId) -> Option<&Question> {
        self.by_id.get(id).map(|index| &self.questions[*index])
    }

    /// The topics that questions may name.
    pub fn topics(&self) -> &Topics {
        &self.topics
    }
}

#[cfg(test)]
mod tests;
