//! The HTTPS authentication from a page.
//!
//! A browser may not post to another host, so the program that serves the page passes the form on: its
//! `auth/devicename` goes to its own stand-in, and with a `host` to the platform itself. Here stands what is
//! asked of it and how its answer is read; what carries it is the browser's `fetch`.

use serde_json::Value;
use tern_core::auth::MAX_ANSWER;

use crate::protocol::HttpFailure;

/// How much of the program's own words is kept, in characters.
const MAX_WORDS: usize = 300;

/// An answer, as the device reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body. It may hold a token.
    pub body: Vec<u8>,
}

/// Never prints the body.
impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body", &format_args!("({} bytes)", self.body.len()))
            .finish()
    }
}

/// Where a request goes: an address beside the page's own. `url` is the one that the device asks for,
/// `https://HOST/auth/devicename`.
#[must_use]
pub fn address(url: &str) -> String {
    let host = url.strip_prefix("https://").unwrap_or(url);
    let host = host.split(['/', ':', '?']).next().unwrap_or_default();
    // A host of the platform's is made of letters, digits, dots and dashes only.
    if host.ends_with(".aliyuncs.com") {
        format!("auth/devicename?host={host}")
    } else {
        "auth/devicename".to_owned()
    }
}

/// Tells an answer of the authentication's from one of what stands between.
///
/// # Errors
/// A file server's answer, the program's own, or one that is too long.
pub fn judge(status: u16, body: Vec<u8>) -> Result<Reply, HttpFailure> {
    if body.len() > MAX_ANSWER {
        return Err(HttpFailure::TooLarge { bytes: body.len() });
    }
    let json: Option<Value> = serde_json::from_slice(&body).ok();
    if json.as_ref().is_some_and(|json| json.get("code").is_some()) {
        return Ok(Reply { status, body });
    }
    let words = json.as_ref().and_then(|json| json.get("error")?.as_str());
    if let Some(words) = words {
        let shown = words.chars().filter(|c| !c.is_control()).take(MAX_WORDS);
        let words = shown.collect();
        return Err(HttpFailure::Program { status, words });
    }
    let is_page = body.trim_ascii_start().starts_with(b"<");
    if status != 200 || is_page {
        return Err(HttpFailure::NoProgram { status });
    }
    Ok(Reply { status, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Address, Carrier, Form};

    #[test]
    fn the_platforms_hosts_are_named_and_a_stand_in_is_not() {
        let mut form = Form::sample();
        let asked = |form: &Form| address(&form.auth_request().expect("a good form").url);
        assert_eq!(asked(&form), "auth/devicename");
        form.carrier = Carrier::Wss;
        form.address = Address::Region;
        assert_eq!(
            asked(&form),
            "auth/devicename?host=iot-auth.cn-shanghai.aliyuncs.com"
        );
    }

    #[test]
    fn each_kind_of_answer_is_told_apart() {
        let judged = |status, body: &str| judge(status, body.as_bytes().to_vec());
        for (status, body) in [
            (200, r#"{"code":200,"data":{}}"#),
            (502, r#"{"code":460}"#),
            (200, "{}"),
            (200, ""),
        ] {
            assert!(
                judged(status, body).is_ok(),
                "{status} {body}: the device's to read"
            );
        }
        for (status, body) in [
            (404, "there is no such file"),
            (405, ""),
            (501, "<!DOCTYPE HTML>"),
            (200, " <!doctype html><title>Tern console</title>"),
        ] {
            assert_eq!(judged(status, body), Err(HttpFailure::NoProgram { status }));
        }
        assert_eq!(
            judged(502, "{\"error\": \"no route\\nto host\"}"),
            Err(HttpFailure::Program {
                status: 502,
                words: "no routeto host".into()
            })
        );
        let bytes = MAX_ANSWER + 1;
        assert_eq!(
            judge(200, vec![b' '; bytes]),
            Err(HttpFailure::TooLarge { bytes })
        );
    }
}
