//! What page and worker say to each other.

use tern_web::protocol::Span;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[test]
fn a_span_stays_within_what_is_held() {
    assert_eq!(Span::Newest(3).within(10..12), 10..12);
    assert_eq!(Span::Newest(3).within(10..20), 17..20);
    assert_eq!(Span::Newest(u32::MAX).within(0..1000), 800..1000);
    let from = |first, count| Span::From { first, count }.within(10..20);
    assert_eq!(from(0, 4), 10..14);
    assert_eq!(from(18, 4), 18..20);
    assert_eq!(from(90, 4), 20..20);
}
