//! Packets on their way out, faults included, and the end of a connection.

use core::time::Duration;

use rand_chacha::rand_core::Rng;
use tern_core::time::Instant;
use tern_core::wire::{self, Packet};

use crate::connection::{Delayed, Phase};
use crate::connections::ConnectionId;
use crate::event::EventKind;
use crate::faults::Fault;
use crate::platform::Platform;
use crate::registry::DeviceIndex;

/// The type number 15 is reserved, so no MQTT packet begins like this [MQTT 3.1.1, table 2.1].
const NO_PACKET: u8 = 0xF0;

impl Platform {
    /// What goes wrong on purpose for a device; before its login is known, what does for all.
    pub(crate) fn fault_for(&self, device: Option<DeviceIndex>) -> Fault {
        device.map_or(self.faults.all, |device| {
            self.faults.of(&self.registry.entry(device).address)
        })
    }

    /// Sends a packet, or what the faults make of it. An error means that the packet can't be written.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        id: ConnectionId,
        packet: &Packet<'_>,
    ) -> Result<(), wire::WriteError> {
        self.scratch.clear();
        wire::write(packet, &mut self.scratch)?;
        self.dispatch(now, id);
        Ok(())
    }

    /// Sends the packets that stand in `scratch`, or what the faults make of them.
    pub(crate) fn dispatch(&mut self, now: Instant, id: ConnectionId) {
        let Some(connection) = self.connections.get(&id) else {
            return;
        };
        if connection.is_half_open() {
            self.swallow(id);
            return;
        }
        if connection.fault.garbage {
            self.send_garbage(now, id, self.scratch.len());
        } else {
            self.pass_on(now, id);
        }
    }

    /// Sends bytes that are no MQTT packet: `len` of them, but at least 2 and at most 64.
    pub(crate) fn send_garbage(&mut self, now: Instant, id: ConnectionId, len: usize) {
        self.scratch.clear();
        self.scratch.resize(len.clamp(2, 64), 0);
        self.rng.fill_bytes(&mut self.scratch);
        if let Some(first) = self.scratch.first_mut() {
            *first |= NO_PACKET;
        }
        self.pass_on(now, id);
    }

    /// Bytes have been swallowed, in or out, by a half-open fault: the connection is dead from here on.
    pub(crate) fn swallow(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.dead = true;
        }
    }

    /// Sends what a fault has delayed until now.
    pub(crate) fn release_delayed(&mut self, now: Instant, id: ConnectionId) {
        while let Some(connection) = self.connections.get_mut(&id)
            && let Some(output) = connection.take_due(now)
        {
            let half_open = connection.is_half_open();
            match output {
                Delayed::Bytes(_) if half_open => self.swallow(id),
                Delayed::Bytes(bytes) => self.outbox.transmit(id, &bytes),
                Delayed::Close(reason) => self.forget(id, reason),
            }
        }
    }

    /// Closes a connection and says so.
    pub(crate) fn end(&mut self, now: Instant, id: ConnectionId, reason: String) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.phase == Phase::Closing {
            return;
        }
        let device = self.go_offline(now, id);
        self.event(
            Some(id),
            device,
            EventKind::Disconnected {
                reason: reason.clone(),
            },
        );
        self.close(now, id, reason);
    }

    /// Closes a connection after what is delayed on it. Says nothing.
    pub(crate) fn close(&mut self, now: Instant, id: ConnectionId, reason: String) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.delayed.is_empty() || connection.is_half_open() {
            self.forget(id, reason);
        } else {
            connection.phase = Phase::Closing;
            connection.delay(now, Delayed::Close(reason));
        }
    }

    /// Marks the device of a connection as gone; a clean session ends with it [MQTT-3.1.2-6].
    pub(crate) fn go_offline(&mut self, now: Instant, id: ConnectionId) -> Option<DeviceIndex> {
        let device = self
            .connections
            .get(&id)
            .and_then(|connection| connection.device())?;
        let entry = self.registry.entry_mut(device);
        if entry.connection == Some(id) {
            entry.connection = None;
            entry.since = Some(now);
            entry.session.take_if(|session| session.clean);
        }
        Some(device)
    }

    /// Drops all that is kept for a connection.
    pub(crate) fn remove(&mut self, id: ConnectionId) {
        if let Some(mut connection) = self.connections.remove(&id) {
            self.timers.disarm(id, &mut connection);
        }
    }

    fn forget(&mut self, id: ConnectionId, reason: String) {
        self.remove(id);
        self.outbox.close(id, reason);
    }

    /// Hands what stands in `scratch` to the outbox, now or after the fault's delay.
    fn pass_on(&mut self, now: Instant, id: ConnectionId) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let delay = Duration::from_millis(u64::from(connection.fault.delay_ms));
        if delay.is_zero() && connection.delayed.is_empty() {
            self.outbox.transmit(id, &self.scratch);
            return;
        }
        connection.delay(now + delay, Delayed::Bytes(self.scratch.clone()));
        self.timers.arm(id, connection);
        if connection.delayed_bytes > self.settings.max_backlog {
            let reason = format!(
                "{} bytes wait for the delay to pass (fault: delay_ms)",
                connection.delayed_bytes
            );
            connection.delayed.clear();
            self.end(now, id, reason);
        }
    }
}
