//! The fields for text: the keys of edits, of faults and of what is stored.

use serde::{Deserialize, Serialize};

use super::Rule;

/// A field of the form: the key of its errors and of edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    /// productKey
    ProductKey,
    /// deviceName
    DeviceName,
    /// deviceSecret
    DeviceSecret,
    /// The bare client id; empty means `PRODUCTKEY.DEVICENAME`
    ClientId,
    /// Host name or address
    Host,
    /// Port; empty means the transport's own
    Port,
    /// Region
    Region,
    /// Sign method
    Method,
    /// Timestamp in ms; empty means none is sent
    Timestamp,
    /// Keep alive in seconds
    KeepAlive,
    /// The least keep alive that the cloud side takes
    KeepAliveMin,
    /// The greatest one
    KeepAliveMax,
}

impl Field {
    /// The field's id in the page.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ProductKey => "product-key",
            Self::DeviceName => "device-name",
            Self::DeviceSecret => "device-secret",
            Self::ClientId => "client-id",
            Self::Host => "host",
            Self::Port => "port",
            Self::Region => "region",
            Self::Method => "sign-method",
            Self::Timestamp => "timestamp",
            Self::KeepAlive => "keep-alive",
            Self::KeepAliveMin => "keep-alive-min",
            Self::KeepAliveMax => "keep-alive-max",
        }
    }
}

/// A field and the rule that its content breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub field: Field,
    /// The rule.
    pub rule: Rule,
    /// Whether nothing was typed: such a fault is shown only once somebody asked to connect.
    pub empty: bool,
}
