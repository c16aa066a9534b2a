//! The platform's session of the device, as it should be.

use tern_core::time::Instant;
use tern_platform::ConnectionId;

use super::rules::{Broken, Rule, ensure};

/// What there should be at the platform.
#[derive(Debug, Default)]
pub(super) struct Session {
    exists: bool,
    is_clean: bool,
    connection: Option<ConnectionId>,
    /// Times that the platform has forgotten it, and every token, since the device was last connected.
    pub(super) forgotten: u32,
}

impl Session {
    /// The platform's process has begun anew.
    pub(super) fn forgotten(&mut self) {
        *self = Self {
            forgotten: self.forgotten + 1,
            ..Self::default()
        };
    }

    /// Somebody has logged in. Where corruption may have changed the CONNECT, the platform's word counts.
    pub(super) fn connected(
        &mut self,
        now: Instant,
        connection: Option<ConnectionId>,
        clean_session: bool,
        session_present: bool,
        is_tainted: bool,
    ) -> Result<(), Broken> {
        let expected = self.exists && !clean_session;
        ensure(
            session_present == expected || is_tainted,
            Rule::Session,
            now,
            || format!("session present is {session_present}, and there should be one: {expected}"),
        )?;
        self.exists = true;
        self.is_clean = clean_session;
        self.connection = connection;
        Ok(())
    }

    /// A connection has ended. Answers whether the session ends with it.
    pub(super) fn disconnected(&mut self, connection: Option<ConnectionId>) -> bool {
        if self.connection != connection {
            return false;
        }
        self.connection = None;
        let ends = self.exists && self.is_clean;
        self.exists &= !self.is_clean;
        ends
    }
}
