//! Asks the program that serves this page, if it is one, where its stand-in listens.

use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::state::connect::Action;

/// The answer of `GET api/info`, as far as it matters here.
#[derive(Deserialize)]
struct Info {
    /// `HOST:PORT` of the MQTT listener, which takes WebSockets too.
    mqtt: String,
    /// `HOST:PORT` of the HTTPS authentication.
    https: String,
    /// The window for the keep alive.
    keep_alive: KeepAlive,
}

/// In seconds.
#[derive(Deserialize)]
struct KeepAlive {
    min: u16,
    max: u16,
}

/// Asks, and offers the answer. From a plain file server there is none.
pub(crate) fn ask(dispatch: impl Fn(Action) + 'static) {
    spawn_local(async move {
        dispatch(answer().await.unwrap_or(Action::NotServed));
    });
}

async fn answer() -> Option<Action> {
    let window = web_sys::window()?;
    let location = window.location();
    let protocol = location.protocol().ok()?;
    if !protocol.starts_with("http") {
        return None;
    }
    let response = JsFuture::from(window.fetch_with_str("api/info"))
        .await
        .ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    let info: Info = serde_json::from_slice(text.as_string()?.as_bytes()).ok()?;
    let (host, port) = info.mqtt.rsplit_once(':')?;
    let host = match host.trim_matches(['[', ']']) {
        // Bound to every address: the one that the page came from is one of them.
        "0.0.0.0" | "::" => location.hostname().ok()?,
        host => host.to_owned(),
    };
    Some(Action::Served {
        host,
        port: port.parse().ok()?,
        secure: protocol == "https:",
        keep_alive: (info.keep_alive.min, info.keep_alive.max),
        https: info.https,
    })
}
