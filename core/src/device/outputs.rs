//! What waits to be polled.

use std::collections::VecDeque;

use super::{Event, Output, Token};
use crate::wire::QoS;

/// A message that came, by the places of its parts in the bytes that were handed in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    /// Where the topic begins.
    pub(super) topic_at: usize,
    pub(super) topic_len: u16,
    /// The payload ends the packet; between topic and payload stands the packet identifier, with QoS 1.
    pub(super) payload_len: usize,
    pub(super) qos: QoS,
    pub(super) dup: bool,
    pub(super) retain: bool,
}

impl Arrived {
    fn event(self) -> Event {
        let topic = self.topic_at..self.topic_at + usize::from(self.topic_len);
        let id_len = if self.qos == QoS::AtMostOnce { 0 } else { 2 };
        let payload_at = topic.end + id_len;
        Event::Message {
            topic,
            payload: payload_at..payload_at + self.payload_len,
            qos: self.qos,
            dup: self.dup,
            retain: self.retain,
        }
    }
}

/// One output: what comes by the thousand stands here itself, whatever is rare in a box, so that each takes 24 bytes
/// and not the 100 of the largest.
#[derive(Debug)]
enum Waiting {
    Arrived(Arrived),
    Published(Token),
    CloseTransport,
    Rare(Box<Output>),
}

/// The outputs in their order, apart from bytes to be sent and from the next time-out.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    waiting: VecDeque<Waiting>,
}

impl Outputs {
    /// What is not [`arrived`](Self::arrived) or [`published`](Self::published).
    pub(super) fn push(&mut self, output: Output) {
        self.waiting.push_back(match output {
            Output::CloseTransport => Waiting::CloseTransport,
            output => Waiting::Rare(Box::new(output)),
        });
    }

    pub(super) fn arrived(&mut self, message: Arrived) {
        self.waiting.push_back(Waiting::Arrived(message));
    }

    pub(super) fn published(&mut self, token: Token) {
        self.waiting.push_back(Waiting::Published(token));
    }

    /// The next one, unless bytes to be sent are due first: behind the events, and before the stream is closed.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Output> {
        match self.waiting.pop_front()? {
            Waiting::Arrived(message) => Some(Output::Event(message.event())),
            Waiting::Published(token) => Some(Output::Event(Event::Published { token })),
            Waiting::Rare(output) => Some(unboxed(output)),
            Waiting::CloseTransport => {
                self.waiting.push_front(Waiting::CloseTransport);
                None
            }
        }
    }

    /// The order to close the stream, where it is the next one.
    pub(super) fn pop_close(&mut self) -> Option<Output> {
        let next = self
            .waiting
            .pop_front_if(|next| matches!(next, Waiting::CloseTransport));
        next.map(|_| Output::CloseTransport)
    }
}

/// Not among what comes by the thousand.
#[cold]
#[expect(clippy::boxed_local, reason = "it is boxed where it waits")]
fn unboxed(output: Box<Output>) -> Output {
    *output
}

// The boxes are worth it as long as this is so.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Waiting>() == 24);
