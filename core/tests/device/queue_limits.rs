//! Bounded queues that say `Full` and lose nothing.

use tern_core::device::PublishError;
use tern_core::topic::TopicName;
use tern_core::wire::QoS;

use crate::scripted::{ACCEPTED, Scripted, plain};

fn try_publish(
    device: &mut Scripted,
    payload: &[u8],
    qos: QoS,
) -> Result<tern_core::device::Token, PublishError> {
    let topic = TopicName::new("t").unwrap();
    let now = device.now();
    let result = device.device.publish(now, &topic, payload, qos);
    device.drain();
    result
}

#[test]
fn the_queue_is_bounded_by_count() {
    let mut config = plain();
    config.limits.max_queued = 3;
    let mut device = Scripted::new(config);
    device.connect();
    for _ in 0..3 {
        try_publish(&mut device, b"x", QoS::AtLeastOnce).unwrap();
    }
    let full = try_publish(&mut device, b"x", QoS::AtLeastOnce).unwrap_err();
    assert_eq!(
        full,
        PublishError::Full {
            what: "messages",
            limit: 3
        }
    );
    assert!(full.to_string().contains("try again"));
    assert_eq!(device.device.queued().0, 3);
    device.accept(ACCEPTED);
    device.receive("40 02 00 02");
    try_publish(&mut device, b"x", QoS::AtLeastOnce).unwrap();
    assert_eq!(device.device.queued().0, 3, "nothing was lost");
}

#[test]
fn the_queue_is_bounded_by_bytes() {
    let mut config = plain();
    config.limits.max_queued_bytes = 1_000;
    let mut device = Scripted::new(config);
    device.connect();
    let accepted = (0..20).take_while(|_| {
        let result = try_publish(&mut device, &[0; 100], QoS::AtLeastOnce);
        assert!(matches!(
            result,
            Ok(_)
                | Err(PublishError::Full {
                    what: "bytes",
                    limit: 1_000
                })
        ));
        result.is_ok()
    });
    assert_eq!(accepted.count(), 9);
    assert!(device.device.queued().1 <= 1_000);
}

#[test]
fn one_message_over_the_queues_bytes_goes_through_an_empty_queue() {
    let mut config = plain();
    config.limits.max_queued_bytes = 10;
    let mut device = Scripted::online(config);
    try_publish(&mut device, &[0; 100], QoS::AtLeastOnce).unwrap();
    assert!(try_publish(&mut device, &[0; 100], QoS::AtLeastOnce).is_err());
    device.receive("40 02 00 01");
    try_publish(&mut device, &[0; 100], QoS::AtLeastOnce).unwrap();
}

#[test]
fn a_payload_over_the_limit_is_refused_with_both_numbers() {
    let mut config = plain();
    config.limits.max_payload = 4;
    let mut device = Scripted::online(config);
    try_publish(&mut device, b"1234", QoS::AtMostOnce).unwrap();
    let error = try_publish(&mut device, b"12345", QoS::AtMostOnce).unwrap_err();
    assert_eq!(error, PublishError::PayloadTooLarge { len: 5, max: 4 });
    assert!(error.to_string().contains("5 bytes"));
}

// client: [MQTT-4.3.3-1]
#[test]
fn qos_2_is_not_published() {
    let mut device = Scripted::online(plain());
    assert_eq!(
        try_publish(&mut device, b"", QoS::ExactlyOnce),
        Err(PublishError::Qos2)
    );
}

#[test]
fn a_stopped_device_takes_nothing() {
    let mut device = Scripted::new(plain());
    assert_eq!(
        try_publish(&mut device, b"", QoS::AtMostOnce),
        Err(PublishError::NotRunning)
    );
    device.connect();
    device.accept(ACCEPTED);
    device.disconnect();
    assert_eq!(
        try_publish(&mut device, b"", QoS::AtMostOnce),
        Err(PublishError::NotRunning)
    );
}

#[test]
fn a_refused_message_uses_no_token() {
    let mut config = plain();
    config.limits.max_queued = 1;
    let mut device = Scripted::new(config);
    device.connect();
    let first = try_publish(&mut device, b"x", QoS::AtMostOnce).unwrap();
    try_publish(&mut device, b"x", QoS::AtMostOnce).unwrap_err();
    device.accept(ACCEPTED);
    let second = try_publish(&mut device, b"x", QoS::AtMostOnce).unwrap();
    assert_eq!(second.0, first.0 + 1);
}
