//! Which packet may come now: the table of the device's states, apart from how packets look.

use crate::wire::PacketType;

/// Where a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It does nothing: not told to connect yet, or stopped.
    Idle,
    /// The HTTPS auth is under way.
    Authenticating,
    /// The transport is being opened.
    Opening,
    /// The CONNECT is sent, the CONNACK has not come.
    LoggingIn,
    /// The platform accepted.
    Connected,
    /// Told to disconnect: what is under way is waited for.
    Draining,
    /// It waits before the next attempt.
    Waiting,
}

impl Phase {
    /// Whether there is a byte stream, or one is being opened.
    pub(super) const fn has_transport(self) -> bool {
        matches!(
            self,
            Self::Opening | Self::LoggingIn | Self::Connected | Self::Draining
        )
    }

    /// Whether the platform has accepted the CONNECT.
    pub(super) const fn is_online(self) -> bool {
        matches!(self, Self::Connected | Self::Draining)
    }
}

/// Judges a legal packet of the platform by its time.
///
/// Acknowledgements are judged further by what they acknowledge: see the device.
pub(super) const fn may_come(phase: Phase, packet: PacketType) -> Result<(), &'static str> {
    match (phase, packet) {
        (Phase::LoggingIn, PacketType::Connack) => Ok(()),
        (Phase::LoggingIn, _) => {
            Err("the first packet from the server must be a CONNACK [MQTT-3.2.0-1]")
        }
        (_, PacketType::Connack) => Err("a second CONNACK came on one connection [MQTT-3.2.0-1]"),
        (_, PacketType::Pubrec | PacketType::Pubrel | PacketType::Pubcomp) => {
            Err("a packet of QoS 2 came, which this device neither publishes nor subscribes with")
        }
        (Phase::Connected | Phase::Draining, _) => Ok(()),
        _ => Err("a packet came while no connection stands"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connack_may_open_a_connection() {
        assert!(may_come(Phase::LoggingIn, PacketType::Connack).is_ok());
        for early in [
            PacketType::Publish,
            PacketType::Pingresp,
            PacketType::Suback,
        ] {
            assert!(may_come(Phase::LoggingIn, early).is_err());
        }
        assert!(may_come(Phase::Connected, PacketType::Connack).is_err());
    }

    #[test]
    fn no_packet_of_qos_2_may_come_at_all() {
        for phase in [Phase::LoggingIn, Phase::Connected, Phase::Draining] {
            assert!(may_come(phase, PacketType::Pubrel).is_err());
        }
    }
}
