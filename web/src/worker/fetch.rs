//! Carries a request by the browser's `fetch`.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Object, Reflect, Uint8Array};
use tern_core::auth::HttpRequest;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortSignal, RequestInit, Response, WorkerGlobalScope};

use super::http::{Reply, address, judge};
use crate::protocol::{AUTH_TIMEOUT_MS, HttpFailure};

type Answer = Result<Reply, HttpFailure>;

/// One request under way, or its answer. Dropping it gives the answer up.
pub(super) struct Fetch(Rc<RefCell<Option<Answer>>>);

impl Fetch {
    /// Sends a request; `woken` is called once its answer is there.
    pub(super) fn start(request: HttpRequest, woken: Rc<dyn Fn()>) -> Self {
        let answer = Rc::new(RefCell::new(None));
        let place = Rc::downgrade(&answer);
        spawn_local(async move {
            let came = send(request).await;
            // Nobody waits for the answer of an attempt that was given up.
            if let Some(place) = place.upgrade() {
                *place.borrow_mut() = Some(came);
                woken();
            }
        });
        Self(answer)
    }

    /// The answer, once.
    pub(super) fn take(&self) -> Option<Answer> {
        self.0.borrow_mut().take()
    }
}

async fn send(request: HttpRequest) -> Answer {
    let scope: WorkerGlobalScope = js_sys::global()
        .dyn_into()
        .map_err(|_| HttpFailure::Unreachable)?;
    let headers = Object::new();
    // A plain object takes any property.
    let _ = Reflect::set(
        &headers,
        &"content-type".into(),
        &request.content_type.into(),
    );
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&request.body.into());
    init.set_signal(Some(&AbortSignal::timeout_with_u32(AUTH_TIMEOUT_MS)));
    let sent = scope.fetch_with_str_and_init(&address(&request.url), &init);
    let response = JsFuture::from(sent)
        .await
        .map_err(|error| failure(&error))?;
    let response: Response = response.dyn_into().map_err(|error| failure(&error))?;
    let body = response.array_buffer().map_err(|error| failure(&error))?;
    let body = JsFuture::from(body)
        .await
        .map_err(|error| failure(&error))?;
    let body: ArrayBuffer = body.dyn_into().map_err(|error| failure(&error))?;
    judge(response.status(), Uint8Array::new(&body).to_vec())
}

/// The browser tells a time-out by its name, and keeps all else to itself.
fn failure(error: &JsValue) -> HttpFailure {
    let name = Reflect::get(error, &"name".into()).ok();
    match name.and_then(|name| name.as_string()).as_deref() {
        Some("TimeoutError") => HttpFailure::TimedOut,
        _ => HttpFailure::Unreachable,
    }
}
