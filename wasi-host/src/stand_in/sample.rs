//! The device that every stand-in without a devices file knows, so that everything can be tried without an
//! account. Its secret is no secret: it stands here and in the documentation.

use tern_core::identity::{DeviceName, DeviceSecret, ProductKey, Triple};
use tern_platform::Device;

/// The sample device's productKey.
pub const SAMPLE_PRODUCT_KEY: &str = "a1aq9sQk2JE";
/// The sample device's deviceName.
pub const SAMPLE_DEVICE_NAME: &str = "dev1";
/// The sample device's deviceSecret.
pub const SAMPLE_DEVICE_SECRET: &str = "tern-sample-device-secret";

/// The sample device.
///
/// # Panics
/// Never: a test reads the three constants.
#[must_use]
pub fn sample_device() -> Device {
    let valid = "the constants above are valid";
    let triple = Triple {
        product_key: ProductKey::new(SAMPLE_PRODUCT_KEY).expect(valid),
        device_name: DeviceName::new(SAMPLE_DEVICE_NAME).expect(valid),
        device_secret: DeviceSecret::new(SAMPLE_DEVICE_SECRET).expect(valid),
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
        assert!(!sample_device().disabled);
    }
}
