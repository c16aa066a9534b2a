//! Calls that come too early, too late or too often.

use tern_core::device::{CloseKind, Event, Input, Output, Phase};
use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, GRANT, PINGRESP, Scripted, https, plain};

#[test]
fn polling_after_the_timeout_brings_the_timeout_again() {
    let mut device = Scripted::online(plain());
    let mut transmit = Vec::new();
    let first = device.device.poll_output(&mut transmit);
    assert!(matches!(first, Output::Timeout(Some(_))));
    for _ in 0..3 {
        assert_eq!(device.device.poll_output(&mut transmit), first);
    }
    assert!(transmit.is_empty());
}

#[test]
fn a_timeout_that_comes_early_changes_nothing() {
    let mut device = Scripted::new(plain());
    device.timeout();
    device.connect();
    device.timeout();
    device.opened();
    device.timeout();
    device.receive(ACCEPTED);
    device.publish("t", "x", QoS::AtLeastOnce);
    device.subscribe("t", QoS::AtLeastOnce);
    device.take();
    let deadline = device.deadline_ms();
    for _ in 0..9 {
        device.sleep(100);
        device.timeout();
        assert_eq!(device.take(), []);
        assert_eq!(device.deadline_ms(), deadline);
    }
    device.closed();
    device.take();
    device.timeout();
    assert_eq!(device.take(), []);
}

#[test]
fn connect_and_disconnect_twice_do_it_once() {
    let mut device = Scripted::new(plain());
    device.disconnect();
    assert_eq!(device.take(), []);
    device.connect();
    let first = device.take().len();
    assert_eq!(first, 2);
    device.connect();
    assert_eq!(device.take(), []);
    device.accept(ACCEPTED);
    device.take();
    device.connect();
    assert_eq!(device.take(), []);
    device.publish("t", "x", QoS::AtLeastOnce);
    device.take();
    device.disconnect();
    device.disconnect();
    device.connect();
    assert_eq!(device.take(), []);
    assert_eq!(device.device.phase(), Phase::Draining);
}

#[test]
fn inputs_of_a_stream_that_is_not_there_are_passed_over() {
    let mut device = Scripted::new(plain());
    let outside = |device: &mut Scripted| {
        device.opened();
        device.receive("FF FF 20 02 00 00");
        assert_eq!(device.held(), 0);
        device.closed_by(CloseKind::Certificate);
        device.answer(200, GRANT);
        device.answer_failed(CloseKind::Network);
        assert_eq!(device.take(), []);
    };
    outside(&mut device);
    device.connect();
    device.closed_by(CloseKind::Network);
    device.take();
    outside(&mut device);
    device.disconnect();
    device.take();
    outside(&mut device);
}

// client: [MQTT-3.1.0-2]
#[test]
fn a_stream_opened_twice_sends_one_connect() {
    let mut device = Scripted::new(plain());
    device.connect();
    device.opened();
    device.take();
    device.opened();
    device.receive(ACCEPTED);
    device.opened();
    assert!(!device.sent().contains("4D 51 54 54"));
}

#[test]
fn bytes_while_the_device_authenticates_are_passed_over() {
    let mut device = Scripted::new(https());
    device.connect();
    device.take();
    device.receive(PINGRESP);
    device.opened();
    device.closed();
    assert_eq!(device.take(), []);
    assert_eq!(device.device.phase(), Phase::Authenticating);
}

#[test]
fn an_empty_receive_asks_for_a_first_byte() {
    let mut device = Scripted::online(plain());
    let now = device.now();
    let progress = device.device.handle_input(now, Input::Received(&[]));
    assert_eq!((progress.consumed, progress.need), (0, 1));
}

#[test]
fn a_clock_that_goes_back_does_no_harm() {
    let mut device = Scripted::online(plain());
    // Not so long that a PINGREQ would be due: nobody answers it.
    device.pass(40_000);
    device.take();
    for now in [20_000, 0, u64::MAX, 1] {
        let now = tern_core::time::Instant::from_millis(now);
        device.device.handle_input(now, Input::Timeout);
        device
            .device
            .handle_input(now, Input::Received(&[0xD0, 0x00]));
        device.device.connect(now);
        device.drain();
    }
    assert_eq!(device.device.phase(), Phase::Connected);
    device.take();
    let token = device.publish("t", "x", QoS::AtLeastOnce);
    // PUBLISH QoS 1, topic `t`, packet identifier 1, payload `x`.
    assert_eq!(device.sent(), "32 06 00 01 74 00 01 78");
    device.receive("40 02 00 01");
    assert_eq!(device.events(), [Event::Published { token }]);
}
