//! The ring of packets.

use tern_web::worker::log::{Bounds, Direction, Log};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn log(bytes: usize, packets: usize) -> Log {
    Log::new(Bounds { bytes, packets })
}

fn bytes_of(log: &Log, index: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    log.get(index, &mut bytes).map(|_| bytes)
}

#[test]
fn received_is_held_and_evicted_together() {
    let mut log = log(10, 100);
    for size in [4_u8, 4, 4, 3] {
        log.push(0.0, Direction::Up, &vec![size; usize::from(size)], false);
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
        let index = log.push(f64::from(round), Direction::Down, &packet, false);
        assert_eq!(index, u64::from(round));
        assert_eq!(bytes_of(&log, index), Some(packet));
    }
    assert!(log.held() <= 5);
    assert_eq!(log.held() + log.evicted(), 200);
}

#[test]
fn a_packet_larger_than_the_ring_keeps_its_front() {
    let mut log = log(4, 5);
    log.push(0.0, Direction::Down, &[1, 2], false);
    log.push(0.0, Direction::Down, &[3; 9], true);
    assert_eq!((log.held(), log.evicted()), (1, 1));
    assert_eq!(bytes_of(&log, 1), Some(vec![3; 4]));
}

#[test]
fn clearing_starts_again_at_nought() {
    let mut log = log(4, 5);
    log.push(0.0, Direction::Down, &[3; 9], false);
    log.clear();
    assert_eq!((log.held(), log.evicted(), log.end()), (0, 0, 0));
}
