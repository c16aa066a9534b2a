//! What is done to a message, and the loop that does it: the harness.

use std::hint::black_box;

use crate::clients::Client;

/// The topic of each message.
pub(crate) const TOPIC: &str = "/a1aq9sQk2JE/dev1/user/get";

/// The payload of each message.
pub(crate) const PAYLOAD: &[u8; 64] =
    b"{\"temperature\":21.5,\"humidity\":48.2,\"id\":1234567,\"at\":999999999}";

/// Messages of one read, and messages sent before their acknowledgements come in one read: what a host finds that is
/// busy. All clients have a window of as many.
pub(crate) const BATCH: usize = 100;

/// A PUBLISH of this topic and payload: its identifier stands before the payload.
const PUBLISH: usize = 2 + 2 + TOPIC.len() + 2 + PAYLOAD.len();
const ID_AT: usize = 2 + 2 + TOPIC.len();

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Takes PUBLISHes in, so many a read.
    Receive { a_read: usize },
    /// Sends PUBLISHes, so many before their PUBACKs come in one read.
    Send { a_read: usize },
}

impl Work {
    pub(crate) const ALL: [Self; 4] = [
        Self::Receive { a_read: BATCH },
        Self::Send { a_read: BATCH },
        Self::Receive { a_read: 1 },
        Self::Send { a_read: 1 },
    ];

    /// Its name in the file of counts.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Receive { a_read: 1 } => "receive-1",
            Self::Receive { .. } => "receive-100",
            Self::Send { a_read: 1 } => "send-1",
            Self::Send { .. } => "send-100",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|work| work.name() == name)
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Receive { a_read: 1 } => "Receive, one message a read",
            Self::Receive { .. } => {
                "Receive: read a PUBLISH, check it, hand it over, write its PUBACK; 100 messages a read"
            }
            Self::Send { a_read: 1 } => "Send, one message at a time to its PUBACK",
            Self::Send { .. } => {
                "Send: write a PUBLISH, keep it, end it at its PUBACK; 100 messages, then 100 PUBACKs a read"
            }
        }
    }

    /// Does it with so many messages, rounded down to whole reads.
    pub(crate) fn run(self, client: &mut dyn Client, messages: usize) {
        match self {
            Self::Receive { a_read } => receive(client, messages / a_read, a_read),
            Self::Send { a_read } => send(client, messages / a_read, a_read),
        }
    }
}

fn receive(client: &mut dyn Client, reads: usize, a_read: usize) {
    let mut stream = Vec::new();
    for id in (1_u16..).take(a_read) {
        stream.extend_from_slice(&publish(id));
    }
    for _ in 0..reads {
        let acknowledged = client.receive(black_box(&stream));
        assert_eq!(acknowledged.len(), 4 * a_read, "a PUBACK for each");
        black_box(acknowledged);
    }
}

fn send(client: &mut dyn Client, reads: usize, a_read: usize) {
    let mut acknowledgements = Vec::new();
    for _ in 0..reads {
        acknowledgements.clear();
        let sent = client.send(black_box(TOPIC), black_box(PAYLOAD), a_read);
        assert_eq!(sent.len(), PUBLISH * a_read, "a PUBLISH each");
        for packet in sent.chunks_exact(PUBLISH) {
            let (high, low) = (packet[ID_AT], packet[ID_AT + 1]);
            acknowledgements.extend_from_slice(&[0x40, 0x02, high, low]);
        }
        let done = client.acknowledged(black_box(&acknowledgements));
        assert_eq!(done, a_read, "each is acknowledged");
    }
}

/// One PUBLISH of QoS 1 as bytes.
pub(crate) fn publish(id: u16) -> [u8; PUBLISH] {
    let mut packet = [0; PUBLISH];
    packet[0] = 0x32;
    packet[1] = (PUBLISH - 2) as u8;
    packet[3] = TOPIC.len() as u8;
    packet[4..ID_AT].copy_from_slice(TOPIC.as_bytes());
    packet[ID_AT..ID_AT + 2].copy_from_slice(&id.to_be_bytes());
    packet[ID_AT + 2..].copy_from_slice(PAYLOAD);
    packet
}

// One length byte says it all.
const _: () = assert!(PUBLISH - 2 < 128);
