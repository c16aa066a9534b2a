//! Who the device is and where it connects: the triple, the client id, regions and endpoints.
//!
//! Every type here is checked when it is made and can't be wrong afterwards. A text that does not fit
//! is an [`IdentityError`], which names the field, the place in it, the rule, and what to do.
//!
//! What this module does *not* do: it resolves no name, opens no socket, and asks nobody whether the
//! device exists.
//!
//! ```
//! use tern_core::identity::{Endpoint, Region, TransportKind, Triple};
//!
//! let triple = Triple::new("a1U4pQzrgim", "test1", "fc73ae4f1f2fb21073f1eee685cf4435")?;
//! let endpoint = Endpoint::for_region(&triple.product_key, Region::CnShanghai, TransportKind::Tls);
//! assert_eq!(endpoint.to_string(), "mqtts://a1U4pQzrgim.iot-as-mqtt.cn-shanghai.aliyuncs.com:1883");
//!
//! let error = Triple::new("a1U4pQzrgim", "test 1", "fc73ae4f1f2fb21073f1eee685cf4435").unwrap_err();
//! assert!(error.to_string().starts_with("deviceName: character 5 is a space"));
//! # Ok::<(), tern_core::identity::IdentityError>(())
//! ```

mod endpoint;
mod error;
pub(crate) mod host;
mod names;
mod region;
mod secret;
mod transport;

pub use endpoint::Endpoint;
pub(crate) use error::quoted;
pub use error::{Field, IdentityError};
pub use names::{ClientId, DeviceName, ProductKey};
pub use region::Region;
pub use secret::DeviceSecret;
pub use transport::TransportKind;

/// A device's three parts, as the platform's console shows them (三元组).
///
/// `Debug` shows the key and the name, never the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triple {
    /// The product the device belongs to.
    pub product_key: ProductKey,
    /// The device's name within its product.
    pub device_name: DeviceName,
    /// The device's own secret, the key of every signature.
    pub device_secret: DeviceSecret,
}

impl Triple {
    /// Reads the three texts.
    ///
    /// # Errors
    /// The first field that breaks its rule, in the order of the arguments.
    pub fn new(
        product_key: &str,
        device_name: &str,
        device_secret: &str,
    ) -> Result<Self, IdentityError> {
        Ok(Self {
            product_key: ProductKey::new(product_key)?,
            device_name: DeviceName::new(device_name)?,
            device_secret: DeviceSecret::new(device_secret)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triple_never_prints_its_secret() {
        let triple = Triple::new("pk", "device", "hunter2hunter2").unwrap();
        let shown = format!("{triple:?} {triple:#?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("DeviceSecret(…)"), "{shown}");
        assert!(shown.contains("device"), "{shown}");
    }

    #[test]
    fn a_triple_names_the_field_that_is_wrong() {
        let field = |key, name, secret| Triple::new(key, name, secret).unwrap_err().field();
        assert_eq!(field("p k", "d d", "s s"), Field::ProductKey);
        assert_eq!(field("pk", "d d", "s s"), Field::DeviceName);
        assert_eq!(field("pk", "dd", "s s"), Field::DeviceSecret);
    }
}
