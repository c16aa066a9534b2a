//! The clients that are compared. Each is driven as its own documentation drives it.

mod harness;
mod mqttbytes;
mod protocol_core;
mod rumqttc;
mod tern;

use std::hint::black_box;

/// A client that is connected. Bytes it is given are copied into its receive buffer first, as a read from a socket
/// does.
pub(crate) trait Client {
    /// Takes in what was read, hands every message over by [`hand_over`], and answers the bytes to be sent.
    fn receive(&mut self, read: &[u8]) -> &[u8];

    /// Sends a message of QoS 1 so many times, and answers the bytes to be sent.
    fn send(&mut self, topic: &str, payload: &[u8], times: usize) -> &[u8];

    /// Takes in PUBACKs, and answers how many messages were told to be done.
    fn acknowledged(&mut self, read: &[u8]) -> usize;
}

/// What the application gets.
pub(crate) fn hand_over(topic: &[u8], payload: &[u8]) {
    black_box((topic, payload));
}

/// One of the clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Tern,
    Mqttbytes,
    Rumqttc,
    ProtocolCore,
    /// Does nothing: what it costs is the harness.
    Harness,
}

impl Who {
    /// Those of the table, Tern first.
    pub(crate) const ALL: [Self; 4] = [
        Self::Tern,
        Self::Mqttbytes,
        Self::Rumqttc,
        Self::ProtocolCore,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tern => "tern",
            Self::Mqttbytes => "mqttbytes",
            Self::Rumqttc => "rumqttc",
            Self::ProtocolCore => "mqtt-protocol-core",
            Self::Harness => "harness",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter().chain([Self::Harness]);
        all.find(|who| who.name() == name)
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Tern => "Tern: the whole device, strict check",
            Self::Mqttbytes => "mqttbytes 0.6: codec alone, no state",
            Self::Rumqttc => "rumqttc 0.25: codec and MqttState",
            Self::ProtocolCore => "mqtt-protocol-core 0.7.9: connection",
            Self::Harness => "the harness",
        }
    }

    /// A connected client of this kind.
    pub(crate) fn start(self) -> Result<Box<dyn Client>, String> {
        Ok(match self {
            Self::Tern => Box::new(tern::Tern::start()?),
            Self::Mqttbytes => Box::new(mqttbytes::Mqttbytes::default()),
            Self::Rumqttc => Box::new(rumqttc::Rumqttc::start()),
            Self::ProtocolCore => Box::new(protocol_core::ProtocolCore::start()?),
            Self::Harness => Box::new(harness::Harness::default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::{BATCH, Work};

    #[test]
    fn every_client_does_all_of_the_work() {
        for who in Who::ALL.into_iter().chain([Who::Harness]) {
            for work in Work::ALL {
                let mut client = who.start().unwrap();
                work.run(client.as_mut(), 3 * BATCH);
            }
        }
    }
}
