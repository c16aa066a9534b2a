//! Profiles in the browser's local storage.
//!
//! A browser may forbid storage, or have none left. Then the page goes on with what it holds, and says so.

use wasm_bindgen::JsValue;
use web_sys::{DomException, Storage};

use crate::profile::Profiles;
use crate::state::profiles::Trouble;

/// Where the profiles stand.
const KEY: &str = "tern.profiles";
/// Where a text is put aside that stood there and is none.
const UNREADABLE_KEY: &str = "tern.profiles.unreadable";

/// The profiles that are stored; none where there never were any.
///
/// # Errors
/// Storage is forbidden, or holds something else.
pub(crate) fn read() -> Result<Profiles, Trouble> {
    match text()? {
        Some(text) => Profiles::read(&text).map_err(Trouble::Stored),
        None => Ok(Profiles::default()),
    }
}

/// Stores the profiles. What stands there and can't be read is put aside first.
///
/// # Errors
/// Storage is forbidden or full; then what was stored before is still there.
pub(crate) fn write(profiles: &Profiles) -> Result<(), Trouble> {
    let storage = storage()?;
    if let Some(text) = text()?
        && Profiles::read(&text).is_err()
    {
        storage.set_item(UNREADABLE_KEY, &text).map_err(trouble)?;
    }
    storage.set_item(KEY, &profiles.write()).map_err(trouble)
}

fn text() -> Result<Option<String>, Trouble> {
    storage()?.get_item(KEY).map_err(trouble)
}

fn storage() -> Result<Storage, Trouble> {
    let window = web_sys::window().ok_or(Trouble::Forbidden)?;
    let storage = window.local_storage().map_err(trouble)?;
    storage.ok_or(Trouble::Forbidden)
}

fn trouble(error: JsValue) -> Trouble {
    let name = wasm_bindgen::JsCast::dyn_into::<DomException>(error).map(|error| error.name());
    match name.as_deref() {
        Ok("QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED") => Trouble::Full,
        _ => Trouble::Forbidden,
    }
}
