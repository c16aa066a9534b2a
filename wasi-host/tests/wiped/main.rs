//! Secrets, passwords and tokens are wiped: no block of memory is given back with one in it, while devices sign in,
//! are refused and end, natively and in the sandbox, and while the stand-in checks them, in this one process.
//!
//! The deviceSecret is looked for over every transport. The password is on its way to the peer by its nature, and over
//! TLS and WebSocket it passes the buffers of rustls and tungstenite, which don't wipe them: it is looked for over
//! TCP, where every buffer is this workspace's. Not seen at all are the stack, the sandbox's own memory, which goes
//! back to the system as a whole, and what the system holds: sockets and pages on disk.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod watching;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tern_component::batch::InputBatch;
use tern_core::auth::AuthUrl;
use tern_core::device::{Config, Login, Reconnect};
use tern_core::identity::{ClientId, DeviceSecret, Endpoint, Triple};
use tern_core::sign::{Password, SignMethod, direct};
use tern_core::wire::{Connect, Packet, QoS, write};
use tern_host::client::{Client, ClientEvent, Params};
use tern_host::stand_in::{ListenAddress, StandIn, StandInOptions};
use tern_host::transport::TlsSettings;
use tern_platform::Device;

use watching::{aside, found, watch_for};

const SECRET: &str = "a-secret-that-is-nowhere-else";
const SECRET_NAME: &str = "the deviceSecret";
const PASSWORD: &str = "a-password-that-is-nowhere-else";

/// One at a time: what is watched for is the whole process's.
static TURN: Mutex<()> = Mutex::new(());

#[track_caller]
fn assert_nothing_found() {
    let found = found();
    aside(|| {
        assert!(
            found.is_empty(),
            "{} times: {}",
            found.len(),
            found.join("\n\n")
        )
    });
}

fn triple() -> Triple {
    Triple::new("a1WipedPr0d", "dev1", SECRET).unwrap()
}

#[test]
fn the_watch_finds_what_is_not_wiped() {
    let _turn = TURN.lock();
    watch_for("a text", b"something-not-wiped");
    drop("something-not-wiped".to_owned());
    assert_eq!(found().len(), 1);
    let mut growing = "something-not-wiped".to_owned();
    growing.shrink_to_fit();
    growing.push_str(" and moved");
    assert_eq!(found().len(), 1);
    growing.clear();
    growing.extend(std::iter::repeat_n('x', 20));
    drop(growing);
    assert_nothing_found();
}

#[test]
fn a_secret_and_what_is_signed_with_it_are_wiped() {
    let _turn = TURN.lock();
    watch_for(SECRET_NAME, SECRET.as_bytes());
    drop(DeviceSecret::new(SECRET).unwrap());
    drop(Password::from(PASSWORD));
    for method in [
        SignMethod::HmacMd5,
        SignMethod::HmacSha1,
        SignMethod::HmacSha256,
    ] {
        let login = direct(
            &triple(),
            &ClientId::new("c1").unwrap(),
            method,
            2,
            Some(789),
        );
        let password = aside(|| login.password.expose().to_owned());
        watch_for("a password", password.as_bytes());
        drop(login.clone());
        drop(login);
        aside(|| drop(password));
    }
    assert_nothing_found();
}

/// Connects, publishes, and ends; whether that went well.
fn live(config: Config, tls: &TlsSettings, native: bool) -> bool {
    let mut params = Params::new(config);
    params.tls = tls.clone();
    params.native = native;
    let (tell, told) = channel();
    let events = move |event: ClientEvent<'_>| {
        if let ClientEvent::PublishSuccess(_) = event {
            tell.send(()).unwrap();
        }
    };
    match Client::construct(params, events) {
        Ok(mut client) => {
            client
                .publish("/a1WipedPr0d/dev1/data", b"hello", QoS::AtLeastOnce)
                .unwrap();
            let deadline = Instant::now() + Duration::from_secs(20);
            while told.try_recv().is_err() {
                assert!(Instant::now() < deadline, "nothing acknowledges");
                client.yield_for(Duration::from_millis(20)).unwrap();
            }
            client.destroy().unwrap();
            true
        }
        Err(_) => false,
    }
}

