//! A stand-in that knows some devices, and `tern fleet` processes that are those devices. Nothing is waited for without
//! a deadline.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use tempfile::TempDir;
use tern_core::identity::Triple;
use tern_host::stand_in::{ListenAddress, StandIn, StandInEvent, StandInOptions};
use tern_platform::Device;

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const PRODUCT_KEY: &str = "a1aq9sQk2JE";
pub(crate) const SECRET: &str = "hunter2hunter2";

/// A stand-in with the devices dev01 to devNN, a folder for files, and what it told.
pub(crate) struct Setup {
    pub(crate) stand_in: StandIn,
    pub(crate) folder: TempDir,
    events: Arc<Mutex<Vec<Value>>>,
    devices: u32,
}

/// Starts one.
pub(crate) fn stand_in(devices: u32) -> Setup {
    let folder = tempfile::tempdir().unwrap();
    start_stand_in(devices, folder, ListenAddress::loopback(0))
}

fn start_stand_in(devices: u32, folder: TempDir, mqtt: ListenAddress) -> Setup {
    let events = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&events);
    let stand_in = StandIn::start(StandInOptions {
        mqtt,
        https: ListenAddress::loopback(0),
        http: ListenAddress::loopback(0),
        data: Some(folder.path().to_owned()),
        devices: (1..=devices)
            .map(|number| Device {
                triple: Triple::new(PRODUCT_KEY, &name(number), SECRET).unwrap(),
                disabled: false,
            })
            .collect(),
        on_event: Some(Arc::new(move |event: &StandInEvent| {
            let json = serde_json::from_str(&event.to_json(SystemTime::now())).unwrap();
            sink.lock().unwrap().push(json);
        })),
        ..StandInOptions::default()
    });
    Setup {
        stand_in: stand_in.unwrap(),
        folder,
        events,
        devices,
    }
}

pub(crate) fn name(number: u32) -> String {
    format!("dev{number:02}")
}

impl Setup {
    /// The options that every fleet of these devices has.
    pub(crate) fn args(&self) -> Vec<String> {
        let url = format!("mqtt://{}", self.stand_in.addresses().mqtt);
        let names = format!("dev{{01..{:02}}}", self.devices);
        [
            "fleet",
            "--url",
            &url,
            "--product-key",
            PRODUCT_KEY,
            "--device-name",
            &names,
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// Stops it, and starts another one at the same place, which knows nothing of sessions.
    pub(crate) fn restarted(self, in_between: impl FnOnce()) -> Self {
        let Self {
            stand_in,
            folder,
            devices,
            ..
        } = self;
        let port = stand_in.addresses().mqtt.port();
        stand_in.stop().unwrap();
        in_between();
        start_stand_in(devices, folder, ListenAddress::loopback(port))
    }

    /// Starts a fleet of all devices with more options.
    pub(crate) fn fleet(&self, more: &[&str]) -> Running {
        let mut args = self.args();
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        start(&args, SECRET)
    }

    /// A file in the test's folder.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// How often each device has done this, by its name.
    pub(crate) fn counts(&self, event: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for told in self
            .events
            .lock()
            .unwrap()
            .iter()
            .filter(|told| told["event"] == event)
        {
            let name = told["device_name"].as_str().unwrap_or_default().to_owned();
            *counts.entry(name).or_default() += 1;
        }
        counts
    }

    /// Each device once, by its name.
    pub(crate) fn each_once(&self) -> BTreeMap<String, usize> {
        (1..=self.devices).map(|number| (name(number), 1)).collect()
    }
}

/// A `tern` process. It is killed where a test ends before it does.
pub(crate) struct Running {
    child: Child,
    stdout: mpsc::Receiver<String>,
    read: String,
    stderr: Option<JoinHandle<String>>,
}

/// How a process ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Starts `tern` with a secret in its environment.
pub(crate) fn start<S: AsRef<str>>(args: &[S], secret: &str) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tern"))
        .args(args.iter().map(AsRef::as_ref))
        .env("TERN_DEVICE_SECRET", secret)
        .env_remove("TERN_PASSWORD")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (tell, stdout) = mpsc::channel();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            // The test may be over.
            let _ = tell.send(line);
        }
    });
    let mut stderr = child.stderr.take().unwrap();
    let stderr = std::thread::spawn(move || {
        let mut words = String::new();
        stderr.read_to_string(&mut words).unwrap();
        words
    });
    Running {
        child,
        stdout,
        read: String::new(),
        stderr: Some(stderr),
    }
}

impl Running {
    /// The next event for which this is true.
    pub(crate) fn event(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.stdout.recv_timeout(left) else {
                panic!("it did not come: {}", self.read);
            };
            self.read += &line;
            self.read.push('\n');
            let event = serde_json::from_str(&line).unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Asks it to end in order.
    #[cfg(unix)]
    pub(crate) fn stop(self) -> Ended {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        self.end()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.stdout.recv_timeout(left) {
                Ok(line) => self.read += &(line + "\n"),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("it goes on: {}", self.read),
            }
        }
        let status = self
            .child
            .wait()
            .unwrap()
            .code()
            .expect("no signal ended it");
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Ended {
            status,
            stdout: std::mem::take(&mut self.read),
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A summary as it stands in a file.
pub(crate) fn summary(path: impl AsRef<Path>) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Checks that every message of a summary is accounted for: how many were accepted.
pub(crate) fn accepted(summary: &Value) -> u64 {
    let count = |name: &str| summary["messages"][name].as_u64().unwrap();
    let sum = count("acknowledged") + count("failed") + count("lost") + count("open");
    assert_eq!(count("accepted"), sum, "{}", summary["messages"]);
    count("accepted")
}
