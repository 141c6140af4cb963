//! Runs the real program in a home folder of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use crate::workspace;

/// The limit of one run; a run that takes longer is killed and fails its test.
const LIMIT: Duration = Duration::from_secs(280);

/// The program under test: the one that `VIVA_BINARY` names, the one that this test run has built, or else built now.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| match std::env::var_os("VIVA_BINARY") {
        Some(named) => PathBuf::from(named),
        None => built_with_the_tests().unwrap_or_else(build),
    })
}

/// The program beside the running test, if it is newer than its sources. A run of all the workspace's tests builds it; a `cargo build`
/// after that would compile most dependencies again, because it unifies their features without those of the tests.
fn built_with_the_tests() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?.parent()?.parent()?.join("viva");
    let built = program.metadata().and_then(|metadata| metadata.modified()).ok()?;
    let sources = ["Cargo.lock", "crates", "prompts", "questions"];
    sources.iter().all(|source| is_older(&workspace::root().join(source), built)).then_some(program)
}

/// Whether everything at `path` is older than `time`, tests left out.
fn is_older(path: &Path, time: SystemTime) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    if ["tests", "tests.rs", "testing.rs", "benches"].contains(&name) {
        return true;
    }
    match std::fs::read_dir(path) {
        Ok(mut entries) => entries.all(|entry| entry.is_ok_and(|entry| is_older(&entry.path(), time))),
        Err(_) => path.metadata().and_then(|metadata| metadata.modified()).is_ok_and(|modified| modified <= time),
    }
}

fn build() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--workspace", "--bins", "--message-format", "json-render-diagnostics"])
        .current_dir(workspace::root())
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("cargo could not be started: {error}"));
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "viva")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .unwrap_or_else(|| panic!("cargo built no program called viva"))
}

/// The whisper model that knows the words of the test recordings.
pub fn test_model() -> PathBuf {
    workspace::fixture("speech/ggml-espeak-closed.en.bin")
}

/// A home folder in which the program is run, apart from that of the user who runs the tests.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// A home in which Viva was never run.
    pub fn unmarked() -> Self {
        Self { folder: tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}")) }
    }

    /// An empty home, in which it makes no difference whether a language model runs on this machine, and the microphone was tried.
    pub fn empty() -> Self {
        let home = Self::unmarked();
        let settings = home.path().join(".config/viva");
        let made = std::fs::create_dir_all(&settings).and_then(|()| {
            ["judge-offered", "microphone-checked"].iter().try_for_each(|done| std::fs::write(settings.join(done), ""))
        });
        made.unwrap_or_else(|error| panic!("no folder for settings: {error}"));
        home
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the program keeps its data in this home.
    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// A run of the program in this home, in a minimal environment without a sound device.
    pub fn viva<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = Command::new(binary());
        command.args(arguments).env_clear().current_dir(self.path());
        command.env("HOME", self.path()).env("VIVA_DATA", self.data()).env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        Run { command, input: None }
    }

    /// The server of this home, about to be started.
    pub fn server(&self) -> Run {
        self.viva(["serve", "--bind", "127.0.0.1:0"])
    }

    /// The server of this home, started and ready.
    pub fn serve(&self) -> Server {
        self.server().serve()
    }
}

/// One run of the program, about to be started.
pub struct Run {
    command: Command,
    input: Option<Vec<u8>>,
}

impl Run {
    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets up a language model, whose server is at `base_url`, as its coach.
    pub fn judged_by_model_at(self, base_url: &str) -> Self {
        let run = self.env("VIVA_LLM_PRESET", "custom").env("VIVA_LLM_MODEL", "a-model");
        run.env("VIVA_LLM_BASE_URL", base_url).env("VIVA_LLM_CONCURRENCY", "4")
    }

    /// The command that runs it at a terminal of 100 columns and 40 rows, without colours.
    pub fn at_terminal(self) -> Command {
        self.at_terminal_of(100, 40)
    }

