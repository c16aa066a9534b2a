//! Where secrets stand in what passes, and the stars that take their place.

use core::ops::Range;

use crate::wire::dissect::{Field, dissect};
use crate::wire::{Framed, MAX_REMAINING_LENGTH, Sender, frame};

/// The first byte of a CONNECT.
const CONNECT: u8 = 0x10;

/// The largest packet that there is, in bytes.
const ANY_SIZE: usize = MAX_REMAINING_LENGTH + 5;

/// Overwrites the passwords of all CONNECT packets in `bytes`, which begin at a packet's border; `found` gets
/// each of them first. A CONNECT that is cut off, or that can't be read, loses everything that may belong to its
/// password; where one is cut off, its start is returned.
///
/// Both ways of a stream: whoever echoes what it gets echoes a password too.
pub(super) fn mask_connects(bytes: &mut [u8], found: &mut dyn FnMut(&[u8])) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = bytes.get_mut(at..)
        && let Some(&first) = rest.first()
    {
        let framed = match frame(rest, Sender::Server, ANY_SIZE) {
            Err(_) => frame(rest, Sender::Client, ANY_SIZE),
            framed => framed,
        };
        let whole = match framed {
            Ok(Framed::Complete { len }) => Some(len),
            _ => None,
        };
        if first == CONNECT {
            let len = whole.unwrap_or(rest.len());
            if let Some(packet) = rest.get_mut(..len) {
                mask_connect(packet, found);
            }
        }
        match whole {
            Some(len) => at += len,
            None => return (first == CONNECT).then_some(at),
        }
    }
    None
}

fn mask_connect(packet: &mut [u8], found: &mut dyn FnMut(&[u8])) {
    let mut ranges = Vec::new();
    secrets(&dissect(packet, Sender::Client).fields, &mut ranges);
    for range in ranges {
        if let Some(secret) = packet.get_mut(range) {
            found(secret);
            secret.fill(b'*');
        }
    }
}

fn secrets(fields: &[Field], ranges: &mut Vec<Range<usize>>) {
    for field in fields {
        if field.secret {
            ranges.push(field.range.clone());
        }
        secrets(&field.children, ranges);
    }
}

/// The form of an authentication with as many stars as its signature has characters; `found` gets the signature.
pub(super) fn mask_form(body: &str, found: &mut dyn FnMut(&[u8])) -> String {
    let masked = body.split('&').map(|pair| match pair.split_once('=') {
        Some(("sign", value)) => {
            found(value.as_bytes());
            format!("sign={}", "*".repeat(value.len()))
        }
        _ => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::Password;
    use crate::wire::{Connect, Packet, write};

    fn connect(password: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let connect = Connect {
            protocol_level: 4,
            client_id: "c1".into(),
            username: Some("u".into()),
            password: Some(Password::from(password)),
            keep_alive: 60,
            clean_session: true,
            will: None,
        };
        write(&Packet::Connect(connect), &mut bytes).unwrap();
        bytes
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn a_password_becomes_as_many_stars_and_nothing_else_changes() {
        let (mut masked, mut found) = (connect("hunter2"), Vec::new());
        mask_connects(&mut masked, &mut |secret| found.push(secret.to_vec()));
        assert_eq!(masked, connect("*******"));
        assert_eq!(found, [b"hunter2"]);
    }

    #[test]
    fn it_is_found_behind_other_packets_and_before_others() {
        let packets = [
            &[0xD0, 0, 0x30, 3, 0, 1, b't'][..],
            &connect("hunter2"),
            &[0x20, 2, 0, 0],
        ];
        let mut masked = packets.concat();
        mask_connects(&mut masked, &mut |_| {});
        assert!(!holds(&masked, b"hunter2"));
        assert!(masked.ends_with(&[0x20, 2, 0, 0]));
    }

    #[test]
    fn wherever_a_connect_is_cut_no_part_of_its_password_is_left() {
        let whole = connect("hunter2hunter2");
        for len in 0..whole.len() {
            let mut cut = whole[..len].to_vec();
            mask_connects(&mut cut, &mut |_| {});
            assert!(!holds(&cut, b"hu"), "{len}");
            assert_eq!(cut.len(), len);
        }
    }

    #[test]
    fn what_is_no_connect_stays_as_it_is() {
        for bytes in [
            &b"HTTP/1.1 400"[..],
            &[0x15, 3, 1, 0, 2, 2, 70],
            &[0x40, 2, 0, 1, 0x36],
        ] {
            let mut masked = bytes.to_vec();
            mask_connects(&mut masked, &mut |_| {});
            assert_eq!(masked, bytes);
        }
    }

    #[test]
    fn the_signature_of_a_form_becomes_as_many_stars() {
        let body = "productKey=pk&sign=7F9C&signmethod=hmacmd5";
        assert_eq!(
            mask_form(body, &mut |sign| assert_eq!(sign, b"7F9C")),
            "productKey=pk&sign=****&signmethod=hmacmd5"
        );
    }
}
