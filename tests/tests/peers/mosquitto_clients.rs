//! mosquitto's clients at `tern platform`, with what `tern sign` prints. They speak TCP and TLS; WebSocket they do not.

use serde_json::Value;
use tern_tests::peers::device::{Device, Place, READER, Signed, Tern, WRITER};
use tern_tests::peers::mosquitto::client;
use tern_tests::peers::process::{Ended, Process};
use tern_tests::peers::stand_in::{DISABLED, StandIn};
use tern_tests::peers::{MOSQUITTO, find};

use crate::scenarios::{bytes_of, tern};

const TOPIC: &str = "/a1aq9sQk2JE/reader/data";
const SCHEMES: [&str; 2] = ["mqtt", "mqtts"];

/// `tern` and its stand-in, where mosquitto's clients are here.
fn ready() -> Option<(Tern, StandIn)> {
    let tern = tern()?;
    find(MOSQUITTO)?;
    let stand_in = StandIn::start(&tern);
    Some((tern, stand_in))
}

#[test]
fn a_device_gets_its_own_messages_with_the_publishers_qos_and_not_retained() {
    let Some((tern, mut stand_in)) = ready() else {
        return;
    };
    for scheme in SCHEMES {
        let place = stand_in.place(scheme);
        let user = tern.sign(READER, scheme);
        for qos in ["0", "1"] {
            let args = ["-q", qos, "-m", "it's me", "-F", "got %t %q %r %p"];
            let mut both = request(&place, &user, &args);
            assert_eq!(
                both.line_with("got"),
                format!("got {TOPIC} {qos} 0 it's me")
            );
            assert_eq!(both.end().status, Some(0));
        }
        let args = ["-t", TOPIC, "-q", "1", "-r", "-m", "kept by nobody"];
        let ended = run("mosquitto_pub", &place, &user, &args);
        assert_eq!(ended.status, Some(0), "{ended:?}");
        // Nothing is there for a new subscription: what comes first is what is sent then.
        let args = ["-q", "1", "-m", "new", "-F", "got %r %p"];
        let mut both = request(&place, &user, &args);
        assert_eq!(both.line_with("got"), "got 0 new");
    }
    let published = stand_in.process().event_named("published");
    assert_eq!(published["device_name"], "reader");
}

#[test]
fn mosquitto_sub_gets_what_the_cloud_pushes() {
    let Some((tern, mut stand_in)) = ready() else {
        return;
    };
    for (scheme, qos) in SCHEMES.into_iter().zip([0, 1]) {
        let args = ["-t", TOPIC, "-q", "2", "-C", "1", "-F", "got %t %q %r %p"];
        let user = tern.sign(READER, scheme);
        let mut sub = start("mosquitto_sub", &stand_in.place(scheme), &user, &args);
        // There is no QoS 2 here, so QoS 1 is granted.
        assert_eq!(stand_in.process().event_named("subscribed")["qos"], 1);
        stand_in.push(READER, TOPIC, "from the cloud", qos);
        assert_eq!(
            sub.line_with("got"),
            format!("got {TOPIC} {qos} 0 from the cloud")
        );
        assert_eq!(sub.end().status, Some(0));
    }
}

#[test]
fn who_is_not_let_in_is_told_why_by_the_code() {
    let Some((tern, stand_in)) = ready() else {
        return;
    };
    let signed = |name, secret| tern.sign(Device { name, secret }, "mqtt");
    let reader = tern.sign(READER, "mqtt");
    let bare = Signed {
        client_id: "a1aq9sQk2JE.reader".to_owned(),
        ..reader.clone()
    };
    let cases = [
        (
            signed(READER.name, WRITER.secret),
            "60",
            4,
            "another secret",
        ),
        (
            signed("nobody", READER.secret),
            "60",
            5,
            "an unknown device",
        ),
        (tern.sign(DISABLED, "mqtt"), "60", 5, "a disabled device"),
        (tern.sign(READER, "mqtts"), "60", 4, "securemode 2 over TCP"),
        (bare, "60", 2, "a client id without its extension part"),
        (reader, "30", 3, "a keep alive outside the window"),
    ];
    for (user, keep_alive, connack, why) in cases {
        let args = ["-t", TOPIC, "-m", "x", "-k", keep_alive];
        let ended = run("mosquitto_pub", &stand_in.place("mqtt"), &user, &args);
        assert_eq!(ended.status, Some(connack), "{why}: {ended:?}");
    }
}

