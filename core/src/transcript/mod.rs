//! What went into a device and what came out, with times: recorded, and played again.
//!
//! A recording is a text of lines, made to be read and compared by people too. It begins with a [`Header`],
//! which tells everything that the device was told at its start but its secrets; an [`Entry`] a line follows.
//! `docs/recording.md` is the format's description.
//!
//! - **Recording**: a [`Tap`] stands between host and device and turns what passes into entries. It
//!   overwrites passwords, signatures and iotTokens by as many `*` before anybody else sees them.
//! - **Reading**: a [`Reader`] takes one line after the other, [`read`] a whole recording. Bytes of any kind
//!   and any number do no harm; an error names line, column, field and rule.
//! - **Playing**: a [`Player`] hands what was recorded to a [`Core`] again and stops at the first
//!   [`Difference`]. A password can't be made again without the secret, so both sides are compared under the
//!   mask: its length counts, its bytes don't.
//!
//! Nothing here does I/O or reads a clock.
//!
//! ```
//! use tern_core::transcript::{Direct, Player, What, read};
//!
//! let text = "\
//! tern-transcript 1
//! recorded \"2026-11-25T08:00:00Z\"
//! seed 42
//! login plain
//! client-id \"c1\"
//! username none
//! password none
//! endpoint \"mqtt://localhost:1883\"
//! keep-alive 60
//! keep-alive-range none
//! clean-session true
//! reconnect never
//! connect-timeout 10000
//! request-timeout 10000
//! ping-timeout 10000
//! drain-timeout 10000
//! max-packet 65536
//! max-payload 65536
//! max-inflight 100
//! max-queued 100
//! max-queued-bytes 65536
//! max-subscriptions 10
//! begin
//! 0 in connect
//! 0 out connecting \"mqtt://localhost:1883\"
//! 0 out open-transport \"mqtt://localhost:1883\"
//! 0 out deadline 10000
//! 3 in transport-opened
//! 3 out transmit \"\\x10\\x0E\\x00\\x04MQTT\\x04\\x02\\x00<\\x00\\x02c1\"
//! 9 end
//! ";
//! let recording = read(text.as_bytes())?;
//! let core = Direct::new(&recording.header)?;
//! let mut player = Player::new(core);
//! for entry in &recording.entries {
//!     player.play(entry).expect("the same as recorded");
//! }
//! assert_eq!(recording.entries.last().map(|entry| &entry.what), Some(&What::End));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod direct;
mod entry;
mod fields;
mod header;
mod heard;
mod mask;
mod player;
mod reader;
mod said;
mod tap;
mod token;
mod words;

pub use direct::{Core, Direct};
pub use entry::{Entry, What};
pub use fields::ReadError;
pub use header::Header;
pub use heard::Heard;
pub use player::{Difference, Fault, Player, record_again};
pub use reader::{MAX_LINE, Reader, Recording, Told, read};
pub use said::Said;
pub use tap::{Received, Tap};

/// The version of the format, which stands in a recording's first line.
pub const VERSION: u32 = 1;
