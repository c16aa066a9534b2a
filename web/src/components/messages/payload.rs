//! A payload for people: as text where it is text, in hex where it is not.

/// How a payload is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Text(String),
    Hex(String),
}

/// Reads a payload. `cut` says that these are only its first bytes, so that its last character may be half.
pub(super) fn read(bytes: &[u8], cut: bool) -> Shown {
    let text = match str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if cut && error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            str::from_utf8(whole).ok()
        }
        Err(_) => None,
    };
    match text {
        Some(text) => Shown::Text(text.to_owned()),
        None => Shown::Hex(hex(bytes)),
    }
}

/// JSON with its parts on lines of their own; anything else as it is.
pub(super) fn pretty(text: &str) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(text).ok();
    let structured = parsed.filter(|value| value.is_object() || value.is_array());
    structured
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| text.to_owned())
}

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}
