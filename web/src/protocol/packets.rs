//! Packets, as lists show them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Which way a packet went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// From the device to the cloud side.
    Up,
    /// From the cloud side to the device.
    Down,
}

/// A part of a list, and how long the list is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Entries that are no longer held.
    pub evicted: u64,
    /// Entries that are held.
    pub held: u64,
    /// The index of the first row.
    pub first: u64,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A packet, as a list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its index in the log of packets.
    pub index: u64,
    /// When, in ms of the worker's clock.
    pub at_ms: f64,
    /// Which way.
    pub direction: Direction,
    /// Its packet type, or nought where the bytes are no packet.
    pub kind: u8,
    /// Its packet identifier.
    pub packet_id: Option<u16>,
    /// Its length in bytes, fixed header included.
    pub size: usize,
    /// From the packet that asks to the one that answers, in ms; at both of them.
    pub round_trip_ms: Option<f32>,
    /// The WebSocket message that its first byte came or went in, counted from 1 for each direction and
    /// connection.
    pub frame: u32,
    /// How many WebSocket messages it is spread over.
    pub frames: u16,
    /// What is worth saying about it.
    pub detail: Detail,
}

/// What is worth saying about a packet. Texts are cut to a length that a row can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Detail {
    /// Its type says it all.
    Nothing,
    /// A CONNECT.
    Connect {
        /// The whole MQTT client id.
        client_id: String,
        /// The user name.
        username: String,
        /// In seconds.
        keep_alive: u16,
        /// Clean session.
        clean_session: bool,
    },
    /// A CONNACK.
    Connack {
        /// The return code.
        code: u8,
        /// The code in the standard's words.
        name: String,
        /// Session present.
        session_present: bool,
    },
    /// A PUBLISH.
    Publish {
        /// Its topic.
        topic: String,
        /// Its QoS.
        qos: u8,
        /// DUP.
        dup: bool,
        /// RETAIN.
        retain: bool,
        /// The payload's front, in the bytes beside the report.
        payload: Range<usize>,
        /// The payload's whole length in bytes.
        payload_size: usize,
    },
    /// A SUBSCRIBE, or an UNSUBSCRIBE, which asks for no QoS.
    Filters(Vec<(String, Option<u8>)>),
    /// A SUBACK's codes; 0x80 is a refusal.
    Suback(Vec<u8>),
    /// No packet.
    Malformed {
        /// The offset of the bad byte.
        at: usize,
        /// The rule that it breaks.
        rule: String,
    },
}

/// A packet with all its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// The packet; its payload range is the whole payload.
    pub row: Row,
    /// Its bytes, in those beside the report.
    pub bytes: Range<usize>,
}
