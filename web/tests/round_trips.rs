//! How long answers take.

use tern_core::wire::PacketType;
use tern_web::protocol::Direction::{Down, Up};
use tern_web::worker::round_trips::{Answer, RoundTrips};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn answer(index: u64, after_ms: f32) -> Option<Answer> {
    Some(Answer { index, after_ms })
}

#[test]
fn each_answer_finds_the_packet_with_its_identifier() {
    let mut trips = RoundTrips::default();
    assert_eq!(trips.see(PacketType::Publish, Up, 1, 10.0, 0), None);
    assert_eq!(trips.see(PacketType::Publish, Up, 2, 11.0, 1), None);
    assert_eq!(
        trips.see(PacketType::Puback, Down, 2, 15.0, 2),
        answer(1, 4.0)
    );
    assert_eq!(
        trips.see(PacketType::Puback, Down, 1, 30.0, 3),
        answer(0, 20.0)
    );
    assert_eq!(trips.see(PacketType::Puback, Down, 1, 31.0, 4), None);
}

#[test]
fn both_sides_may_use_one_identifier_at_a_time() {
    let mut trips = RoundTrips::default();
    trips.see(PacketType::Publish, Up, 1, 0.0, 0);
    trips.see(PacketType::Publish, Down, 1, 1.0, 1);
    assert_eq!(trips.see(PacketType::Puback, Up, 1, 2.0, 2), answer(1, 1.0));
    assert_eq!(
        trips.see(PacketType::Puback, Down, 1, 5.0, 3),
        answer(0, 5.0)
    );
}

#[test]
fn qos_0_has_no_answer_and_a_new_connection_answers_nothing_old() {
    let mut trips = RoundTrips::default();
    trips.see(PacketType::Publish, Up, 0, 0.0, 0);
    assert_eq!(trips.see(PacketType::Puback, Down, 0, 1.0, 1), None);
    trips.see(PacketType::Pingreq, Up, 0, 2.0, 2);
    trips.clear();
    assert_eq!(trips.see(PacketType::Pingresp, Down, 0, 3.0, 3), None);
}
