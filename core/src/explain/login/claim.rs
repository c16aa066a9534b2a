//! What a pasted login says, read as far as it can be, whatever is wrong with it.

use super::{Pasted, SignedId};
use crate::sign::SignMethod;

/// How many characters MQTT 3.1 allowed in a client id, and where some tools still cut it.
pub(super) const OLD_LIMIT: usize = 23;

/// A login taken apart, and the texts that may have been signed for its parts.
pub(super) struct Claim {
    /// The whole client id without the white space around it.
    pub(super) whole: String,
    /// What is to be signed of it.
    pub(super) bare: String,
    /// What stands between the bars.
    pub(super) params: Vec<(String, String)>,
    /// The declared method, if it is one of the three.
    pub(super) method: Option<SignMethod>,
    pub(super) device_name: String,
    pub(super) product_key: String,
    /// The user name is known to be the wrong way round; the two fields above are the right way.
    pub(super) is_swapped: bool,
    /// If a signature with the two swapped fits, it is the user name that is swapped, not the content.
    pub(super) is_username_blamed: bool,
    /// Each text that may have been signed in the place of `bare`.
    pub(super) ids: Vec<(SignedId, String)>,
}

impl Claim {
    /// Reads a login; nothing where not even the device can be told.
    pub(super) fn read(pasted: &Pasted<'_>) -> Option<Self> {
        let whole = pasted.client_id.trim();
        let (bare, inside) = take_apart(whole);
        let params = params_of(inside);
        let device = Device::read(pasted)?;
        let Device {
            device_name,
            product_key,
            is_swapped,
        } = device;
        let method = first(&params, "signmethod").and_then(|name| name.parse().ok());
        let dotted = format!("{product_key}.{device_name}");
        let mut ids = vec![
            (SignedId::Whole, whole.to_owned()),
            (SignedId::DeviceName, device_name.clone()),
            (SignedId::ProductKey, product_key.clone()),
            (SignedId::Dotted, dotted.clone()),
            (SignedId::KeyAndName, format!("{product_key}&{device_name}")),
            (SignedId::Username, format!("{device_name}&{product_key}")),
            (SignedId::Empty, String::new()),
        ];
        if let Some(cut) = whole.strip_suffix('|') {
            ids.push((SignedId::WithoutLastBar, cut.to_owned()));
        }
        if bare.chars().count() > OLD_LIMIT {
            let cut = bare.chars().take(OLD_LIMIT).collect();
            ids.push((SignedId::CutAt23, cut));
        }
        // As they stand, or the other way round: which of the two looks like what it should be?
        let is_known =
            |known: Option<&str>, read: &str| known.is_some_and(|known| known.trim() == read);
        let is_username_blamed = bare != dotted
            && !is_known(pasted.product_key, &product_key)
            && !is_known(pasted.device_name, &device_name)
            && (bare == format!("{device_name}.{product_key}")
                || looks_like_key(&device_name) >= looks_like_key(&product_key));
        Some(Self {
            whole: whole.to_owned(),
            bare: bare.to_owned(),
            method,
            is_swapped,
            is_username_blamed,
            ids,
            device_name,
            product_key,
            params,
        })
    }

    /// The first value of a parameter.
    pub(super) fn param(&self, key: &str) -> Option<&str> {
        first(&self.params, key)
    }

    /// The timestamp that is sent.
    pub(super) fn timestamp(&self) -> Option<&str> {
        self.param("timestamp")
    }
}

/// Who the device is, by what is known for certain and by the user name.
struct Device {
    device_name: String,
    product_key: String,
    is_swapped: bool,
}

impl Device {
    fn read(pasted: &Pasted<'_>) -> Option<Self> {
        let known = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let (key, name) = (known(pasted.product_key), known(pasted.device_name));
        let Some((left, right)) = pasted.username.trim().split_once('&') else {
            return Some(Self {
                device_name: name?,
                product_key: key?,
                is_swapped: false,
            });
        };
        let is_left_key = key
            .as_deref()
            .is_some_and(|key| key == left && key != right);
        let is_right_name = name
            .as_deref()
            .is_some_and(|name| name == right && name != left);
        let is_swapped = match (&key, &name) {
            (Some(_), Some(_)) => is_left_key && is_right_name,
            _ => is_left_key || is_right_name,
        };
        let (device_name, product_key) = if is_swapped {
            (right, left)
        } else {
            (left, right)
        };
        Some(Self {
            device_name: device_name.to_owned(),
            product_key: product_key.to_owned(),
            is_swapped,
        })
    }
}

/// The bare client id and what stands between the bars; between lost bars, too.
fn take_apart(whole: &str) -> (&str, &str) {
    if let Some((bare, rest)) = whole.split_once('|') {
        return (bare, rest.split('|').next().unwrap_or(rest));
    }
    let start = ["securemode=", "signmethod="]
        .into_iter()
        .filter_map(|key| whole.find(key))
        .min();
    start.map_or((whole, ""), |start| {
        let (bare, rest) = whole.split_at(start);
        (bare.trim_end_matches([',', ' ']), rest)
    })
}

fn params_of(inside: &str) -> Vec<(String, String)> {
    inside
        .split(',')
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn first<'a>(params: &'a [(String, String)], key: &str) -> Option<&'a str> {
    params
        .iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value.as_str())
}

/// How much a text looks like a productKey: real ones have 11 letters and digits.
fn looks_like_key(text: &str) -> u8 {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    u8::from(is_plain) + u8::from(is_plain && text.len() == 11)
}
