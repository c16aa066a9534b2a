//! The answer of the HTTPS authentication.

use tern_core::auth::{HttpAnswer, read};
use tern_core::explain::{InWords, Lang};

use crate::script::Script;

pub(crate) fn check(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let status = script.number();
    let body = script.take(usize::MAX);
    match read(HttpAnswer { status, body }) {
        Ok(grant) => {
            assert_eq!(status, 200, "only this status grants anything");
            let debug = format!("{grant:?}");
            let token = grant.iot_token.expose();
            // A short one, and one that the answer repeats elsewhere, is part of another word.
            let elsewhere = [grant.iot_id.as_str(), grant.mqtt.host.as_str()];
            let known = token.len() < 8 || elsewhere.iter().any(|text| text.contains(token));
            assert!(known || !debug.contains(token), "{debug}");
        }
        Err(error) => {
            for lang in [Lang::En, Lang::Zh] {
                assert!(!error.in_words(lang).is_empty());
            }
            assert!(!error.explanation().is_empty());
            let _ = error.is_final();
            // A body of any length makes no text of any length.
            assert!(error.to_string().len() < 4_096, "{error}");
        }
    }
}
