//! Client libraries of other people, each driven by a small script that takes commands and tells events, a JSON object a
//! line. The commands and events are the same for all:
//!
//! `connect {url, ca, client_id, username, password, keep_alive, clean, again_ms}` → `connected {session_present}` or
//! `refused {code}`; `subscribe {filter, qos}` → `subscribed {granted}`; `publish {topic, payload (base64), qos, retain}` →
//! `published {topic}`; `flood {prefix, count}` → `published {topic}` for each of `prefix/0`, `prefix/1`, …, at QoS 1;
//! `end {}` → the end of the process. Unasked: `message {topic, qos, retain, dup, payload (base64)}`, `closed {}`,
//! and first of all `ready {version}`.

use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::device::{Place, Signed};
use super::process::Process;
use super::{NODE, PAHO, find};

const MQTT_JS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/mqttjs_client.mjs");
const PAHO_MQTT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/paho_client.py");

/// A client library.
#[derive(Clone, Debug)]
pub struct Library {
    name: &'static str,
    program: PathBuf,
    script: &'static str,
    modules: PathBuf,
}

impl Library {
    /// MQTT.js, where it is here.
    pub fn mqtt_js() -> Option<Self> {
        Some(Self {
            name: "MQTT.js",
            program: "node".into(),
            script: MQTT_JS,
            modules: find(NODE)?,
        })
    }

    /// paho-mqtt, where it is here.
    pub fn paho() -> Option<Self> {
        Some(Self {
            name: "paho-mqtt",
            program: find(PAHO)?,
            script: PAHO_MQTT,
            modules: PathBuf::new(),
        })
    }

    /// Starts a client, which does nothing by itself.
    pub fn start(&self) -> Client {
        let mut command = Command::new(&self.program);
        command
            .arg(self.script)
            .env("TERN_NODE_MODULES", &self.modules);
        let mut process = Process::start_in_step(self.name, &mut command);
        let version = process.event_named("ready")["version"].to_string();
        Client { process, version }
    }

    /// Starts one and connects it, which must succeed.
    pub fn connected(&self, place: &Place, user: &Signed) -> Client {
        let mut client = self.start();
        let answer = client.connect(place, user, &json!({}));
        assert_eq!(answer["event"], "connected", "{answer}");
        client
    }
}

/// A client of a library.
pub struct Client {
    /// Its events.
    pub process: Process,
    /// The library's version, as it says itself.
    pub version: String,
}

impl Client {
    /// Connects with a keep alive of 60 s, a clean session and no further attempt, unless `other` says otherwise. The answer
    /// is `connected`, `refused` or `closed`.
    pub fn connect(&mut self, place: &Place, user: &Signed, other: &Value) -> Value {
        let mut command = json!({
            "do": "connect",
            "url": place.url,
            "ca": place.ca,
            "client_id": user.client_id,
            "username": user.username,
            "password": user.password,
            "keep_alive": 60,
            "clean": true,
            "again_ms": 0,
        });
        for (name, value) in other.as_object().into_iter().flatten() {
            command[name] = value.clone();
        }
        self.tell(&command);
        let answers = ["connected", "refused", "closed"];
        self.process.event_like("that answers connect", |event| {
            answers.iter().any(|name| event["event"] == *name)
        })
    }

    /// Subscribes; the answer is the SUBACK's code.
    pub fn subscribe(&mut self, filter: &str, qos: u8) -> u64 {
        self.tell(&json!({ "do": "subscribe", "filter": filter, "qos": qos }));
        let answer = self.process.event_named("subscribed");
        answer["granted"].as_u64().expect("a SUBACK's code")
    }

    /// Begins to publish.
    pub fn publish(&mut self, topic: &str, payload: &[u8], qos: u8, retain: bool) {
        let payload = STANDARD.encode(payload);
        self.tell(&json!({
            "do": "publish", "topic": topic, "payload": payload, "qos": qos, "retain": retain,
        }));
    }

    /// The next message.
    pub fn message(&mut self) -> Message {
        let event = self.process.event_named("message");
        let payload = event["payload"].as_str().expect("a payload");
        Message {
            topic: event["topic"].as_str().expect("a topic").to_owned(),
            payload: STANDARD.decode(payload).expect("base64"),
            qos: event["qos"].as_u64().expect("a QoS"),
            retain: event["retain"] == true,
        }
    }

    /// Gives it a command.
    pub fn tell(&mut self, command: &Value) {
        self.process.write(format!("{command}\n").as_bytes());
    }

    /// Disconnects it, and waits until it has ended well.
    pub fn end(mut self) {
        self.tell(&json!({ "do": "end" }));
        let ended = self.process.end();
        assert_eq!(ended.status, Some(0), "{ended:?}");
    }
}

/// A message as a client saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its topic name.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// The QoS of the delivery.
    pub qos: u64,
    /// The retain flag.
    pub retain: bool,
}