#[test]
fn a_second_client_of_the_triple_drops_the_first() {
    let Some((tern, mut stand_in)) = ready() else {
        return;
    };
    for scheme in SCHEMES {
        let place = stand_in.place(scheme);
        let user = tern.sign(READER, scheme);
        let _first = start("mosquitto_sub", &place, &user, &["-t", TOPIC]);
        stand_in.process().event_named("subscribed");
        // It goes by the triple: another client id is the same device all the same.
        let ours = ["-i", "another", "-t", TOPIC, "-m", "mine now", "-q", "1"];
        let mut publish = tern.as_device(READER, "pub", &place);
        let ended = Process::start("tern pub", publish.args(ours)).end();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        stand_in
            .process()
            .event_like("about the take-over", |event| {
                is_drop_for(event, "taken over by a newer connection")
            });
    }
}

#[test]
fn what_this_platform_does_not_have_is_refused() {
    let Some((tern, mut stand_in)) = ready() else {
        return;
    };
    let place = stand_in.place("mqtt");
    let user = tern.sign(READER, "mqtt");
    let foreign = ["-t", "/a1aq9sQk2JE/writer/data"];
    let ended = run("mosquitto_sub", &place, &user, &foreign);
    assert!(ended.stdout.contains("(mid: 1): 128"), "{ended:?}");

    // It tries again and again, so it is not waited for.
    let twice = ["-t", TOPIC, "-m", "exactly once", "-q", "2"];
    let _retries = start("mosquitto_pub", &place, &user, &twice);
    let dropped = stand_in
        .process()
        .event_like("about QoS 2", |event| is_drop_for(event, "QoS 2"));
    assert_eq!(dropped["device_name"], "reader");
}

#[test]
fn the_largest_payload_passes_both_ways_and_one_byte_more_does_not() {
    let Some((tern, mut stand_in)) = ready() else {
        return;
    };
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
    let file = folder.path().join("payload");
    let path = file.to_str().expect("a path of ASCII");
    let largest = 256 * 1024;
    for scheme in SCHEMES {
        let place = stand_in.place(scheme);
        let user = tern.sign(READER, scheme);
        let payload = "0123456789abcdef".repeat(largest / 16);
        let args = ["-t", TOPIC, "-q", "1", "-C", "1", "-F", "got %p"];
        let mut sub = start("mosquitto_sub", &place, &user, &args);
        stand_in.process().event_named("subscribed");
        stand_in.push(READER, TOPIC, &payload, 1);
        let got = sub.line_with("got");
        assert!(got == format!("got {payload}"), "{} characters", got.len());
        assert_eq!(sub.end().status, Some(0));

        std::fs::write(&file, bytes_of(largest)).expect("a file in a folder of our own");
        let args = ["-t", TOPIC, "-q", "1", "-f", path];
        let ended = run("mosquitto_pub", &place, &user, &args);
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert_eq!(stand_in.process().event_named("published")["qos"], 1);

        std::fs::write(&file, bytes_of(largest + 1)).expect("a file in a folder of our own");
        let _retries = start("mosquitto_pub", &place, &user, &args);
        stand_in.process().event_like("about the limit", |event| {
            is_drop_for(event, "over the limit")
        });
    }
}

/// Whether this event tells of a connection that ended for such a reason.
fn is_drop_for(event: &Value, reason: &str) -> bool {
    let told = event["reason"].as_str().unwrap_or_default();
    event["event"] == "disconnected" && told.contains(reason)
}

/// `mosquitto_rr` as this device: it subscribes, publishes to the same topic, prints what comes, and ends.
fn request(place: &Place, user: &Signed, args: &[&str]) -> Process {
    let own = ["-t", TOPIC, "-e", TOPIC, "-W", "60"];
    start("mosquitto_rr", place, user, &[&own, args].concat())
}

fn start(program: &str, place: &Place, user: &Signed, args: &[&str]) -> Process {
    let mut command = client(program, place, user);
    Process::start(program, command.args(args))
}

fn run(program: &str, place: &Place, user: &Signed, args: &[&str]) -> Ended {
    start(program, place, user, args).end()
}
