//! The device that the stand-in knows from the start, so that nothing has to be typed to see something.

pub use tern_platform::sample::{DEVICE_NAME, DEVICE_SECRET, PRODUCT_KEY, device};

/// What it publishes at first: the platform's own sample message.
pub const PAYLOAD: &str = r#"{"attr_name":"temperature", "attr_value":"1"}"#;

/// The topic that the platform's own sample publishes to and subscribes to.
#[must_use]
pub fn topic(product_key: &str, device_name: &str) -> String {
    format!("/{product_key}/{device_name}/data")
}
