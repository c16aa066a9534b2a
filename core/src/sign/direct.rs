//! The CONNECT of a direct connect (seed: 域名直连): client id, user name and password from the triple.

use crate::identity::{ClientId, Triple};

use super::{Password, SignMethod, content, sign};

/// What a direct connect puts into its CONNECT, and what was signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectLogin {
    /// The whole MQTT client id: the bare one and, between bars, the extension part.
    pub client_id: String,
    /// `deviceName&productKey`
    pub username: String,
    /// The signature in upper-case hex.
    pub password: Password,
    /// What was signed.
    pub content: String,
    /// How it was signed.
    pub method: SignMethod,
}

/// Signs a direct connect.
///
/// `securemode` is 2 over TLS and 3 over plain TCP: see [`TransportKind::securemode`]. The timestamp
/// (ms since 1970) is signed exactly when it is sent; `None` leaves it out of both.
///
/// [`TransportKind::securemode`]: crate::identity::TransportKind::securemode
pub fn direct(
    triple: &Triple,
    client_id: &ClientId,
    method: SignMethod,
    securemode: u8,
    timestamp: Option<u64>,
) -> DirectLogin {
    let timestamp = timestamp.map(|ms| ms.to_string());
    let mut pairs = vec![
        ("productKey", triple.product_key.as_str()),
        ("deviceName", triple.device_name.as_str()),
        ("clientId", client_id.as_str()),
    ];
    let mut extension = format!("securemode={securemode},signmethod={method}");
    if let Some(timestamp) = &timestamp {
        pairs.push(("timestamp", timestamp));
        extension.push_str(",timestamp=");
        extension.push_str(timestamp);
    }
    let content = content(&pairs);
    let digest = sign(method, &triple.device_secret, &content);
    DirectLogin {
        client_id: format!("{client_id}|{extension}|"),
        username: format!("{}&{}", triple.device_name, triple.product_key),
        password: Password::new(digest.to_hex_upper()),
        content,
        method,
    }
}
