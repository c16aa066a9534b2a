//! Hosts that die at any step, and keep messages as they are told to: nothing that was kept is lost, nothing
//! leaves that was not, and a repetition looks like one.

use std::collections::{BTreeMap, BTreeSet};

use tern_core::device::{Device, Event, Input, KeptMessage, Output, PublishError, Session, Token};
use tern_core::time::Instant;
use tern_core::topic::TopicName;
use tern_core::wire::{Framed, Packet, PacketId, QoS, Sender, frame, read};

use crate::scripted::plain;

/// What is on the host's disk.
#[derive(Default)]
struct Disk {
    messages: BTreeMap<Token, KeptMessage>,
    last_token: Token,
}

/// The other side, and what it has seen.
#[derive(Default)]
struct Peer {
    bytes: Vec<u8>,
    /// By payload: packet identifier, and how often it came.
    seen: BTreeMap<Vec<u8>, (PacketId, usize)>,
    /// To be acknowledged, on this connection.
    unanswered: Vec<PacketId>,
    /// The last payload that came for the first time.
    newest: Option<Vec<u8>>,
}

impl Peer {
    /// Takes what was sent, and judges it.
    fn take(&mut self, disk: &Disk, ended: &BTreeSet<Token>) {
        while let Ok(Framed::Complete { len }) = frame(&self.bytes, Sender::Client, usize::MAX) {
            let bytes: Vec<u8> = self.bytes.drain(..len).collect();
            let Ok(Packet::Publish(publish)) = read(&bytes, Sender::Client) else {
                continue;
            };
            let id = publish.packet_id.unwrap();
            let kept = disk
                .messages
                .values()
                .find(|kept| kept.payload == publish.payload);
            let kept = kept.expect("what leaves is on the disk");
            assert_eq!(kept.packet_id, Some(id));
            assert!(!ended.contains(&kept.token), "done with, and sent again");
            let (first_id, times) = self.seen.entry(publish.payload.to_vec()).or_insert((id, 0));
            *times += 1;
            assert_eq!(*first_id, id, "the original identifier [MQTT-4.4.0-1]");
            if *times > 1 {
                assert!(publish.dup, "a repetition says so [MQTT-3.3.1-1]");
            } else {
                // Payloads are numbered in the order in which they were accepted [MQTT-4.6.0-1].
                assert!(self.newest.as_deref() < Some(publish.payload));
                self.newest = Some(publish.payload.to_vec());
            }
            self.unanswered.push(id);
        }
    }
}

/// A host with its device, until it dies.
struct Host {
    device: Device,
    held: Vec<u8>,
    open: bool,
    /// Accepted, and not yet on the disk.
    to_keep: Vec<KeptMessage>,
    to_forget: Vec<Token>,
}

impl Host {
    /// One that goes on with what is on the disk.
    fn born(disk: &Disk, seed: u64) -> Self {
        let mut config = plain();
        config.limits.max_inflight = 5;
        config.limits.max_queued = 30;
        let session = Session {
            messages: disk.messages.values().cloned().collect(),
            last_token: disk.last_token,
            subscriptions: Vec::new(),
        };
        let mut device = Device::restore(config, seed, &session).unwrap();
        device.hold_until_kept();
        device.connect(Instant::default());
        Self {
            device,
            held: Vec::new(),
            open: false,
            to_keep: Vec::new(),
            to_forget: Vec::new(),
        }
    }

