//! The device that the stand-in knows from the start, so that nothing has to be typed to see something.

/// Its productKey.
pub const PRODUCT_KEY: &str = "a1aq9sQk2JE";
/// Its deviceName.
pub const DEVICE_NAME: &str = "dev1";
/// Its deviceSecret: published here, so it protects nothing.
pub const DEVICE_SECRET: &str = "tern-sample-device-secret";
/// What it publishes at first: the platform's own sample message.
pub const PAYLOAD: &str = r#"{"attr_name":"temperature", "attr_value":"1"}"#;

/// The topic that the platform's own sample publishes to and subscribes to.
#[must_use]
pub fn topic(product_key: &str, device_name: &str) -> String {
    format!("/{product_key}/{device_name}/data")
}
