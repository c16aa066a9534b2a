//! The messages that somebody types to push them to a device.

use tern_core::topic::{TopicError, TopicName};
use tern_platform::{DeviceAddress, owns_topic};

use crate::protocol::cloud::{Push, View};
use crate::sample;

/// The longest payload, in bytes: the stand-in's default, 256 KiB.
pub const MAX_PAYLOAD: usize = 256 * 1024;

/// What is typed to push messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushing {
    /// The device chosen.
    pub to: Option<DeviceAddress>,
    /// The topic; `None` as long as the proposal was not touched.
    pub topic: Option<String>,
    /// The payload.
    pub payload: String,
    /// 0 or 1.
    pub qos: u8,
    /// How many times.
    pub count: String,
}

impl Default for Pushing {
    fn default() -> Self {
        Self {
            to: None,
            topic: None,
            payload: sample::PAYLOAD.into(),
            qos: 1,
            count: "1".into(),
        }
    }
}

/// What is wrong with what is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushFault {
    /// It is no topic name.
    Topic(TopicError),
    /// It is not one of the device's own topics.
    NotItsTopic,
    /// The payload has so many bytes, more than [`MAX_PAYLOAD`].
    Payload(usize),
    /// No whole number from 1 to [`Push::MOST`].
    Count,
}

impl Pushing {
    /// The device meant: the one chosen, the page's own, or the first, of those that are there.
    pub(super) fn device(&self, view: &View, own: Option<DeviceAddress>) -> Option<DeviceAddress> {
        let named = |address: &DeviceAddress| {
            view.devices.iter().any(|device| {
                device.product_key == address.product_key.as_str()
                    && device.device_name == address.device_name.as_str()
            })
        };
        let chosen = [self.to.clone(), own].into_iter().flatten().find(named);
        let first = || {
            let device = view.devices.first()?;
            DeviceAddress::new(&device.product_key, &device.device_name).ok()
        };
        chosen.or_else(first)
    }

    /// The topic meant: the one typed, or the device's own.
    #[must_use]
    pub fn topic(&self, device: &DeviceAddress) -> String {
        let own = || sample::topic(device.product_key.as_str(), device.device_name.as_str());
        self.topic.clone().unwrap_or_else(own)
    }

    /// What is to be pushed to a device.
    ///
    /// # Errors
    /// Everything that breaks a rule, in the form's order.
    pub fn read(&self, device: &DeviceAddress) -> Result<Push, Vec<PushFault>> {
        let topic = self.topic(device);
        let (key, name) = (device.product_key.as_str(), device.device_name.as_str());
        let topic_fault = match TopicName::new(&topic) {
            Err(error) => Some(PushFault::Topic(error)),
            Ok(_) if !owns_topic(key, name, &topic) => Some(PushFault::NotItsTopic),
            Ok(_) => None,
        };
        let len = self.payload.len();
        let payload_fault = (len > MAX_PAYLOAD).then_some(PushFault::Payload(len));
        let digits = self.count.bytes().all(|byte| byte.is_ascii_digit());
        let count = self.count.parse().ok().filter(|_| digits);
        let count = count.filter(|count| (1..=Push::MOST).contains(count));
        let count_fault = count.is_none().then_some(PushFault::Count);
        let faults: Vec<_> = [topic_fault, payload_fault, count_fault]
            .into_iter()
            .flatten()
            .collect();
        match count {
            Some(count) if faults.is_empty() => Ok(Push {
                device: device.clone(),
                topic,
                payload: self.payload.clone(),
                qos: self.qos,
                count,
            }),
            _ => Err(faults),
        }
    }
}
