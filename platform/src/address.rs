//! Which device.

use core::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tern_core::identity::{DeviceName, IdentityError, ProductKey};

/// Which device: the triple without its secret. Prints and serialises as `productKey/deviceName`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceAddress {
    /// The product.
    pub product_key: ProductKey,
    /// The device's name in it.
    pub device_name: DeviceName,
}

impl DeviceAddress {
    /// From two texts.
    ///
    /// # Errors
    /// One of them breaks the rules of [`ProductKey`] or [`DeviceName`].
    pub fn new(product_key: &str, device_name: &str) -> Result<Self, IdentityError> {
        Ok(Self {
            product_key: ProductKey::new(product_key)?,
            device_name: DeviceName::new(device_name)?,
        })
    }
}

impl fmt::Display for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.product_key, self.device_name)
    }
}

impl Serialize for DeviceAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DeviceAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Some((product_key, device_name)) = text.split_once('/') else {
            return Err(D::Error::custom(format!(
                "{text:?}: a device is named \"productKey/deviceName\""
            )));
        };
        Ok(Self {
            product_key: ProductKey::new(product_key).map_err(D::Error::custom)?,
            device_name: DeviceName::new(device_name).map_err(D::Error::custom)?,
        })
    }
}
