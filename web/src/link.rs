//! The worker, as the page sees it: a file of its own started with the page's compiled module.

use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::protocol::Command;
use crate::state::Action;

/// The page's end of the line to its worker.
pub(crate) struct WorkerLink {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl WorkerLink {
    /// Starts the worker; what it tells goes to `dispatch`.
    ///
    /// # Errors
    /// The browser's own words why there can be no worker.
    pub(crate) fn start(dispatch: impl Fn(Action) + Clone + 'static) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options("./worker.js", &options).map_err(|e| words(&e))?;

        let told = dispatch.clone();
        let on_message = Closure::new(move |event: MessageEvent| match unpack(&event.data()) {
            Some((report, bytes)) => told(Action::Told(Box::new(report), bytes)),
            None => told(Action::WorkerBroken(
                "the worker sent something else".into(),
            )),
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        let on_error = Closure::new(move |event: ErrorEvent| {
            dispatch(Action::WorkerBroken(event.message()));
        });
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));

        let start = Object::new();
        set(&start, "module", &wasm_bindgen::module())?;
        set(&start, "bindings", &bindings_address()?.into())?;
        worker.post_message(&start).map_err(|e| words(&e))?;
        Ok(Self {
            worker,
            _on_message: on_message,
            _on_error: on_error,
        })
    }

    /// Sends a command, with bytes beside it.
    pub(crate) fn send(&self, command: &Command, bytes: &[u8]) {
        // Plain data always has a form in bytes, and bytes can always be transferred.
        let _ = post(command, bytes, |message, transfer| {
            self.worker.post_message_with_transfer(message, transfer)
        });
    }
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Posts a message in postcard's form and the bytes beside it, both transferred.
pub(crate) fn post(
    message: &impl Serialize,
    bytes: &[u8],
    send: impl FnOnce(&JsValue, &JsValue) -> Result<(), JsValue>,
) -> Result<(), JsValue> {
    let message = postcard::to_allocvec(message).map_err(|error| error.to_string())?;
    let message = Uint8Array::from(message.as_slice());
    let bytes = Uint8Array::from(bytes);
    let transfer = Array::of2(&message.buffer(), &bytes.buffer());
    send(&Array::of2(&message, &bytes), &transfer)
}

/// Takes apart what [`post`] made.
pub(crate) fn unpack<T: DeserializeOwned>(data: &JsValue) -> Option<(T, Vec<u8>)> {
    let parts: &Array = data.dyn_ref()?;
    let message: Uint8Array = parts.get(0).dyn_into().ok()?;
    let bytes: Uint8Array = parts.get(1).dyn_into().ok()?;
    let message = postcard::from_bytes(&message.to_vec()).ok()?;
    Some((message, bytes.to_vec()))
}

fn set(object: &Object, key: &str, value: &JsValue) -> Result<(), String> {
    Reflect::set(object, &key.into(), value).map_err(|e| words(&e))?;
    Ok(())
}

/// Where the script is that Trunk made for this wasm file: the tag that started the page says so.
fn bindings_address() -> Result<String, String> {
    let window = web_sys::window().ok_or("there is no window")?;
    let document = window.document().ok_or("there is no document")?;
    let tag = document
        .query_selector("script[data-bindings]")
        .map_err(|e| words(&e))?;
    let name = tag.and_then(|tag| tag.get_attribute("data-bindings"));
    let name = name.ok_or("the page does not say where its script is")?;
    let base = document
        .base_uri()
        .map_err(|e| words(&e))?
        .unwrap_or_default();
    let address = web_sys::Url::new_with_base(&name, &base).map_err(|e| words(&e))?;
    Ok(address.href())
}

fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok();
    message
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
