//! The device that every stand-in without a devices file knows, so that everything can be tried without an
//! account. Its secret is no secret: it stands here and in the documentation.

use crate::Device;
use tern_core::identity::{DeviceName, DeviceSecret, ProductKey, Triple};

/// The sample device's productKey.
pub const PRODUCT_KEY: &str = "a1aq9sQk2JE";
/// The sample device's deviceName.
pub const DEVICE_NAME: &str = "dev1";
/// The sample device's deviceSecret: published here, so it protects nothing.
pub const DEVICE_SECRET: &str = "tern-sample-device-secret";

/// The sample device.
///
/// # Panics
/// Never: a test reads the three constants.
#[must_use]
pub fn device() -> Device {
    let valid = "the constants above are valid";
    let triple = Triple {
        product_key: ProductKey::new(PRODUCT_KEY).expect(valid),
        device_name: DeviceName::new(DEVICE_NAME).expect(valid),
        device_secret: DeviceSecret::new(DEVICE_SECRET).expect(valid),
    };
    Device {
        triple,
        disabled: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_device_is_a_valid_device() {
        assert!(!device().disabled);
    }
}