#[test]
fn a_device_and_the_stand_in_leave_no_secret_behind() {
    let _turn = TURN.lock();
    watch_for(SECRET_NAME, SECRET.as_bytes());
    watch_for("a broker's password", PASSWORD.as_bytes());
    let client_id = ClientId::new("c1").unwrap();
    // The same over every transport: the securemode is not signed.
    let login = direct(&triple(), &client_id, SignMethod::HmacSha256, 3, None);
    watch_for("the password", login.password.expose().as_bytes());
    drop(login);
    let folder = tempfile::tempdir().unwrap();
    let stand_in = stand_in(&folder);
    let tls = TlsSettings::with_ca_file(stand_in.ca_path()).unwrap();
    let addresses = stand_in.addresses();
    for scheme in ["mqtt", "mqtts", "ws", "wss"] {
        for native in [true, false] {
            let endpoint = Endpoint::from_url(&format!("{scheme}://{}", addresses.mqtt)).unwrap();
            let login = Login::Direct {
                triple: triple(),
                client_id: client_id.clone(),
                method: SignMethod::HmacSha256,
                timestamp: None,
                endpoint: endpoint.clone(),
            };
            let once = |login| {
                let mut config = Config::new(login);
                config.reconnect = Reconnect::Never;
                config
            };
            assert!(live(once(login), &tls, native), "{scheme}");
            let refused = Login::Plain {
                client_id: "c1".into(),
                username: Some("somebody".into()),
                password: Some(Password::from(PASSWORD)),
                endpoint: endpoint.clone(),
            };
            assert!(!live(once(refused), &tls, native), "{scheme}");
            if scheme == "mqtt" {
                assert_nothing_found();
            }
            let auth_url = format!("https://{}/auth/devicename", addresses.https);
            let authenticated = Login::Https {
                triple: triple(),
                client_id: client_id.clone(),
                method: SignMethod::HmacSha256,
                timestamp: None,
                auth_url: AuthUrl::new(&auth_url).unwrap(),
                transport: endpoint.transport,
                endpoint: Some(endpoint),
            };
            assert!(live(once(authenticated), &tls, native), "{scheme}");
            let left = found();
            let secrets = left.iter().filter(|found| found.starts_with(SECRET_NAME));
            assert_eq!(secrets.count(), 0, "{left:?}");
        }
    }
    stand_in.stop().unwrap();
    let left = found();
    let secrets = left.iter().filter(|found| found.starts_with(SECRET_NAME));
    assert_eq!(secrets.count(), 0, "{left:?}");
}

/// A stand-in that knows the device.
fn stand_in(folder: &tempfile::TempDir) -> StandIn {
    StandIn::start(StandInOptions {
        mqtt: ListenAddress::loopback(0),
        https: ListenAddress::loopback(0),
        http: ListenAddress::loopback(0),
        data: Some(folder.path().to_owned()),
        devices: vec![Device {
            triple: triple(),
            disabled: false,
        }],
        ..StandInOptions::default()
    })
    .unwrap()
}

/// Signs in with the pieces of a CONNECT and what follows it, each read before the next one comes, as far as that can be
/// known: meanwhile somebody else is answered.
fn sign_in(stand_in: &StandIn, pieces: &[&[u8]], answer: &[u8]) {
    let address = stand_in.addresses().mqtt;
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    for piece in pieces {
        stream.write_all(piece).unwrap();
        let mut other = TcpStream::connect(address).unwrap();
        // A CONNECT of level 3, which is refused: clean session, keep alive 0, client id "o".
        other
            .write_all(b"\x10\x0D\0\x04MQTT\x03\x02\0\0\0\x01o")
            .unwrap();
        let mut refused = Vec::new();
        other.read_to_end(&mut refused).unwrap();
        assert!(!refused.is_empty());
    }
    let mut got = vec![0; answer.len()];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(got, answer);
    // DISCONNECT; then the stand-in closes.
    stream.write_all(&[0xE0, 0]).unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn a_login_in_pieces_leaves_no_password_at_the_stand_in() {
    let _turn = TURN.lock();
    let folder = tempfile::tempdir().unwrap();
    let stand_in = stand_in(&folder);
    let login = direct(
        &triple(),
        &ClientId::new("pieces").unwrap(),
        SignMethod::HmacSha256,
        3,
        None,
    );
    let beginning = &login.password.expose().as_bytes()[..40];
    watch_for("the password's beginning", beginning);
    aside(|| {
        let mut bytes = Vec::new();
        let connect = Connect {
            protocol_level: 4,
            client_id: login.client_id.clone(),
            username: Some(login.username.clone()),
            password: Some(login.password.clone()),
            keep_alive: 60,
            clean_session: true,
            will: None,
        };
        write(&Packet::Connect(connect), &mut bytes).unwrap();
        let (first, rest) = bytes.split_at(1);
        let (most, last) = rest.split_at(rest.len() - 10);
        let connack = [0x20, 2, 0, 0];
        sign_in(&stand_in, &[first, most, last], &connack);
        // A PINGREQ, whose first byte comes with the CONNECT's last, and its PINGRESP.
        let answers = [&connack[..], &[0xD0, 0]].concat();
        let last = [last, &[0xC0]].concat();
        sign_in(&stand_in, &[first, most, &last, &[0]], &answers);
    });
    stand_in.stop().unwrap();
    assert_nothing_found();
}

#[test]
fn a_batch_leaves_no_token_behind() {
    let _turn = TURN.lock();
    const TOKEN: &[u8] = b"a-token-that-is-nowhere-else";
    watch_for("the token", TOKEN);
    let large = [b'x'; 10_000];
    let mut batch = InputBatch::default();
    batch.http_answered(0, 200, TOKEN);
    // It grows, is used again, and goes: before and after it was emptied.
    batch.received(0, &large);
    batch.publish(0, "t", &[large, large].concat(), QoS::AtLeastOnce);
    batch.clear();
    batch.received(0, b"short");
    drop(batch);
    assert_nothing_found();
    let mut batch = InputBatch::default();
    batch.http_answered(0, 200, TOKEN);
    drop(batch.clone());
    drop(batch);
    assert_nothing_found();
}
