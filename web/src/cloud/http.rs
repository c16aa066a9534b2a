//! One request to the program that serves the page.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit};

use super::requests::Request;
use crate::protocol::cloud::{Problem, ProblemKind};

/// Sends it, and answers status and body.
///
/// # Errors
/// Nobody answers, or `abort` was told.
pub(super) async fn send(
    request: &Request,
    abort: Option<&AbortSignal>,
) -> Result<(u16, String), Problem> {
    // What a browser says about it is the same for everything: that it failed.
    let failed = |_| Problem {
        kind: ProblemKind::Unreachable,
        text: String::new(),
    };
    let window = web_sys::window().ok_or_else(|| failed(JsValue::NULL))?;
    let options = RequestInit::new();
    options.set_method(request.method);
    options.set_cache(web_sys::RequestCache::NoStore);
    if let Some(body) = &request.body {
        options.set_body(&JsValue::from_str(body));
    }
    options.set_signal(abort);
    let response = window.fetch_with_str_and_init(&request.path, &options);
    let response = JsFuture::from(response).await.map_err(failed)?;
    let response: web_sys::Response = response.dyn_into().map_err(failed)?;
    let status = response.status();
    let body = response.text().map_err(failed)?;
    let body = JsFuture::from(body).await.map_err(failed)?;
    Ok((status, body.as_string().unwrap_or_default()))
}
