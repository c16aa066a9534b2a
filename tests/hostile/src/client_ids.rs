//! The client id with its extension part.

use tern_core::identity::ClientId;
use tern_core::sign::ExtendedClientId;

pub(crate) fn check(bytes: &[u8]) {
    let client_id = String::from_utf8_lossy(bytes);
    if let Ok(read) = ExtendedClientId::parse(&client_id) {
        let bare = read.client_id.as_str();
        assert!(ClientId::new(bare).is_ok(), "{bare:?}");
        assert!(client_id.starts_with(bare));
        let method = read.sign_method().map(|method| method.name());
        assert!(method.is_none_or(|name| client_id.contains(name) || client_id.contains("sign")));
        assert!(read.timestamp().is_none_or(|time| client_id.contains(time)));
        let _ = read.securemode();
    }
}
