//! What the device sends while it is online, and its goodbye.

use super::{Device, Ended, Event, FailReason, Output, Phase};
use crate::time::Instant;
use crate::wire::{Packet, write};

impl Device {
    /// Sends whatever waits and may be sent.
    pub(super) fn send_waiting(&mut self, now: Instant) {
        if !self.phase.is_online() {
            return;
        }
        self.send_requests(now);
        let outputs = &mut self.outputs;
        self.outbox.send_waiting(
            &mut self.ids,
            self.config.limits.max_inflight,
            &mut self.transmit,
            |token| outputs.push_back(Output::Event(Event::Published { token })),
        );
        self.note_sent(now);
    }

    /// Sends the SUBSCRIBEs and UNSUBSCRIBEs that wait.
    pub(super) fn send_requests(&mut self, now: Instant) {
        let timeout = self.config.request_timeout;
        let unwritable =
            self.subscriptions
                .send_waiting(now, timeout, &mut self.ids, &mut self.transmit);
        for token in unwritable {
            self.event(Event::Failed {
                token,
                reason: FailReason::Unwritable,
            });
        }
        self.arm_request();
    }

    /// After a batch of packets: acknowledgements have made room, or emptied what a disconnect waits for.
    pub(super) fn after_packets(&mut self, now: Instant) {
        self.send_waiting(now);
        if self.phase == Phase::Draining {
            self.finish_drained();
        }
    }

    /// What is to be sent counts as sent from now on, for the keep alive.
    fn note_sent(&mut self, now: Instant) {
        if !self.transmit.is_empty() {
            self.last_sent = now;
        }
    }

    pub(super) fn finish_drained(&mut self) {
        if self.outbox.len() == 0 {
            self.say_goodbye();
        }
    }

    pub(super) fn say_goodbye(&mut self) {
        // A DISCONNECT has two bytes and can't fail to be written.
        let _ = write(&Packet::Disconnect, &mut self.transmit);
        self.outputs.push_back(Output::CloseTransport);
        self.end(Ended::Requested);
    }
}
