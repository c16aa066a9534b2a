//! Bytes that are no packet are kept: the timeline lists them, whole, for the inspector.

use std::collections::VecDeque;

use tern_core::identity::Endpoint;
use tern_core::time::Instant;
use tern_web::form::Form;
use tern_web::protocol::{Command, Detail, Direction, Watch, timeline};
use tern_web::worker::log::Bounds;
use tern_web::worker::session::Session;
use tern_web::worker::transport::{Happened, Received, Transport};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// CONNACK: no session, accepted.
const CONNACK: &[u8] = b"\x20\x02\x00\x00";

/// A peer that accepts any CONNECT and then says what it was told to.
struct Scripted {
    opening: bool,
    says: VecDeque<&'static [u8]>,
    heard: bool,
}

impl Transport for Scripted {
    fn open(&mut self, _: Instant, _: &Endpoint) {
        self.opening = true;
    }

    fn send(&mut self, _: Instant, _: &[u8]) {
        self.heard = true;
    }

    fn close(&mut self, _: Instant) {}

    fn next(&mut self, _: Instant, received: &mut Received) -> Option<Happened> {
        if std::mem::take(&mut self.opening) {
            return Some(Happened::Opened);
        }
        if !self.heard {
            return None;
        }
        received.message(self.says.pop_front()?);
        Some(Happened::Received)
    }
}

/// What the timeline lists of what came down: kind and bad byte; and the bytes of the last one.
fn told(says: &[&'static [u8]]) -> (Vec<(u8, Option<usize>)>, Vec<u8>) {
    let peer = || Scripted {
        opening: false,
        says: says.iter().copied().collect(),
        heard: false,
    };
    let (peer, network) = (Box::new(peer()), Box::new(peer()));
    let mut session = Session::new(peer, network, Bounds::default(), 7);
    let mut watch = timeline::Watch::default();
    watch.filter.direction = Some(Direction::Down);
    let look = |session: &mut Session, timeline: timeline::Watch| {
        let watch = Watch {
            timeline: Some(timeline),
            messages: None,
        };
        session.command(0.0, Command::Watch(Box::new(watch)), &[]);
    };
    look(&mut session, watch.clone());
    session.command(0.0, Command::Connect(Box::new(Form::sample())), &[]);
    session.turn(0.0);
    let rows = session.snapshot(0.0, &mut Vec::new()).timeline;
    let rows = rows.expect("it is looked at").rows.rows;
    watch.chosen = rows.last().map(|row| row.index);
    look(&mut session, watch);
    let mut attached = Vec::new();
    let shown = session.snapshot(0.0, &mut attached).timeline;
    let chosen = shown.expect("it is looked at").chosen;
    let bytes = attached[chosen.expect("one is chosen").bytes].to_vec();
    let rows = rows.into_iter().map(|row| match row.detail {
        Detail::Malformed { at, .. } => (row.kind, Some(at)),
        _ => (row.kind, None),
    });
    (rows.collect(), bytes)
}

#[test]
fn what_the_device_refuses_is_listed_with_its_bytes() {
    // PUBLISH, 4 bytes follow, topic "a#".
    let bad = b"\x30\x04\x00\x02a#";
    let (rows, bytes) = told(&[CONNACK, bad]);
    assert_eq!(rows, [(2, None), (0, Some(5))]);
    assert_eq!(bytes, bad);
}

#[test]
fn a_bad_packet_is_told_apart_from_what_came_behind_it() {
    // The same with a PINGRESP in the same message: the rule is the packet's own.
    let (rows, bytes) = told(&[CONNACK, b"\x30\x04\x00\x02a#\xD0\x00"]);
    assert_eq!(rows, [(2, None), (0, Some(5)), (13, None)]);
    assert_eq!(bytes, b"\xD0\x00");
}

#[test]
fn another_protocol_is_listed_whole() {
    let (rows, bytes) = told(&[b"HTTP/1.1 400 Bad Request\r\n\r\n"]);
    assert_eq!(rows, [(0, Some(0))]);
    assert_eq!(bytes, b"HTTP/1.1 400 Bad Request\r\n\r\n");
}
