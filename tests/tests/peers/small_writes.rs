//! A megabyte in writes of 1 to 7 bytes, both ways: no reader may count on packets that come whole.

use tern_tests::peers::aedes::Aedes;
use tern_tests::peers::device::{Place, READER, Tern};
use tern_tests::peers::mosquitto::{Mosquitto, SCHEMES};
use tern_tests::peers::relay::Relay;
use tern_tests::peers::scripted::Library;
use tern_tests::peers::stand_in::StandIn;

use crate::mosquitto::{OVER_WEBSOCKET, users, way_back};
use crate::scenarios::{a_payload_arrives_whole, bytes_of, tern};

const MEGABYTE: usize = 1024 * 1024;

#[test]
fn a_megabyte_reaches_mosquitto_and_comes_back() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Mosquitto::start(&tern) else {
        return;
    };
    for scheme in SCHEMES {
        let [there, back] = [scheme, way_back(scheme)].map(|scheme| broker.place(scheme));
        passes_in_pieces(&tern, [&there, &back], MEGABYTE);
        passes_in_pieces(&tern, [&there; 2], OVER_WEBSOCKET);
    }
}

#[test]
fn a_megabyte_reaches_aedes_and_comes_back() {
    let Some(tern) = tern() else { return };
    let Some(broker) = Aedes::start(&tern) else {
        return;
    };
    for scheme in ["mqtt", "ws"] {
        passes_in_pieces(&tern, [&broker.place(scheme); 2], MEGABYTE);
    }
}

#[test]
fn a_megabyte_of_mqtt_js_reaches_the_stand_in_and_comes_back() {
    if let (Some(tern), Some(library)) = (tern(), Library::mqtt_js()) {
        passes_the_stand_in(&tern, &library);
    }
}

#[test]
fn a_megabyte_of_paho_reaches_the_stand_in_and_comes_back() {
    if let (Some(tern), Some(library)) = (tern(), Library::paho()) {
        passes_the_stand_in(&tern, &library);
    }
}

/// One message: from `tern pub` to the broker and on to `tern sub`, each by a wire of its own.
fn passes_in_pieces(tern: &Tern, [there, back]: [&Place; 2], bytes: usize) {
    let wires = [there, back].map(|place| Relay::in_small_writes(place.address(), 1));
    let [from, to] = [there.by(wires[0].address), back.by(wires[1].address)];
    a_payload_arrives_whole(tern, [&from, &to], Some(&users(tern)), bytes);
    for wire in wires {
        was_in_small_writes(&wire, bytes);
    }
}

/// The stand-in takes payloads of up to 256 KiB, as the platform does: a megabyte is four of them.
fn passes_the_stand_in(tern: &Tern, library: &Library) {
    let stand_in = StandIn::start(tern);
    for scheme in ["mqtt", "mqtts", "ws", "wss"] {
        let wire = Relay::in_small_writes(stand_in.address, 3);
        let place = stand_in.place(scheme).by(wire.address);
        let mut client = library.connected(&place, &tern.sign(READER, scheme));
        let topic = "/a1aq9sQk2JE/reader/big";
        assert_eq!(client.subscribe(topic, 1), 1);
        let payload = bytes_of(MEGABYTE);
        for part in payload.chunks(MEGABYTE / 4) {
            client.publish(topic, part, 1, false);
            assert!(client.message().payload == part, "over {scheme}");
        }
        client.end();
        was_in_small_writes(&wire, 2 * MEGABYTE);
    }
}

fn was_in_small_writes(wire: &Relay, at_least: usize) {
    let (bytes, writes) = wire.carried();
    assert!(bytes > at_least as u64, "{bytes} bytes");
    assert!(writes * 5 > bytes, "{writes} writes for {bytes} bytes");
}
