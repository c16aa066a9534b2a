//! What the device sends, seen from outside: packet identifiers, repetitions, order and keep alive.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use tern_core::device::Session;
use tern_core::time::Instant;
use tern_core::wire::{Framed, Packet, PacketId, Publish, QoS, Sender, frame, read};

use super::ledger::{Ledger, serial};
use super::rules::{Broken, Rule, ensure};

/// The most that this device puts into one packet, and more.
const MAX_PACKET: usize = 64 * 1024;

/// The watcher of one device.
#[derive(Debug, Default)]
pub(super) struct Wire {
    link: u64,
    last_sent: Instant,
    /// The host hung while this link stood: its keep alive is not the device's doing.
    is_excused: bool,
    /// Identifiers of QoS 1 messages that were sent and whose tokens have not ended.
    in_flight: BTreeMap<PacketId, usize>,
    /// Those that an earlier process has left, until this one sends them.
    left: BTreeMap<PacketId, usize>,
    /// Those of requests on this connection. One that the device has given up stays taken until the answer,
    /// which is not seen here: they count until the connection ends.
    requests: BTreeSet<PacketId>,
    /// The connection began with a clean session.
    is_clean: bool,
    /// The last QoS 1 message on this connection.
    last_serial: Option<usize>,
}

impl Wire {
    /// The device's process is another, with what the one before has left: what was seen to be in flight
    /// keeps its identifier there.
    pub(super) fn process_ended(
        &mut self,
        now: Instant,
        left: Option<&Session>,
        ledger: &Ledger,
    ) -> Result<(), Broken> {
        let mut before = core::mem::take(&mut self.left);
        before.append(&mut self.in_flight);
        for message in left.iter().flat_map(|session| &session.messages) {
            let (Some(serial), Some(id)) = (serial(&message.topic), message.packet_id) else {
                continue;
            };
            self.left.insert(id, serial);
        }
        for (id, serial) in before {
            let goes_on = ledger.published.get(serial);
            let goes_on = goes_on.is_some_and(|known| !known.has_ended);
            ensure(
                !goes_on || self.left.get(&id) == Some(&serial),
                Rule::Kept,
                now,
                || format!("publish {serial} went with identifier {id}, which is not left with it"),
            )?;
        }
        Ok(())
    }

    /// The host hangs.
    pub(super) fn excuse(&mut self) {
        self.is_excused = true;
    }

    /// The token of a publish has ended: its identifier is free.
    pub(super) fn ended(&mut self, serial: usize) {
        self.in_flight.retain(|_, known| *known != serial);
        self.left.retain(|_, known| *known != serial);
    }

    /// QoS 1 messages in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// The device sends bytes.
    pub(super) fn sent(
        &mut self,
        now: Instant,
        keep_alive: Duration,
        link: u64,
        bytes: &[u8],
        ledger: &Ledger,
    ) -> Result<(), Broken> {
        if link != self.link {
            self.link = link;
            self.is_excused = false;
            self.requests.clear();
            self.last_serial = None;
        } else {
            let silent = now.since(self.last_sent);
            ensure(
                silent <= keep_alive || self.is_excused,
                Rule::KeepAlive,
                now,
                || format!("nothing was sent for {silent:?}, and the keep alive is {keep_alive:?}"),
            )?;
        }
        self.last_sent = now;
        let mut rest = bytes;
        while !rest.is_empty() {
            let len = match frame(rest, Sender::Client, MAX_PACKET) {
                Ok(Framed::Complete { len }) => len,
                other => return Err(no_packet(now, &format!("{other:?}"))),
            };
            let (packet, behind) = rest.split_at(len);
            rest = behind;
            match read(packet, Sender::Client) {
                Ok(packet) => self.packet(now, &packet, ledger)?,
                Err(error) => return Err(no_packet(now, &error.to_string())),
            }
        }
        Ok(())
    }

    fn packet(&mut self, now: Instant, packet: &Packet<'_>, ledger: &Ledger) -> Result<(), Broken> {
        match packet {
            Packet::Connect(connect) => {
                self.is_clean = connect.clean_session;
                if self.is_clean {
                    // Nothing of the session before may be used again [MQTT-3.1.2-6].
                    self.in_flight.clear();
                    self.left.clear();
                }
                Ok(())
            }
            Packet::Publish(publish) if publish.qos == QoS::AtLeastOnce => {
                self.publish(now, publish, ledger)
            }
            Packet::Subscribe(subscribe) => self.request(now, subscribe.packet_id),
            Packet::Unsubscribe(unsubscribe) => self.request(now, unsubscribe.packet_id),
            _ => Ok(()),
        }
    }

    fn request(&mut self, now: Instant, id: PacketId) -> Result<(), Broken> {
        let is_free = !self.in_flight.contains_key(&id)
            && !self.left.contains_key(&id)
            && self.requests.insert(id);
        ensure(is_free, Rule::IdentifierTwice, now, || {
            format!("packet identifier {id} is given to a request while it is in use")
        })
    }

    fn publish(
        &mut self,
        now: Instant,
        publish: &Publish<'_>,
        ledger: &Ledger,
    ) -> Result<(), Broken> {
        let serial = serial(publish.topic);
        let (Some(serial), Some(id)) = (serial, publish.packet_id) else {
            return Err(no_packet(now, "a publish that nobody asked for"));
        };
        let known = ledger.published.get(serial);
        ensure(
            known.is_some_and(|known| !known.has_ended),
            Rule::SentAgain,
            now,
            || format!("publish {serial} is sent after its token has ended"),
        )?;
        ensure(
            self.last_serial.is_none_or(|last| last < serial),
            Rule::SentAgain,
            now,
            || {
                let last = self.last_serial;
                format!("publish {serial} is sent after {last:?} on one connection")
            },
        )?;
        self.last_serial = Some(serial);
        ensure(
            !(self.is_clean && publish.dup),
            Rule::SentAgain,
            now,
            || format!("publish {serial} has DUP in a clean session"),
        )?;
        ensure(
            known.is_some_and(|known| !known.is_held),
            Rule::Kept,
            now,
            || format!("publish {serial} leaves before it is kept"),
        )?;
        let mut before = self.in_flight.iter().chain(&self.left);
        let before = before.find(|&(_, &known)| known == serial);
        ensure(
            before.is_some() || !publish.dup,
            Rule::SentAgain,
            now,
            || format!("publish {serial} goes for the first time, with DUP"),
        )?;
        if let Some((&first_id, _)) = before {
            ensure(publish.dup && first_id == id, Rule::SentAgain, now, || {
                format!(
                    "publish {serial} went with identifier {first_id} and goes again with {id}, DUP {}",
                    publish.dup
                )
            })?;
        }
        let other = self.left.remove(&id);
        let other = self.in_flight.insert(id, serial).or(other);
        ensure(
            other.is_none_or(|other| other == serial) && !self.requests.contains(&id),
            Rule::IdentifierTwice,
            now,
            || format!("packet identifier {id} is given to publish {serial} while it is in use"),
        )
    }
}

fn no_packet(now: Instant, what: &str) -> Broken {
    Broken::new(
        Rule::SentAgain,
        now,
        format!("the device sends what no platform can read: {what}"),
    )
}
