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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::ExtendedClientId;

    fn login(method: SignMethod, securemode: u8, timestamp: Option<u64>) -> DirectLogin {
        let triple = Triple::new("pk", "device", "secret").unwrap();
        direct(
            &triple,
            &ClientId::new("12345").unwrap(),
            method,
            securemode,
            timestamp,
        )
    }

    #[test]
    fn the_seeds_example_comes_out_as_the_seed_prints_it() {
        let login = login(SignMethod::HmacSha1, 3, Some(789));
        assert_eq!(
            login.client_id,
            "12345|securemode=3,signmethod=hmacsha1,timestamp=789|"
        );
        assert_eq!(login.username, "device&pk");
        assert_eq!(
            login.password.expose(),
            "FAFD82A3D602B37FB0FA8B7892F24A477F851A14"
        );
        assert_eq!(
            login.content,
            "clientId12345deviceNamedeviceproductKeypktimestamp789"
        );
    }

    #[test]
    fn no_timestamp_is_neither_sent_nor_signed() {
        let login = login(SignMethod::HmacSha1, 2, None);
        assert_eq!(login.client_id, "12345|securemode=2,signmethod=hmacsha1|");
        assert_eq!(login.content, "clientId12345deviceNamedeviceproductKeypk");
        assert_eq!(
            login.password.expose(),
            "3504E4DF7CE4766D30F796EE973C9CE7FC5425CB"
        );
    }

    #[test]
    fn the_third_partys_vector_signs_the_bare_client_id() {
        let triple =
            Triple::new("a1U4pQzrgim", "test1", "fc73ae4f1f2fb21073f1eee685cf4435").unwrap();
        let id = ClientId::new("11111").unwrap();
        let login = direct(
            &triple,
            &id,
            SignMethod::HmacSha1,
            2,
            Some(2_524_608_000_000),
        );
        assert_eq!(
            login.password.expose(),
            "88794A49FC0663F9EB3EB3C97194D2F76D10329B"
        );
    }

    #[test]
    fn the_platforms_reader_reads_what_is_sent() {
        for method in SignMethod::ALL {
            for (securemode, timestamp) in [(2, None), (3, Some(0)), (2, Some(u64::MAX))] {
                let login = login(method, securemode, timestamp);
                let read = ExtendedClientId::parse(&login.client_id).unwrap();
                assert_eq!(read.client_id.as_str(), "12345");
                assert_eq!(read.securemode(), i8::try_from(securemode).ok());
                assert_eq!(read.sign_method(), Some(method));
                let sent = timestamp.map(|ms| ms.to_string());
                assert_eq!(read.timestamp(), sent.as_deref());
            }
        }
    }

    #[test]
    fn a_login_never_prints_its_password() {
        let shown = format!("{:?}", login(SignMethod::HmacSha1, 3, Some(789)));
        assert!(
            !shown.contains("FAFD") && shown.contains("Password(…)"),
            "{shown}"
        );
    }
}
