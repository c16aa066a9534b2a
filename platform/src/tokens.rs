//! The tokens that the HTTPS authentication gives out.

use core::fmt;
use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use tern_core::sign::Password;
use tern_core::time::Instant;

use crate::registry::DeviceIndex;

/// The shape of the seed's example `42Ze0mk3556498a1AlTP`.
const ID_CHARACTERS: usize = 20;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// All tokens given out. A new one leaves the older ones of its device valid: a client that
/// authenticates twice, or two processes that share a triple, are then told apart by the take-over rule
/// alone. Each device holds a bounded number; one more ends its oldest.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    by_iot_id: BTreeMap<String, Token>,
    of_device: BTreeMap<DeviceIndex, VecDeque<String>>,
}

#[derive(Debug)]
struct Token {
    device: DeviceIndex,
    iot_token: Password,
    issued: Instant,
}

/// What the answer of the authentication carries.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) iot_id: String,
    pub(crate) iot_token: Password,
}

/// Why a token lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadToken {
    /// The user name is no iotId given out here, or its token was pushed out by newer ones.
    UnknownId,
    /// The password is not the iotToken that belongs to the iotId.
    WrongToken,
    /// Right, but given out too long ago.
    TooOld(Duration),
}

impl Tokens {
    /// Makes a token for a device; `limit` (at least 1) of them may be there at once.
    pub(crate) fn issue(
        &mut self,
        now: Instant,
        device: DeviceIndex,
        limit: usize,
        rng: &mut ChaCha20Rng,
    ) -> Issued {
        let iot_id = loop {
            let iot_id = random_id(rng);
            if !self.by_iot_id.contains_key(&iot_id) {
                break iot_id;
            }
        };
        let mut bytes = [0_u8; 16];
        rng.fill_bytes(&mut bytes);
        let iot_token = Password::new(Hex(bytes).to_string());

        let of_device = self.of_device.entry(device).or_default();
        while of_device.len() >= limit.max(1) {
            let Some(oldest) = of_device.pop_front() else {
                break;
            };
            self.by_iot_id.remove(&oldest);
        }
        of_device.push_back(iot_id.clone());
        let token = Token {
            device,
            iot_token: iot_token.clone(),
            issued: now,
        };
        self.by_iot_id.insert(iot_id.clone(), token);
        Issued { iot_id, iot_token }
    }

    /// Ends all tokens of a device.
    pub(crate) fn end_all(&mut self, device: DeviceIndex) {
        for iot_id in self.of_device.remove(&device).into_iter().flatten() {
            self.by_iot_id.remove(&iot_id);
        }
    }

    /// The device that an iotId was given out for.
    pub(crate) fn device_of(&self, iot_id: &str) -> Option<DeviceIndex> {
        self.by_iot_id.get(iot_id).map(|token| token.device)
    }

    /// The device that a user name and password let in; `life` is how long a token is good for.
    pub(crate) fn check(
        &self,
        now: Instant,
        iot_id: &str,
        iot_token: &Password,
        life: Duration,
    ) -> Result<DeviceIndex, BadToken> {
        let token = self.by_iot_id.get(iot_id).ok_or(BadToken::UnknownId)?;
        // `Password` compares in constant time.
        if token.iot_token != *iot_token {
            return Err(BadToken::WrongToken);
        }
        let age = now.since(token.issued);
        if age > life {
            return Err(BadToken::TooOld(age));
        }
        Ok(token.device)
    }
}

/// The random letters and digits of an iotId. A byte over the last multiple of 62 is thrown away, so that all are alike.
fn random_id(rng: &mut ChaCha20Rng) -> String {
    let mut id = String::with_capacity(ID_CHARACTERS);
    while id.len() < ID_CHARACTERS {
        let mut bytes = [0_u8; 32];
        rng.fill_bytes(&mut bytes);
        let letters = bytes.iter().filter_map(|&byte| {
            let fair = usize::from(byte) < 256 - 256 % ALPHABET.len();
            ALPHABET
                .get(usize::from(byte) % ALPHABET.len())
                .filter(|_| fair)
        });
        let missing = ID_CHARACTERS - id.len();
        id.extend(letters.take(missing).map(|&letter| char::from(letter)));
    }
    id
}

struct Hex([u8; 16]);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;
    use tern_core::identity::Triple;

    use super::*;
    use crate::registry::{Device, Registry};

    const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);

    fn device() -> DeviceIndex {
        let mut registry = Registry::default();
        let triple = Triple::new("pk", "dn", "secret").expect("valid");
        registry.register(Device {
            triple,
            disabled: false,
        });
        registry.find_by_name("pk", "dn").expect("just registered")
    }

    #[test]
    fn a_token_lives_seven_days_to_the_millisecond() {
        let (mut tokens, mut rng) = (Tokens::default(), ChaCha20Rng::seed_from_u64(1));
        let start = Instant::from_millis(1000);
        let issued = tokens.issue(start, device(), 16, &mut rng);
        let check = |now| tokens.check(now, &issued.iot_id, &issued.iot_token, LIFE);
        assert_eq!(check(start + LIFE), Ok(device()));
        let late = start + LIFE + Duration::from_millis(1);
        assert_eq!(check(late), Err(BadToken::TooOld(late.since(start))));
    }

    #[test]
    fn tokens_have_the_seeds_shape_and_never_repeat() {
        let (mut tokens, mut rng) = (Tokens::default(), ChaCha20Rng::seed_from_u64(1));
        let issue =
            |tokens: &mut Tokens, rng: &mut _| tokens.issue(Instant::default(), device(), 2, rng);
        let [first, second, third] = core::array::from_fn(|_| issue(&mut tokens, &mut rng));
        assert_eq!(first.iot_id.len(), 20);
        assert!(
            first
                .iot_id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
        );
        assert_eq!(first.iot_token.expose().len(), 32);
        assert!(first.iot_id != second.iot_id && first.iot_token != second.iot_token);
        // Two may be there at once: the third ended the first.
        assert_eq!(tokens.device_of(&first.iot_id), None);
        assert_eq!(tokens.device_of(&second.iot_id), Some(device()));
        assert_eq!(tokens.device_of(&third.iot_id), Some(device()));
        // The token of one iotId does not go with another.
        assert_eq!(
            tokens.check(Instant::default(), &second.iot_id, &third.iot_token, LIFE),
            Err(BadToken::WrongToken)
        );
    }
}
