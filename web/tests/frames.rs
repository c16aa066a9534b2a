//! WebSocket messages and packets: their borders differ.

use tern_web::worker::frames::{Frame, Frames};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn frame(number: u32, spread: u16) -> Frame {
    Frame { number, spread }
}

#[test]
fn several_packets_lie_in_one_message() {
    let mut frames = Frames::default();
    frames.frame(6);
    assert_eq!(frames.packet(2), frame(1, 1));
    assert_eq!(frames.packet(4), frame(1, 1));
    frames.frame(2);
    assert_eq!(frames.packet(2), frame(2, 1));
}

#[test]
fn a_packet_is_spread_over_messages() {
    let mut frames = Frames::default();
    for len in [3, 1, 1, 5] {
        frames.frame(len);
    }
    assert_eq!(frames.packet(2), frame(1, 1));
    // One byte in each of the messages 1, 2 and 3, and one in 4.
    assert_eq!(frames.packet(4), frame(1, 4));
    assert_eq!(frames.packet(4), frame(4, 1));
}

#[test]
fn an_empty_message_counts_but_holds_no_packet() {
    let mut frames = Frames::default();
    frames.frame(0);
    frames.frame(2);
    assert_eq!(frames.packet(2), frame(2, 1));
}
