//! A whole run of the real programs, and nothing of what must stay secret in anything that it leaves behind.
//!
//! Left behind are: every byte on stdout and stderr, every file, and every URL and answer that travels to
//! others than the one who logs in. Looked for are: the devices' secrets, the passwords signed with them and the
//! tokens granted for them, as they are, in hex, in base64 and as a URL or JSON writes them. Not left behind, and so
//! not searched: the bytes of a login on its way, which holds the password by its nature, and the one line
//! that `tern sign` is asked for, the password itself.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tern_core::identity::{ClientId, Triple};
use tern_core::sign::{SignMethod, direct};

use crate::cloud::request;
use crate::program::{Ended, PATIENCE, run_with, start};

const PRODUCT: &str = "a1Secrets0";
/// With what URLs, JSON and base64 write otherwise.
const SECRET: &str = "S3cr3t-of/dev1+&=\"%<~";
const OTHER_SECRET: &str = "0therS3cret:registered\\later";
const WRONG_SECRET: &str = "Wr0ngS3cret'for?dev1#";
const BROKER_PASSWORD: &str = "Br0ker/Passw0rd+of=somebody else";

/// What must not be found, under the names that a failure tells.
#[derive(Default)]
struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    /// Adds a secret in every form that somebody may write it in.
    fn add(&mut self, name: &str, secret: &str) {
        let bytes = secret.as_bytes();
        let mut form = |kind: &str, text: String| {
            self.0.push((
                format!("{name}, {kind}"),
                text.to_ascii_lowercase().into_bytes(),
            ));
        };
        form("as it is", secret.to_owned());
        form(
            "in hex",
            bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        );
        let encoded = |bytes: &[u8]| form_urlencoded::byte_serialize(bytes).collect::<String>();
        form("in a URL", encoded(bytes));
        form("in a form twice", encoded(encoded(bytes).as_bytes()));
        let json = serde_json::to_string(secret).unwrap();
        form("in JSON", json.trim_matches('"').to_owned());
        form("in Rust's quotes", secret.escape_debug().to_string());
        for before in 0..3 {
            // Wherever it stands in what is encoded: the characters that hold something else too are cut.
            let padded = [&vec![0; before], bytes].concat();
            let whole = padded.len() / 3 * 4;
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let text = engine.encode(&padded);
                form("in base64", text[before.div_ceil(3) * 4..whole].to_owned());
            }
        }
    }

    /// Fails where one of them stands in it.
    #[track_caller]
    fn stand_not_in(&self, place: &str, bytes: &[u8]) {
        let lower = bytes.to_ascii_lowercase();
        for (name, secret) in &self.0 {
            let found = lower.windows(secret.len()).position(|part| part == secret);
            if let Some(at) = found {
                let before = String::from_utf8_lossy(&bytes[at.saturating_sub(80)..at]);
                panic!("{place} holds {name}, behind {before:?}");
            }
        }
    }
}

/// Everything that was left behind, searched at the end, when every secret is known.
#[derive(Default)]
struct Left(Vec<(String, Vec<u8>)>);

impl Left {
    fn add(&mut self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((place.into(), bytes.into()));
    }

    fn ended(&mut self, place: &str, ended: &Ended) {
        self.add(format!("stdout of {place}"), ended.stdout.as_str());
        self.add(format!("stderr of {place}"), ended.stderr.as_str());
    }

    /// Every file below a folder but those that the secrets were given in.
    fn folder(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.folder(&path);
            } else if path.extension().is_none_or(|end| end != "given") {
                self.add(path.display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
}

/// Passes a client's connections on, and keeps what the client sends on each.
fn wire_tap(to: SocketAddr) -> (SocketAddr, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, sent) = channel();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, mut server) = (client.unwrap(), TcpStream::connect(to).unwrap());
            let (mut back, mut answers) =
                (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                // A reset is an end as well.
                let _ = std::io::copy(&mut answers, &mut back);
                let _ = back.shutdown(Shutdown::Both);
            });
            let tell = tell.clone();
            std::thread::spawn(move || {
                let (mut kept, mut buffer) = (Vec::new(), [0; 4096]);
                while let Ok(got @ 1..) = client.read(&mut buffer) {
                    kept.extend_from_slice(&buffer[..got]);
                    if server.write_all(&buffer[..got]).is_err() {
                        break;
                    }
                }
                let _ = server.shutdown(Shutdown::Write);
                // The test may be over.
                let _ = tell.send(kept);
            });
        }
    });
    (address, sent)
}

