//! One packet under the glass: what keys lead to, what is lit, what is drawn and what is copied.

#![allow(
    clippy::single_range_in_vec_init,
    reason = "stretches of bytes are compared, not their offsets"
)]

use std::ops::Range;

use tern_core::wire::Sender::{self, Client, Server};
use tern_core::wire::dissect::FieldName;
use tern_web::inspector::Key::{Down, End, Home, Left, Right, Up};
use tern_web::inspector::dump::{drawn, hex, step};
use tern_web::inspector::look::{Action, Look};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// PUBLISH QoS 1, 9 bytes follow; topic "a/b"; packet identifier 7; payload "hi".
const PUBLISH: &[u8] = b"\x32\x09\x00\x03a/b\x00\x07hi";

/// CONNECT, 24 bytes follow; "MQTT", level 4, user name and password, 60 s; "id", "u&p", "FAFD".
const CONNECT: &[u8] = b"\x10\x19\x00\x04MQTT\x04\xC2\x00\x3C\x00\x02id\x00\x03u&p\x00\x04FAFD";

fn look(bytes: &[u8], sender: Sender) -> Look {
    Look::new(bytes, sender)
}

fn after(look: &mut Look, action: Action) -> (FieldName, Range<usize>) {
    look.act(action);
    let line = look.lit().expect("something is lit");
    let node = look.tree.get(line).expect("a line of the tree");
    (node.name, look.lit_bytes())
}

fn shown(look: &Look) -> Vec<FieldName> {
    look.tree.shown().map(|(_, node)| node.name).collect()
}

#[test]
fn stepping_through_the_fields_lights_their_bytes() {
    let mut look = look(PUBLISH, Server);
    assert_eq!(look.lit(), None);
    let mut lit = vec![after(&mut look, Action::StepLine(Home))];
    loop {
        let next = after(&mut look, Action::StepLine(Down));
        if lit.last() == Some(&next) {
            break;
        }
        lit.push(next);
    }
    use FieldName::*;
    assert_eq!(
        lit,
        [
            (FixedHeader, 0..2),
            (TypeAndFlags, 0..1),
            (PacketType, 0..1),
            (Dup, 0..1),
            (QoS, 0..1),
            (Retain, 0..1),
            (RemainingLength, 1..2),
            (VariableHeader, 2..9),
            (TopicNameLength, 2..4),
            (TopicName, 4..7),
            (PacketIdentifier, 7..9),
            (ApplicationMessage, 9..11),
        ]
    );
    assert_eq!(after(&mut look, Action::StepLine(Up)).0, PacketIdentifier);
    assert_eq!(
        after(&mut look, Action::StepLine(End)).0,
        ApplicationMessage
    );
}

#[test]
fn stepping_through_the_bytes_lights_their_innermost_field() {
    let mut look = look(PUBLISH, Server);
    let row = 16;
    assert_eq!(
        after(&mut look, Action::StepByte(Right, row)),
        (FieldName::RemainingLength, 1..2)
    );
    for at in 2..11 {
        let (name, range) = after(&mut look, Action::StepByte(Right, row));
        assert!(range.contains(&at));
        assert_eq!(look.caret, at);
        assert_ne!(name, FieldName::VariableHeader);
    }
    // The packet's end.
    after(&mut look, Action::StepByte(Right, row));
    assert_eq!(look.caret, 10);
    assert_eq!(
        after(&mut look, Action::StepByte(Up, 8)).0,
        FieldName::TopicNameLength
    );
    assert_eq!(look.caret, 2);
    assert_eq!(
        after(&mut look, Action::StepByte(Home, 8)).0,
        FieldName::TypeAndFlags
    );
}

#[test]
fn a_field_is_folded_and_unfolded_and_a_byte_inside_it_lights_the_fold() {
    let mut look = look(PUBLISH, Server);
    after(&mut look, Action::ChooseByte(0));
    let all = shown(&look).len();
    // Left folds, left again goes to the parent and folds that.
    assert_eq!(
        after(&mut look, Action::StepLine(Left)).0,
        FieldName::TypeAndFlags
    );
    assert_eq!(shown(&look).len(), all - 4);
    assert_eq!(
        after(&mut look, Action::StepLine(Left)).0,
        FieldName::FixedHeader
    );
    after(&mut look, Action::StepLine(Left));
    assert_eq!(
        shown(&look),
        [
            FieldName::FixedHeader,
            FieldName::VariableHeader,
            FieldName::TopicNameLength,
            FieldName::TopicName,
            FieldName::PacketIdentifier,
            FieldName::ApplicationMessage,
        ]
    );
    // The byte's own field is lit; the tree shows the fold that it is in, and the Tab key reaches that.
    assert_eq!(
        after(&mut look, Action::ChooseByte(1)),
        (FieldName::RemainingLength, 1..2)
    );
    assert_eq!(look.tab_line(), 0);
    // From there the keys step on: right unfolds, right again goes to the first part.
    assert_eq!(
        after(&mut look, Action::StepLine(Right)).0,
        FieldName::FixedHeader
    );
    assert_eq!(
        after(&mut look, Action::StepLine(Right)).0,
        FieldName::TypeAndFlags
    );
}

