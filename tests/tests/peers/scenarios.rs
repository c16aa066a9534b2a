//! What `tern` does the same with every broker.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tern_tests::peers::device::{Device, Place, READER, Signed, Tern, WRITER};
use tern_tests::peers::process::Process;

/// The program that is tested, or none where it was not built for this, which is said.
pub(crate) fn tern() -> Option<Tern> {
    tern_tests::peers::find(tern_tests::peers::TERN).map(Tern)
}

/// `tern sub` as the reader, once its subscription stands.
pub(crate) fn reader(tern: &Tern, place: &Place, args: &[&str]) -> Process {
    let mut sub = tern.start(READER, "sub", place, args);
    sub.event_named("subscribed");
    sub
}

/// `tern pub` as this device, to its good end.
pub(crate) fn publish(tern: &Tern, device: Device, place: &Place, args: &[&str]) {
    let ended = tern.start(device, "pub", place, args).end();
    assert_eq!(ended.status, Some(0), "{args:?}: {ended:?}");
}

/// Two signed devices: what the one publishes, with either QoS, the other gets, with either QoS.
pub(crate) fn messages_pass_with_both_qos(tern: &Tern, at: &Place) {
    for granted in ["0", "1"] {
        let sub = reader(tern, at, &["-t", "peers/+", "-q", granted, "-C", "2"]);
        publish(
            tern,
            WRITER,
            at,
            &["-t", "peers/a", "-m", "zero", "-q", "0"],
        );
        publish(
            tern,
            WRITER,
            at,
            &["-t", "peers/b", "-m", "eins 一", "-q", "1"],
        );
        let ended = sub.end();
        assert_eq!(ended.status, Some(0), "{ended:?}");
        let messages: Vec<_> = messages(&ended.stdout).collect();
        // The lower of the publisher's and the subscription's [MQTT-3.8.4-6].
        let second = u64::from(granted == "1");
        let expected = [("peers/a", "zero", 0), ("peers/b", "eins 一", second)];
        let got = messages.iter().map(|message| {
            (
                message["topic"].as_str().expect("a topic"),
                message["payload"].as_str().expect("text"),
                message["qos"].as_u64().expect("a QoS"),
            )
        });
        assert_eq!(got.collect::<Vec<_>>(), expected, "{at:?}");
    }
}

/// A device whose secret is another one does not get in.
pub(crate) fn a_wrong_signature_is_refused(tern: &Tern, at: &Place, connack: i32) {
    let other = Device {
        secret: WRITER.secret,
        ..READER
    };
    let ended = tern
        .start(other, "pub", at, &["-t", "peers/a", "-m", "x"])
        .end();
    assert_eq!(ended.status, Some(connack), "{ended:?}");
    let refused: Value = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .find(|event| event["event"] == "refused")
        .unwrap_or_else(|| panic!("not refused: {ended:?}"));
    assert_eq!(refused["connack"], connack);
}

/// Whoever connects last with a client id has it: a device that stays online comes back and takes it in its turn. It is
/// answered, with its subscription made anew.
pub(crate) fn a_second_connection_takes_over_and_the_first_comes_back(
    tern: &Tern,
    at: &Place,
) -> Process {
    let mut first = tern.start(READER, "run", at, &["-t", "peers/#"]);
    first.event_named("subscribed");
    let second = reader(tern, at, &["-t", "peers/#"]);
    first.event_named("disconnected");
    first.event_named("reconnecting");
    // The second has begun a clean session, so there is none to come back to.
    assert_eq!(first.event_named("connected")["session_present"], false);
    first.event_named("subscribed");
    let ended = second.end();
    assert_eq!(ended.status, Some(69), "{ended:?}");
    assert!(ended.stdout.contains("\"disconnected\""), "{ended:?}");
    first
}

/// A device that has come back gets what is sent to it then.
pub(crate) fn gets_messages_again(tern: &Tern, at: &Place, mut first: Process) {
    publish(
        tern,
        WRITER,
        at,
        &["-t", "peers/a", "-m", "back", "-q", "1"],
    );
    assert_eq!(first.event_named("message")["payload"], "back");
    first.terminate();
    assert_eq!(first.end().status, Some(0));
}

/// A payload of any bytes arrives as it was.
pub(crate) fn a_payload_arrives_whole(
    tern: &Tern,
    [from, to]: [&Place; 2],
    users: Option<&[Signed; 2]>,
    bytes: usize,
) {
    let payload = bytes_of(bytes);
    let folder = tempfile::tempdir().expect("the folder for temporary files can be written to");
    let file = folder.path().join("payload");
    std::fs::write(&file, &payload).expect("a file in a folder of our own");
    let start = |index: usize, program, place, args: &[&str]| match users {
        Some(users) => tern.start_user(&users[index], program, place, args),
        None => tern.start([READER, WRITER][index], program, place, args),
    };
    let args = ["-t", "peers/big", "-q", "1", "-C", "1"];
    let mut sub = start(0, "sub", to, &args);
    sub.event_named("subscribed");
    let file = file.to_str().expect("a path of ASCII");
    let ended = start(1, "pub", from, &["-t", "peers/big", "-f", file, "-q", "1"]).end();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let ended = sub.end();
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let got = messages(&ended.stdout).next().expect("a message");
    let got = got["payload_base64"].as_str().expect("no UTF-8");
    let got = STANDARD.decode(got).expect("base64");
    assert_eq!(got.len(), payload.len());
    assert!(got == payload, "{bytes} bytes over {to:?} are others");
}

/// So many bytes of every value, the same each time.
pub(crate) fn bytes_of(count: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(count as u64);
    std::iter::repeat_with(|| random.u8(..))
        .take(count)
        .collect()
}

/// The messages in a program's output.
fn messages(stdout: &str) -> impl Iterator<Item = Value> + '_ {
    stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .filter(|event| event["event"] == "message")
}