/// The password of the CONNECT that a connection began with: its last field.
fn password_of(sent: &[u8]) -> String {
    let length = match sent {
        [0x10, low, high, ..] if low & 0x80 != 0 => {
            3 + usize::from(low & 0x7f) + (usize::from(*high) << 7)
        }
        [0x10, low, ..] => 2 + usize::from(*low),
        other => panic!("no CONNECT: {other:02x?}"),
    };
    let connect = std::str::from_utf8(&sent[length - 32..length]).unwrap();
    connect.to_owned()
}

/// The head of a request, with its URL.
fn head(sent: &[u8]) -> Vec<u8> {
    let end = sent
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    sent[..end].to_vec()
}

/// The server-sent events of a stand-in that has ended.
fn all_events(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let text = String::from_utf8_lossy(&all);
    assert!(
        text.contains("auth_refused") && text.contains("published"),
        "{text}"
    );
    all
}

/// What the program is asked for beside: recordings, where it makes any.
fn recordings(folder: &Path, name: &str) -> Vec<String> {
    let help = run_with(&["run", "--help"], &[], b"").stdout;
    let file = |end: &str| folder.join(format!("{name}.{end}")).display().to_string();
    [("--record", file("tern")), ("--pcap", file("pcap"))]
        .into_iter()
        .filter(|(option, _)| help.contains(option))
        .flat_map(|(option, file)| [option.to_owned(), file])
        .collect()
}

