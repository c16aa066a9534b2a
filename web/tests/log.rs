//! The ring of packets.

use tern_web::protocol::Direction;
use tern_web::worker::log::{Bounds, Log, Note};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn log(bytes: usize, packets: usize) -> Log {
    Log::new(Bounds { bytes, packets })
}

fn push(log: &mut Log, at_ms: f64, packet: &[u8]) -> u64 {
    let note = Note {
        at_ms,
        direction: Direction::Down,
        kind: 3,
        packet_id: 0,
        topic: None,
        round_trip_ms: None,
        frame: 1,
        frames: 1,
    };
    log.push(note, packet, |_, _| ())
}

fn bytes_of(log: &Log, index: u64) -> Option<Vec<u8>> {
    Some(log.get(index)?.bytes.to_vec())
}

#[test]
fn received_is_held_and_evicted_together() {
    let mut log = log(10, 100);
    for size in [4_u8, 4, 4, 3] {
        push(&mut log, 0.0, &vec![size; usize::from(size)]);
    }
    assert_eq!((log.held(), log.evicted(), log.end()), (2, 2, 4));
    assert_eq!(bytes_of(&log, 1), None);
    assert_eq!(bytes_of(&log, 2), Some(vec![4; 4]));
    assert_eq!(bytes_of(&log, 3), Some(vec![3; 3]));
}

#[test]
fn a_packet_keeps_its_bytes_wherever_the_ring_wraps() {
    let mut log = log(64, 5);
    for round in 0..200_u8 {
        let packet: Vec<u8> = (0..1 + round % 13).map(|byte| byte ^ round).collect();
        let index = push(&mut log, f64::from(round), &packet);
        assert_eq!(index, u64::from(round));
        assert_eq!(bytes_of(&log, index), Some(packet));
    }
    assert!(log.held() <= 5);
    assert_eq!(log.held() + log.evicted(), 200);
}

#[test]
fn a_packet_larger_than_the_ring_keeps_its_front() {
    let mut log = log(4, 5);
    push(&mut log, 0.0, &[1, 2]);
    push(&mut log, 0.0, &[3; 9]);
    assert_eq!((log.held(), log.evicted()), (1, 1));
    assert_eq!(bytes_of(&log, 1), Some(vec![3; 4]));
}

#[test]
fn clearing_starts_again_at_nought() {
    let mut log = log(4, 5);
    push(&mut log, 0.0, &[3; 9]);
    log.clear();
    assert_eq!((log.held(), log.evicted(), log.end()), (0, 0, 0));
}

#[test]
fn each_packet_that_makes_room_is_told_with_its_index() {
    let mut log = log(10, 100);
    push(&mut log, 1.0, &[1; 6]);
    push(&mut log, 2.0, &[2; 4]);
    let mut gone = Vec::new();
    let note = log.get(0).expect("it is here").note;
    log.push(note, &[3; 10], |index, note| gone.push((index, note.at_ms)));
    assert_eq!(gone, [(0, 1.0), (1, 2.0)]);
}

#[test]
fn a_full_log_takes_no_more_memory() {
    // Chunks hold 256 KiB: bounds of four of them, and packets that do not divide one evenly.
    let mut log = log(1 << 20, usize::MAX);
    for round in 0..100_000_u32 {
        push(&mut log, 0.0, &[7; 997]);
        if round % 1000 == 0 {
            assert_eq!(bytes_of(&log, log.end() - 1), Some(vec![7; 997]));
            assert_eq!(bytes_of(&log, log.evicted()), Some(vec![7; 997]));
        }
    }
    assert_eq!(log.held(), (1 << 20) / 997);
}

#[test]
fn an_answer_is_written_down_at_the_packet_that_asked() {
    let mut log = log(100, 100);
    let asked = push(&mut log, 0.0, &[1]);
    log.answered(asked, 12.5);
    let trip = log.get(asked).and_then(|packet| packet.note.round_trip_ms);
    assert_eq!(trip, Some(12.5));
}
