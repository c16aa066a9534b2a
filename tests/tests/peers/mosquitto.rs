//! `tern` with the broker mosquitto, over TCP, TLS, WebSocket, and WebSocket in TLS.

use tern_tests::peers::device::{READER, Signed, WRITER};
use tern_tests::peers::mosquitto::{Mosquitto, SCHEMES, client};
use tern_tests::peers::process::Process;

use crate::scenarios::{
    self, a_payload_arrives_whole, a_second_connection_takes_over_and_the_first_comes_back,
    gets_messages_again, messages_pass_with_both_qos, tern,
};

#[test]
fn signed_messages_pass_over_each_transport_with_both_qos() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Mosquitto::start(&tern) else {
        return;
    };
    for scheme in SCHEMES {
        messages_pass_with_both_qos(&tern, &broker.place(scheme));
    }
}

#[test]
fn a_wrong_signature_is_refused_as_not_authorized() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Mosquitto::start(&tern) else {
        return;
    };
    scenarios::a_wrong_signature_is_refused(&tern, &broker.place("mqtts"), 5);
}

#[test]
fn a_server_that_nobody_vouches_for_is_not_spoken_to() {
    let Some(tern) = tern() else { return };
    let (Some(broker), Some(other)) = (Mosquitto::start(&tern), Mosquitto::start(&tern)) else {
        return;
    };
    let mut place = broker.place("mqtts");
    place.ca = other.place("mqtts").ca;
    let ended = tern
        .start(WRITER, "pub", &place, &["-t", "a", "-m", "x"])
        .end();
    assert_eq!(ended.status, Some(69), "{ended:?}");
    assert!(ended.stdout.contains("certificate"), "{ended:?}");
}

#[test]
fn a_device_that_was_taken_over_comes_back() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Mosquitto::start(&tern) else {
        return;
    };
    for scheme in SCHEMES {
        let place = broker.place(scheme);
        let first = a_second_connection_takes_over_and_the_first_comes_back(&tern, &place);
        // mosquitto 2.0 cleans up late after a WebSocket that was taken over, and may remove with it what the new
        // connection has subscribed.
        if !scheme.starts_with("ws") {
            gets_messages_again(&tern, &place, first);
        }
    }
}

/// The device itself takes packets of up to 4 MiB, and publishes payloads of up to 128 KiB less to other brokers.
#[test]
fn the_largest_payload_arrives_over_each_transport() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Mosquitto::start(&tern) else {
        return;
    };
    let users = users(&tern);
    let largest = 4 * 1024 * 1024 - 128 * 1024;
    for scheme in SCHEMES {
        let (from, to) = (broker.place(scheme), broker.place(way_back(scheme)));
        a_payload_arrives_whole(&tern, [&from, &to], Some(&users), largest);
        // A device of the platform keeps to the platform's limit.
        a_payload_arrives_whole(&tern, [&from, &to], None, 256 * 1024);
        a_payload_arrives_whole(&tern, [&from; 2], None, OVER_WEBSOCKET);
    }
}

/// Bytes of a payload that mosquitto 2.0 sends on to a WebSocket, give or take a few: of a larger one it sends a part, and
/// then nothing more on that connection, whoever the client is. It takes larger ones.
pub(crate) const OVER_WEBSOCKET: usize = 60_000;

/// Where mosquitto sends a payload of any size, when it came by this scheme.
pub(crate) fn way_back(scheme: &str) -> &str {
    match scheme {
        "ws" => "mqtt",
        "wss" => "mqtts",
        other => other,
    }
}

#[test]
fn mosquittos_own_clients_and_tern_understand_each_other() {
    let Some(tern) = tern() else { return };
    let Some(mut broker) = Mosquitto::start(&tern) else {
        return;
    };
    let place = broker.place("mqtt");
    let [to, from] = users(&tern);
    for qos in ["0", "1"] {
        let mut command = client("mosquitto_sub", &place, &to);
        command.args([
            "-t",
            "peers/ours",
            "-q",
            "1",
            "-C",
            "1",
            "-F",
            "got %t %q %r %p",
        ]);
        let mut theirs = Process::start("mosquitto_sub", &mut command);
        broker.wait_for_subscription("peers/ours");
        let args = ["-t", "peers/ours", "-m", "from tern", "-q", qos];
        scenarios::publish(&tern, WRITER, &place, &args);
        let got = theirs.line_with("got");
        assert_eq!(got, format!("got peers/ours {qos} 0 from tern"));
        assert_eq!(theirs.end().status, Some(0));

        let mut ours =
            scenarios::reader(&tern, &place, &["-t", "peers/theirs", "-q", "1", "-C", "1"]);
        let mut command = client("mosquitto_pub", &place, &from);
        command.args(["-t", "peers/theirs", "-m", "from mosquitto_pub", "-q", qos]);
        let ended = Process::start("mosquitto_pub", &mut command).end();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        let message = ours.event_named("message");
        assert_eq!(message["payload"], "from mosquitto_pub");
        assert_eq!(message["qos"].to_string(), qos);
        assert_eq!(ours.end().status, Some(0));
    }
}

/// The same two logins, for a `tern` that is told a user name and a password, as any broker's user is.
pub(crate) fn users(tern: &tern_tests::peers::device::Tern) -> [Signed; 2] {
    [READER, WRITER].map(|device| tern.sign(device, "mqtt"))
}
