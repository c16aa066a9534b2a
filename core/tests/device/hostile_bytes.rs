//! Random and mutated bytes: no panic, and memory that stays bounded.

use tern_core::device::{CloseKind, CloseReason, Device, Event, Input, Output};
use tern_core::time::Instant;
use tern_core::topic::{TopicFilter, TopicName};
use tern_core::wire::QoS;

use crate::scripted::{GRANT, bytes, https, plain};

/// Packets to be mutated.
const PACKETS: [&str; 10] = [
    "20 02 00 00",
    "20 02 01 00",
    "20 02 00 03",
    "30 05 00 01 74 68 69",
    "32 07 00 01 74 00 07 68 69",
    "40 02 00 01",
    "90 03 00 01 01",
    "B0 02 00 01",
    "D0 00",
    "34 05 00 01 74 00 01",
];

struct Host {
    device: Device,
    held: Vec<u8>,
    now: u64,
}

impl Host {
    fn now(&self) -> Instant {
        Instant::from_millis(self.now)
    }

    /// Does what it says, and checks every range and every promise on the way.
    fn drain(&mut self, received: &[u8]) {
        for polls in 0.. {
            assert!(polls < 100_000, "it never comes to an end");
            let mut transmit = Vec::new();
            match self.device.poll_output(&mut transmit) {
                Output::Timeout(_) => return,
                Output::OpenTransport(_) => self.held.clear(),
                Output::Event(Event::Message { topic, payload, .. }) => {
                    assert!(!core::str::from_utf8(&received[topic]).unwrap().is_empty());
                    assert!(payload.start <= payload.end && payload.end <= received.len());
                }
                _ => {}
            }
        }
    }

    fn receive(&mut self, new: &[u8]) {
        self.held.extend_from_slice(new);
        let held = core::mem::take(&mut self.held);
        let progress = self.device.handle_input(self.now(), Input::Received(&held));
        let rest = &held[progress.consumed..];
        assert!(progress.need > rest.len());
        assert!(
            progress.need <= 4 * 1024 * 1024,
            "over the limit of a packet"
        );
        self.held = rest.to_vec();
        self.drain(&held);
    }
}

#[test]
fn no_bytes_and_no_calls_make_it_panic_or_grow() {
    for seed in 0..300 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut config = if rng.bool() { plain() } else { https() };
        config.limits.max_queued = 50;
        config.limits.max_subscriptions = 20;
        let device = Device::new(config, seed).unwrap();
        let mut host = Host {
            device,
            held: Vec::new(),
            now: 0,
        };
        let topic = TopicName::new("t").unwrap();
        let filter = TopicFilter::new("t").unwrap();
        for _ in 0..300 {
            let now = host.now();
            match rng.u8(0..14) {
                0 => host.device.connect(now),
                1 if rng.u8(..) < 20 => host.device.disconnect(now),
                2 | 3 => {
                    host.device.handle_input(now, Input::TransportOpened);
                }
                4 if rng.u8(..) < 60 => {
                    let kind = CloseKind::Closed;
                    let reason = CloseReason {
                        kind,
                        text: String::new(),
                    };
                    host.device
                        .handle_input(now, Input::TransportClosed(reason));
                    host.held.clear();
                }
                5 => {
                    let mut body = GRANT.as_bytes().to_vec();
                    mutate(&mut body, &mut rng);
                    let answer = tern_core::auth::HttpAnswer {
                        status: 200,
                        body: &body,
                    };
                    host.device
                        .handle_input(now, Input::HttpAnswered(Ok(answer)));
                }
                6 => {
                    host.now += rng.u64(0..40_000);
                    let now = host.now();
                    host.device.handle_input(now, Input::Timeout);
                }
                7 => drop(host.device.publish(now, &topic, b"x", QoS::AtLeastOnce)),
                8 => drop(host.device.subscribe(now, &filter, QoS::AtLeastOnce)),
                9 => drop(host.device.unsubscribe(now, &filter)),
                10 => {
                    let random: Vec<u8> = (0..rng.usize(0..40)).map(|_| rng.u8(..)).collect();
                    host.receive(&random);
                }
                _ => {
                    let mut packet = bytes(PACKETS[rng.usize(..PACKETS.len())]);
                    if rng.u8(..) < 80 {
                        mutate(&mut packet, &mut rng);
                    }
                    host.receive(&packet);
                }
            }
            host.drain(&[]);
            assert!(host.device.queued().0 <= 50);
        }
    }
}

fn mutate(bytes: &mut Vec<u8>, rng: &mut fastrand::Rng) {
    match rng.u8(0..4) {
        0 => {
            let at = rng.usize(..bytes.len());
            bytes[at] ^= 1 << rng.u8(0..8);
        }
        1 => bytes.truncate(rng.usize(..bytes.len())),
        2 => bytes.push(rng.u8(..)),
        _ => {
            let at = rng.usize(..bytes.len());
            bytes[at] = rng.u8(..);
        }
    }
}
