//! `--record`, `--pcap` and `tern replay`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tern_core::transcript::{Recording, read};
use tern_platform::sample::DEVICE_SECRET;

use crate::broker::{Broker, CONNACK, DISCONNECT, PUBACK, PUBLISH, SUBACK, SUBSCRIBE, message};
use crate::cloud::{Cloud, SECRET, TOPIC};
use crate::delivery::{FLOOD, stalled};
use crate::program::{Ended, run, start};

/// Where a test records to.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn transcript(&self) -> String {
        self.file("device.tern").to_str().unwrap().to_owned()
    }

    fn pcap(&self) -> String {
        self.file("device.pcap").to_str().unwrap().to_owned()
    }

    fn read(&self) -> Recording {
        read(&std::fs::read(self.file("device.tern")).unwrap()).unwrap()
    }
}

/// Replays a file; what is printed as JSON.
fn replay(file: &str, args: &[&str]) -> (Ended, Value) {
    let ended = run(&[&["replay", file, "--json"], args].concat());
    let printed = serde_json::from_str(&ended.stdout).unwrap_or(Value::Null);
    (ended, printed)
}

/// Replays a file in the sandbox and without it.
fn replays_the_same(file: &str) -> Value {
    let (ended, sandboxed) = replay(file, &[]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let (ended, native) = replay(file, &["--native"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(sandboxed, native);
    assert_eq!(native["same"], true);
    native
}

/// A device that subscribes, publishes and receives, recorded. It ends with 65, for the line that is none.
fn recorded(cloud: &Cloud, place: &Place, scheme: &str, args: &[&str]) -> Ended {
    let (transcript, pcap, url) = (place.transcript(), place.pcap(), cloud.url(scheme));
    let files = ["--record", &transcript, "--pcap", &pcap, "--json"];
    let device = cloud.device("run", &url);
    let args = [&device[..], &["-t", TOPIC], &files, args].concat();
    let mut device = start(&args, &[SECRET]);
    device.event("subscribed");
    device.write(&format!("{TOPIC}\t你好 \"out\"\nno line\n"));
    assert_eq!(device.event("message")["payload"], "你好 \"out\"");
    cloud.push(&json!({"topic": TOPIC, "payload": "in", "qos": 1}));
    device.event("message");
    device.stop()
}

#[test]
fn what_a_device_did_replays_the_same_wherever_it_was_recorded() {
    let cloud = Cloud::start();
    for args in [&[][..], &["--native"]] {
        let place = Place::new();
        assert_eq!(recorded(&cloud, &place, "mqtt", args).status, 65);
        let printed = replays_the_same(&place.transcript());
        assert_eq!(printed["complete"], true);
        let text = std::fs::read_to_string(place.transcript()).unwrap();
        for part in [
            "tern-transcript 1\n",
            " in connect\n",
            " in publish 1 ",
            " in subscribe 1 ",
            "\"你好 \\\"out\\\"\"",
            " out connected ",
            " out ended requested\n",
            " end\n",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
        let people = run(&["replay", &place.transcript()]);
        assert_eq!((people.status, &people.stderr[..]), (0, ""));
        assert!(people.stdout.contains(": the same: "), "{people:?}");
    }
}

#[test]
fn tls_websocket_and_a_lost_connection_replay_too() {
    let cloud = Cloud::start();
    for scheme in ["mqtts", "wss"] {
        let place = Place::new();
        assert_eq!(recorded(&cloud, &place, scheme, &[]).status, 65);
        replays_the_same(&place.transcript());
    }
    let place = Place::new();
    let file = place.transcript();
    let mut device = cloud.begin("run", &["-t", TOPIC, "--json", "--record", &file]);
    device.event("subscribed");
    // The same triple once more pushes it off; it comes back by itself.
    let other = cloud.run("pub", &["-t", TOPIC, "-m", "x", "-q", "1"]);
    assert_eq!(other.status, 0, "{other:?}");
    device.event("reconnecting");
    device.event("subscribed");
    assert_eq!(device.stop().status, 0);
    replays_the_same(&file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(" in transport-closed closed "), "{text}");
    assert!(text.contains(" out reconnecting "), "{text}");
}

#[test]
fn the_other_programs_that_connect_record_as_well() {
    let cloud = Cloud::start();
    let place = Place::new();
    let file = place.transcript();
    let published = cloud.run(
        "pub",
        &["-t", TOPIC, "-m", "x", "-q", "1", "--record", &file],
    );
    assert_eq!(published.status, 0, "{published:?}");
    assert_eq!(replays_the_same(&file)["complete"], true);
    let waited = cloud.run("sub", &["-t", TOPIC, "-W", "1", "--record", &file]);
    assert_eq!(waited.status, 27, "{waited:?}");
    assert_eq!(replays_the_same(&file)["complete"], true);
    let sample = cloud.run("sample", &["--record", &file]);
    assert_eq!(sample.status, 0, "{sample:?}");
    assert_eq!(replays_the_same(&file)["complete"], true);
    let wrong = ("TERN_DEVICE_SECRET", "wrong");
    let url = cloud.url("mqtt");
    let args = [&cloud.device("run", &url)[..], &["--record", &file]].concat();
    assert_eq!(start(&args, &[wrong]).end().status, 4);
    assert_eq!(replays_the_same(&file)["complete"], true);
}

/// Whether a file holds this.
fn holds(file: &Path, secret: &[u8]) -> bool {
    let bytes = std::fs::read(file).unwrap();
    bytes.windows(secret.len()).any(|window| window == secret)
}

#[test]
fn no_secret_is_in_any_output() {
    let cloud = Cloud::start();
    for auth in ["direct", "https"] {
        let (broker, place) = (Broker::start(), Place::new());
        let (url, auth_url) = (broker.url(), cloud.auth_url());
        let (transcript, pcap) = (place.transcript(), place.pcap());
        let files = ["--record", &transcript, "--pcap", &pcap, "--json"];
        let mut args = cloud.device("run", &url);
        args.extend(["-t", TOPIC, "--auth", auth]);
        if auth == "https" {
            args.extend(["--auth-url", &auth_url]);
        }
        args.extend(files);
        let mut device = start(&args, &[SECRET]);
        let (connection, login) = broker.accept_login();
        // The password is the last field of a CONNECT, with its length in two bytes before it.
        let len = (1..login.len() - 1)
            .find(|len| {
                let at = login.len() - len - 2;
                login[at..at + 2] == u16::try_from(*len).unwrap().to_be_bytes()
            })
            .unwrap();
        let password = &login[login.len() - len..];
        assert!(password.len() >= 32 && password.is_ascii(), "{password:?}");
        connection.send(CONNACK);
        connection.expect(SUBSCRIBE);
        connection.send(SUBACK);
        // A peer that tells it again, in a message.
        connection.send(&message(7, password));
        let told = device.event("message");
        assert_eq!(told["payload"], String::from_utf8_lossy(password).as_ref());
        let ended = device.stop();
        assert_eq!(ended.status, 0, "{ended:?}");
        for secret in [password, DEVICE_SECRET.as_bytes()] {
            for file in [place.file("device.tern"), place.file("device.pcap")] {
                assert!(!holds(&file, secret), "{auth}: {}", file.display());
            }
        }
        let stars = "*".repeat(len);
        assert!(holds(&place.file("device.tern"), stars.as_bytes()));
        assert!(holds(&place.file("device.pcap"), stars.as_bytes()));
        let text = std::fs::read_to_string(&transcript).unwrap();
        assert_eq!(text.contains("iotToken"), auth == "https", "{text}");
        replays_the_same(&transcript);
    }
}

#[test]
fn a_password_for_another_broker_is_as_secret() {
    let (broker, place) = (Broker::start(), Place::new());
    let (url, transcript, pcap) = (broker.url(), place.transcript(), place.pcap());
    let args = [
        "run",
        "--url",
        &url,
        "-i",
        "c1",
        "-u",
        "u1",
        "--record",
        &transcript,
        "--pcap",
        &pcap,
    ];
    let device = start(&args, &[("TERN_PASSWORD", "hunter2")]);
    let (connection, login) = broker.accept_login();
    assert!(login.ends_with(b"\0\x07hunter2"));
    connection.send(&[0x20, 2, 0, 4]);
    assert_eq!(device.end().status, 4);
    for file in [place.file("device.tern"), place.file("device.pcap")] {
        assert!(!holds(&file, b"hunter2"), "{}", file.display());
    }
    assert!(holds(
        &place.file("device.tern"),
        b"\npassword \"*******\"\n"
    ));
    replays_the_same(&transcript);
}

#[test]
fn the_first_difference_is_shown_with_its_packets() {
    let cloud = Cloud::start();
    let place = Place::new();
    assert_eq!(recorded(&cloud, &place, "mqtt", &[]).status, 65);
    let text = std::fs::read_to_string(place.transcript()).unwrap();
    // Another packet identifier in what was sent with the PUBLISH.
    let changed = text.replacen("\\x02\\xE4\\xBD", "\\x05\\xE4\\xBD", 1);
    assert_ne!(changed, text);
    std::fs::write(place.transcript(), changed).unwrap();
    let people = run(&["replay", &place.transcript()]);
    assert_eq!((people.status, &people.stderr[..]), (70, ""), "{people:?}");
    assert!(people.stdout.contains("bytes sent (PUBLISH)"), "{people:?}");
    let (ended, printed) = replay(&place.transcript(), &["--native"]);
    assert_eq!(ended.status, 70);
    assert_eq!(printed["same"], false);
    assert_eq!(printed["recorded"]["packets"], json!(["PUBLISH"]));
    let byte = printed["first_different_byte"].as_u64().unwrap();
    let line = usize::try_from(printed["line"].as_u64().unwrap()).unwrap();
    let recorded = text.lines().nth(line - 1).unwrap();
    assert_eq!(printed["replayed"]["entry"], recorded);
    let hex = |side: &str| printed[side]["hex"]["bytes"].as_str().unwrap().to_owned();
    let from = printed["recorded"]["hex"]["from"].as_u64().unwrap();
    let at = usize::try_from(byte - from).unwrap() * 3;
    assert_eq!(&hex("recorded")[at..at + 2], "05");
    assert_eq!(&hex("replayed")[at..at + 2], "02");
}

#[test]
fn a_damaged_recording_is_refused_with_line_field_and_rule() {
    let place = Place::new();
    let missing = run(&["replay", &place.transcript()]);
    assert_eq!(missing.status, 65);
    assert!(missing.stderr.contains("check the path"), "{missing:?}");
    std::fs::write(place.transcript(), "{}\n").unwrap();
    let other = run(&["replay", &place.transcript()]);
    assert_eq!(other.status, 65);
    let words =
        "device.tern: line 1, column 1: the first line is \"{}\": it must be tern-transcript 1";
    assert!(other.stderr.contains(words), "{other:?}");
    assert!(other.stderr.contains("record anew"), "{other:?}");
    let cloud = Cloud::start();
    assert_eq!(recorded(&cloud, &place, "mqtt", &[]).status, 65);
    let text = std::fs::read_to_string(place.transcript()).unwrap();
    let changed = text.replacen(" in publish 1 ", " in publish 9 ", 1);
    assert_ne!(changed, text);
    std::fs::write(place.transcript(), changed).unwrap();
    let damaged = run(&["replay", &place.transcript()]);
    assert_eq!(damaged.status, 65);
    assert!(
        damaged
            .stderr
            .contains("qos is \"9\": it must be 0, 1 or 2"),
        "{damaged:?}"
    );
}

#[test]
fn a_killed_program_leaves_a_recording_that_replays_up_to_there() {
    let cloud = Cloud::start();
    let place = Place::new();
    let file = place.transcript();
    let mut device = cloud.begin("run", &["-t", TOPIC, "--json", "--record", &file]);
    device.event("subscribed");
    device.write(&format!("{TOPIC}\tx\n"));
    device.event("published");
    device.kill();
    let printed = replays_the_same(&file);
    assert_eq!(printed["complete"], false);
    let recording = place.read();
    assert!(!recording.complete);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(" out published "), "{text}");
    // Whatever the last piece is cut to.
    let cut = text.len() - 10;
    std::fs::write(&file, &text[..cut]).unwrap();
    replays_the_same(&file);
    let people = run(&["replay", &file]);
    assert!(people.stdout.contains("it was cut off there"), "{people:?}");
}

#[test]
fn files_that_cannot_be_are_refused_before_anything_is_sent() {
    let broker = Broker::start();
    let url = broker.url();
    let same = run(&[
        "run", "--url", &url, "-i", "c", "--record", "f", "--pcap", "f",
    ]);
    assert_eq!(same.status, 64, "{same:?}");
    for option in ["--record", "--pcap"] {
        let nowhere = run(&["run", "--url", &url, "-i", "c", option, "/no/such/folder/f"]);
        assert_eq!(nowhere.status, 65, "{nowhere:?}");
        assert!(
            nowhere.stderr.contains("recording /no/such/folder/f"),
            "{nowhere:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_says_so() {
    let broker = Broker::start();
    let url = broker.url();
    for option in ["--record", "--pcap"] {
        let full = run(&["run", "--url", &url, "-i", "c", option, "/dev/full"]);
        assert_eq!(full.status, 69, "{full:?}");
        assert!(
            full.stderr.contains("the disk is full: make room"),
            "{full:?}"
        );
    }
}

/// Runs tshark on a file; none where it is not installed.
fn tshark(pcap: &str, args: &[&str]) -> Option<Vec<String>> {
    let args = [&["-r", pcap, "-n"], args].concat();
    let output = match Command::new("tshark").args(&args).output() {
        Ok(output) => output,
        Err(error) => {
            tern_skipped::skipped(&format!(
                "tshark is not here ({error}); on Debian: sudo apt-get install tshark"
            ));
            return None;
        }
    };
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn wireshark_reads_the_packets() {
    let cloud = Cloud::start();
    for scheme in ["mqtt", "wss"] {
        let place = Place::new();
        assert_eq!(recorded(&cloud, &place, scheme, &[]).status, 65);
        let pcap = place.pcap();
        let checks = [
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "ip.check_checksum:TRUE",
        ];
        let fields = ["-T", "fields", "-e", "mqtt.msgtype", "-Y", "mqtt"];
        let Some(types) = tshark(&pcap, &[&checks[..], &fields].concat()) else {
            return;
        };
        let types: Vec<&str> = types.iter().flat_map(|line| line.split(',')).collect();
        // CONNECT and CONNACK, SUBSCRIBE and SUBACK; PUBLISH and PUBACK both ways; DISCONNECT at the end.
        assert_eq!(types[..4], ["1", "2", "8", "9"], "{types:?}");
        assert_eq!(types.last(), Some(&"14"), "{types:?}");
        let count = |wanted: &str| types.iter().filter(|one| **one == wanted).count();
        assert_eq!((count("3"), count("4")), (3, 3), "{types:?}");
        let login = [
            "-T",
            "fields",
            "-Y",
            "mqtt.msgtype == 1",
            "-e",
            "mqtt.username",
            "-e",
            "mqtt.passwd",
        ];
        let login = tshark(&pcap, &login).unwrap();
        assert_eq!(login, [format!("dev1&a1aq9sQk2JE\t{}", "*".repeat(40))]);
        // Nothing that an expert of TCP or MQTT has to remark: no bad checksum, no gap, no malformed packet.
        let bad = "tcp.checksum.status == \"Bad\" or ip.checksum.status == \"Bad\" or _ws.malformed \
                   or tcp.analysis.lost_segment or tcp.analysis.retransmission or tcp.analysis.out_of_order \
                   or tcp.analysis.ack_lost_segment";
        let bad = tshark(&pcap, &[&checks[..], &["-Y", bad]].concat()).unwrap();
        assert_eq!(bad, Vec::<String>::new());
        // The handshake and the end of one connection.
        let flags = [
            "-T",
            "fields",
            "-e",
            "tcp.flags.str",
            "-Y",
            "tcp.flags.syn == 1 or tcp.flags.fin == 1",
        ];
        assert_eq!(tshark(&pcap, &flags).unwrap().len(), 4);
    }
}

/// While the reader of stdout takes nothing, the host answers the device's PINGREQs itself: that is a part of what
/// the device was handed, and no packet.
#[test]
fn what_the_host_hands_in_of_its_own_is_recorded_and_is_no_packet() {
    let (place, count) = (Place::new(), FLOOD.to_string());
    let (transcript, pcap) = (place.transcript(), place.pcap());
    let files = ["--record", &transcript, "--pcap", &pcap];
    let (mut device, reader, connection) = stalled(&[&["sub", "-C", &count][..], &files].concat());
    device.read_from(reader);
    let ended = device.end();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(connection.rest().last(), Some(&DISCONNECT));
    replays_the_same(&transcript);
    let text = std::fs::read_to_string(&transcript).unwrap();
    let handed_in = text.matches("\"\\xD0\\x00\"\n").count();
    let fields = [
        "-T",
        "fields",
        "-e",
        "mqtt.msgtype",
        "-Y",
        "mqtt and not _ws.malformed",
    ];
    let Some(types) = tshark(&pcap, &fields) else {
        return;
    };
    let types: Vec<&str> = types.iter().flat_map(|line| line.split(',')).collect();
    let sent = |wanted: &str| types.iter().filter(|one| **one == wanted).count();
    assert_eq!(sent("3"), FLOOD);
    assert!(
        handed_in > 0 && sent("13") <= sent("12"),
        "{handed_in} of the host's own"
    );
}

#[test]
fn a_message_of_many_segments_is_put_together_by_wireshark() {
    let (broker, place) = (Broker::start(), Place::new());
    let (url, pcap) = (broker.url(), place.pcap());
    let args = [
        "sub", "-t", "a", "-q", "1", "-C", "1", "--url", &url, "--pcap", &pcap,
    ];
    let device = start(&args, &[]);
    let connection = broker.accept_subscriber();
    connection.send(&message(1, &[b'x'; 100_000]));
    assert_eq!(connection.rest().last(), Some(&DISCONNECT));
    assert_eq!(device.end().status, 0);
    let fields = ["-T", "fields", "-Y", "mqtt.msgtype == 3", "-e", "mqtt.len"];
    if let Some(found) = tshark(&pcap, &fields) {
        assert_eq!(found, ["100005"]);
    }
}

#[test]
fn a_run_with_a_store_replays_what_an_earlier_one_has_left() {
    let place = Place::new();
    let (file, store) = (place.transcript(), place.file("store"));
    let broker = Broker::start();
    let url = broker.url();
    let args = [
        "run",
        "--url",
        &url,
        "-i",
        "c1",
        "--json",
        "--store",
        store.to_str().unwrap(),
        "--record",
        &file,
    ];
    let mut first = start(&args, &[]);
    let connection = broker.accept();
    connection.send(CONNACK);
    first.event("connected");
    first.write("a\tkept\n");
    first.event("accepted");
    connection.expect(PUBLISH);
    first.kill();
    replays_the_same(&file);
    let text = std::fs::read_to_string(&file).unwrap();
    for part in [
        " in hold-until-kept\n",
        " out to-be-kept 1 1\n",
        " in kept 1\n",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    let mut second = start(&args, &[]);
    let connection = broker.accept();
    connection.send(CONNACK);
    second.event("connected");
    // The same message with DUP.
    connection.expect(PUBLISH | 0x08);
    connection.send(&[PUBACK, 2, 0, 1]);
    second.event("published");
    assert_eq!(second.stop().status, 0);
    assert_eq!(replays_the_same(&file)["complete"], true);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(
        text.contains(" in restore-message 1 1 \"a\" \"kept\"\n"),
        "{text}"
    );
}
