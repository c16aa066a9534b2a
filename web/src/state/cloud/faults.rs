//! The switchboard of faults, and what is typed into it.

use tern_core::wire::ConnectCode;
use tern_platform::{AuthRefuse, DeviceAddress, Fault, Faults, MAX_DELAY_MS, Refuse};

/// The codes of a CONNACK that refuses.
pub const REFUSALS: [u8; 5] = [1, 2, 3, 4, 5];
/// The documented codes of an HTTPS authentication that is refused.
pub const AUTH_CODES: [u32; 5] = [401, 460, 500, 5001, 6200];

/// What is typed and chosen: a switch says whether it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulting {
    /// Faults of this device, or of all.
    pub of: Option<DeviceAddress>,
    /// The CONNACK code to refuse with.
    pub refuse: u8,
    /// The code to refuse an HTTPS authentication with.
    pub auth_refuse: u32,
    /// The delay in ms, as typed.
    pub delay_ms: String,
}

impl Default for Faulting {
    fn default() -> Self {
        Self {
            of: None,
            refuse: 3,
            auth_refuse: 401,
            delay_ms: "500".into(),
        }
    }
}

impl Faulting {
    /// What is on for the device looked at, or for all: its own switches, not those for all.
    #[must_use]
    pub fn on(&self, faults: &Faults) -> Fault {
        match &self.of {
            None => faults.all,
            Some(device) => faults.devices.get(device).copied().unwrap_or_default(),
        }
    }

    /// All faults, with those of the device looked at changed.
    #[must_use]
    pub fn changed(&self, faults: &Faults, change: impl FnOnce(&mut Fault)) -> Faults {
        let mut changed = faults.clone();
        match &self.of {
            None => change(&mut changed.all),
            Some(device) => {
                let own = changed.devices.entry(device.clone()).or_default();
                change(own);
                changed.devices.retain(|_, fault| !fault.is_none());
            }
        }
        changed
    }

    /// The refusal chosen.
    #[must_use]
    pub fn refusal(&self) -> Option<Refuse> {
        ConnectCode::from_number(self.refuse).map(|code| Refuse { code })
    }

    /// The refusal chosen for the HTTPS authentication.
    #[must_use]
    pub const fn auth_refusal(&self) -> AuthRefuse {
        AuthRefuse {
            code: self.auth_refuse,
        }
    }

    /// The delay typed, in ms: a whole number from 1 to [`MAX_DELAY_MS`].
    #[must_use]
    pub fn delay(&self) -> Option<u32> {
        let digits = self.delay_ms.bytes().all(|byte| byte.is_ascii_digit());
        let delay = self.delay_ms.parse().ok().filter(|_| digits);
        delay.filter(|delay| (1..=MAX_DELAY_MS).contains(delay))
    }
}
