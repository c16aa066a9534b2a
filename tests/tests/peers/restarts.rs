//! A broker that is killed and started again, twice, in the middle of 10,000 QoS 1 messages: all of them arrive.
//!
//! A broker that is killed loses what it holds in memory, and a PUBACK says that it holds a message, not that anybody
//! has got it. So what arrives must be seen on the broker's side of each PUBACK, and each broker here shows it in its own way:
//!
//! - mosquitto sends a device its own message before the PUBACK for it, on the same connection. The device that has
//!   the PUBACK has had the message before; the device itself is the subscriber.
//! - aedes writes each PUBLISH to its log before it acknowledges it.
//! - `tern platform` acknowledges first, and tells of it as an event later. There the wire is cut, as it would be by the
//!   kill; once the platform has told that the connection is gone it has told everything before, and is killed.
//!
//! What was not acknowledged is the sender's to send again, and that is what is tested here.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};
use tern_tests::peers::aedes::Aedes;
use tern_tests::peers::device::{Place, READER, Tern};
use tern_tests::peers::mosquitto::Mosquitto;
use tern_tests::peers::process::Process;
use tern_tests::peers::relay::Relay;
use tern_tests::peers::scripted::Library;
use tern_tests::peers::stand_in::StandIn;

use crate::scenarios::tern;

const MESSAGES: usize = 10_000;
/// A kill comes when so many are acknowledged. A third short life would be a fight over the triple to the device, which then
/// waits for a minute.
const KILLS: [usize; 2] = [2_500, 6_000];
/// Message N has the topic PREFIX/N.
const PREFIX: &str = "/a1aq9sQk2JE/reader/n";

#[test]
fn all_arrive_through_a_mosquitto_that_is_killed() {
    let Some(tern) = tern() else { return };
    let Some(mut broker) = Mosquitto::start(&tern) else {
        return;
    };
    for scheme in ["mqtt", "wss"] {
        let place = broker.place(scheme);
        let sent = Sent::by_tern(&tern, &place, |_| broker.kill_and_restart());
        let came = sent.came.iter().map(String::as_str);
        all_arrived(
            &format!("mosquitto {} over {scheme}", broker.version),
            came,
            &sent,
        );
    }
}

#[test]
fn all_arrive_at_an_aedes_that_is_killed() {
    let Some(tern) = tern() else { return };
    let Some(mut broker) = Aedes::start(&tern) else {
        return;
    };
    for scheme in ["mqtt", "ws"] {
        let place = broker.place(scheme);
        let mut written = Vec::new();
        let sent = Sent::by_tern(&tern, &place, |_| written.extend(broker.kill_and_restart()));
        written.extend(broker.kill_and_restart());
        all_arrived(
            &format!("{} over {scheme}", broker.version),
            topics(&written),
            &sent,
        );
    }
}

#[test]
fn all_arrive_from_tern_at_a_stand_in_that_is_killed() {
    let Some(tern) = tern() else { return };
    at_the_stand_in(&tern, "tern", |place, kill| {
        Sent::by_tern(&tern, place, kill)
    });
}

#[test]
fn all_arrive_from_mqtt_js_at_a_stand_in_that_is_killed() {
    if let (Some(tern), Some(library)) = (tern(), Library::mqtt_js()) {
        at_the_stand_in(&tern, "MQTT.js", |place, kill| {
            Sent::by_library(&tern, &library, place, kill)
        });
    }
}

#[test]
fn all_arrive_from_paho_at_a_stand_in_that_is_killed() {
    if let (Some(tern), Some(library)) = (tern(), Library::paho()) {
        at_the_stand_in(&tern, "paho-mqtt", |place, kill| {
            Sent::by_library(&tern, &library, place, kill)
        });
    }
}

/// What a sender has told of its messages.
struct Sent {
    /// The topics of those that came back to it.
    came: Vec<String>,
    /// How often it was connected.
    connected: usize,
    seconds: f32,
}

