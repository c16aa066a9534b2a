//! A link that opens the form as it stands, without the secret.
//!
//! The form stands after the place, in the part of the address that a browser never sends:
//! `#connect?pk=…&dn=…&…&end=HEX`. Every part is written, empty ones too, in one order, and `end` is a
//! check sum of what stands before it: so a link that was cut or changed on its way is told from a whole
//! one, and what is missing can be named.

use form_urlencoded::Serializer;

use crate::setup::{MAX_VALUE, Part, Setup};

/// The place that reads the link.
const PLACE: &str = "connect";
/// The last key: the check sum of what stands before it.
const END: &str = "end";
/// The longest link that is read, in bytes after the `?`: three for each byte of every value, and names.
const MAX_LINK: usize = Part::ALL.len() * (3 * MAX_VALUE + 8) + 16;

/// The part of an address after its `#`, without the `#`.
#[must_use]
pub fn fragment(setup: &Setup) -> String {
    let mut form = Serializer::new(String::new());
    for (part, value) in setup.values() {
        form.append_pair(part.short, value);
    }
    let form = form.finish();
    let end = check_sum(&form);
    format!("{PLACE}?{form}&{END}={end:08x}")
}

/// What a link gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What could be read; the rest stands as in an empty form.
    pub setup: Setup,
    /// What is wrong with the link; none where it is whole.
    pub damage: Option<Damage>,
}

/// What is wrong with a link. Parts are named as in a profile (`product_key`, …).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Whether the end is missing: the link was cut.
    pub cut: bool,
    /// Whether the end does not fit what stands before it: something was changed.
    pub changed: bool,
    /// Whether it is longer than any link that is made here; nothing of it was read.
    pub too_long: bool,
    /// Parts that are not there.
    pub missing: Vec<&'static str>,
    /// Parts whose value can't be read, or may have lost its end.
    pub damaged: Vec<&'static str>,
}

/// Reads the part of an address after its `#`; none where it holds no form.
#[must_use]
pub fn read(fragment: &str) -> Option<Shared> {
    let fragment = fragment.trim_start_matches('#');
    let (place, form) = fragment.split_once('?')?;
    if place != PLACE || form.is_empty() {
        return None;
    }
    let mut damage = Damage::default();
    let mut setup = Setup::default();
    if form.len() > MAX_LINK {
        damage.too_long = true;
        return Some(Shared {
            setup,
            damage: Some(damage),
        });
    }
    let (body, end) = match form.rsplit_once('&') {
        Some((body, last)) if last.starts_with("end=") => (body, last.get(4..)),
        _ => (form, None),
    };
    damage.cut = end.is_none_or(|end| end.len() < 8);
    damage.changed = !damage.cut
        && end.and_then(|end| u32::from_str_radix(end, 16).ok()) != Some(check_sum(body));

    let mut found = [false; Part::ALL.len()];
    let mut pairs = body.split('&').peekable();
    while let Some(pair) = pairs.next() {
        let (key, raw) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(place) = Part::ALL.iter().position(|part| part.short == key) else {
            continue; // a key of another version, or half of one
        };
        let part = Part::ALL[place];
        // A pair without its `=` has no value yet; it is missing rather than empty.
        if !pair.contains('=') {
            continue;
        }
        found[place] = true;
        let may_be_cut = end.is_none() && pairs.peek().is_none();
        let value = decoded(raw);
        let taken = value.is_some_and(|value| setup.put(part, &value).is_ok());
        if !taken || may_be_cut {
            damage.damaged.push(part.name);
        }
    }
    let parts = Part::ALL.iter().zip(found);
    damage.missing = parts
        .filter(|(_, found)| !found)
        .map(|(part, _)| part.name)
        .collect();
    let damage = (damage != Damage::default()).then_some(damage);
    Some(Shared { setup, damage })
}

