//! Which connection is to be looked at when.

use std::collections::BTreeSet;

use tern_core::time::Instant;

use crate::connection::Connection;
use crate::connections::ConnectionId;

/// One timer a connection at most.
///
/// A timer may be earlier than what it stands for, never later: a packet moves the end of patience, not
/// the timer. It is set anew when it fires, so a busy connection costs nothing here.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    set: BTreeSet<(Instant, ConnectionId)>,
}

impl Timers {
    /// Makes sure that the connection is looked at in time.
    pub(crate) fn arm(&mut self, id: ConnectionId, connection: &mut Connection) {
        let Some(deadline) = connection.next_deadline() else {
            return;
        };
        if connection.armed.is_none_or(|armed| deadline < armed) {
            self.disarm(id, connection);
            self.set.insert((deadline, id));
            connection.armed = Some(deadline);
        }
    }

    pub(crate) fn disarm(&mut self, id: ConnectionId, connection: &mut Connection) {
        if let Some(armed) = connection.armed.take() {
            self.set.remove(&(armed, id));
        }
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.set.first().map(|(at, _)| *at)
    }

    /// Takes out one timer that is due. The caller clears the connection's `armed` and arms it again.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<ConnectionId> {
        let &(at, id) = self.set.first()?;
        if at > now {
            return None;
        }
        self.set.pop_first();
        Some(id)
    }
}
