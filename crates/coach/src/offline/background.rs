//! What the offline coach knows of the bank as a whole.

use std::sync::{Arc, OnceLock};

use interview::Question;

use super::likeness::Library;
use super::rarity::Rarity;

/// Word rarity, found out on a thread of its own, because a program that has just been started should not wait for it before anybody
/// has said a word; and the bank's claims, prepared when the first question needs them.
pub(crate) struct Background(Arc<Bank>);

struct Bank {
    questions: Vec<Question>,
    rarity: OnceLock<Rarity>,
    library: OnceLock<Library>,
}

impl Background {
    /// Begins to find out.
    pub(crate) fn of(questions: &[Question]) -> Self {
        let bank = Bank { questions: questions.to_vec(), rarity: OnceLock::new(), library: OnceLock::new() };
        let bank = Arc::new(bank);
        let worker = Arc::clone(&bank);
        // The thread ends by itself; whoever needs the result earlier finds it out, or waits for the one who is doing so.
        let _runs_on = std::thread::spawn(move || worker.rarity().claims());
        Self(bank)
    }

    /// How rare words are among the bank's claims.
    pub(crate) fn rarity(&self) -> &Rarity {
        self.0.rarity()
    }

    /// The bank's claims, to look up those that are like another.
    pub(crate) fn library(&self) -> &Library {
        self.0.library.get_or_init(|| Library::of(&self.0.questions, self.0.rarity()))
    }
}

impl Bank {
    fn rarity(&self) -> &Rarity {
        self.rarity.get_or_init(|| Rarity::of(&self.questions))
    }
}
