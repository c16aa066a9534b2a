//! The dissection: every bit has one name, and its fault is the one that the strict check finds.

use tern_core::wire::dissect::{Field, dissect};
use tern_core::wire::{Sender, read};

pub(crate) fn check(bytes: &[u8]) {
    let Some((side, packet)) = bytes.split_first() else {
        return;
    };
    let sender = match side % 2 {
        0 => Sender::Client,
        _ => Sender::Server,
    };
    let dissection = dissect(packet, sender);
    let mut named = vec![0_u8; packet.len()];
    name(&dissection.fields, 0..packet.len(), packet, &mut named);
    assert!(named.iter().all(|bits| *bits == 0xFF), "{named:02x?}");
    let found = dissection.fault.as_ref();
    match (read(packet, sender), found) {
        (Ok(_), None) => {}
        (Err(error), Some(fault)) => {
            assert_eq!(error, fault.error);
            assert!(fault.at <= packet.len());
            assert!(!fault.english().is_empty() && !fault.chinese().is_empty());
        }
        (read, fault) => panic!("{read:?}, and yet {fault:?}"),
    }
}

fn name(fields: &[Field], within: core::ops::Range<usize>, packet: &[u8], named: &mut [u8]) {
    for field in fields {
        let range = field.range.clone();
        assert!(
            within.start <= range.start && range.end <= within.end,
            "{field:?} is not within {within:?}"
        );
        if !field.children.is_empty() {
            name(&field.children, range, packet, named);
            continue;
        }
        let mask = field.mask.unwrap_or(0xFF);
        for bits in &mut named[range] {
            assert_eq!(*bits & mask, 0, "{field:?} is named twice");
            *bits |= mask;
        }
        if let Some(text) = field.text(packet) {
            assert!(text.len() <= packet.len());
        }
    }
}