#[test]
fn no_secret_password_or_token_is_left_behind_by_a_whole_run() {
    let folder = tempfile::tempdir().unwrap();
    let (mut secrets, mut left) = (Secrets::default(), Left::default());
    for (name, secret) in [
        ("the deviceSecret", SECRET),
        ("another deviceSecret", OTHER_SECRET),
        ("a wrong deviceSecret", WRONG_SECRET),
        ("a broker's password", BROKER_PASSWORD),
    ] {
        secrets.add(name, secret);
    }
    let client_id = ClientId::new(&format!("{PRODUCT}.dev1")).unwrap();
    for (name, secret) in [("the password", SECRET), ("a wrong password", WRONG_SECRET)] {
        let triple = Triple::new(PRODUCT, "dev1", secret).unwrap();
        for (method, securemode) in [
            (SignMethod::HmacSha1, 3),
            (SignMethod::HmacSha256, 2),
            (SignMethod::HmacMd5, 2),
        ] {
            let login = direct(&triple, &client_id, method, securemode, None);
            secrets.add(&format!("{name} by {method}"), login.password.expose());
        }
    }

    // The stand-in, with every event on stdout, and everything that logs asked to.
    let devices = folder.path().join("devices.given");
    let literal = serde_json::to_string(SECRET).unwrap();
    let text = format!(
        "[[device]]\nproduct_key = \"{PRODUCT}\"\ndevice_name = \"dev1\"\ndevice_secret = {literal}\n"
    );
    std::fs::write(&devices, text).unwrap();
    let data = folder.path().join("data");
    let any = "127.0.0.1:0";
    let verbose = [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full")];
    let mut platform = start(
        &[
            "platform",
            "--devices",
            devices.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
            "--listen",
            any,
            "--https",
            any,
            "--http",
            any,
        ],
        &verbose,
    );
    let ready = platform.event("ready");
    left.add("the stand-in's first event", ready.to_string());
    let address = |port: &str| ready[port].as_str().unwrap().parse::<SocketAddr>().unwrap();
    let http = address("http");
    let (tap, sent) = wire_tap(address("mqtt"));
    let next_sent = || sent.recv_timeout(PATIENCE).unwrap();
    let mut listener = TcpStream::connect(http).unwrap();
    listener.set_read_timeout(Some(PATIENCE)).unwrap();
    let host = format!("Host: {http}\r\n");
    write!(listener, "GET /api/events HTTP/1.1\r\n{host}\r\n").unwrap();

    // The programs, as the device: signed and authenticated, over every transport, in JSON and in words.
    let tcp = format!("mqtt://{tap}");
    let (tls, wss) = (
        format!("mqtts://{}", address("mqtt")),
        format!("wss://{}", address("mqtt")),
    );
    let ws = format!("ws://{tap}/mqtt");
    let auth_url = format!(
        "https://{}/auth/devicename",
        ready["https"].as_str().unwrap()
    );
    let https = ["--auth", "https", "--auth-url", auth_url.as_str()];
    let ca = ready["ca"].as_str().unwrap();
    let topic = format!("/{PRODUCT}/dev1/data");
    let publish = ["-t", topic.as_str(), "-m", "hello", "-q", "1"];
    let run = |left: &mut Left, name: &str, args: &[&[&str]], secret: &str, status: i32| {
        let device = [
            "--product-key",
            PRODUCT,
            "--device-name",
            "dev1",
            "--cafile",
            ca,
        ];
        let recordings = match args[0][0] {
            "pub" => recordings(folder.path(), name),
            _ => Vec::new(),
        };
        let recordings: Vec<&str> = recordings.iter().map(String::as_str).collect();
        let all = [&args.concat()[..], &device, &recordings].concat();
        let variables = [&[("TERN_DEVICE_SECRET", secret)], &verbose[..]].concat();
        let ended = run_with(&all, &variables, b"");
        assert_eq!(ended.status, status, "{name}: {ended:?}");
        left.ended(name, &ended);
        ended
    };
    let (json, sha256, md5): (&[_], _, _) = (
        &["--json"],
        ["--sign-method", "hmacsha256"],
        ["--sign-method", "hmacmd5"],
    );
    run(
        &mut left,
        "tcp",
        &[&["pub", "--url", &tcp], &publish],
        SECRET,
        0,
    );
    next_sent();
    run(
        &mut left,
        "tls",
        &[&["pub", "--url", &tls], &publish, &sha256, json],
        SECRET,
        0,
    );
    run(
        &mut left,
        "wss",
        &[&["pub", "--url", &wss], &publish, &md5, json, &["--native"]],
        SECRET,
        0,
    );
    run(
        &mut left,
        "ws",
        &[&["pub", "--url", &ws], &publish, json],
        SECRET,
        0,
    );
    left.add("the URL and head of a WebSocket", head(&next_sent()));
    run(
        &mut left,
        "refused",
        &[&["pub", "--url", &tcp], &publish],
        WRONG_SECRET,
        4,
    );
    run(
        &mut left,
        "refused-json",
        &[&["pub", "--url", &tcp], &publish, json],
        WRONG_SECRET,
        4,
    );
    next_sent();
    next_sent();
    for (name, form) in [("https", &[][..]), ("https-json", json)] {
        run(
            &mut left,
            name,
            &[&["pub", "--url", &tcp], &publish, &https, form],
            SECRET,
            0,
        );
        secrets.add("an iotToken", &password_of(&next_sent()));
        run(
            &mut left,
            &format!("{name}-auth"),
            &[&["auth"], &https[2..], form],
            SECRET,
            0,
        );
        run(
            &mut left,
            &format!("{name}-refused"),
            &[&["auth"], &https[2..], form],
            WRONG_SECRET,
            77,
        );
        let silent = ["sub", "--url", &tls, "-t", &topic, "-v", "-W", "1"];
        run(
            &mut left,
            &format!("{name}-sub"),
            &[&silent, form],
            SECRET,
            27,
        );
    }

    // A device that stays online, and keeps what it has accepted in a file.
    let store = folder.path().join("kept").display().to_string();
    let device = ["--product-key", PRODUCT, "--device-name", "dev1"];
    let stays = ["run", "--url", &tcp, "--store", &store, "--json"];
    let variables = [&[("TERN_DEVICE_SECRET", SECRET)], &verbose[..]].concat();
    let mut running = start(&[&stays[..], &device].concat(), &variables);
    left.add(
        "an event of tern run",
        running.event("connected").to_string(),
    );
    running.write(&format!("{topic}\thello\n"));
    left.add(
        "an event of tern run",
        running.event("published").to_string(),
    );
    left.ended("tern run", &running.stop());
    next_sent();

    // Logins of others, checked and signed ones, and secrets in wrong places.
    let variables = [&[("TERN_PASSWORD", BROKER_PASSWORD)], &verbose[..]].concat();
    let somebody = ["pub", "--url", &tcp, "-u", "somebody", "-i", "c1"];
    let ended = run_with(&[&somebody[..], &publish].concat(), &variables, b"");
    assert!((1..=5).contains(&ended.status), "{ended:?}");
    left.ended("another broker's login", &ended);
    next_sent();
    let triple = Triple::new(PRODUCT, "dev1", SECRET).unwrap();
    let login = direct(&triple, &client_id, SignMethod::HmacSha1, 3, None);
    let (sent_id, user) = (login.client_id.as_str(), login.username.as_str());
    for (password, status) in [(login.password.expose(), 0), (BROKER_PASSWORD, 65)] {
        for form in [&[][..], json] {
            let args = ["check", "--client-id-sent", sent_id, "--username", user];
            let variables = [("TERN_DEVICE_SECRET", SECRET), ("TERN_PASSWORD", password)];
            let ended = run_with(&[&args[..], form].concat(), &variables, b"");
            assert_eq!(ended.status, status, "{ended:?}");
            left.ended("tern check", &ended);
        }
    }
    for form in [&[][..], json] {
        let place = ["--transport", "tcp"];
        let device = ["--product-key", PRODUCT, "--device-name", "dev1"];
        let args = [&["sign"][..], &place, &device, form].concat();
        let mut ended = run_with(&args, &[("TERN_DEVICE_SECRET", SECRET)], b"");
        assert_eq!(ended.status, 0, "{ended:?}");
        // What it is for; nowhere else.
        let password = login.password.expose();
        assert!(ended.stdout.contains(password), "{ended:?}");
        ended.stdout = ended.stdout.replace(password, "");
        left.ended("tern sign", &ended);
    }
    let profile = folder.path().join("profile.given");
    std::fs::write(&profile, format!("device_secret = {literal}\n")).unwrap();
    let bad_devices = folder.path().join("bad.given");
    let words = format!(
        "[[device]]\nproduct_key = \"p\"\ndevice_name = \"d\"\ndevice_secret = \"{SECRET} \\u00e9\"\n"
    );
    std::fs::write(&bad_devices, words.replace("+&=\"", "+&=")).unwrap();
    let on_the_line = format!("--device-secret={SECRET}");
    let in_the_url = format!("--url=mqtt://u:{SECRET}@127.0.0.1:1");
    for args in [
        &["run", on_the_line.as_str()][..],
        &["run", &in_the_url],
        &["run", "--profile", profile.to_str().unwrap()],
        &["platform", "--devices", bad_devices.to_str().unwrap()],
        &[
            "run",
            "--url",
            &tcp,
            "--product-key",
            PRODUCT,
            "--device-name",
            "dev1",
        ],
    ] {
        let broken = format!("{SECRET}\n{SECRET}");
        let ended = run_with(args, &[("TERN_DEVICE_SECRET", &broken)], b"");
        assert!([64, 65].contains(&ended.status), "{args:?}: {ended:?}");
        left.ended("a wrong call", &ended);
    }

    // The control address.
    let registered = serde_json::json!({
        "product_key": PRODUCT, "device_name": "dev2", "device_secret": OTHER_SECRET,
    });
    let broken = registered.to_string().replace("registered", "\\u0007");
    let dev2 = format!("/api/devices/{PRODUCT}/dev2");
    let push = format!("/api/devices/{PRODUCT}/dev1/push");
    for (method, path, body) in [
        ("POST", "/api/devices", registered.to_string()),
        ("POST", "/api/devices", registered.to_string()),
        ("POST", "/api/devices", broken),
        ("GET", "/api/devices", String::new()),
        ("PATCH", &dev2, r#"{"disabled": true}"#.to_owned()),
        ("GET", &dev2, String::new()),
        ("GET", "/api/info", String::new()),
        ("GET", "/api/faults", String::new()),
        ("PUT", "/api/faults", format!("{{\"{WRONG_SECRET}")),
        ("POST", &push, format!(r#"{{"topic": "{topic}"}}"#)),
        ("POST", "/auth/devicename", "productKey=p&sign=x".to_owned()),
        ("POST", "/auth/devicename?host=evil.example", String::new()),
        ("DELETE", &dev2, String::new()),
    ] {
        left.add(
            format!("the answer to {method} {path}"),
            request(http, method, path, &body),
        );
    }

    let ended = platform.stop();
    assert_eq!(ended.status, 0, "{ended:?}");
    left.ended("tern platform", &ended);
    left.add("the events", all_events(listener));
    left.folder(folder.path());
    assert!(left.0.len() > 50, "{} pieces", left.0.len());
    for (place, bytes) in &left.0 {
        secrets.stand_not_in(place, bytes);
    }
    let bytes: usize = left.0.iter().map(|(_, bytes)| bytes.len()).sum();
    println!(
        "{} pieces of {bytes} bytes, {} forms of secrets",
        left.0.len(),
        secrets.0.len()
    );
}

#[test]
fn the_search_finds_every_form() {
    let mut secrets = Secrets::default();
    secrets.add("it", SECRET);
    let encoded = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect::<String>();
    let around = |text: &str| format!("{{\"a\":\"{text}\"}}");
    let mut found = vec![
        around(SECRET),
        around(&encoded),
        around(&SECRET.to_uppercase()),
        serde_json::to_string(SECRET).unwrap(),
        format!("{SECRET:?}"),
        format!("{:02X?}", SECRET.as_bytes()).replace([',', ' '], ""),
    ];
    for before in ["", "a", "ab", "abc"] {
        found.push(STANDARD_NO_PAD.encode(format!("{before}{SECRET}z")));
        found.push(URL_SAFE_NO_PAD.encode(format!("{before}{SECRET}z")));
    }
    for text in found {
        let searched = std::panic::catch_unwind(|| secrets.stand_not_in("here", text.as_bytes()));
        assert!(searched.is_err(), "not found in {text}");
    }
    secrets.stand_not_in("here", b"S3cr3t-of/dev2");
}
