//! The cloud side's stand-in: what the platform's MQTT service and its HTTPS authentication do, as a
//! state machine.
//!
//! It does no I/O, reads no clock and draws no randomness: whoever calls it hands in the time, the bytes
//! and a seed, so the same stand-in runs on sockets, in a web page, and in tests in virtual time. It is
//! *not* a broker for production: all devices live in one thread's memory, nothing is kept on a disk.
//!
//! # The run loop
//! After every call, [`Platform::poll_output`] is called until it answers [`Output::Timeout`].
//! ```
//! use tern_core::identity::{ClientId, Triple};
//! use tern_core::sign::{SignMethod, direct};
//! use tern_core::time::Instant;
//! use tern_core::wire::{self, Connect, Packet};
//! use tern_platform::{Arrival, Device, Output, Platform, Settings};
//!
//! let triple = Triple::new("a1aq9sQk2JE", "dev1", "secret")?;
//! let mut platform = Platform::new(Settings::default(), 42);
//! platform.register(Device { triple: triple.clone(), disabled: false });
//!
//! // A device connects over plain TCP and sends its CONNECT.
//! let now = Instant::from_millis(0);
//! let connection = platform.opened(now, Arrival { secure: false, websocket: false });
//! let login = direct(&triple, &ClientId::new("12345")?, SignMethod::HmacSha1, 3, None);
//! let connect = Connect {
//!     protocol_level: 4,
//!     client_id: login.client_id,
//!     username: Some(login.username),
//!     password: Some(login.password),
//!     keep_alive: 60,
//!     clean_session: true,
//!     will: None,
//! };
//! let mut received = Vec::new();
//! wire::write(&Packet::Connect(connect), &mut received)?;
//! let progress = platform.received(now, connection, &received);
//! received.drain(..progress.consumed); // what is left waits for `progress.need` bytes
//!
//! let mut transmit = Vec::new();
//! let wake_up = loop {
//!     match platform.poll_output(&mut transmit) {
//!         Output::Transmit { to } => {
//!             assert_eq!(to, connection);
//!             assert_eq!(transmit, [0x20, 0x02, 0x00, 0x00]); // CONNACK: no session, accepted
//!             transmit.clear(); // once it is sent
//!         }
//!         Output::Close { .. } => unreachable!("it was accepted"),
//!         Output::Event(event) => assert_eq!(event.name(), "connected"),
//!         Output::Timeout(at) => break at,
//!     }
//! };
//! // 1.5 keep alives without a packet, and the platform closes: `platform.timeout` is due then.
//! assert_eq!(wake_up, Some(Instant::from_millis(90_000)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Memory
//! No input is kept: the caller keeps what is not consumed, at most [`Settings::max_connect`] bytes of a
//! stranger and [`Settings::max_packet`] of a device. Sessions are bounded by [`Settings::queue`],
//! [`Settings::window`] and [`Settings::max_subscriptions`]. Output waits here only until it is polled;
//! for a peer that does not read, the caller reports what it could not send by [`Platform::backlog`].
//!
#![doc = include_str!("../DEPARTURES.md")]
#![forbid(unsafe_code)]

mod address;
mod auth;
mod connection;
mod connections;
mod event;
mod faults;
mod login;
mod message;
mod output;
mod packets;
mod platform;
mod registry;
mod routing;
pub mod sample;
mod sending;
mod session;
mod settings;
mod timers;
mod tokens;
mod topics;

pub use address::DeviceAddress;
pub use auth::AUTH_CONTENT_TYPE;
pub use connection::{Arrival, Progress};
pub use connections::{ConnectionId, ConnectionMap, NumberHasher};
pub use event::{Event, EventKind, LoginKind};
pub use faults::{AuthRefuse, Cut, Fault, Faults, MAX_DELAY_MS, Refuse};
pub use output::Output;
pub use platform::Platform;
pub use registry::{Device, DeviceView, SubscriptionView};
pub use routing::{PushError, Pushed};
pub use settings::{IdleFactor, RefusalCodes, Settings, SettingsError};
pub use topics::owns_topic;
