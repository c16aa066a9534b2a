//! `tern pub`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::cloud::{Cloud, SECRET, TOPIC};
use crate::program::{PATIENCE, run_with, start};

#[test]
fn a_message_is_published_over_every_transport() {
    let cloud = Cloud::start();
    for (scheme, qos) in [("mqtt", "0"), ("mqtts", "1"), ("ws", "1"), ("wss", "0")] {
        for native in [&[][..], &["--native"]] {
            let url = cloud.url(scheme);
            let what = ["-t", TOPIC, "-m", "hello", "-q", qos, "--json"];
            let args = [&cloud.device("pub", &url)[..], &what, native].concat();
            let ended = run_with(&args, &[SECRET], b"");
            assert_eq!(ended.status, 0, "{scheme}: {ended:?}");
            let names = ended.names();
            assert_eq!(
                names[..4],
                ["connecting", "connected", "accepted", "published"],
                "{scheme}"
            );
            let endpoint = ended.event("connecting")["endpoint"].to_string();
            assert!(endpoint.contains(&url), "{endpoint}");
            let published = cloud.event("published");
            assert_eq!(published["topic"], TOPIC);
            assert_eq!(published["qos"].to_string(), qos);
        }
    }
}

#[test]
fn a_message_with_qos_0_is_sent_with_no_byte_more_than_it_takes() {
    for native in [&[][..], &["--native"]] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("mqtt://{}", listener.local_addr().unwrap());
        let broker = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let mut connect = [0; 14];
            stream.read_exact(&mut connect).unwrap();
            // CONNECT: MQTT 3.1.1, and no client id at the end.
            assert_eq!(&connect[..9], b"\x10\x0C\x00\x04MQTT\x04");
            assert_eq!(&connect[12..], b"\x00\x00");
            stream.write_all(&[0x20, 0x02, 0x00, 0x00]).unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap();
            // PUBLISH of `x` to `t`, then DISCONNECT.
            assert_eq!(rest, b"\x30\x04\x00\x01tx\xE0\x00");
        });
        let message = ["pub", "--url", &url, "-t", "t", "-m", "x", "-q", "0"];
        let ended = run_with(&[&message[..], native].concat(), &[], b"");
        assert_eq!(ended.status, 0, "{ended:?}");
        broker.join().unwrap();
    }
}

#[test]
fn each_line_of_stdin_is_a_message_and_all_are_acknowledged() {
    let cloud = Cloud::start();
    let mut input = String::new();
    for n in 0..2000 {
        input.push_str(&format!("line {n}\n"));
    }
    input.push_str("\nthe last one");
    let ended = cloud.run_with("pub", &["-t", TOPIC, "-l", "-q", "1"], input.as_bytes());
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let names = ended.names();
    let count = |wanted| names.iter().filter(|name| *name == wanted).count();
    assert_eq!(
        (count("accepted"), count("published"), count("failed")),
        (2002, 2002, 0)
    );
}

#[test]
fn a_file_of_any_bytes_is_a_message() {
    let cloud = Cloud::start();
    let file = cloud.folder.path().join("message");
    std::fs::write(&file, [0xff, 0x00, 0x0a]).unwrap();
    let args = ["-t", TOPIC, "-f", file.to_str().unwrap()];
    assert_eq!(cloud.run("pub", &args).status, 0);
    assert_eq!(cloud.event("published")["topic"], TOPIC);
}

#[test]
fn a_payload_over_the_limit_is_bad_data_and_the_others_go() {
    let cloud = Cloud::start();
    let large = "x".repeat(300 * 1024);
    let input = format!("small\n{large}\nsmall\n");
    let ended = cloud.run_with("pub", &["-t", TOPIC, "-l", "-q", "1"], input.as_bytes());
    assert_eq!(ended.status, 65, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("line 2: payload has 307200 bytes"),
        "{}",
        ended.stderr
    );
    let published = ended.names().into_iter().filter(|name| name == "published");
    assert_eq!(published.count(), 2);
}

#[test]
fn a_refusal_ends_with_the_code_of_the_connack() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtt");
    let what = ["-t", TOPIC, "-m", "x", "--json"];
    let device = |name| {
        [
            "pub",
            "--url",
            &url,
            "--product-key",
            "a1aq9sQk2JE",
            "--device-name",
            name,
        ]
    };
    for (name, secret, more, code) in [
        ("dev1", "wrong", &[][..], 4),
        ("nobody", "wrong", &[], 5),
        (
            "dev1",
            SECRET.1,
            &["--keepalive", "30", "--keepalive-range", "30..300"],
            3,
        ),
    ] {
        let args = [&device(name)[..], &what, more].concat();
        let ended = run_with(&args, &[("TERN_DEVICE_SECRET", secret)], b"");
        assert_eq!(ended.status, code, "{ended:?}");
        let refused = ended.event("refused");
        assert_eq!(refused["connack"], code);
        assert!(refused["reason"].is_string() && refused["explanation"].is_string());
        assert!(!ended.stdout.contains(SECRET.1) && !ended.stderr.contains(SECRET.1));
    }
    let args = [&device("dev1")[..], &what[..4]].concat();
    let ended = run_with(&args, &[("TERN_DEVICE_SECRET", "wrong")], b"");
    assert_eq!((ended.status, &ended.stdout[..]), (4, ""));
    assert!(ended.stderr.contains("refused: "), "{}", ended.stderr);
}

#[test]
fn a_certificate_that_is_not_trusted_ends_with_69_and_points_at_the_option() {
    let cloud = Cloud::start();
    let url = cloud.url("mqtts");
    let args = ["pub", "--url", &url, "-t", "t", "-m", "x", "--json"];
    let ended = run_with(&args, &[], b"");
    assert_eq!(ended.status, 69, "{ended:?}");
    let reason = ended.event("disconnected")["reason"].to_string();
    assert!(reason.contains("--cafile"), "{reason}");
}

#[test]
fn a_second_signal_ends_it_though_nobody_acknowledges() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let broker = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(&[0x20, 0x02, 0x00, 0x00]).unwrap();
        // Takes everything and answers nothing.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let args = [
        "pub", "--url", &url, "-t", "t", "-m", "x", "-q", "1", "--json",
    ];
    let mut publish = start(&args, &[]);
    publish.event("accepted");
    let since = Instant::now();
    let ended = publish.insist();
    assert_eq!(ended.status, 27, "{ended:?}");
    assert!(
        since.elapsed() < Duration::from_secs(8),
        "not only once its wait was over"
    );
    broker.join().unwrap();
}
