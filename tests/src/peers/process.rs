//! A process: what it is given, what it says, how it ends. Nothing is waited for without a deadline, and it is gone when
//! the value is.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::thread;
use std::time::Instant;

use serde_json::Value;

use super::PATIENCE;

/// Lines that wait for the test at most, where a program is kept in step.
const WAITING: usize = 256;

/// A process that runs.
pub struct Process {
    child: Child,
    name: String,
    /// Taken by whoever writes to it from elsewhere; closed where the end is waited for.
    pub stdin: Option<ChildStdin>,
    stdout: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
}

/// A process that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// What it still had to say on stdout.
    pub stdout: String,
    /// The same on stderr.
    pub stderr: String,
}

impl Process {
    /// Starts it, with all three streams in the test's hands. What it says waits until the test asks for it.
    pub fn start(name: &str, command: &mut Command) -> Self {
        let (sender, lines) = channel();
        Self::with(name, command, move |line| sender.send(line).is_ok(), lines)
    }

    /// The same for one that is never far ahead of what the test has read of it: its stdout is full before.
    pub fn start_in_step(name: &str, command: &mut Command) -> Self {
        let (sender, lines) = sync_channel(WAITING);
        Self::with(name, command, move |line| sender.send(line).is_ok(), lines)
    }

    fn with(
        name: &str,
        command: &mut Command,
        tell: impl FnMut(Vec<u8>) -> bool + Send + 'static,
        stdout: Receiver<Vec<u8>>,
    ) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        read_lines(child.stdout.take().expect("it was asked to be piped"), tell);
        let (words, stderr) = channel();
        let said = child.stderr.take().expect("it was asked to be piped");
        read_lines(said, move |line| words.send(line).is_ok());
        Self {
            name: name.to_owned(),
            stdin: child.stdin.take(),
            stdout,
            stderr,
            child,
        }
    }

    /// The next line on stdout.
    pub fn line(&mut self) -> Vec<u8> {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(error) => self.give_up(&format!("no further line on stdout ({error})")),
        }
    }

    /// The next line on stdout that begins so, as text.
    pub fn line_with(&mut self, start: &str) -> String {
        self.until(|line| {
            let line = String::from_utf8_lossy(line);
            line.starts_with(start).then(|| line.into_owned())
        })
        .unwrap_or_else(|others| self.give_up(&format!("no line {start:?}, but {others}")))
    }

    /// The next event on stdout, which has a JSON object a line.
    pub fn event(&mut self) -> Value {
        let line = self.line();
        serde_json::from_slice(&line).unwrap_or_else(|error| {
            self.give_up(&format!(
                "no event: {error} in {}",
                String::from_utf8_lossy(&line)
            ))
        })
    }

    /// The next event with this name; those before it are passed over.
    pub fn event_named(&mut self, name: &str) -> Value {
        self.event_like(name, |event| event["event"] == name)
    }

    /// The next event that fits; those before it are passed over.
    pub fn event_like(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.until(|line| {
            let event: Value = serde_json::from_slice(line).ok()?;
            fits(&event).then_some(event)
        })
        .unwrap_or_else(|others| self.give_up(&format!("no event {what}, but {others}")))
    }

    /// The next line on stderr that holds this.
    pub fn says(&mut self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.stderr.recv_timeout(left) {
                Ok(line) => {
                    let line = String::from_utf8_lossy(&line).into_owned();
                    if line.contains(words) {
                        return line;
                    }
                    others.push(line);
                }
                Err(error) => {
                    self.give_up(&format!("it does not say {words:?} ({error}): {others:?}"))
                }
            }
        }
    }

    /// Writes to its stdin.
    pub fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().expect("nobody has taken it");
        stdin
            .write_all(bytes)
            .and_then(|()| stdin.flush())
            .unwrap_or_else(|error| panic!("{} takes no input: {error}", self.name));
    }

    /// Sends it SIGTERM.
    pub fn terminate(&self) {
        let sent = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(sent.is_ok_and(|sent| sent.success()), "{}", self.name);
    }

    /// Sends it SIGKILL, waits until it is gone, and answers the lines on stdout that nobody had read.
    pub fn kill(mut self) -> Vec<Vec<u8>> {
        self.child
            .kill()
            .unwrap_or_else(|error| panic!("{} can't be killed: {error}", self.name));
        let unread = self.stdout.iter().collect();
        self.child.wait().expect("nobody else waits for it");
        unread
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        self.stdin = None;
        let stdout = self.rest(|process| &process.stdout);
        let stderr = self.rest(|process| &process.stderr);
        let status = self.child.wait().expect("nobody else waits for it");
        Ended {
            status: status.code(),
            stdout,
            stderr,
        }
    }

    fn rest(&mut self, stream: impl Fn(&Self) -> &Receiver<Vec<u8>>) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut rest = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match stream(self).recv_timeout(left) {
                Ok(line) => {
                    rest.push_str(&String::from_utf8_lossy(&line));
                    rest.push('\n');
                }
                Err(RecvTimeoutError::Disconnected) => return rest,
                Err(RecvTimeoutError::Timeout) => {
                    self.give_up(&format!("it does not end: {}", shortened(&rest)))
                }
            }
        }
    }

    fn until<T>(&mut self, found: impl Fn(&[u8]) -> Option<T>) -> Result<T, String> {
        let deadline = Instant::now() + PATIENCE;
        let mut others = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.stdout.recv_timeout(left) {
                Ok(line) => match found(&line) {
                    Some(found) => return Ok(found),
                    None => others.push(shortened(&String::from_utf8_lossy(&line))),
                },
                Err(error) => return Err(format!("{others:?} ({error})")),
            }
        }
    }

    /// Ends it, and fails with what it had to say.
    pub fn give_up(&mut self, why: &str) -> ! {
        // It is gone at the latest when this value is.
        let _ = self.child.kill();
        let words: Vec<_> = self.stderr.iter().collect();
        let words = words.iter().map(|line| String::from_utf8_lossy(line));
        panic!(
            "{}: {why}; stderr: {:?}",
            self.name,
            words.collect::<Vec<_>>()
        );
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The beginning of what may be megabytes.
fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Tells of the lines of a pipe until it ends or nobody takes them.
fn read_lines(
    pipe: impl Read + Send + 'static,
    mut tell: impl FnMut(Vec<u8>) -> bool + Send + 'static,
) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if !tell(line) {
                return;
            }
        }
    });
}
