//! What the build script takes out of the component, and which layout of its data it refuses.

#[path = "../../build/data.rs"]
mod data;

/// A section with its length.
fn section(id: u8, body: &[u8]) -> Vec<u8> {
    [&[id, u8::try_from(body.len()).unwrap()], body].concat()
}

/// A module with two segments: "abc" at 16 and "d" at 20.
fn module(names: &[&[u8]]) -> Vec<u8> {
    let segments = [
        &[2][..],
        // an active segment: i32.const 16, end; its length
        &[0, 0x41, 16, 0x0B, 3],
        b"abc",
        &[0, 0x41, 20, 0x0B, 1],
        b"d",
    ]
    .concat();
    let mut table = vec![u8::try_from(names.len()).unwrap()];
    for (number, name) in (0..).zip(names) {
        table.extend([number, u8::try_from(name.len()).unwrap()]);
        table.extend(*name);
    }
    let named = [b"\x04name", &section(0, b"x")[..], &section(9, &table)].concat();
    [
        HEAD,
        KEPT,
        &section(12, &[2]),
        &section(11, &segments),
        &section(0, &named),
        &section(0, b"\x09producers\0"),
        KEPT_TOO,
    ]
    .concat()
}

const HEAD: &[u8] = b"\0asm\x01\0\0\0";
/// An empty section of types, and a custom section that is not for people.
const KEPT: &[u8] = &[1, 1, 0];
const KEPT_TOO: &[u8] = &[0, 3, 2, b'c', b't'];

#[test]
fn the_data_is_taken_out_from_its_first_byte_on_with_the_length_of_the_constants() {
    let (bare, data) = data::taken_out(&module(&[b".rodata", b".data"])).unwrap();
    assert_eq!(bare, [HEAD, KEPT, KEPT_TOO].concat());
    let (start, rest) = data.split_first_chunk().unwrap();
    let (constants, bytes) = rest.split_first_chunk().unwrap();
    assert_eq!(u64::from_le_bytes(*start), 16);
    assert_eq!(u64::from_le_bytes(*constants), 3);
    assert_eq!(bytes, b"abc\0d");
}

#[test]
fn data_that_begin_with_something_else_than_constants_are_refused_with_what_to_do() {
    let error = data::taken_out(&module(&[b".tdata", b".rodata"])).unwrap_err();
    let words = "begins with the segment .tdata, and must begin with .rodata";
    assert!(error.to_string().contains(words), "{error}");
    assert!(error.to_string().contains("build/data.rs"), "{error}");
    let error = data::taken_out(&module(&[])).unwrap_err();
    assert!(
        error.to_string().contains("strip = \"debuginfo\""),
        "{error}"
    );
}

#[test]
fn without_names_the_module_is_what_a_linker_that_strips_all_would_have_written() {
    let with = module(&[b".rodata"]);
    let bare = data::without_names(&with).unwrap();
    assert!(bare.starts_with(&[HEAD, KEPT].concat()) && bare.ends_with(KEPT_TOO));
    let gone: usize = [section(0, &[0; 5 + 3 + 12]).len(), 2 + 11].iter().sum();
    assert_eq!(bare.len(), with.len() - gone);
}
