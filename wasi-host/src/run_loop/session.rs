//! One device's side of the loop: what came for it and is not handed in, what it has to send and is not sent.

use tern_component::batch::InputBatch;
use tern_core::time::Instant;
use tern_core::wire::{Framed, Sender, frame};
use zeroize::Zeroize;

use super::buffers::Buffers;
use super::link::Link;
use super::sessions::Marks;
use super::{CONNECT, EngineId, SessionId};

/// The packet that answers a PINGREQ.
const PINGRESP: &[u8] = &[0xD0, 0x00];

/// The first byte of a packet that acknowledges a message.
const PUBACK: u8 = 0x40;

/// What the loop keeps for a device.
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) engine: EngineId,
    /// Its number in its engine.
    pub(super) number: u32,
    pub(super) marks: Marks,
    pub(super) link: Link,
    /// To be sent by the next flush.
    pub(super) outgoing: Vec<u8>,
    /// To be closed by it, after that.
    pub(super) closing: bool,
    /// Packets that one poll hands in at most.
    pub(super) packet_limit: usize,
    /// Whether the login of this connection was accepted.
    pub(super) online: bool,
    /// How many of the next reports of consumed bytes are none of `held`'s.
    pub(super) excuses: usize,
    /// Received and not consumed.
    pub(super) held: Vec<u8>,
    /// How many bytes `held` must have before the device can go on.
    pub(super) need: usize,
    pub(super) deadline: Option<Instant>,
    /// The number of the HTTPS request under way.
    pub(super) request: u64,
    /// Asked for and not yet answered by accepted or not.
    pub(super) unanswered: usize,
}

impl Session {
    pub(super) fn new(id: SessionId, engine: EngineId, number: u32) -> Self {
        Self {
            id,
            engine,
            number,
            marks: Marks::default(),
            link: Link::None,
            outgoing: Vec::new(),
            closing: false,
            packet_limit: usize::MAX,
            online: false,
            excuses: 0,
            held: Vec::new(),
            need: 1,
            deadline: None,
            request: 0,
            unanswered: 0,
        }
    }

    /// Hands in what came on this device's link, and its deadline if that has come.
    pub(super) fn gather(
        &mut self,
        now: Instant,
        registry: &mio::Registry,
        batch: &mut InputBatch,
        buffers: &mut Buffers,
    ) {
        let id = self.number;
        let may_read = self.may_read();
        buffers.lend(&mut self.held);
        let (opened, end) = self.link.gather(now, registry, &mut self.held, may_read);
        if opened {
            batch.transport_opened(id);
        }
        let is_due = self.deadline.is_some_and(|deadline| deadline <= now);
        let limit = self.packet_limit();
        // What has come of a packet shows that the link lives: the device sees it before its deadline.
        if limit > 0 && (self.held.len() >= self.need || (is_due && !self.held.is_empty())) {
            batch.received(id, first_packets(&self.held, limit));
            // Until the device has said how much it consumed, it has all there is.
            self.need = usize::MAX;
        } else if limit == 0 && is_due {
            // A peer that nobody listens to can't be blamed for its silence: this stands for the PINGRESP
            // that may wait behind what is not read.
            batch.received(id, PINGRESP);
            self.excuses += 1;
        }
        if let Some(reason) = end {
            batch.transport_closed(id, &reason);
        }
        if is_due {
            self.deadline = None;
            batch.timeout(id);
        }
        buffers.take_back(&mut self.held);
    }

    /// Sends what is to be sent, then closes the link where that is asked for.
    pub(super) fn flush(&mut self, now: Instant, buffers: &mut Buffers) {
        if !self.outgoing.is_empty() {
            self.link.transmit(&self.outgoing);
            if self.outgoing.first() == Some(&CONNECT) {
                self.outgoing.zeroize();
            }
            self.outgoing.clear();
            buffers.take_back(&mut self.outgoing);
        }
        if std::mem::take(&mut self.closing) {
            self.online = false;
            self.link.close(now);
        }
    }

    /// The device has answered to something that was asked for.
    pub(super) fn answered(&mut self) {
        self.unanswered = self.unanswered.saturating_sub(1);
    }

    /// Takes the acknowledgements of messages out of what the next flush sends.
    pub(super) fn withhold_acknowledgements(&mut self) {
        self.outgoing = without_pubacks(&self.outgoing);
    }

    /// Bytes that wait for the flush or for the socket.
    pub(super) fn unsent(&self) -> usize {
        self.link.unsent() + self.outgoing.len()
    }

    fn packet_limit(&self) -> usize {
        match self.packet_limit {
            usize::MAX => usize::MAX,
            limit if self.online => limit,
            // The CONNACK alone: messages may follow it closely.
            _ => 1,
        }
    }

    /// Whether the device gets what comes now: whole packets wait here only where there is a limit.
    fn may_read(&self) -> bool {
        self.packet_limit() == usize::MAX
            || (self.packet_limit() > 0 && self.held.len() < self.need)
    }

    /// When it wants to be gathered even if nothing happens: at time 0, which has passed, where that is at once.
    pub(super) fn wake_up(&self) -> Option<Instant> {
        if self.packet_limit() > 0 && self.held.len() >= self.need {
            return Some(Instant::default());
        }
        let link = self.link.deadline(self.may_read());
        [self.deadline, link].into_iter().flatten().min()
    }
}

/// The first `limit` packets; all there is where that has fewer, or is no MQTT.
fn first_packets(bytes: &[u8], limit: usize) -> &[u8] {
    if limit == usize::MAX {
        return bytes;
    }
    let mut end = 0;
    for _ in 0..limit {
        let rest = bytes.get(end..).unwrap_or_default();
        match frame(rest, Sender::Server, usize::MAX) {
            Ok(Framed::Complete { len }) => end += len,
            _ => return bytes,
        }
    }
    bytes.get(..end).unwrap_or(bytes)
}

/// Whole packets, as the device writes them, without the PUBACKs.
fn without_pubacks(mut packets: &[u8]) -> Vec<u8> {
    let mut others = Vec::new();
    while let Ok(Framed::Complete { len }) = frame(packets, Sender::Client, usize::MAX)
        && let Some((packet, rest)) = packets.split_at_checked(len)
    {
        if packet.first() != Some(&PUBACK) {
            others.extend_from_slice(packet);
        }
        packets = rest;
    }
    others
}
