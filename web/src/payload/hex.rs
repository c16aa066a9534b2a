//! Bytes in hexadecimal: sixteen a line with their characters beside them, and back.

use super::typed::Mistyped;

/// How many bytes stand in a line.
const LINE: usize = 16;

/// Where a line's characters begin: after its offset, its bytes, and spaces between them.
const CHARACTERS: usize = 10 + 3 * LINE + 2;

/// Offset, sixteen bytes and their ASCII characters in each line.
#[must_use]
pub fn dump(bytes: &[u8]) -> String {
    let lines = bytes.len().div_ceil(LINE);
    let mut text = Vec::with_capacity(lines * (CHARACTERS + LINE + 1));
    for (number, chunk) in bytes.chunks(LINE).enumerate() {
        if number > 0 {
            text.push(b'\n');
        }
        let mut line = [b' '; CHARACTERS + LINE];
        // No MQTT packet reaches 2^32 bytes.
        let offset = u32::try_from(number * LINE).unwrap_or(u32::MAX);
        for (place, byte) in offset.to_be_bytes().into_iter().enumerate() {
            put(&mut line, place * 2, &digits(byte));
        }
        for (place, byte) in chunk.iter().enumerate() {
            let gap = usize::from(place >= LINE / 2);
            put(&mut line, 10 + place * 3 + gap, &digits(*byte));
            let character = if matches!(byte, 0x20..=0x7e) {
                *byte
            } else {
                b'.'
            };
            put(&mut line, CHARACTERS + place, &[character]);
        }
        let end = CHARACTERS + chunk.len();
        text.extend_from_slice(line.get(..end).unwrap_or_default());
    }
    ascii(text)
}

fn put(line: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = line.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

fn digits(byte: u8) -> [u8; 2] {
    let digit = |nibble: u8| match nibble {
        0..10 => b'0' + nibble,
        _ => b'a' + (nibble - 10),
    };
    [digit(byte >> 4), digit(byte & 0xf)]
}

fn ascii(text: Vec<u8>) -> String {
    // Only ASCII is ever put in.
    String::from_utf8(text).unwrap_or_default()
}

/// Reads bytes from hexadecimal digits. White space, `:`, `,` and `-` between bytes are passed over, and
/// so is `0x` before one.
///
/// # Errors
/// The byte, counted from 1, that is not two hexadecimal digits.
pub fn parse(text: &str) -> Result<Vec<u8>, Mistyped> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    let mut chars = text.chars().enumerate().peekable();
    while let Some((place, c)) = chars.next() {
        let is_between = c.is_whitespace() || matches!(c, ':' | ',' | '-');
        match (c.to_digit(16), high) {
            (None, None) if is_between => {}
            (Some(0), None) if matches!(chars.peek(), Some((_, 'x' | 'X'))) => {
                chars.next();
                if !chars.peek().is_some_and(|(_, c)| c.is_ascii_hexdigit()) {
                    return Err(half(&bytes, place));
                }
            }
            (Some(digit), None) => high = Some((place, digit)),
            // Two hexadecimal digits make a byte.
            (Some(digit), Some((_, first))) => {
                bytes.push((first << 4 | digit).to_le_bytes()[0]);
                high = None;
            }
            (None, Some((first, _))) if is_between => return Err(half(&bytes, first)),
            (None, _) => {
                return Err(Mistyped::HexDigit {
                    byte: bytes.len() + 1,
                    character: place + 1,
                    found: c,
                });
            }
        }
    }
    match high {
        Some((first, _)) => Err(half(&bytes, first)),
        None => Ok(bytes),
    }
}

/// Bytes as [`parse`] takes them, with a space between.
#[must_use]
pub fn spaced(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(b' ');
        }
        text.extend(digits(*byte));
    }
    ascii(text)
}

/// Two digits for each byte.
pub(super) fn packed(bytes: &[u8]) -> String {
    ascii(bytes.iter().copied().flat_map(digits).collect())
}

fn half(bytes: &[u8], place: usize) -> Mistyped {
    Mistyped::HalfByte {
        byte: bytes.len() + 1,
        character: place + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_shows_offset_bytes_and_characters() {
        let text = dump(b"{\"t\":21.5}\x00\xff\n12345");
        let wanted = "\
00000000  7b 22 74 22 3a 32 31 2e  35 7d 00 ff 0a 31 32 33  {\"t\":21.5}...123
00000010  34 35                                             45";
        assert_eq!(text, wanted);
        assert_eq!(dump(&[]), "");
    }

    #[test]
    fn the_largest_payload_of_the_platform_is_dumped() {
        let text = dump(&vec![0xaa; 256 * 1024]);
        assert_eq!(text.lines().count(), 16 * 1024);
        assert!(
            text.lines()
                .last()
                .is_some_and(|line| line.starts_with("0003fff0  aa"))
        );
    }

    #[test]
    fn hexadecimal_is_read_however_people_write_it() {
        for text in [
            "deadbeef",
            "DE AD BE EF",
            "de:ad:be:ef",
            "0xde, 0xAD\n0xbe 0xef",
            "de-ad-be-ef",
        ] {
            assert_eq!(parse(text), Ok(vec![0xde, 0xad, 0xbe, 0xef]), "{text}");
        }
        assert_eq!(parse(" \n"), Ok(Vec::new()));
        assert_eq!(parse("00 0x00"), Ok(vec![0, 0]));
        assert_eq!(parse(&spaced(b"\x00\x7f\xff")), Ok(vec![0x00, 0x7f, 0xff]));
    }

    #[test]
    fn the_byte_that_is_none_is_named() {
        let wrong = |byte, character, found| {
            Err(Mistyped::HexDigit {
                byte,
                character,
                found,
            })
        };
        assert_eq!(parse("00 01 02 03 4g"), wrong(5, 14, 'g'));
        assert_eq!(parse("温"), wrong(1, 1, '温'));
        let half = |byte, character| Err(Mistyped::HalfByte { byte, character });
        assert_eq!(parse("001"), half(2, 3));
        assert_eq!(parse("0 1"), half(1, 1));
        assert_eq!(parse("00 0x"), half(2, 4));
        assert_eq!(parse("00 0x1"), half(2, 6));
    }
}