impl Sent {
    /// `tern run` publishes everything, and `kill` is called in the middle.
    fn by_tern(tern: &Tern, place: &Place, mut kill: impl FnMut(&mut Process)) -> Self {
        let began = Instant::now();
        let mut command = tern.as_device(READER, "run", place);
        command.args(["-t", &format!("{PREFIX}/+")]);
        let mut run = Process::start_in_step("tern run", &mut command);
        run.event_named("subscribed");
        let mut stdin = run.stdin.take().expect("nobody has taken it");
        let feeder = thread::spawn(move || {
            for number in 0..MESSAGES {
                let line = format!("{PREFIX}/{number}\t{number}\n");
                stdin
                    .write_all(line.as_bytes())
                    .expect("it reads to the end");
            }
            // Open as long as it runs: whoever waits for its end closes it.
            stdin
        });
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut came = Vec::new();
        let mut kills = KILLS.into_iter().peekable();
        while counts.get("published") != Some(&MESSAGES) {
            let event = run.event();
            let name = event["event"].as_str().expect("a name").to_owned();
            assert!(name != "failed" && name != "refused", "{event}");
            if name == "message" {
                came.push(event["topic"].as_str().expect("a topic").to_owned());
            }
            *counts.entry(name).or_default() += 1;
            let count = |name: &str| counts.get(name).copied().unwrap_or(0);
            if kills.next_if_eq(&count("published")).is_some() {
                assert!(count("accepted") > count("published"), "some are under way");
                kill(&mut run);
            }
        }
        drop(feeder.join());
        run.terminate();
        let ended = run.end();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert_eq!(counts["accepted"], MESSAGES);
        Self {
            came,
            // The first was before the subscription.
            connected: 1 + counts["connected"],
            seconds: began.elapsed().as_secs_f32(),
        }
    }

    /// A library's client publishes everything, and `kill` is called in the middle.
    fn by_library(
        tern: &Tern,
        library: &Library,
        place: &Place,
        mut kill: impl FnMut(&mut Process),
    ) -> Self {
        let began = Instant::now();
        let mut client = library.start();
        let other = json!({ "clean": false, "again_ms": 500 });
        let user = tern.sign(READER, place.scheme());
        let answer = client.connect(place, &user, &other);
        assert_eq!(answer["event"], "connected", "{answer}");
        client.tell(&json!({ "do": "flood", "prefix": PREFIX, "count": MESSAGES }));
        let mut connected = 1;
        let mut acknowledged = HashSet::new();
        let mut kills = KILLS.into_iter().peekable();
        while acknowledged.len() < MESSAGES {
            let event = client.process.event();
            match event["event"].as_str() {
                Some("published") => {
                    acknowledged.insert(event["topic"].as_str().expect("a topic").to_owned());
                }
                Some("connected") => connected += 1,
                Some("failed" | "refused") => panic!("{event}"),
                _ => {}
            }
            if kills.next_if_eq(&acknowledged.len()).is_some() {
                kill(&mut client.process);
            }
        }
        client.end();
        Self {
            came: Vec::new(),
            connected,
            seconds: began.elapsed().as_secs_f32(),
        }
    }
}

/// A sender at the stand-in, by a wire that is cut before each kill.
fn at_the_stand_in(
    tern: &Tern,
    who: &str,
    send: impl Fn(&Place, &mut dyn FnMut(&mut Process)) -> Sent,
) {
    let mut stand_in = StandIn::start(tern);
    let wire = Relay::start(stand_in.address);
    let place = stand_in.place("mqtt").by(wire.address);
    let mut told = Vec::new();
    let sent = send(&place, &mut |_| {
        wire.cut();
        told.extend(events_to_the_end_of_the_connection(stand_in.process()));
        stand_in.kill_and_restart();
        wire.mend();
    });
    told.extend(events_to_the_end_of_the_connection(stand_in.process()));
    let dropped = told.iter().find(|event| event["event"] == "events_dropped");
    assert_eq!(dropped, None, "the test reads everything");
    let published: Vec<_> = told
        .into_iter()
        .filter(|event| event["event"] == "published")
        .collect();
    all_arrived(
        &format!("tern platform from {who}"),
        topics(&published),
        &sent,
    );
}

fn events_to_the_end_of_the_connection(stand_in: &mut Process) -> Vec<Value> {
    let mut events = Vec::new();
    loop {
        let event = stand_in.event();
        let is_last = event["event"] == "disconnected";
        events.push(event);
        if is_last {
            return events;
        }
    }
}

fn topics(events: &[Value]) -> impl Iterator<Item = &str> {
    events
        .iter()
        .map(|event| event["topic"].as_str().expect("a topic"))
}

fn all_arrived<'a>(where_: &str, topics: impl Iterator<Item = &'a str>, sent: &Sent) {
    let mut all = 0;
    let arrived: HashSet<&str> = topics.inspect(|_| all += 1).collect();
    let missing: Vec<_> = (0..MESSAGES)
        .map(|number| format!("{PREFIX}/{number}"))
        .filter(|topic| !arrived.contains(topic.as_str()))
        .collect();
    assert!(
        missing.is_empty(),
        "{where_}: {} are missing: {:?}",
        missing.len(),
        &missing[..missing.len().min(10)]
    );
    assert_eq!(arrived.len(), MESSAGES);
    assert_eq!(sent.connected, 1 + KILLS.len(), "{where_}");
    println!(
        "{where_}: {MESSAGES} in {:.1} s, {} of them more than once",
        sent.seconds,
        all - MESSAGES
    );
}
