//! What the platform keeps for a device across its connections: subscriptions, messages under way,
//! messages that wait.

use std::collections::VecDeque;

use tern_core::topic::TopicFilter;
use tern_core::wire::{PacketId, QoS};

use crate::message::Message;
use crate::settings::Settings;

/// The session of one device. It belongs to the triple, whatever client id the device gives.
#[derive(Debug)]
pub(crate) struct Session {
    /// Whether it ends with the connection [MQTT-3.1.2-6].
    pub(crate) clean: bool,
    subscriptions: Vec<(TopicFilter, QoS)>,
    /// Sent and not acknowledged, in the order of sending.
    in_flight: VecDeque<(PacketId, Message)>,
    in_flight_bytes: usize,
    /// Not sent yet, the oldest first.
    queue: VecDeque<Message>,
    queue_bytes: usize,
    last_packet_id: u16,
}

/// What became of a queue that was over its limits.
#[derive(Debug)]
pub(crate) struct Trimmed {
    pub(crate) dropped: Vec<Message>,
    /// Whether the message that was put in last is still there.
    pub(crate) newest_waits: bool,
}

impl Session {
    pub(crate) const fn new(clean: bool) -> Self {
        Self {
            clean,
            subscriptions: Vec::new(),
            in_flight: VecDeque::new(),
            in_flight_bytes: 0,
            queue: VecDeque::new(),
            queue_bytes: 0,
            last_packet_id: 0,
        }
    }

    /// Adds a subscription or replaces the one with the same filter [MQTT-3.8.4-3]; false if there are `max` already.
    pub(crate) fn subscribe(&mut self, filter: TopicFilter, qos: QoS, max: usize) -> bool {
        if let Some(known) = self
            .subscriptions
            .iter_mut()
            .find(|(known, _)| *known == filter)
        {
            known.1 = qos;
        } else if self.subscriptions.len() < max {
            self.subscriptions.push((filter, qos));
        } else {
            return false;
        }
        true
    }

    /// Ends the subscription with exactly this filter [MQTT-3.10.4-1]; false if there is none.
    pub(crate) fn unsubscribe(&mut self, filter: &str) -> bool {
        let before = self.subscriptions.len();
        self.subscriptions
            .retain(|(known, _)| known.as_str() != filter);
        self.subscriptions.len() < before
    }

    pub(crate) fn subscriptions(&self) -> impl Iterator<Item = (&str, QoS)> {
        self.subscriptions
            .iter()
            .map(|(filter, qos)| (filter.as_str(), *qos))
    }

    /// Whether a subscription takes messages on this topic.
    pub(crate) fn takes(&self, topic: &str) -> bool {
        self.subscriptions
            .iter()
            // Most filters are simply the topic.
            .any(|(filter, _)| filter.as_str() == topic || filter.matches(topic))
    }

    /// Puts a message at the end of the queue, whatever its length: [`Self::trim`] comes after.
    pub(crate) fn enqueue(&mut self, message: Message) {
        self.queue_bytes += message.size();
        self.queue.push_back(message);
    }

    /// Brings the queue back to its limits: the newest message goes where it alone is over the limit of
    /// bytes, else the oldest go.
    pub(crate) fn trim(&mut self, settings: &Settings) -> Trimmed {
        let mut dropped = Vec::new();
        let newest = self
            .queue
            .pop_back_if(|newest| newest.size() > settings.queue_bytes);
        let newest_went = newest.is_some();
        if let Some(newest) = newest {
            self.queue_bytes -= newest.size();
            dropped.push(newest);
        }
        while self.queue.len() > settings.queue || self.queue_bytes > settings.queue_bytes {
            let Some(oldest) = self.queue.pop_front() else {
                break;
            };
            self.queue_bytes -= oldest.size();
            dropped.push(oldest);
        }
        Trimmed {
            newest_waits: !newest_went && !self.queue.is_empty(),
            dropped,
        }
    }

    /// Moves the oldest waiting message into flight, if the window has room; the caller sends it.
    pub(crate) fn advance(&mut self, settings: &Settings) -> Option<(PacketId, &Message)> {
        let size = self.queue.front()?.size();
        let full = self.in_flight.len() >= usize::from(settings.window.max(1));
        let too_large =
            !self.in_flight.is_empty() && self.in_flight_bytes + size > settings.window_bytes;
        if full || too_large {
            return None;
        }
        let message = self.queue.pop_front()?;
        let id = self.free_packet_id();
        self.queue_bytes -= size;
        self.in_flight_bytes += size;
        self.in_flight.push_back((id, message));
        self.in_flight.back().map(|(id, message)| (*id, message))
    }

