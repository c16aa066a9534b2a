//! Tern's device, driven as a host drives it: bytes in, outputs drained.

use tern_core::device::{Config, Device, Event, Input, Login, Output};
use tern_core::identity::{Endpoint, TransportKind};
use tern_core::time::Instant;
use tern_core::topic::TopicName;
use tern_core::wire::QoS;

use super::{Client, hand_over};

pub(super) struct Tern {
    device: Device,
    now: Instant,
    held: Vec<u8>,
    transmit: Vec<u8>,
    /// The topic of the last message sent, which a caller that sends many keeps.
    topic: Option<TopicName>,
}

impl Tern {
    pub(super) fn start() -> Result<Self, String> {
        let endpoint = Endpoint::new(TransportKind::Tcp, "localhost", 1883)
            .map_err(|error| error.to_string())?;
        let login = Login::Plain {
            client_id: "c1".into(),
            username: None,
            password: None,
            endpoint,
        };
        let device = Device::new(Config::new(login), 1).map_err(|error| error.to_string())?;
        let mut tern = Self {
            device,
            now: Instant::from_millis(1),
            held: Vec::new(),
            transmit: Vec::new(),
            topic: None,
        };
        tern.device.connect(tern.now);
        tern.drain();
        tern.device.handle_input(tern.now, Input::TransportOpened);
        tern.drain();
        tern.read(&[0x20, 0x02, 0x00, 0x00]);
        match tern.device.is_connected() {
            true => Ok(tern),
            false => Err("the device is not connected".into()),
        }
    }

    fn read(&mut self, read: &[u8]) -> usize {
        self.held.extend_from_slice(read);
        let progress = self
            .device
            .handle_input(self.now, Input::Received(&self.held));
        let done = self.drain();
        self.held.drain(..progress.consumed);
        done
    }

    /// Drains the outputs; answers how many messages were published. What is to be sent stays in `transmit`.
    fn drain(&mut self) -> usize {
        let mut done = 0;
        loop {
            match self.device.poll_output(&mut self.transmit) {
                Output::Event(Event::Message { topic, payload, .. }) => {
                    let topic = self.held.get(topic).unwrap_or_default();
                    let payload = self.held.get(payload).unwrap_or_default();
                    // The device has checked that it is UTF-8; a host that wants text trusts it or checks again, and
                    // those of Tern write bytes.
                    hand_over(topic, payload);
                }
                Output::Event(Event::Published { .. }) => done += 1,
                Output::Timeout(_) => return done,
                _ => {}
            }
        }
    }
}

impl Client for Tern {
    fn receive(&mut self, read: &[u8]) -> &[u8] {
        self.transmit.clear();
        self.read(read);
        &self.transmit
    }

    fn send(&mut self, topic: &str, payload: &[u8], times: usize) -> &[u8] {
        self.transmit.clear();
        if self
            .topic
            .as_ref()
            .is_none_or(|known| known.as_str() != topic)
        {
            self.topic = TopicName::new(topic).ok();
        }
        if let Some(topic) = &self.topic {
            for _ in 0..times {
                let published = self
                    .device
                    .publish(self.now, topic, payload, QoS::AtLeastOnce);
                debug_assert!(published.is_ok(), "{published:?}");
            }
        }
        self.drain();
        &self.transmit
    }

    fn acknowledged(&mut self, read: &[u8]) -> usize {
        self.read(read)
    }
}
