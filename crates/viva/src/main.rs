//! Viva, the program: practise technical interviews out loud.
//!
//! Every command is a module of [`commands`]. `practice` is a [`round`]: a client of the HTTP API like any other, whose server runs
//! elsewhere or inside the program ([`interviewer`]). What people see is made in [`terminal`], what they said is kept in the
//! [`outbox`] until the server has it, and [`settings`] says how the program is set up.

mod arguments;
mod browser;
mod commands;
mod failure;
mod hearing;
mod interviewer;
mod microphones;
mod offer;
mod outbox;
mod round;
mod settings;
mod signals;
mod speaker;
mod terminal;
#[cfg(test)]
mod testing;
mod turn_number;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

/// What still runs on other threads when the command is over gets this long to end.
const FAREWELL: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    // Whatever this program writes, nobody else may read: it is what somebody answered.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let arguments = Arguments::parse();
    write_logs(matches!(arguments.command, Command::Serve(_)));
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Runs the command on this thread. Brief file writes there hold up nobody: the server and all connections are on the runtime's own.
fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(commands::run(arguments));
    runtime.shutdown_timeout(FAREWELL);
    done
}

/// Logs go to standard error. A server logs what it does; everything else only what `VIVA_LOG` asks for, because logs would spoil the
/// screen.
fn write_logs(is_server: bool) {
    let by_default = if is_server { "info" } else { "off" };
    let filter = std::env::var("VIVA_LOG").ok().filter(|filter| !filter.is_empty());
    let filter =
        EnvFilter::try_new(filter.as_deref().unwrap_or(by_default)).unwrap_or_else(|_| EnvFilter::new(by_default));
    let in_colour =
        std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(in_colour).with_writer(std::io::stderr);
    // There is no other subscriber in this program, so this cannot fail.
    let _ = logs.try_init();
}
