//! A `tern` process: what it is given, what it says, how it ends. Nothing is waited for without a deadline.

use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a test waits for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A process that runs.
pub(crate) struct Running {
    child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    passed_over: Vec<Value>,
}

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The events on stdout.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.stdout.lines().map(event).collect()
    }

    /// The names of the events on stdout.
    pub(crate) fn names(&self) -> Vec<String> {
        let name = |event: Value| event["event"].as_str().unwrap().to_owned();
        self.events().into_iter().map(name).collect()
    }

    /// The first event with this name.
    pub(crate) fn event(&self, name: &str) -> Value {
        let found = self
            .events()
            .into_iter()
            .find(|event| event["event"] == name);
        found.unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }
}

/// Starts `tern` with these arguments and nothing of ours in its environment but `variables`.
pub(crate) fn start(args: &[&str], variables: &[(&str, &str)]) -> Running {
    start_with(args, variables, Stdio::piped())
}

/// Starts `tern` as [`start`] does, with a stdout that nobody reads until [`Running::read_from`].
pub(crate) fn start_unread(args: &[&str], variables: &[(&str, &str)]) -> (Running, PipeReader) {
    let (reader, writer) = std::io::pipe().unwrap();
    (start_with(args, variables, writer.into()), reader)
}

/// Starts `tern` as [`start`] does, with this stdout.
pub(crate) fn start_with(args: &[&str], variables: &[(&str, &str)], stdout: Stdio) -> Running {
    Running::spawn(command(args, variables), stdout)
}

/// Starts `tern` as [`start`] does, with this stdin.
pub(crate) fn start_reading(args: &[&str], variables: &[(&str, &str)], stdin: Stdio) -> Running {
    Running::spawn_reading(command(args, variables), stdin, Stdio::piped())
}

fn command(args: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tern"));
    command
        .args(args)
        .env_remove("TERN_DEVICE_SECRET")
        .env_remove("TERN_PASSWORD")
        .envs(variables.iter().copied());
    command
}

/// Runs `tern` to its end, with `input` on its stdin.
pub(crate) fn run_with(args: &[&str], variables: &[(&str, &str)], input: &[u8]) -> Ended {
    let mut running = start(args, variables);
    let mut stdin = running.stdin.take().unwrap();
    // It may end without having read it.
    let _ = stdin.write_all(input);
    drop(stdin);
    running.end()
}

/// Runs `tern` to its end.
pub(crate) fn run(args: &[&str]) -> Ended {
    run_with(args, &[], b"")
}

impl Running {
    /// Starts a command that becomes `tern`.
    pub(crate) fn spawn(command: Command, stdout: Stdio) -> Self {
        Self::spawn_reading(command, Stdio::piped(), stdout)
    }

    fn spawn_reading(mut command: Command, stdin: Stdio, stdout: Stdio) -> Self {
        command.stdin(stdin).stdout(stdout).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map_or_else(|| channel().1, lines_of),
            stderr: lines_of(child.stderr.take().unwrap()),
            child,
            passed_over: Vec::new(),
        }
    }

    /// Its number in the system.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next event with this name.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        self.event_of(&[name])
    }

    /// The events that came before those that were waited for, since the last time.
    pub(crate) fn passed_over(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.passed_over)
    }

    /// The next event with one of these names.
    pub(crate) fn event_of(&mut self, names: &[&str]) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.stdout.recv_timeout(left) {
                Ok(line) => {
                    let event = event(&line);
                    if names.iter().any(|name| event["event"] == *name) {
                        return event;
                    }
                    self.passed_over.push(event);
                    others.push(line);
                }
                Err(error) => self.give_up(&format!("no {names:?} ({error}) after {others:?}")),
            }
        }
    }

    /// The next line on stderr that holds this.
    pub(crate) fn says(&mut self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.stderr.recv_timeout(left) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => others.push(line),
                Err(error) => self.give_up(&format!("not {words:?} ({error}), but {others:?}")),
            }
        }
    }

    /// Reads its stdout from now on.
    pub(crate) fn read_from(&mut self, stdout: PipeReader) {
        self.stdout = lines_of(stdout);
    }

    /// Writes to its stdin.
    pub(crate) fn write(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
    }

    /// Sends it SIGTERM and waits for its end.
    pub(crate) fn stop(self) -> Ended {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").arg(&id).status().unwrap();
        assert!(sent.success());
        self.end()
    }

    /// Sends it SIGTERM again and again until it has ended.
    pub(crate) fn insist(self) -> Ended {
        let id = self.child.id().to_string();
        let moment = Duration::from_millis(20);
        while self.stdout.recv_timeout(moment) != Err(RecvTimeoutError::Disconnected) {
            // It may end in between, and is not there any more then.
            let _ = Command::new("kill").arg(&id).stderr(Stdio::null()).status();
        }
        self.end()
    }

    /// Ends it at once, wherever it is; what it had printed by then.
    pub(crate) fn kill(mut self) -> Vec<Value> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // To the pipe's end. A line that was cut off was not told.
        let lines: Vec<String> = self.stdout.iter().collect();
        let events = lines.iter().map(|line| serde_json::from_str(line));
        events.filter_map(Result::ok).collect()
    }

    /// Stops reading its stdout: the pipe is closed.
    pub(crate) fn close_stdout(&mut self) {
        // The thread that reads ends at the next line, and the pipe with it.
        self.stdout = channel().1;
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        self.stdin = None;
        let stdout = self.rest_of(false);
        let stderr = self.rest_of(true);
        let status = self
            .child
            .wait()
            .unwrap()
            .code()
            .expect("no signal ended it");
        Ended {
            status,
            stdout,
            stderr,
        }
    }

    fn rest_of(&mut self, stderr: bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut rest = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let lines = if stderr { &self.stderr } else { &self.stdout };
            match lines.recv_timeout(left) {
                Ok(line) => {
                    rest.push_str(&line);
                    rest.push('\n');
                }
                Err(RecvTimeoutError::Disconnected) => return rest,
                Err(RecvTimeoutError::Timeout) => self.give_up(&format!("it goes on: {rest}")),
            }
        }
    }

    fn give_up(&mut self, why: &str) -> ! {
        let _ = self.child.kill();
        let words: Vec<String> = self.stderr.try_iter().collect();
        panic!("{why}; stderr: {words:?}");
    }
}

fn event(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// The lines of a pipe, read until it ends or nobody takes them.
fn lines_of(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n') {
            let line = String::from_utf8_lossy(&line.unwrap()).into_owned();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
