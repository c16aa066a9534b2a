//! What the keys reach keeps the focus and stays in sight.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlElement};

/// Brings a line and a byte into sight, each within its own frame, and moves the focus with them where it
/// is in that half already.
pub(super) fn follow(line: Option<usize>, byte: usize) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    if let Some(line) = line {
        bring(&document, "node", line);
        bring(&document, "byte", byte);
    }
}

fn bring(document: &Document, half: &str, number: usize) {
    let Some(element) = document
        .get_element_by_id(&format!("{half}-{number}"))
        .and_then(|element| element.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let marked = |element: &Element| element.has_attribute(&format!("data-{half}"));
    if document
        .active_element()
        .is_some_and(|element| marked(&element))
    {
        // What has a tab index takes the focus.
        let _ = element.focus();
    }
    let frame = element.offset_parent();
    if let Some(frame) = frame.filter(|frame| frame.class_list().contains("frame")) {
        let (top, bottom) = (
            element.offset_top(),
            element.offset_top() + element.offset_height(),
        );
        if top < frame.scroll_top() {
            frame.set_scroll_top(top);
        } else if bottom > frame.scroll_top() + frame.client_height() {
            frame.set_scroll_top(bottom - frame.client_height());
        }
    }
}

/// The number of the line (`node`) or byte (`at`) that an event happened on.
pub(super) fn number_of(event: &Event, half: &str) -> Option<usize> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let attribute = format!("data-{half}");
    let marked = element.closest(&format!("[{attribute}]")).ok()??;
    marked.get_attribute(&attribute)?.parse().ok()
}

/// How many bytes stand in a row as the styles draw them.
pub(super) fn bytes_in_a_row() -> usize {
    let document = web_sys::window().and_then(|window| window.document());
    let top = |number: usize| {
        let element = document
            .as_ref()?
            .get_element_by_id(&format!("byte-{number}"))?;
        Some(element.dyn_into::<HtmlElement>().ok()?.offset_top())
    };
    match (top(0), top(8)) {
        (Some(first), Some(ninth)) if ninth > first => 8,
        _ => crate::inspector::dump::ROW,
    }
}
