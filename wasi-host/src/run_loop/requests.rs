//! What the application asks a device for: handed in by the next poll.

use tern_component::batch::InputBatch;
use tern_core::device::{Session as Kept, Token};
use tern_core::wire::QoS;

use super::{EngineId, MAX_UNSENT, RunLoop, SessionId};

#[cfg(doc)]
use super::Notice;

impl RunLoop {
    /// Lets the device go on with an earlier one's session; before it [connects](Self::connect).
    pub fn restore(&mut self, id: SessionId, session: &Kept) {
        self.ask(id, |batch, number| {
            for message in &session.messages {
                let (topic, payload) = (&message.topic, &message.payload);
                batch.restore_message(number, message.token, message.packet_id, topic, payload);
            }
            for (filter, qos) in &session.subscriptions {
                batch.restore_subscription(number, filter.as_str(), *qos);
            }
            batch.restore_tokens(number, session.last_token);
        });
    }

    /// Lets no QoS 1 message leave before it is [`kept`](Self::kept). Each is told by [`Notice::ToBeKept`].
    pub fn hold_until_kept(&mut self, id: SessionId) {
        self.ask(id, InputBatch::hold_until_kept);
    }

    /// The messages up to this one are kept: they may leave.
    pub fn kept(&mut self, id: SessionId, up_to: Token) {
        self.ask(id, |batch, number| batch.kept(number, up_to));
    }

    /// This message can't be kept: it fails, and never leaves.
    pub fn withdraw(&mut self, id: SessionId, token: Token) {
        self.ask(id, |batch, number| batch.withdraw(number, token));
    }

    /// Starts to connect.
    pub fn connect(&mut self, id: SessionId) {
        self.ask(id, InputBatch::connect);
    }

    /// Ends the connection in order, once what is under way is done.
    pub fn disconnect(&mut self, id: SessionId) {
        self.ask(id, InputBatch::disconnect);
    }

    /// Publishes a message.
    pub fn publish(&mut self, id: SessionId, topic: &str, payload: &[u8], qos: QoS) {
        self.ask(id, |batch, number| {
            batch.publish(number, topic, payload, qos)
        });
        self.note_asked(id);
    }

    /// Subscribes.
    pub fn subscribe(&mut self, id: SessionId, filter: &str, qos: QoS) {
        self.ask(id, |batch, number| batch.subscribe(number, filter, qos));
        self.note_asked(id);
    }

    /// Unsubscribes.
    pub fn unsubscribe(&mut self, id: SessionId, filter: &str) {
        self.ask(id, |batch, number| batch.unsubscribe(number, filter));
        self.note_asked(id);
    }

    /// Whether the device's socket and the batch still take something: ask before each publish of a long
    /// row, so that nothing piles up here.
    #[must_use]
    pub fn has_room(&self, id: SessionId) -> bool {
        self.sessions.get(id).is_some_and(|session| {
            session.unsent() < MAX_UNSENT
                && session.unanswered < 1024
                && self.engines.waiting(session.engine) < MAX_UNSENT
        })
    }

    /// Whether what the next step hands in to the device's engine, which all of its devices share, still takes
    /// something. Where it does not, it does after the next poll.
    #[must_use]
    pub fn has_room_in_step(&self, id: SessionId) -> bool {
        self.sessions
            .get(id)
            .is_none_or(|session| self.engines.waiting(session.engine) < MAX_UNSENT)
    }

    /// Whether bytes of this device still wait for its socket, or for the next flush.
    #[must_use]
    pub fn has_unsent(&self, id: SessionId) -> bool {
        let session = self.sessions.get(id);
        session.is_some_and(|session| session.unsent() > 0 || session.closing)
    }

    /// Lets each poll hand in at most this many of the packets that the device's peer sends after its CONNACK;
    /// at first there is no limit. What is not handed in is not acknowledged, and soon
    /// not read from the socket either. With 0 the device receives nothing, and does not hold it against
    /// its peer that no answer comes: it goes on sending its PINGREQs.
    pub fn limit_packets(&mut self, id: SessionId, limit: usize) {
        if let Some(session) = self.sessions.touch(id) {
            session.packet_limit = limit;
        }
    }

    /// Takes the acknowledgements of messages out of what the next flush sends: the peer keeps those
    /// messages then, and delivers them again on a later connection.
    pub fn withhold_acknowledgements(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.withhold_acknowledgements();
        }
    }

    /// A drill: the next step of this engine hands in a row that can't be read, at which it traps.
    pub fn provoke_trap(&mut self, engine: EngineId) {
        self.engines.fill(engine, InputBatch::unreadable);
    }

    fn ask(&mut self, id: SessionId, write: impl FnOnce(&mut InputBatch, u32)) {
        if let Some(session) = self.sessions.get(id) {
            let number = session.number;
            self.engines
                .fill(session.engine, |batch| write(batch, number));
        }
    }

    fn note_asked(&mut self, id: SessionId) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.unanswered += 1;
        }
    }
}
