//! What is asked of the core in one round.

/// The topic of every message.
pub(crate) const TOPIC: &str = "/a1aq9sQk2JE/dev1/user/get";

/// What each device does in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// It receives QoS 1 messages and acknowledges them.
    Receive,
    /// It publishes QoS 1 messages, and they are acknowledged.
    Publish,
    /// Nothing: the call itself.
    Nothing,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Devices in one engine.
    pub(crate) sessions: usize,
    /// Messages of each of them in a round.
    pub(crate) each: usize,
    /// Bytes of a payload.
    pub(crate) payload: usize,
    pub(crate) does: Does,
}

/// All rows.
pub(crate) const SHAPES: [Shape; 10] = [
    receive("receive, 1 device, 1 message", 1, 1, 64),
    receive("receive, 1 device, 10 messages a read", 1, 10, 64),
    receive("receive, 1 device, 100 messages a read", 1, 100, 64),
    receive("receive, 100 devices, 1 message each", 100, 1, 64),
    receive("receive, 1000 devices, 1 message each", 1000, 1, 64),
    receive("receive, 1 device, 1 message of 4096 B", 1, 1, 4096),
    receive("receive, 1 device, 16 messages of 4096 B", 1, 16, 4096),
    publish("publish, 1 device, 1 message", 1, 1),
    publish("publish, 1 device, 100 messages a call", 1, 100),
    Shape {
        name: "a call that carries nothing",
        sessions: 1,
        each: 1,
        payload: 0,
        does: Does::Nothing,
    },
];

const fn receive(name: &'static str, sessions: usize, each: usize, payload: usize) -> Shape {
    Shape {
        name,
        sessions,
        each,
        payload,
        does: Does::Receive,
    }
}

const fn publish(name: &'static str, sessions: usize, each: usize) -> Shape {
    Shape {
        name,
        sessions,
        each,
        payload: 64,
        does: Does::Publish,
    }
}

impl Shape {
    /// Messages in a round.
    pub(crate) const fn messages(&self) -> usize {
        self.sessions * self.each
    }

    /// A payload.
    pub(crate) fn payload(&self) -> Vec<u8> {
        vec![b'x'; self.payload]
    }

    /// What a device receives in a round: its messages as the platform sends them, in one read.
    pub(crate) fn received(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let packet_id: [u8; 2] = 7_u16.to_be_bytes();
        for _ in 0..self.each {
            bytes.push(0x32); // PUBLISH, QoS 1
            push_length(&mut bytes, 2 + TOPIC.len() + 2 + self.payload);
            bytes.extend([0, u8::try_from(TOPIC.len()).expect("a short topic")]);
            bytes.extend(TOPIC.as_bytes());
            bytes.extend(packet_id);
            bytes.extend(self.payload());
        }
        bytes
    }

    /// Reads the packet identifiers of what a device has published, all of one length, and writes the PUBACKs.
    pub(crate) fn acknowledge(&self, published: &[u8], pubacks: &mut Vec<u8>) {
        let body = 2 + TOPIC.len() + 2 + self.payload;
        let header = if body < 128 { 2 } else { 3 };
        for packet in published.chunks_exact(header + body) {
            let at = header + 2 + TOPIC.len();
            let id = packet.get(at..at + 2).expect("a packet of that length");
            pubacks.extend([0x40, 2]);
            pubacks.extend(id);
        }
    }
}

/// A remaining length.
fn push_length(bytes: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = u8::try_from(length % 128).expect("below 128");
        length /= 128;
        bytes.push(if length > 0 { low | 0x80 } else { low });
        if length == 0 {
            return;
        }
    }
}
