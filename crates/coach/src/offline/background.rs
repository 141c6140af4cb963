//! What the offline coach knows of the bank as a whole.

use std::sync::{Arc, OnceLock};

use interview::Question;

use super::likeness::Library;
use super::rarity::Rarity;

/// Word rarity, computed in the background so that a program starts at once, and the bank's claims, prepared when the first question needs
/// them.
pub(crate) struct Background(Arc<Bank>);

struct Bank {
    questions: Vec<Question>,
    rarity: OnceLock<Rarity>,
    library: OnceLock<Library>,
}

impl Background {
    /// Starts the background computation.
    pub(crate) fn of(questions: &[Question]) -> Self {
        let bank = Bank { questions: questions.to_vec(), rarity: OnceLock::new(), library: OnceLock::new() };
        let bank = Arc::new(bank);
        let worker = Arc::clone(&bank);
        // The thread ends by itself. Whoever needs the result before it is there waits for it.
        std::thread::spawn(move || worker.rarity().claims());
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