#[test]
fn the_pointer_lights_for_as_long_as_it_is_there() {
    let mut look = look(PUBLISH, Server);
    after(&mut look, Action::ChooseByte(8));
    assert_eq!(
        after(&mut look, Action::PointAtByte(5)).0,
        FieldName::TopicName
    );
    assert_eq!(after(&mut look, Action::PointAtLine(0)).1, 0..2);
    assert_eq!(
        after(&mut look, Action::PointAway).0,
        FieldName::PacketIdentifier
    );
}

#[test]
fn flag_bits_and_the_remaining_length_are_taken_apart() {
    let long = [&[0x30, 0x83, 0x01, 0x00, 0x01, b't'][..], &[0; 128]].concat();
    let look = look(&long, Client);
    let line = |name| {
        let mut lines = look.tree.lines();
        lines
            .find(|(_, node)| node.name == name)
            .map(|(line, _)| line)
    };
    let bits = |name| look.tree.bits(line(name).expect("the field is there"));
    let flags = bits(FieldName::TypeAndFlags);
    assert_eq!(flags.len(), 1);
    assert_eq!((flags[0].0, flags[0].1.len()), (0, 4));
    assert_eq!(bits(FieldName::QoS), flags);
    let length = bits(FieldName::RemainingLength);
    assert_eq!(length.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [1, 2]);
    assert!(length.iter().all(|(_, bits)| bits.len() == 2));
    assert_eq!(bits(FieldName::LengthByte), length[..1]);
    assert_eq!(bits(FieldName::FixedHeader), []);
    assert_eq!(bits(FieldName::TopicName), []);
}

#[test]
fn a_malformed_packet_opens_at_its_bad_byte() {
    let bad = look(b"\x30\x05\x00\x02a#!", Server);
    assert_eq!(bad.fault.as_ref().map(|fault| fault.at), Some(5));
    assert_eq!(bad.caret, 5);
    assert_eq!(bad.lit_bytes(), 4..6);
    // One that is cut off opens at the last byte there is.
    let cut = look(b"\x40\x02\x00", Server);
    assert_eq!((cut.caret, cut.lit_bytes()), (2, 2..3));
    let nothing = look(b"", Server);
    assert_eq!((nothing.caret, nothing.lit()), (0, None));
}

#[test]
fn the_password_is_hidden_until_asked_for_and_copied_only_then() {
    let mut look = look(CONNECT, Client);
    assert_eq!(look.fault, None);
    assert_eq!(look.hidden(), [23..27]);
    let copied = hex(CONNECT, look.hidden());
    assert!(copied.ends_with("00 04 ** ** ** **"), "{copied}");
    look.act(Action::ShowSecrets(true));
    assert!(hex(CONNECT, look.hidden()).ends_with("00 04 46 41 46 44"));
    look.act(Action::ShowSecrets(false));
    assert_eq!(look.hidden(), [23..27]);
    // A CONNECT that breaks off before the password does not give it away either.
    let mut bad = CONNECT.to_vec();
    bad[9] |= 1;
    assert_eq!(Look::new(&bad, Client).hidden(), [10..27]);
}

#[test]
fn of_a_large_packet_the_front_and_what_is_around_the_fault_are_drawn() {
    assert_eq!(drawn(0, None), [0..0]);
    assert_eq!(drawn(4096, Some(4095)), [0..4096]);
    assert_eq!(drawn(5000, None), [0..4096]);
    assert_eq!(drawn(5000, Some(17)), [0..4096]);
    assert_eq!(drawn(100_000, Some(50_005)), [0..4096, 49_872..50_144]);
    // Near the front it is one piece, at the end it ends there.
    assert_eq!(drawn(100_000, Some(4100)), [0..4240]);
    assert_eq!(drawn(5000, Some(5000)), [0..4096, 4864..5000]);
}

#[test]
fn the_keys_step_over_what_is_not_drawn() {
    let pieces = drawn(100_000, Some(50_005));
    assert_eq!(step(&pieces, 4095, Right, 16), 49_872);
    assert_eq!(step(&pieces, 49_872, Left, 16), 4095);
    assert_eq!(step(&pieces, 4090, Down, 16), 49_872);
    assert_eq!(step(&pieces, 49_880, Up, 16), 4095);
    assert_eq!(step(&pieces, 0, End, 16), 50_143);
    assert_eq!(step(&pieces, 50_143, Right, 16), 50_143);
    assert_eq!(step(&pieces, 3, Up, 16), 3);
    assert_eq!(step(&drawn(20, None), 3, Down, 16), 19);
    assert_eq!(step(&drawn(20, None), 5, Down, 16), 5);
    assert_eq!(step(&drawn(0, None), 0, Right, 16), 0);
}

#[test]
fn many_subscriptions_begin_folded() {
    let subscribe = |count: u8| {
        let filters: Vec<u8> = (0..count).flat_map(|_| *b"\x00\x01a\x01").collect();
        let len = 2 + 4 * count;
        [&[0x82, len, 0, 7][..], &filters].concat()
    };
    let few = look(&subscribe(2), Client);
    assert!(shown(&few).contains(&FieldName::TopicFilter));
    let many = look(&subscribe(20), Client);
    assert_eq!(many.fault, None);
    assert!(!shown(&many).contains(&FieldName::TopicFilter));
}
