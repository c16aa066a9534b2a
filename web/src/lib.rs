//! The console: a page for people who debug a device's connection.
//!
//! Two halves of one wasm. The **page** draws and is asked things; its state is one reducer. The
//! **worker** holds the device, its transport (a WebSocket, or the stand-in inside the page) and
//! everything that went by, so that a hidden tab keeps its keep alive and a busy connection never waits
//! for drawing. A first visit loads what Connect and the device need; the other places and the stand-in are parts of
//! the wasm that come when they are first wanted. What needs no browser (form, state, run loop, log, the stand-in's transport) builds and
//! is tested everywhere; the rest exists for wasm32 only.
#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
mod app;
pub mod cloud;
#[cfg(target_arch = "wasm32")]
mod components;
pub mod copy_as;
pub mod drafts;
pub mod form;
pub mod inspector;
pub mod lang;
#[cfg(target_arch = "wasm32")]
mod link;
pub mod login_text;
#[cfg(target_arch = "wasm32")]
mod markup;
#[cfg(target_arch = "wasm32")]
mod opening;
#[cfg(target_arch = "wasm32")]
mod parts;
pub mod pasted;
pub mod payload;
pub mod profile;
pub mod protocol;
pub mod sample;
#[cfg(target_arch = "wasm32")]
mod served;
pub mod setup;
pub mod share;
pub mod state;
#[cfg(target_arch = "wasm32")]
mod storage;
#[cfg(target_arch = "wasm32")]
mod tabs;
pub mod twins;
pub mod why;
pub mod words;
pub mod worker;

/// Starts the page, or the worker where this runs in one.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    use wasm_bindgen::JsCast;

    match js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() {
        Ok(scope) => worker::start(scope),
        Err(_) => {
            yew::Renderer::<app::App>::new().render();
        }
    }
}
