//! Room behind a login.

use zeroize::Zeroize;

/// Makes room for so many more bytes, as [`Vec::reserve`] does, and overwrites the old place where the bytes move: a
/// CONNECT holds a password, and a vector that grows by itself leaves it behind.
pub fn reserve_wiped(bytes: &mut Vec<u8>, more: usize) {
    if bytes.capacity() - bytes.len() >= more {
        return;
    }
    let least = bytes.len().saturating_add(more);
    let mut roomy = Vec::with_capacity(least.max(bytes.capacity().saturating_mul(2)));
    roomy.extend_from_slice(bytes);
    bytes.zeroize();
    *bytes = roomy;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_their_order_and_grow_in_few_moves() {
        let (mut bytes, mut moves) = (Vec::new(), 0);
        for number in 0..10_000_u16 {
            let before = bytes.capacity();
            reserve_wiped(&mut bytes, 1);
            moves += usize::from(bytes.capacity() != before);
            bytes.push(number as u8);
        }
        assert!(
            bytes
                .iter()
                .zip(0..10_000_u16)
                .all(|(byte, number)| *byte == number as u8)
        );
        assert!(moves < 20, "{moves}");
        reserve_wiped(&mut bytes, 100_000);
        assert!(bytes.capacity() >= 110_000);
        assert_eq!(bytes.len(), 10_000);
    }
}
