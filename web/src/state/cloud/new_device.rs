//! The device that somebody types to register it, checked by the core's own types.

use tern_core::identity::{DeviceName, DeviceSecret, ProductKey};

use super::Cloud;
use crate::protocol::cloud::NewDevice;

/// A field of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// productKey
    ProductKey,
    /// deviceName
    DeviceName,
    /// deviceSecret
    DeviceSecret,
}

impl Part {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::ProductKey, Self::DeviceName, Self::DeviceSecret];

    /// The platform's name for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductKey => "productKey",
            Self::DeviceName => "deviceName",
            Self::DeviceSecret => "deviceSecret",
        }
    }

    /// The field's id in the page.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ProductKey => "new-product-key",
            Self::DeviceName => "new-device-name",
            Self::DeviceSecret => "new-device-secret",
        }
    }

    /// What is typed into it.
    #[must_use]
    pub fn of(self, device: &NewDevice) -> &str {
        match self {
            Self::ProductKey => &device.product_key,
            Self::DeviceName => &device.device_name,
            Self::DeviceSecret => &device.device_secret,
        }
    }
}

/// What is wrong with a field of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewDeviceFault {
    /// Nothing is typed.
    Empty,
    /// More than 64 characters.
    TooLong,
    /// A character that may not be in it.
    Character,
}

pub(super) fn set(device: &mut NewDevice, part: Part, text: String) {
    *match part {
        Part::ProductKey => &mut device.product_key,
        Part::DeviceName => &mut device.device_name,
        Part::DeviceSecret => &mut device.device_secret,
    } = text;
}

impl Cloud {
    /// What is wrong with a field: an empty one only once somebody asked to register.
    #[must_use]
    pub fn new_fault(&self, part: Part) -> Option<NewDeviceFault> {
        fault(&self.new, part).filter(|fault| self.new_tried || *fault != NewDeviceFault::Empty)
    }

    /// The first field that breaks its rule.
    #[must_use]
    pub fn first_new_fault(&self) -> Option<Part> {
        let mut parts = Part::ALL.into_iter();
        parts.find(|part| fault(&self.new, *part).is_some())
    }
}

fn fault(device: &NewDevice, part: Part) -> Option<NewDeviceFault> {
    let text = part.of(device);
    let is_valid = match part {
        Part::ProductKey => ProductKey::new(text).is_ok(),
        Part::DeviceName => DeviceName::new(text).is_ok(),
        Part::DeviceSecret => DeviceSecret::new(text).is_ok(),
    };
    let broken = if text.is_empty() {
        NewDeviceFault::Empty
    } else if text.chars().count() > 64 {
        NewDeviceFault::TooLong
    } else {
        NewDeviceFault::Character
    };
    (!is_valid).then_some(broken)
}