/// The text behind a value; none where it is no percent-encoded UTF-8.
fn decoded(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                let digits = str::from_utf8(&digits).ok()?;
                let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// FNV-1a: it finds what was cut or changed on the way, and protects from nobody.
fn check_sum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, byte| {
        (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Carrier, Field, Form};
    use crate::sample;

    fn odd() -> Setup {
        let mut form = Form::sample();
        form.carrier = Carrier::Wss;
        form.host = "设备.example&x=1#?%".into();
        form.client_id = "a b+c\n\"'".into();
        form.timestamp = "1672531200000".into();
        Setup::from(&form)
    }

    #[test]
    fn a_whole_link_gives_the_form_back() {
        for setup in [odd(), Setup::default(), Setup::from(&Form::sample())] {
            let link = fragment(&setup);
            assert!(link.is_ascii(), "{link}");
            for link in [link.clone(), format!("#{link}")] {
                let shared = read(&link).expect("a form");
                assert_eq!((shared.damage, &shared.setup), (None, &setup), "{link}");
            }
        }
    }

    #[test]
    fn the_secret_is_never_in_it() {
        let link = fragment(&Setup::from(&Form::sample()));
        assert!(!link.contains(sample::DEVICE_SECRET), "{link}");
        let shared = read(&link).expect("a form");
        let form = shared.setup.with_secret(String::new());
        assert_eq!(form.device_secret, "");
    }

    #[test]
    fn a_link_with_a_secret_in_it_gives_none_to_the_form() {
        let shared = read("connect?pk=a1&secret=s&device_secret=s&ds=s").expect("a form");
        let form = shared.setup.with_secret(String::new());
        assert_eq!(
            (form.product_key.as_str(), form.device_secret.as_str()),
            ("a1", "")
        );
    }

    #[test]
    fn a_link_cut_anywhere_gives_what_is_left_and_says_what_is_not() {
        let setup = odd();
        let link = fragment(&setup);
        let start = "connect?".len();
        for cut in start + 1..link.len() {
            let shared = read(&link[..cut]).expect("a form");
            let damage = shared.damage.unwrap_or_else(|| panic!("cut at {cut}"));
            assert!(damage.cut, "cut at {cut}: {damage:?}");
            assert!(!damage.changed && !damage.too_long);
            let named = |name| damage.missing.contains(&name) || damage.damaged.contains(&name);
            for ((part, meant), (_, got)) in setup.values().zip(shared.setup.values()) {
                assert!(
                    meant == got || named(part.name),
                    "cut at {cut}: {} is {got:?} and nobody says so",
                    part.name
                );
            }
        }
    }

    #[test]
    fn what_was_read_before_the_cut_is_there() {
        let link = fragment(&odd());
        let cut = link.find("&region").expect("it is there");
        let shared = read(&link[..cut + "&region=cn".len()]).expect("a form");
        let damage = shared.damage.expect("it was cut");
        assert_eq!(damage.damaged, ["region"]);
        assert_eq!(damage.missing.first(), Some(&"auth"));
        let form = shared.setup.with_secret(String::new());
        assert_eq!(form.product_key, sample::PRODUCT_KEY);
        assert_eq!(form.text(Field::Host), "设备.example&x=1#?%");
    }

    #[test]
    fn a_changed_or_broken_value_is_said() {
        let link = fragment(&odd());
        let changed = link.replace("pk=a1", "pk=b1");
        let damage = read(&changed).expect("a form").damage.expect("changed");
        assert!(damage.changed && !damage.cut, "{damage:?}");

        for (from, to, part) in [
            ("tr=wss", "tr=tcp", "transport"),
            ("by=host", "by=%zz", "address"),
            ("cs=true", "cs=%ff", "clean_session"),
        ] {
            let link = link.replace(from, to);
            let damage = read(&link).expect("a form").damage.expect("broken");
            assert_eq!(damage.damaged, [part], "{link}");
        }
        let long = link.replace("pk=a1", &format!("pk={}", "x".repeat(MAX_VALUE + 1)));
        let damage = read(&long).expect("a form").damage.expect("too long");
        assert_eq!(damage.damaged, ["product_key"]);
        let huge = format!("connect?pk={}", "x".repeat(MAX_LINK));
        assert!(read(&huge).expect("a form").damage.expect("huge").too_long);
    }

    #[test]
    fn other_addresses_hold_no_form() {
        for other in [
            "",
            "#",
            "#connect",
            "#connect?",
            "#messages?pk=a1",
            "#content",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