    /// The same at a terminal of another size.
    pub fn at_terminal_of(self, columns: u16, rows: u16) -> Command {
        let mut shell = Command::new("sh");
        let script = format!("stty cols {columns} rows {rows}; exec \"$0\" \"$@\"");
        shell.args(["-c", &script]).arg(self.command.get_program());
        shell.args(self.command.get_args()).env_clear().env("TERM", "xterm-256color").env("NO_COLOR", "1");
        shell.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.current_dir(self.command.get_current_dir().unwrap_or(Path::new(".")));
        shell
    }

    /// Sets its standard input, which is empty otherwise.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Starts it and leaves it running.
    pub fn spawn(mut self) -> Running {
        self.command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), self.input) {
            // The program may end before it has read everything.
            std::thread::spawn(move || stdin.write_all(&input).ok());
        }
        let output = child.stdout.take().map(collect);
        let errors = child.stderr.take().map(collect);
        Running { child, output, errors }
    }

    /// Starts it as a server and waits until it is ready.
    pub fn serve(self) -> Server {
        Server::start(self.command)
    }

    /// Runs it to its end.
    pub fn finish(self) -> Finished {
        self.spawn().finish()
    }
}

/// Reads a stream to its end on a thread of its own.
pub(crate) fn collect(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).ok();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What was read, once the stream has ended.
pub(crate) fn collected(reader: Option<JoinHandle<String>>) -> String {
    reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
}

/// A run that has not ended yet.
pub struct Running {
    child: Child,
    output: Option<JoinHandle<String>>,
    errors: Option<JoinHandle<String>>,
}

impl Running {
    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, such as `INT`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([format!("-{name}"), self.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name} failed");
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Finished {
        let started = Instant::now();
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if started.elapsed() < LIMIT => std::thread::sleep(Duration::from_millis(10)),
                Ok(None) => {
                    self.child.kill().ok();
                    panic!("the program is still running after {LIMIT:?}");
                }
                Err(error) => panic!("waiting for the program failed: {error}"),
            }
        };
        Finished { status, output: collected(self.output.take()), errors: collected(self.errors.take()) }
    }
}

/// A run that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub errors: String,
}

impl Finished {
    /// Requires exit status 0.
    #[track_caller]
    pub fn success(self) -> Self {
        assert!(self.status.success(), "{}\n{}\n{}", self.status, self.output, self.errors);
        self
    }

    /// Requires this exit status.
    #[track_caller]
    pub fn fails_with(self, code: i32) -> Self {
        assert_eq!(self.status.code(), Some(code), "{}\n{}", self.output, self.errors);
        self
    }

    /// Its standard output as one JSON document.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.output, self.errors))
    }
}

/// A running server, killed when dropped.
pub struct Server {
    child: Child,
    errors: Option<JoinHandle<String>>,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub url: String,
}

impl Server {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = child.stdout.take().unwrap_or_else(|| unreachable!("standard output is piped"));
        let errors = child.stderr.take().map(collect);
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        assert!(read.is_ok_and(|bytes| bytes > 0), "the server ended before it said where it listens");
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no address in {line:?}")).trim_end_matches('/').to_owned();
        Self { child, url, errors }
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as service managers do (SIGTERM), waits for that, and returns its standard error.
    pub fn stop(self) -> String {
        self.stop_by("TERM")
    }

    /// The same by another signal, such as `INT`.
    pub fn stop_by(mut self, signal: &str) -> String {
        let status = Command::new("kill").args([format!("-{signal}"), self.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{signal} failed");
        let ended = self.child.wait();
        let errors = collected(self.errors.take());
        assert!(ended.is_ok_and(|status| status.success()), "the server did not end well: {errors}");
        errors
    }

    /// Ends it at once, as a crash or a power cut would (kill -9).
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.child.kill().ok(); // It may have ended by itself.
        self.child.wait().ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
