//! The request: a signed form.

use std::fmt;

use form_urlencoded::Serializer;

use crate::identity::{ClientId, Triple};
use crate::sign::{SignMethod, content, sign};

use super::AuthUrl;

/// A POST for the host to send. `Debug` hides the body: its signature is as good as a password.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Where to: always `https://…`.
    pub url: String,
    /// The header `Content-Type`.
    pub content_type: &'static str,
    /// The body, percent-encoded.
    pub body: String,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("url", &self.url)
            .field("content_type", &self.content_type)
            .field("body", &format_args!("({} bytes)", self.body.len()))
            .finish()
    }
}

/// Makes the request that asks for an iotId and an iotToken (seed: 设备认证).
///
/// Signed are productKey, deviceName, clientId and, if sent, timestamp (ms since 1970). `signmethod` is
/// always sent, since its default here (hmacmd5) is not that of a direct connect; `version=default` and
/// `resources=mqtt` too.
pub fn request(
    url: &AuthUrl,
    triple: &Triple,
    client_id: &ClientId,
    method: SignMethod,
    timestamp: Option<u64>,
) -> HttpRequest {
    let timestamp = timestamp.map(|ms| ms.to_string());
    let mut signed = vec![
        ("productKey", triple.product_key.as_str()),
        ("deviceName", triple.device_name.as_str()),
        ("clientId", client_id.as_str()),
    ];
    signed.extend(timestamp.as_deref().map(|ms| ("timestamp", ms)));
    let digest = sign(method, &triple.device_secret, &content(&signed));
    let body = Serializer::new(String::new())
        .extend_pairs(&signed)
        .append_pair("sign", &digest.to_hex_upper())
        .append_pair("signmethod", method.name())
        .append_pair("version", "default")
        .append_pair("resources", "mqtt")
        .finish();
    HttpRequest {
        url: url.as_str().to_owned(),
        content_type: "application/x-www-form-urlencoded",
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::AuthForm;

    fn body(client_id: &str, method: SignMethod, timestamp: Option<u64>) -> String {
        let triple = Triple::new("123", "test", "secret").unwrap();
        let url = AuthUrl::new("https://localhost:8443").unwrap();
        request(
            &url,
            &triple,
            &ClientId::new(client_id).unwrap(),
            method,
            timestamp,
        )
        .body
    }

    #[test]
    fn the_seeds_example_is_signed_as_the_facts_say() {
        assert_eq!(
            body("123", SignMethod::HmacMd5, Some(123)),
            "productKey=123&deviceName=test&clientId=123&timestamp=123\
             &sign=7F9C0941A986FE6D3AD883EDA7EFDA9C&signmethod=hmacmd5&version=default&resources=mqtt"
        );
    }

    #[test]
    fn no_timestamp_is_neither_sent_nor_signed() {
        let body = body("123", SignMethod::HmacSha256, None);
        assert!(!body.contains("timestamp"), "{body}");
        let form = AuthForm::parse(&body).unwrap();
        assert_eq!(form.content(), "clientId123deviceNametestproductKey123");
    }

    #[test]
    fn odd_characters_are_percent_encoded_and_come_back() {
        let id = "a b&c=d+e%f/你好?#;";
        let body = body(id, SignMethod::HmacSha1, Some(1));
        assert!(
            body.contains("clientId=a+b%26c%3Dd%2Be%25f%2F%E4%BD%A0%E5%A5%BD%3F%23%3B&"),
            "{body}"
        );
        let form = AuthForm::parse(&body).unwrap();
        assert_eq!(form.client_id.as_str(), id);
        let triple = Triple::new("123", "test", "secret").unwrap();
        let digest = sign(form.sign_method, &triple.device_secret, &form.content());
        assert!(digest.matches_hex(form.sign.expose()));
    }

    #[test]
    fn the_body_does_not_print() {
        let triple = Triple::new("123", "test", "secret").unwrap();
        let url = AuthUrl::new("https://localhost:8443").unwrap();
        let id = ClientId::new("123").unwrap();
        let request = request(&url, &triple, &id, SignMethod::HmacMd5, Some(123));
        let shown = format!("{request:?}");
        assert!(!shown.contains("7F9C0941"), "{shown}");
        assert!(
            shown.contains("https://localhost:8443/auth/devicename"),
            "{shown}"
        );
    }
}
