//! The cloud's side of the stand-in inside the page: its devices, its faults as a device sees them, and a
//! second client, all in virtual time.

mod bench;
mod devices;
mod faults;
mod pushes;
mod second_client;
mod telling;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
