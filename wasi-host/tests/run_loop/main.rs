//! Many engines in one loop, against the stand-in on real sockets: what is asked for comes to the right device, a
//! trap takes its own devices only, numbers are given again, and one busy device holds nobody up.
#![allow(clippy::unwrap_used, reason = "a test's panic is its failure")]

mod fleet;
mod traps;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use fleet::{Fleet, Heard};
use tern_core::device::{Config, Login};
use tern_core::identity::{Endpoint, TransportKind};
use tern_core::wire::QoS;
use tern_host::engine::{Engine, EngineError, Sandboxes};
use tern_host::run_loop::RunLoop;
use tern_host::transport::TlsSettings;

#[test]
fn devices_of_many_engines_are_served_by_one_loop() {
    let mut fleet = Fleet::start("many", 12);
    let sandboxes = Sandboxes::load().unwrap();
    // Sandboxes of one, of three, and an engine without a sandbox: all at once.
    for devices in [1, 1, 3, 3] {
        let engine = fleet.run_loop.add_engine(sandboxes.engine().unwrap());
        fleet.add(engine, devices);
    }
    let native = fleet.run_loop.add_engine(Engine::native());
    fleet.add(native, 4);
    fleet.connect_all();

    for round in 0..3 {
        for number in 0..12 {
            let payload = format!("{round}:{number}");
            fleet.publish(number, payload.as_bytes());
        }
        fleet.until(|fleet| (0..12).all(|number| fleet.heard(number).published > round));
    }
    // Each message went to the topic of the device that it came from, and that one's subscription got it back.
    fleet.until(|fleet| (0..12).all(|number| fleet.heard(number).messages.len() == 3));
    for number in 0..12 {
        let expected: Vec<String> = (0..3).map(|round| format!("{round}:{number}")).collect();
        assert_eq!(fleet.heard(number).messages, expected);
    }
}

#[test]
fn a_closed_device_gives_its_number_to_the_next_in_whichever_engine() {
    let mut fleet = Fleet::start("again", 3);
    let first = fleet.run_loop.add_engine(Engine::native());
    let second = fleet.run_loop.add_engine(Engine::native());
    fleet.add(first, 2);
    fleet.connect_all();
    let number_of_first = fleet.session(0);

    // What was asked for before comes to nobody, although both engines have the number free.
    fleet.publish(0, b"too late");
    fleet.run_loop.close(number_of_first).unwrap();
    fleet.forget(0);
    fleet.add(second, 1);
    assert_eq!(fleet.session(2), number_of_first);
    fleet.connect_all();
    fleet.publish(1, b"one");
    fleet.publish(2, b"two");
    fleet.until(|fleet| fleet.heard(1).messages == ["one"] && fleet.heard(2).messages == ["two"]);
    assert_eq!(fleet.heard(0), &Heard::default());
}

#[test]
fn a_device_whose_peer_never_stops_holds_up_no_other() {
    let mut fleet = Fleet::start("busy", 1);
    let engine = fleet.run_loop.add_engine(Engine::native());
    fleet.add(engine, 1);
    fleet.connect_all();

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let hose = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // A CONNECT is shorter than this, and longer than nothing.
        let _ = stream.read(&mut [0; 1024]).unwrap();
        stream.write_all(&[0x20, 2, 0, 0]).unwrap();
        // PUBLISH, QoS 0, topic "t", payload "hi".
        let packets = [0x30, 5, 0, 1, b't', b'h', b'i'].repeat(10_000);
        // Until the device is gone.
        while stream.write_all(&packets).is_ok() {}
    });
    let busy = fleet.run_loop.open_in(engine, plain(port), 7).unwrap();
    fleet.run_loop.connect(busy);
    for round in 0..50 {
        fleet.publish(0, b"quiet");
        fleet.until(|fleet| fleet.heard(0).published > round);
    }
    let told = fleet.others;
    fleet.until(|fleet| fleet.others > told + 100_000);
    fleet.run_loop.close(busy).unwrap();
    hose.join().unwrap();
}

#[test]
fn a_loop_without_an_engine_opens_nothing_and_waits_for_nothing() {
    let mut run_loop = RunLoop::empty(TlsSettings::built_in()).unwrap();
    let refused = run_loop.open(plain(1883), 1).unwrap_err();
    assert!(matches!(refused, EngineError::Gone), "{refused}");
    let on_event = &mut |_, notice: tern_host::run_loop::Notice<'_>| panic!("{notice:?}");
    run_loop.poll(Some(Duration::ZERO), on_event).unwrap();
}

/// A broker without any check on this port.
fn plain(port: u16) -> Config {
    Config::new(Login::Plain {
        client_id: "c".into(),
        username: None,
        password: None,
        endpoint: Endpoint::new(TransportKind::Tcp, "127.0.0.1", port).unwrap(),
    })
}

/// The QoS that everything here is published and subscribed with.
const QOS: QoS = QoS::AtLeastOnce;
