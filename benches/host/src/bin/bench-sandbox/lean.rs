//! The core without anything around it: devices driven by their own calls, into buffers that are used again.

use std::hint::black_box;

use tern_core::device::{Device, Event, Input, Output};
use tern_core::time::Instant;
use tern_core::topic::TopicName;
use tern_core::wire::QoS;

use crate::Core;
use crate::batched::{ACCEPTED, config};
use crate::shape::{Does, Shape, TOPIC};

/// Devices, all online.
pub(crate) struct Lean {
    shape: Shape,
    devices: Vec<Device>,
    received: Vec<u8>,
    topic: TopicName,
    payload: Vec<u8>,
    transmit: Vec<u8>,
    pubacks: Vec<u8>,
    now: u64,
}

impl Lean {
    pub(crate) fn new(shape: &Shape) -> Self {
        let mut transmit = Vec::new();
        let devices = (0..shape.sessions as u64).map(|seed| {
            let now = Instant::from_millis(1);
            let mut device = Device::new(config(), seed).expect("a configuration");
            device.connect(now);
            drain(&mut device, &[], &mut transmit);
            device.handle_input(now, Input::TransportOpened);
            drain(&mut device, &[], &mut transmit);
            device.handle_input(now, Input::Received(&ACCEPTED));
            drain(&mut device, &[], &mut transmit);
            device
        });
        Self {
            shape: *shape,
            devices: devices.collect(),
            received: shape.received(),
            topic: TopicName::new(TOPIC).expect("a topic"),
            payload: shape.payload(),
            transmit: Vec::new(),
            pubacks: Vec::new(),
            now: 1,
        }
    }
}

impl Core for Lean {
    fn round(&mut self) -> usize {
        self.now += 1;
        let now = Instant::from_millis(self.now);
        let mut messages = 0;
        for device in &mut self.devices {
            self.transmit.clear();
            match self.shape.does {
                Does::Nothing => messages += self.shape.each,
                Does::Receive => {
                    device.handle_input(now, Input::Received(&self.received));
                    messages += drain(device, &self.received, &mut self.transmit);
                    black_box(&self.transmit);
                }
                Does::Publish => {
                    for _ in 0..self.shape.each {
                        let published =
                            device.publish(now, &self.topic, &self.payload, QoS::AtLeastOnce);
                        black_box(published.expect("a queue with room"));
                        drain(device, &[], &mut self.transmit);
                    }
                    self.pubacks.clear();
                    self.shape.acknowledge(&self.transmit, &mut self.pubacks);
                    device.handle_input(now, Input::Received(&self.pubacks));
                    messages += drain(device, &[], &mut self.transmit);
                }
            }
        }
        messages
    }
}

/// Takes out all that a device has to say. Returns how many messages came or were acknowledged.
fn drain(device: &mut Device, received: &[u8], transmit: &mut Vec<u8>) -> usize {
    let mut messages = 0;
    loop {
        match device.poll_output(transmit) {
            Output::Event(Event::Message { topic, payload, .. }) => {
                black_box((received.get(topic), received.get(payload)));
                messages += 1;
            }
            Output::Event(Event::Published { token }) => {
                black_box(token);
                messages += 1;
            }
            Output::Timeout(deadline) => {
                black_box(deadline);
                return messages;
            }
            other => {
                black_box(other);
            }
        }
    }
}
