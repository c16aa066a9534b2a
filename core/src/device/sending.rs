//! What the device sends while it is online, and its goodbye.

use super::outbox::Outbox;
use super::{Device, Ended, Event, FailReason, Output, Phase, PublishError, Timer, Token};
use crate::time::Instant;
use crate::topic::TopicName;
use crate::wire::{Packet, QoS, write};

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
            |token| outputs.published(token),
        );
        self.note_sent(now);
    }

    /// Sends a message for which there is nothing to wait: what [`send_waiting`](Self::send_waiting) would do with it in
    /// the end, without making it wait.
    #[inline(always)]
    pub(super) fn publish_at_once(
        &mut self,
        now: Instant,
        token: Token,
        topic: &TopicName,
        payload: &[u8],
        qos: QoS,
    ) -> Result<(), PublishError> {
        self.send_requests(now);
        if qos == QoS::AtMostOnce {
            Outbox::send_and_forget(topic, payload, &mut self.transmit)?;
            self.outputs.published(token);
        } else {
            self.outbox
                .send_and_keep(token, topic, payload, &mut self.ids, &mut self.transmit)?;
        }
        self.note_sent(now);
        Ok(())
    }

    /// Sends the SUBSCRIBEs and UNSUBSCRIBEs that wait.
    #[inline]
    pub(super) fn send_requests(&mut self, now: Instant) {
        if !self.subscriptions.asks_nothing() || self.timers.get(Timer::Request).is_some() {
            self.send_requests_there_are(now);
        }
    }

    fn send_requests_there_are(&mut self, now: Instant) {
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
    pub(super) fn note_sent(&mut self, now: Instant) {
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
        self.outputs.push(Output::CloseTransport);
        self.end(Ended::Requested);
    }
}
