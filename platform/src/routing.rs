//! Messages on their way to a device.

use tern_core::identity::{DeviceName, ProductKey};
use tern_core::time::Instant;
use tern_core::topic::{TopicError, TopicName};
use tern_core::wire::{Packet, Publish, QoS};

use crate::address::DeviceAddress;
use crate::connections::ConnectionId;
use crate::event::EventKind;
use crate::message::Message;
use crate::platform::Platform;
use crate::registry::DeviceIndex;
use crate::session::Trimmed;
use crate::topics;

/// What became of a message for a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It is on its way.
    Sent,
    /// QoS 1: it waits for the device to come back, to acknowledge earlier messages, or to read.
    Queued,
    /// No subscription of the device takes it.
    NotSubscribed,
    /// QoS 0 and the device is away: such messages are not kept.
    Offline,
    /// It fell to a limit: QoS 0 and the device does not read, or QoS 1 and it can't be queued.
    Dropped,
}

/// Why a push can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// Nobody registered the device.
    #[error(
        "no device {0} is registered here: register it first, or check productKey and deviceName"
    )]
    NoDevice(DeviceAddress),
    /// The topic is no topic name.
    #[error("topic: {0}")]
    Topic(#[from] TopicError),
    /// The topic is longer than the limit.
    #[error("topic: {len} bytes are over the limit of {max}: push to a shorter one")]
    TopicTooLong {
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The device can't have subscribed to the topic.
    #[error("topic {topic:?} does not belong to device {device}: use one under /{}/{}/", .device.product_key, .device.device_name)]
    NotItsTopic {
        /// The topic.
        topic: String,
        /// The device.
        device: DeviceAddress,
    },
    /// The payload is longer than the limit.
    #[error("payload: {len} bytes are over the limit of {max}: push it in smaller parts")]
    PayloadTooLong {
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// QoS 2.
    #[error("qos 2: this platform speaks QoS 0 and 1 only: push with one of these")]
    Qos,
}

impl Platform {
    /// Sends a device a message, as an application in the cloud does.
    ///
    /// # Errors
    /// The device is unknown, or the message is none that this platform can send.
    pub fn push(
        &mut self,
        now: Instant,
        product_key: &ProductKey,
        device_name: &DeviceName,
        topic: &str,
        payload: &[u8],
        qos: QoS,
    ) -> Result<Pushed, PushError> {
        let address = DeviceAddress {
            product_key: product_key.clone(),
            device_name: device_name.clone(),
        };
        let Some(device) = self.registry.find(&address) else {
            return Err(PushError::NoDevice(address));
        };
        TopicName::new(topic)?;
        let (len, max) = (topic.len(), self.settings.max_topic);
        if len > max {
            return Err(PushError::TopicTooLong { len, max });
        }
        if !topics::owns_topic(product_key.as_str(), device_name.as_str(), topic) {
            return Err(PushError::NotItsTopic {
                topic: topic.to_owned(),
                device: address,
            });
        }
        let (len, max) = (payload.len(), self.settings.max_payload);
        if len > max {
            return Err(PushError::PayloadTooLong { len, max });
        }
        if qos == QoS::ExactlyOnce {
            return Err(PushError::Qos);
        }
        Ok(self.deliver(now, device, topic, payload, qos))
    }

    /// Delivers a message once, however many of the device's subscriptions take it, with the QoS of who
    /// published it and the retain flag 0.
    pub(crate) fn deliver(
        &mut self,
        now: Instant,
        device: DeviceIndex,
        topic: &str,
        payload: &[u8],
        qos: QoS,
    ) -> Pushed {
        let entry = self.registry.entry_mut(device);
        let Some(session) = &mut entry.session else {
            return Pushed::Offline;
        };
        if !session.takes(topic) {
            return Pushed::NotSubscribed;
        }
        if qos == QoS::AtMostOnce {
            return self.deliver_now(now, device, topic, payload);
        }
        match Message::new(topic, payload, &mut self.scratch) {
            Ok(message) => session.enqueue(message),
            Err(error) => {
                self.dropped(device, topic, QoS::AtLeastOnce, &error.to_string());
                return Pushed::Dropped;
            }
        }
        self.advance(now, device);
        let Some(session) = &mut self.registry.entry_mut(device).session else {
            return Pushed::Offline;
        };
        if session.queued() == 0 {
            return Pushed::Sent;
        }
        let Trimmed {
            dropped,
            newest_waits,
        } = session.trim(&self.settings);
        for message in dropped {
            self.dropped(
                device,
                &message.topic(),
                QoS::AtLeastOnce,
                "the queue of messages for this device is full",
            );
        }
        if newest_waits {
            Pushed::Queued
        } else {
            Pushed::Dropped
        }
    }

    /// Sends waiting messages as far as window and connection allow.
    pub(crate) fn advance(&mut self, now: Instant, device: DeviceIndex) {
        while let Some(id) = self.ready_connection(device) {
            let Some(session) = &mut self.registry.entry_mut(device).session else {
                return;
            };
            let Some((packet_id, message)) = session.advance(&self.settings) else {
                return;
            };
            self.scratch.clear();
            message.write(packet_id, false, &mut self.scratch);
            self.dispatch(now, id);
        }
    }

    /// After a login: sends again what was under way, with DUP and the same packet identifiers and in the
    /// same order [MQTT-4.4.0-1, MQTT-4.6.0-1], then what waits.
    pub(crate) fn resume(&mut self, now: Instant, device: DeviceIndex) {
        let entry = self.registry.entry(device);
        let (Some(id), Some(session)) = (entry.connection, &entry.session) else {
            return;
        };
        self.scratch.clear();
        for (packet_id, message) in session.unacknowledged() {
            message.write(packet_id, true, &mut self.scratch);
        }
        if !self.scratch.is_empty() {
            self.dispatch(now, id);
        }
        self.advance(now, device);
    }

    fn ready_connection(&self, device: DeviceIndex) -> Option<ConnectionId> {
        let id = self.registry.entry(device).connection?;
        self.connections
            .get(&id)
            .filter(|connection| !connection.congested)
            .map(|_| id)
    }

    fn deliver_now(
        &mut self,
        now: Instant,
        device: DeviceIndex,
        topic: &str,
        payload: &[u8],
    ) -> Pushed {
        let Some(id) = self.registry.entry(device).connection else {
            return Pushed::Offline;
        };
        if self.ready_connection(device).is_none() {
            self.dropped(device, topic, QoS::AtMostOnce, "the device does not read");
            return Pushed::Dropped;
        }
        let packet = Packet::Publish(Publish {
            dup: false,
            qos: QoS::AtMostOnce,
            retain: false,
            topic,
            packet_id: None,
            payload,
        });
        match self.send(now, id, &packet) {
            Ok(()) => Pushed::Sent,
            Err(error) => {
                self.dropped(device, topic, QoS::AtMostOnce, &error.to_string());
                Pushed::Dropped
            }
        }
    }

    fn dropped(&mut self, device: DeviceIndex, topic: &str, qos: QoS, reason: &str) {
        let kind = EventKind::Dropped {
            topic: topic.to_owned(),
            qos: qos.number(),
            reason: reason.to_owned(),
        };
        self.event(self.registry.entry(device).connection, Some(device), kind);
    }
}
