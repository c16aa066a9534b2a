//! What the page learns as it opens: how it came here, what its address holds, what the browser keeps.

use wasm_bindgen::JsValue;

use crate::form::Carrier;
use crate::protocol::Command;
use crate::share;
use crate::state::connect::Action;
use crate::state::profiles::{self, Said, Trouble};
use crate::state::{Action as Any, Place};
use crate::storage;
use crate::twins::Device;

/// Tells all of it.
pub(crate) fn learn(tell: impl Fn(Any)) {
    let protocol = web_sys::window().and_then(|window| window.location().protocol().ok());
    if protocol.as_deref() == Some("https:") {
        tell(Action::IsHttps.into());
    }
    let profiles = match storage::read() {
        Ok(profiles) => Some(profiles::Action::Loaded(profiles)),
        Err(trouble @ Trouble::Stored(_)) => Some(profiles::Action::Say(Said::Trouble(trouble))),
        // Said once somebody wants something to be kept.
        Err(_) => None,
    };
    if let Some(profiles) = profiles {
        tell(Action::Profiles(profiles).into());
    }
    if let Some(linked) = linked() {
        tell(linked.into());
    }
}

/// The form in the page's address, if it holds one. It is taken out of there: the address would go on
/// saying what the form no longer does.
pub(crate) fn linked() -> Option<Action> {
    let window = web_sys::window()?;
    let shared = share::read(&window.location().hash().ok()?)?;
    if let Ok(history) = window.history() {
        let clean = format!("#{}", Place::Connect.name());
        // A browser that keeps the address as it is does no harm.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&clean));
    }
    Some(Action::Linked(Box::new(shared)))
}

/// The device that a command connects as, where it is one of the cloud's that other tabs can reach too.
pub(crate) fn sent(command: &Command) -> Option<Action> {
    let Command::Connect(form) = command else {
        return None;
    };
    let is_shared = form.carrier != Carrier::InPage;
    Some(Action::Sent(is_shared.then(|| Device {
        product_key: form.product_key.clone(),
        device_name: form.device_name.clone(),
    })))
}
