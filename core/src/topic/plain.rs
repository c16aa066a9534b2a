//! Topic names that are plain to see: what nearly every topic is, at a glance of eight bytes.

/// Whether these bytes are certainly a topic name: ASCII, at least one character, no U+0000, no wildcard. Where it says
/// no they may still be one, by the rules in full.
pub(crate) fn is_plain_name(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return !bytes.is_empty() && bytes.iter().all(|&byte| is_plain(byte));
    };
    let (eights, _) = bytes.as_chunks();
    let doubts = eights
        .iter()
        .fold(doubts(last), |doubts, eight| doubts | self::doubts(eight));
    doubts == 0
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && !matches!(byte, 0 | b'+' | b'#')
}

/// Not zero where one of the eight is not [`is_plain`]: then the uppermost bit of its byte is set. (A byte above one of
/// those may be doubted as well, because of the borrow.)
const fn doubts(eight: &[u8; 8]) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(*eight);
    // '+' is 0x2B and '#' 0x23: without that bit both are 0x23, and nothing else is.
    let wildcards = (bytes & !(EACH * 0x08)) ^ (EACH * 0x23);
    (bytes | bytes.wrapping_sub(EACH) | wildcards.wrapping_sub(EACH)) & (EACH * 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::TopicName;

    #[test]
    fn every_byte_is_judged_alike_at_every_place() {
        for len in 1..20 {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; len];
                    bytes[at] = byte;
                    assert_eq!(is_plain_name(&bytes), is_plain(byte), "{bytes:?}");
                }
            }
        }
        assert!(!is_plain_name(b""));
    }

    #[test]
    fn what_is_plain_is_a_topic_name() {
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..rng.usize(1..24))
                .map(|_| [b'#', b'+', 0, 0x7F, 0x80, 1, b'/', rng.u8(..)][rng.usize(..8)])
                .collect();
            if is_plain_name(&bytes) {
                let text = str::from_utf8(&bytes).unwrap();
                assert!(TopicName::new(text).is_ok(), "{text:?}");
            }
        }
    }
}
