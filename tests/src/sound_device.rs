//! A sound device for machines without one: PulseAudio with a sink whose monitor is the microphone. What is played into it arrives
//! at the program bit for bit.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::Run;

/// A running sound server of its own, which ends when this is dropped.
pub struct SoundDevice {
    folder: tempfile::TempDir,
}

impl SoundDevice {
    /// Starts a sound server whose default source is the monitor of its only sink (48 kHz, one channel).
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let device = Self { folder };
        std::fs::create_dir_all(device.runtime().join("pulse")).unwrap_or_else(|error| panic!("{error}"));
        let sink = "module-null-sink sink_name=speaker format=s16le rate=48000 channels=1 channel_map=mono";
        let mut daemon = device.command("pulseaudio");
        daemon.env_remove("PULSE_SERVER");
        daemon.args(["-n", "--daemonize=yes", "--exit-idle-time=-1", "--use-pid-file=yes", "--disable-shm=yes"]);
        daemon.args(["--realtime=no", "--high-priority=no", "-L", "module-native-protocol-unix auth-anonymous=1"]);
        daemon.args(["-L", sink, "-L", "module-always-sink"]);
        succeed(daemon);
        for arguments in [["set-default-sink", "speaker"], ["set-default-source", "speaker.monitor"]] {
            let mut control = device.command("pactl");
            control.args(arguments);
            succeed(control);
        }
        device
    }

    /// The run, with this as its sound device.
    pub fn heard_by(&self, run: Run) -> Run {
        self.environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// A command with this as its sound device.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("HOME", self.folder.path()).envs(self.environment());
        command
    }

    /// Plays a recording to its end, in real time.
    pub fn play(&self, recording: &Path) {
        let mut player = self.command("paplay");
        player.arg(recording);
        succeed(player);
    }

    /// Waits until a program records from the device.
    pub fn wait_for_listener(&self) {
        let started = Instant::now();
        loop {
            let mut control = self.command("pactl");
            control.args(["list", "short", "source-outputs"]);
            let output = control.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("pactl: {error}"));
            if !output.stdout.is_empty() {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "nothing recorded from the device within 30 s");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn runtime(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    fn environment(&self) -> [(&'static str, OsString); 3] {
        let mut server = OsString::from("unix:");
        server.push(self.runtime().join("pulse/native"));
        [("PULSE_SERVER", server), ("XDG_RUNTIME_DIR", self.runtime().into()), ("PULSE_LATENCY_MSEC", "30".into())]
    }
}

#[track_caller]
fn succeed(mut command: Command) {
    let output =
        command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}; run `make setup`"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Drop for SoundDevice {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.runtime().join("pulse/pid")).unwrap_or_default();
        Command::new("kill").arg(pid.trim()).status().ok(); // It may have ended by itself.
    }
}
