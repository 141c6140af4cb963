//! The terminal in the state that single keys need, and back.

use std::io::Write;
use std::sync::Once;

use crossterm::cursor::Show;
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// Holds the terminal: keys come one by one and are not shown. Dropping it gives the terminal back as it was, and so does a panic,
/// before it prints its message.
pub struct TerminalHold(());

impl TerminalHold {
    /// Takes hold of the terminal.
    ///
    /// # Errors
    /// When the terminal cannot be switched.
    pub fn take() -> std::io::Result<Self> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                Self::give_back();
                report(panic);
            }));
        });
        enable_raw_mode()?;
        let _a_terminal_without_it_works_too = execute!(std::io::stderr(), EnableBracketedPaste);
        Ok(Self(()))
    }

    /// Gives the terminal back, whoever holds it. For ways out that drop nothing.
    pub fn give_back() {
        let _ = disable_raw_mode();
        let _ = execute!(std::io::stderr(), DisableBracketedPaste, Show);
        let _ = std::io::stderr().flush();
    }
}

impl Drop for TerminalHold {
    fn drop(&mut self) {
        Self::give_back();
    }
}
