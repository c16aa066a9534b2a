//! The stand-in for a test, with what the program needs to reach it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Instant, SystemTime};

use serde_json::Value;
use tempfile::TempDir;
use tern_host::stand_in::{ListenAddress, StandIn, StandInEvent, StandInOptions};
use tern_platform::sample::{DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY};

use crate::program::{self, Ended, PATIENCE, Running};

/// The environment that holds the sample device's secret.
pub(crate) const SECRET: (&str, &str) = ("TERN_DEVICE_SECRET", DEVICE_SECRET);

/// A topic of the sample device.
pub(crate) const TOPIC: &str = "/a1aq9sQk2JE/dev1/data";

/// A stand-in and its folder.
pub(crate) struct Cloud {
    pub(crate) stand_in: StandIn,
    pub(crate) folder: TempDir,
    events: mpsc::Receiver<Value>,
}

impl Cloud {
    /// Starts one on free ports.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (tell, events) = mpsc::channel();
        let tell = Mutex::new(tell);
        let on_event = move |event: &StandInEvent| {
            let json = serde_json::from_str(&event.to_json(SystemTime::now())).unwrap();
            // The test may be over.
            let _ = tell.lock().unwrap().send(json);
        };
        let stand_in = StandIn::start(StandInOptions {
            mqtt: ListenAddress::loopback(0),
            https: ListenAddress::loopback(0),
            http: ListenAddress::loopback(0),
            data: Some(folder.path().to_owned()),
            on_event: Some(Arc::new(on_event)),
            ..StandInOptions::default()
        });
        Self {
            stand_in: stand_in.unwrap(),
            folder,
            events,
        }
    }

    /// `SCHEME://127.0.0.1:PORT`
    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.stand_in.addresses().mqtt)
    }

    /// `https://127.0.0.1:PORT/auth/devicename`
    pub(crate) fn auth_url(&self) -> String {
        format!(
            "https://{}/auth/devicename",
            self.stand_in.addresses().https
        )
    }

    /// The options that make a program the sample device.
    pub(crate) fn device<'a>(&'a self, program: &'a str, url: &'a str) -> Vec<&'a str> {
        let mut args = vec![program, "--url", url];
        args.extend(self.triple());
        args
    }

    /// The sample device's options, wherever it connects.
    pub(crate) fn triple(&self) -> [&str; 6] {
        [
            "--product-key",
            PRODUCT_KEY,
            "--device-name",
            DEVICE_NAME,
            "--cafile",
            self.stand_in.ca_path().to_str().unwrap(),
        ]
    }

    /// Runs a program as the sample device over plain TCP, with JSON, to its end.
    pub(crate) fn run(&self, program: &str, args: &[&str]) -> Ended {
        self.run_with(program, args, b"")
    }

    /// The same with something on its stdin.
    pub(crate) fn run_with(&self, program: &str, args: &[&str], input: &[u8]) -> Ended {
        let url = self.url("mqtt");
        let args = [&self.device(program, &url)[..], &["--json"], args].concat();
        program::run_with(&args, &[SECRET], input)
    }

    /// Starts a program as the sample device over plain TCP.
    pub(crate) fn begin(&self, program: &str, args: &[&str]) -> Running {
        let url = self.url("mqtt");
        let args = [&self.device(program, &url)[..], args].concat();
        program::start(&args, &[SECRET])
    }

    /// The stand-in's next event with this name.
    pub(crate) fn event(&self, name: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left).unwrap();
            if event["event"] == name {
                return event;
            }
        }
    }

    /// The topics of the messages that have arrived since the last time; other events are passed over.
    pub(crate) fn published(&self) -> Vec<String> {
        let events = self.events.try_iter();
        let published = events.filter(|event| event["event"] == "published");
        published
            .map(|event| event["topic"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Pushes messages to the sample device.
    pub(crate) fn push(&self, body: &Value) {
        let address = self.stand_in.addresses().http;
        let path = format!("/api/devices/{PRODUCT_KEY}/{DEVICE_NAME}/push");
        let answer = request(address, "POST", &path, &body.to_string());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

/// The answer to a request to a control address, its head too.
pub(crate) fn request(address: SocketAddr, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
