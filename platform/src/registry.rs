//! The devices the platform knows, and what it keeps for each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tern_core::identity::{DeviceSecret, Triple};
use tern_core::sign::{SignMethod, sign};
use tern_core::time::Instant;

use crate::address::DeviceAddress;
use crate::connections::ConnectionId;
use crate::session::Session;

/// A device to register.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its triple.
    pub triple: Triple,
    /// Whether it is known but not let in.
    pub disabled: bool,
}

/// What can be told about a device. It never holds the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// The product key.
    pub product_key: String,
    /// The device name.
    pub device_name: String,
    /// Whether it is not let in.
    pub disabled: bool,
    /// Whether it is connected.
    pub online: bool,
    /// When it last came or went, in milliseconds of the caller's clock; none if it never came.
    pub changed_at_ms: Option<u64>,
    /// Its subscriptions, in the order they were made; those of a session kept for its return too.
    pub subscriptions: Vec<SubscriptionView>,
    /// QoS 1 messages that wait for it.
    pub queued: usize,
    /// QoS 1 messages sent to it and not acknowledged.
    pub in_flight: usize,
}

/// One subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionView {
    /// The filter.
    pub filter: String,
    /// The granted QoS.
    pub qos: u8,
}

/// A device's place in the registry. Only the registry makes one. A device that is removed keeps its place,
/// for the day it is registered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DeviceIndex(usize);

/// A device and what the platform keeps for it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) address: DeviceAddress,
    /// None once the device is removed: nobody finds it then.
    secret: Option<DeviceSecret>,
    pub(crate) disabled: bool,
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) since: Option<Instant>,
    pub(crate) session: Option<Session>,
}

impl Entry {
    /// Whether a signature is this device's, in hex of either case. Compared in constant time.
    pub(crate) fn has_signed(&self, method: SignMethod, content: &str, signature: &str) -> bool {
        let secret = self.secret.as_ref();
        secret.is_some_and(|secret| sign(method, secret, content).matches_hex(signature))
    }
}

/// All devices.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    entries: Vec<Entry>,
    by_address: BTreeMap<DeviceAddress, DeviceIndex>,
}

impl Registry {
    /// Adds a device, or replaces the secret and the switch of one that is there.
    pub(crate) fn register(&mut self, device: Device) {
        let Triple {
            product_key,
            device_name,
            device_secret,
        } = device.triple;
        let address = DeviceAddress {
            product_key,
            device_name,
        };
        if let Some(&index) = self.by_address.get(&address) {
            let entry = self.entry_mut(index);
            entry.secret = Some(device_secret);
            entry.disabled = device.disabled;
            return;
        }
        self.by_address
            .insert(address.clone(), DeviceIndex(self.entries.len()));
        self.entries.push(Entry {
            address,
            secret: Some(device_secret),
            disabled: device.disabled,
            connection: None,
            since: None,
            session: None,
        });
    }

    /// Removes a device with its secret and its session.
    pub(crate) fn remove(&mut self, index: DeviceIndex) {
        let entry = self.entry_mut(index);
        entry.secret = None;
        entry.session = None;
        entry.since = None;
    }

    pub(crate) fn find(&self, address: &DeviceAddress) -> Option<DeviceIndex> {
        let index = self.by_address.get(address).copied()?;
        self.entry(index).secret.is_some().then_some(index)
    }

    /// Finds a device by texts that a peer sent; what is no legal name is no device either.
    pub(crate) fn find_by_name(&self, product_key: &str, device_name: &str) -> Option<DeviceIndex> {
        self.find(&DeviceAddress::new(product_key, device_name).ok()?)
    }

    pub(crate) fn entry(&self, index: DeviceIndex) -> &Entry {
        // An index is made from the length at `push`, and nothing is ever taken out.
        &self.entries[index.0]
    }

    pub(crate) fn entry_mut(&mut self, index: DeviceIndex) -> &mut Entry {
        // As in `entry`.
        &mut self.entries[index.0]
    }

    /// What can be told about one device.
    pub(crate) fn view(&self, index: DeviceIndex) -> DeviceView {
        view(self.entry(index))
    }

    /// All devices, sorted by product key and device name.
    pub(crate) fn views(&self) -> impl Iterator<Item = DeviceView> {
        let known = self.by_address.values().map(|&index| self.entry(index));
        known.filter(|entry| entry.secret.is_some()).map(view)
    }
}

fn view(entry: &Entry) -> DeviceView {
    let session = entry.session.as_ref();
    DeviceView {
        product_key: entry.address.product_key.as_str().to_owned(),
        device_name: entry.address.device_name.as_str().to_owned(),
        disabled: entry.disabled,
        online: entry.connection.is_some(),
        changed_at_ms: entry.since.map(Instant::as_millis),
        subscriptions: session
            .into_iter()
            .flat_map(Session::subscriptions)
            .map(|(filter, qos)| SubscriptionView {
                filter: filter.to_owned(),
                qos: qos.number(),
            })
            .collect(),
        queued: session.map_or(0, Session::queued),
        in_flight: session.map_or(0, Session::in_flight),
    }
}
