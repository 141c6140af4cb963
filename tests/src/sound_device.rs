//! A sound device for machines without one: PulseAudio with a sink whose monitor is the microphone. What is played into it is what
//! the program hears, bit for bit.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::Run;

/// A running sound server of its own. Ended when it goes out of scope.
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
        daemon.args(["-n", "--daemonize=yes", "--exit-idle-time=-1", "--use-pid-file=yes", "--disable-shm=yes"]);
        daemon.args(["--realtime=no", "--high-priority=no", "-L", "module-native-protocol-unix auth-anonymous=1"]);
        daemon.args(["-L", sink, "-L", "module-always-sink"]);
        device.succeed(daemon);
        for arguments in [["set-default-sink", "speaker"], ["set-default-source", "speaker.monitor"]] {
            let mut control = device.command("pactl");
            control.args(arguments);
            device.succeed(control);
        }
        device
    }

    /// The run, with this as its sound device.
    pub fn heard_by(&self, run: Run) -> Run {
        self.environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// Plays a recording to its end, at its own speed.
    pub fn play(&self, recording: &Path) {
        let mut player = self.command("paplay");
        player.arg(recording);
        self.succeed(player);
    }

    /// Waits until something records from the device.
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

    fn environment(&self) -> Vec<(&'static str, OsString)> {
        let socket = self.runtime().join("pulse/native");
        let mut server = OsString::from("unix:");
        server.push(socket);
        vec![("PULSE_SERVER", server), ("XDG_RUNTIME_DIR", self.runtime().into()), ("PULSE_LATENCY_MSEC", "30".into())]
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("HOME", self.folder.path()).envs(self.environment());
        if program == "pulseaudio" {
            command.env_remove("PULSE_SERVER");
        }
        command
    }

    #[track_caller]
    fn succeed(&self, mut command: Command) {
        let output = command
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("{command:?}: {error}; run `make setup`"));
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for SoundDevice {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.runtime().join("pulse/pid")).unwrap_or_default();
        let _it_may_have_ended_by_itself = Command::new("kill").arg(pid.trim()).status();
    }
}
