//! Payloads on a machine with another word size than the one that tests run on: the browser's.

use tern_web::payload::cbor::{CborRule, diagnose};
use tern_web::payload::typed::Notation;
use tern_web::payload::{Codec, chart, diff, json};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[test]
fn a_length_that_no_memory_holds_is_a_string_cut_short() {
    // A text and a byte string of 2^32 bytes and more, and an array of as many items.
    for bytes in [
        &b"{\"id\":\"4\",\"t\":24}"[..],
        b"\x5b\x00\x00\x00\x01\x00\x00\x00\x00\x01",
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ] {
        let fault = diagnose(bytes).1.expect("cut");
        assert_eq!(fault.rule, CborRule::Cut, "{bytes:?}");
    }
}

#[test]
fn nothing_that_nests_deeply_overflows_the_stack() {
    let depth = 128 * 1024;
    let deep = "[".repeat(depth) + &"]".repeat(depth);
    assert_eq!(json::check(&deep), Ok(()));
    assert!(json::pretty(&deep).is_ok());
    assert_eq!(json::numbers(&deep, 10), Ok(Vec::new()));
    assert!(Codec::Cbor.show(&vec![0x81; depth]).fault.is_some());
}

#[test]
fn views_differences_and_numbers_come_out_the_same_everywhere() {
    assert_eq!(Codec::guess(b"\xa1\x61\x74\x18\x15"), Codec::Cbor);
    assert_eq!(Codec::Cbor.show(b"\xf9\x3c\x00").text, "1.0");
    assert_eq!(Notation::Base64.read("//79"), Ok(vec![0xff, 0xfe, 0xfd]));
    let difference = diff::difference("a\nb\nc", "a\nx\nc");
    assert_eq!((difference.gone, difference.new), (1, 1));
    let path = json::Path::parse("a[1].b").expect("a path");
    assert_eq!(
        json::number_at(r#"{"a":[0,{"b":21.5}]}"#, &path),
        Some(21.5)
    );
    assert_eq!(chart::label(0.30000000000000004, 0.1), "0.3");
}
