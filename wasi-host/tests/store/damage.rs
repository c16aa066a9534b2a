//! A file that something else has changed: an error, or exactly what was committed; never a panic, and never
//! something else.

use std::fs;

use tern_core::device::{KeptMessage, Token};
use tern_host::store::{Changes, Store, StoreFault};

use crate::folder::{Folder, keep, message};

/// The one byte that no checksum covers: it says which of two commits is the newer one. Changed by chance it
/// names the one before.
const SWITCH: usize = 9;

/// Messages in a file of some commits, closed in order or as a crash leaves it.
fn file(crashed: bool) -> (Vec<u8>, Vec<KeptMessage>) {
    let folder = Folder::new();
    let (mut store, _) = folder.open().unwrap();
    let all: Vec<_> = (1..=40)
        .map(|token| message(token, &[token as u8; 400]))
        .collect();
    for some in all.chunks(7) {
        store.commit(&keep(some)).unwrap();
    }
    let forget = [1, 2, 3].map(Token).to_vec();
    store
        .commit(&Changes {
            forget,
            ..Changes::default()
        })
        .unwrap();
    let kept = all[3..].to_vec();
    if crashed {
        return (fs::read(folder.file()).unwrap(), kept);
    }
    drop(store);
    (fs::read(folder.file()).unwrap(), kept)
}

/// What becomes of a store whose file has these bytes: whether it is refused.
fn is_refused(bytes: &[u8], kept: &[KeptMessage], what: &str) -> bool {
    let folder = Folder::new();
    fs::write(folder.file(), bytes).unwrap();
    match folder.open() {
        Ok((_, session)) => {
            assert!(
                session.messages == kept,
                "{what}: {} messages, or other ones",
                session.messages.len()
            );
            false
        }
        Err(error) => {
            let words = error.to_string();
            assert!(
                matches!(error.fault, StoreFault::Damaged(_)),
                "{what}: {error:?}"
            );
            assert!(
                words.contains("is damaged") && words.contains("outbox.redb"),
                "{words}"
            );
            true
        }
    }
}

#[test]
fn a_file_as_it_was_left_is_read() {
    for crashed in [false, true] {
        let (bytes, kept) = file(crashed);
        assert!(!is_refused(&bytes, &kept, "untouched"));
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    for crashed in [false, true] {
        let (bytes, kept) = file(crashed);
        let mut len = 0;
        while len < bytes.len() {
            assert!(
                is_refused(&bytes[..len], &kept, &format!("{len} bytes")),
                "{len} bytes"
            );
            len += 1 + len / 20;
        }
        is_refused(&bytes[..bytes.len() - 1], &kept, "one byte less");
    }
}

#[test]
fn bytes_that_were_changed_are_found_or_do_not_matter() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut refused = 0;
    for crashed in [false, true] {
        let (bytes, kept) = file(crashed);
        for round in 0..400 {
            let mut bytes = bytes.clone();
            // The header decides most, so half of them go there.
            let end = if round % 2 == 0 { 512 } else { bytes.len() };
            let mut what = String::new();
            for _ in 0..rng.usize(1..=3) {
                let (at, bit) = (rng.usize(..end), rng.u8(..8));
                if at == SWITCH {
                    continue;
                }
                bytes[at] ^= 1 << bit;
                what.push_str(&format!("byte {at} bit {bit}, "));
            }
            refused += u32::from(is_refused(
                &bytes,
                &kept,
                &format!("{what}crashed: {crashed}"),
            ));
        }
    }
    assert!(refused > 100, "hardly any of it was found: {refused}");
}

#[test]
fn what_is_no_store_at_all_is_refused() {
    for bytes in [&b""[..], b"x", &[0; 100_000], b"SQLite format 3\0"] {
        assert!(is_refused(bytes, &[], "no store"));
    }
    // A directory where the file should be.
    let folder = Folder::new();
    fs::create_dir(folder.file()).unwrap();
    let error = folder.open().err().unwrap();
    assert!(error.to_string().contains("can't be used"), "{error}");
    // A file where the directory should be.
    let folder = Folder::new();
    let path = folder.path().join("file");
    fs::write(&path, b"").unwrap();
    let error = Store::open(&path, "device a.b").err().unwrap();
    assert!(
        error
            .to_string()
            .contains("check that the directory exists"),
        "{error}"
    );
}
