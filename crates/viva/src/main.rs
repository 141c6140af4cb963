//! Viva, the program: practise technical interviews out loud.
//!
//! Each command is a module of [`commands`]. `practice` runs a [`round`]: a client of the HTTP API like any other, whose server is
//! elsewhere or inside the program ([`interviewer`]). [`terminal`] is what people see and press, the [`outbox`] keeps answers until
//! the server has them, and [`settings`] configures it all.

mod arguments;
mod commands;
mod desktop;
mod download;
mod failure;
mod files;
mod formats;
mod hearing;
mod interview_date;
mod interviewer;
mod memory;
mod microphones;
mod outbox;
mod playback;
mod round;
mod settings;
mod signals;
mod speaker;
mod terminal;
mod turn_number;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

/// Limit for what still runs on other threads when the command is done.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // Files hold the user's answers, so they are private.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let arguments = Arguments::parse();
    start_logging(matches!(arguments.command, Command::Serve(_)));
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Runs the command on this thread, where short blocking file writes are harmless: server and connections run on the runtime's threads.
fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(commands::run(arguments));
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    result
}

/// Logs to standard error: a server at level `info`, other commands only what `VIVA_LOG` asks for, because logs would spoil the screen.
fn start_logging(is_server: bool) {
    let default = if is_server { "info" } else { "off" };
    let filter = std::env::var("VIVA_LOG").ok().filter(|filter| !filter.is_empty());
    let filter = EnvFilter::try_new(filter.as_deref().unwrap_or(default)).unwrap_or_else(|_| EnvFilter::new(default));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
}
