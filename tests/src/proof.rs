//! Compiles and runs code of the bank, and compares the result with what the bank says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use interview::bank::{Language, Outcome};

use crate::program::{collect, collected};

/// How long a program may run.
const RUN_LIMIT: Duration = Duration::from_secs(20);

/// A program that hangs must still be running after this time.
const HANG_WATCH: Duration = Duration::from_secs(2);

/// A program and the folder it is built in.
pub struct Program<'c> {
    /// Its language.
    pub language: Language,
    /// Its text.
    pub code: &'c str,
    /// An empty folder for the compiler's files.
    pub folder: PathBuf,
}

impl Program<'_> {
    /// Checks the outcome; the error says what was seen instead.
    pub fn shows(&self, outcome: &Outcome) -> Result<(), String> {
        let compiled = self.compile()?;
        let said = String::from_utf8_lossy(&compiled.stderr).into_owned();
        match outcome {
            Outcome::DoesNotCompile { code, message, line } => {
                if compiled.status.success() {
                    return Err("it compiles".into());
                }
                expect(self.refused_as_said(&said, code.as_deref(), message.as_deref(), *line), &said)
            }
            _ if !compiled.status.success() => Err(format!("it does not compile:\n{said}")),
            Outcome::Warns { message } => {
                let said = if self.language == Language::Go { self.vet()? } else { said };
                expect(said.contains(message), &said)
            }
            Outcome::Compiles => Ok(()),
            Outcome::Prints { output } => {
                let run = self.run(RUN_LIMIT)?.ok_or("it does not end")?;
                expect(run.success && &run.output == output, &run.said())
            }
            Outcome::Panics { message } => {
                let run = self.run(RUN_LIMIT)?.ok_or("it does not end")?;
                expect(!run.success && run.errors.contains(message), &run.said())
            }
            Outcome::Hangs => match self.run(HANG_WATCH)? {
                None => Ok(()),
                Some(run) => Err(format!("it ends: {}", run.said())),
            },
        }
    }

    /// Checks that the program compiles and, if it has a `main`, exits with status 0.
    pub fn works(&self) -> Result<(), String> {
        self.shows(&Outcome::Compiles)?;
        if !self.has_main() {
            return Ok(());
        }
        let run = self.run(RUN_LIMIT)?.ok_or("it does not end")?;
        expect(run.success, &run.said())
    }

    fn has_main(&self) -> bool {
        let main = match self.language {
            Language::Rust(_) => "fn main(",
            Language::Go => "func main(",
            Language::Cpp => "int main(",
        };
        self.code.contains(main)
    }

    fn compile(&self) -> Result<Output, String> {
        let mut command = match self.language {
            Language::Rust(edition) => {
                let mut rustc = Command::new("rustc");
                let kind = if self.has_main() { "bin" } else { "lib" };
                rustc.args(["--edition", edition.as_str(), "--crate-type", kind, "--crate-name", "snippet"]);
                rustc.args(["--error-format=short", "-Coverflow-checks=on", "-Cdebuginfo=0", "-o", "out", "code.rs"]);
                rustc
            }
            Language::Go => {
                self.write("go.mod", "module snippet\n\ngo 1.19\n")?;
                let mut go = Command::new("go");
                go.args(["build", "-o", "out", "."]).env("GOFLAGS", "-mod=mod").env("GOPROXY", "off");
                go
            }
            Language::Cpp => {
                let mut cpp = Command::new("g++");
                cpp.args(["-std=c++20", "-Wall", "-Wextra", "-O1", "-pthread", "-o", "out", "code.cpp"]);
                if !self.has_main() {
                    cpp.arg("-c");
                }
                cpp
            }
        };
        self.write(self.file_name(), self.code)?;
        command.current_dir(&self.folder).stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))
    }

    fn file_name(&self) -> &'static str {
        match self.language {
            Language::Rust(_) => "code.rs",
            Language::Go => "code.go",
            Language::Cpp => "code.cpp",
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        fs::write(self.folder.join(name), text).map_err(|error| error.to_string())
    }

    fn vet(&self) -> Result<String, String> {
        let vet = Command::new("go").args(["vet", "."]).current_dir(&self.folder).output();
        vet.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).map_err(|error| error.to_string())
    }

    /// Whether an error stands on that line, with that code; a message may run over several lines.
    fn refused_as_said(&self, said: &str, code: Option<&str>, message: Option<&str>, line: u32) -> bool {
        let place = format!("{}:{line}:", self.file_name());
        let code = code.map(|code| format!("error[{code}]"));
        said.match_indices(&place).any(|(start, _)| {
            let from_there = &said[start..];
            let first_line = from_there.lines().next().unwrap_or_default();
            code.as_ref().is_none_or(|code| first_line.contains(code))
                && message.is_none_or(|message| from_there.contains(message))
        })
    }

    /// Runs the built program; `None` when it is still running after `limit`, and then it is killed.
    fn run(&self, limit: Duration) -> Result<Option<Run>, String> {
        let mut child = Command::new(self.folder.join("out"))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take().map(collect);
        let errors = child.stderr.take().map(collect);
        let started = Instant::now();
        loop {
            if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
                let (output, errors) = (collected(output), collected(errors));
                return Ok(Some(Run { success: status.success(), output, errors }));
            }
            if started.elapsed() > limit {
                child.kill().and_then(|()| child.wait()).map_err(|error| error.to_string())?;
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What a program did.
struct Run {
    success: bool,
    output: String,
    errors: String,
}

impl Run {
    fn said(&self) -> String {
        let said = format!("it {}, printed {:?}", if self.success { "succeeds" } else { "fails" }, self.output);
        said + &format!(" and printed {:?} to standard error", self.errors)
    }
}

fn expect(holds: bool, seen: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("the tools say otherwise:\n{seen}")) }
}

/// Whether a tool can be started at all.
pub fn is_installed(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| Path::new(&folder).join(tool).is_file())
}