    /// What was sent and not acknowledged, in the order of sending: to be sent again, with DUP and the
    /// same packet identifiers, when the device comes back [MQTT-4.4.0-1].
    pub(crate) fn unacknowledged(&self) -> impl Iterator<Item = (PacketId, &Message)> {
        self.in_flight.iter().map(|(id, message)| (*id, message))
    }

    /// Ends a message's flight; false if no message has this identifier.
    pub(crate) fn acknowledge(&mut self, id: PacketId) -> bool {
        let Some(at) = self.in_flight.iter().position(|(known, _)| *known == id) else {
            return false;
        };
        if let Some((_, message)) = self.in_flight.remove(at) {
            self.in_flight_bytes -= message.size();
        }
        true
    }

    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// The next identifier that no message in flight has [MQTT-2.3.1-2]. At most 65,534 are in flight
    /// when this is called (the window is a `u16`, and has room), so the search ends.
    fn free_packet_id(&mut self) -> PacketId {
        loop {
            self.last_packet_id = self.last_packet_id.wrapping_add(1);
            if let Some(id) = PacketId::new(self.last_packet_id)
                && self.in_flight.iter().all(|(used, _)| *used != id)
            {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        Message::new("t", text.as_bytes(), &mut Vec::new()).expect("a legal message")
    }

    fn enqueue(session: &mut Session, text: &str, settings: &Settings) -> Vec<Message> {
        session.enqueue(message(text));
        let trimmed = session.trim(settings);
        assert_eq!(
            trimmed.newest_waits,
            !trimmed.dropped.contains(&message(text))
        );
        trimmed.dropped
    }

    #[test]
    fn the_oldest_message_goes_when_the_queue_is_full() {
        let settings = Settings {
            queue: 2,
            queue_bytes: 10,
            ..Settings::default()
        };
        let mut session = Session::new(false);
        assert_eq!(enqueue(&mut session, "a", &settings), []);
        assert_eq!(enqueue(&mut session, "b", &settings), []);
        assert_eq!(enqueue(&mut session, "c", &settings), [message("a")]);
        // 9 bytes push out both that wait: 2 + 2 + 9 is over 10, and so is 2 + 9.
        assert_eq!(
            enqueue(&mut session, "eightbyt", &settings),
            [message("b"), message("c")]
        );
        // What could never be kept pushes out nothing else.
        assert_eq!(
            enqueue(&mut session, "elevenbytes", &settings),
            [message("elevenbytes")]
        );
        assert_eq!(session.queued(), 1);
    }

    #[test]
    fn the_window_bounds_what_is_in_flight_by_count_and_by_bytes() {
        let settings = Settings {
            window: 2,
            window_bytes: 6,
            ..Settings::default()
        };
        let mut session = Session::new(false);
        for text in ["larger than the window", "b", "c", "d"] {
            session.enqueue(message(text));
        }
        let (first, _) = session
            .advance(&settings)
            .expect("one message may always be under way");
        assert!(session.advance(&settings).is_none());
        assert!(session.acknowledge(first));
        assert!(!session.acknowledge(first));
        assert!(session.advance(&settings).is_some());
        assert!(session.advance(&settings).is_some());
        assert!(session.advance(&settings).is_none());
        assert_eq!((session.in_flight(), session.queued()), (2, 1));
    }

    // server: [MQTT-2.3.1-1], [MQTT-2.3.1-4], [MQTT-4.3.2-1]
    #[test]
    fn an_identifier_in_use_is_passed_over_when_they_wrap_around() {
        let settings = Settings {
            window: 3,
            ..Settings::default()
        };
        let mut session = Session::new(false);
        session.last_packet_id = u16::MAX - 1;
        for text in ["a", "b", "c"] {
            session.enqueue(message(text));
        }
        let ids: Vec<u16> =
            core::iter::from_fn(|| session.advance(&settings).map(|(id, _)| id.get())).collect();
        assert_eq!(ids, [65_535, 1, 2]);
        session.last_packet_id = u16::MAX;
        assert!(session.acknowledge(PacketId::new(2).expect("not 0")));
        session.enqueue(message("d"));
        assert_eq!(session.advance(&settings).map(|(id, _)| id.get()), Some(2));
    }
}
