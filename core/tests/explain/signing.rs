//! Signing by the book of RFC 2104, apart from the core's own code.

use sha1::Digest as _;

/// A hash function by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Md5,
    Sha1,
    Sha256,
}

pub(crate) fn hash(algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::Md5 => md5::Md5::digest(bytes).to_vec(),
        Algorithm::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
        Algorithm::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
    }
}

/// H((K ⊕ opad) ‖ H((K ⊕ ipad) ‖ message)); all three hash functions have blocks of 64 bytes.
pub(crate) fn hmac(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = if key.len() > 64 {
        hash(algorithm, key)
    } else {
        key.to_vec()
    };
    block.resize(64, 0);
    let padded = |pad: u8| block.iter().map(|byte| byte ^ pad).collect::<Vec<_>>();
    let inner = hash(algorithm, &[&padded(0x36), message].concat());
    hash(algorithm, &[&padded(0x5C), inner.as_slice()].concat())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Base64 by its table (RFC 4648).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const TABLE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let mut number = 0;
        for index in 0..3 {
            number = number << 8 | u32::from(*three.get(index).unwrap_or(&0));
        }
        for place in 0..4 {
            let index = (number >> (18 - 6 * place) & 63) as usize;
            text.push(match place <= three.len() {
                true => char::from(TABLE[index]),
                false => '=',
            });
        }
    }
    text
}