    fn publish(&mut self, now: Instant, number: u32) -> Option<Token> {
        let payload = number.to_be_bytes();
        let topic = TopicName::new("t").unwrap();
        match self.device.publish(now, &topic, &payload, QoS::AtLeastOnce) {
            Ok(token) => {
                self.to_keep.push(KeptMessage {
                    token,
                    packet_id: self.device.packet_id(token),
                    topic: "t".into(),
                    payload: payload.to_vec(),
                });
                Some(token)
            }
            Err(PublishError::Full { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    fn commit(&mut self, now: Instant, disk: &mut Disk) {
        for kept in self.to_keep.drain(..) {
            disk.last_token = kept.token;
            disk.messages.insert(kept.token, kept);
        }
        for token in self.to_forget.drain(..) {
            disk.messages.remove(&token);
        }
        self.device.kept(now, disk.last_token);
    }

    /// Does one thing that the device wants. False where there is nothing.
    fn step(&mut self, now: Instant, peer: &mut Peer, ended: &mut BTreeSet<Token>) -> bool {
        let mut transmit = Vec::new();
        match self.device.poll_output(&mut transmit) {
            Output::OpenTransport(_) => {
                *peer = Peer {
                    bytes: Vec::new(),
                    unanswered: Vec::new(),
                    ..core::mem::take(peer)
                };
                self.open = true;
                self.held.clear();
                self.device.handle_input(now, Input::TransportOpened);
                self.held.extend([0x20, 2, 1, 0]); // CONNACK
            }
            Output::Transmit => peer.bytes.extend(transmit),
            Output::CloseTransport => self.open = false,
            Output::Event(Event::Published { token }) => {
                assert!(ended.insert(token), "{token} ends twice");
                self.to_forget.push(token);
            }
            Output::Event(Event::Failed { token, .. }) => {
                assert!(ended.insert(token), "{token} ends twice");
            }
            Output::Event(_) | Output::SendHttp(_) => {}
            Output::Timeout(_) => return false,
        }
        true
    }
}

/// One story of crashes; every message that was kept has arrived at its end. Answers how many those are, and
/// how often one came again.
fn story(seed: u64) -> (usize, usize) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let (mut disk, mut peer) = (Disk::default(), Peer::default());
    let (mut number, mut ms) = (0, 0);
    let mut promised: BTreeMap<Token, Vec<u8>> = BTreeMap::new();
    // Told as ended by a host, which may not have lived to write it down: the next one does not know.
    let mut ended = BTreeSet::new();
    let mut host = Host::born(&disk, seed);
    for step in 0..600 {
        let now = Instant::from_millis(ms);
        let is_last_act = step > 400;
        match rng.u8(0..20) {
            0..=4 if !is_last_act => {
                number += u32::from(host.publish(now, number).is_some());
            }
            // The disk is full.
            5 if !is_last_act => {
                for kept in core::mem::take(&mut host.to_keep) {
                    assert!(host.device.withdraw(now, kept.token));
                }
            }
            // The host dies, perhaps with outputs that it has not taken.
            6 if !is_last_act && rng.u8(0..3) == 0 => {
                // A later host may send what an earlier one knew to have ended, if that was not written down.
                // Nor does it know the tokens of what never came to the disk.
                ended.retain(|token| {
                    !disk.messages.contains_key(token) && *token <= disk.last_token
                });
                host = Host::born(&disk, rng.u64(..));
                peer.bytes.clear();
                peer.unanswered.clear();
            }
            // The connection breaks.
            7 if !is_last_act && host.open => {
                host.open = false;
                host.device.handle_input(
                    now,
                    Input::TransportClosed(tern_core::device::CloseReason {
                        kind: tern_core::device::CloseKind::Network,
                        text: "gone".into(),
                    }),
                );
            }
            8..=10 => {
                host.commit(now, &mut disk);
                for (token, kept) in &disk.messages {
                    promised
                        .entry(*token)
                        .or_insert_with(|| kept.payload.clone());
                }
            }
            // The peer acknowledges something that has come.
            11..=13 if host.open && !peer.unanswered.is_empty() => {
                let id = peer
                    .unanswered
                    .swap_remove(rng.usize(..peer.unanswered.len()));
                let [high, low] = id.get().to_be_bytes();
                host.held.extend([0x40, 2, high, low]);
            }
            14 | 15 if host.open && !host.held.is_empty() => {
                let held = core::mem::take(&mut host.held);
                let progress = host.device.handle_input(now, Input::Received(&held));
                host.held = held[progress.consumed..].to_vec();
            }
            16 => {
                ms += rng.u64(0..2_000);
                host.device
                    .handle_input(Instant::from_millis(ms), Input::Timeout);
            }
            _ => {
                for _ in 0..rng.usize(0..10) {
                    // Outside this a host writes down what has ended before it goes on to send.
                    if !host.step(now, &mut peer, &mut ended) {
                        break;
                    }
                }
                peer.take(&disk, &BTreeSet::new());
            }
        }
    }
    // Everything is let through at last.
    for _ in 0..500 {
        ms += 500;
        let now = Instant::from_millis(ms);
        host.device.handle_input(now, Input::Timeout);
        while host.step(now, &mut peer, &mut ended) {}
        host.commit(now, &mut disk);
        while host.step(now, &mut peer, &mut ended) {}
        peer.take(&disk, &ended);
        for id in core::mem::take(&mut peer.unanswered) {
            let [high, low] = id.get().to_be_bytes();
            host.held.extend([0x40, 2, high, low]);
        }
        if host.open && !host.held.is_empty() {
            let held = core::mem::take(&mut host.held);
            let progress = host.device.handle_input(now, Input::Received(&held));
            host.held = held[progress.consumed..].to_vec();
        }
    }
    for (token, payload) in &promised {
        assert!(
            peer.seen.contains_key(payload),
            "seed {seed}: {token} was kept and is lost"
        );
    }
    assert!(
        disk.messages.is_empty(),
        "seed {seed}: nothing stays for ever"
    );
    assert_eq!(host.device.queued(), (0, 0));
    let again = peer.seen.values().map(|(_, times)| times - 1).sum();
    (promised.len(), again)
}

#[test]
fn whenever_a_host_dies_nothing_that_was_kept_is_lost() {
    let (mut kept, mut again) = (0, 0);
    for seed in 0..1_000 {
        let (messages, repetitions) = story(seed);
        kept += messages;
        again += repetitions;
    }
    assert!(
        kept > 20_000 && again > 5_000,
        "hardly anything happened: {kept}, {again}"
    );
}
