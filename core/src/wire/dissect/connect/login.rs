//! What this platform puts into the client id and the user name (seed: 域名直连).

use std::ops::Range;

use super::super::{Field, FieldName, MAX_ENTRIES, Value};

/// The parts of `clientId|key=value,…|`, starting at offset `at` of the packet. None where there is no bar.
pub(super) fn client_id(text: &str, at: usize) -> Vec<Field> {
    let Some((bare, extension)) = text.split_once('|') else {
        return Vec::new();
    };
    let (inside, after) = match extension.split_once('|') {
        Some((inside, after)) => (inside, Some(after)),
        None => (extension, None),
    };
    let mut parts = Parts { at, fields: vec![] };
    parts.add(FieldName::BareClientId, bare);
    parts.add(FieldName::Separator, "|");
    let mut left = inside;
    for index in 0.. {
        if index == MAX_ENTRIES {
            parts.add_unless_empty(FieldName::FurtherEntries, left);
            break;
        }
        let (parameter, further) = match left.split_once(',') {
            Some((parameter, further)) => (parameter, Some(further)),
            None => (left, None),
        };
        parts.add_unless_empty(parameter_name(parameter), parameter);
        let Some(further) = further else { break };
        parts.add(FieldName::Separator, ",");
        left = further;
    }
    if let Some(after) = after {
        parts.add(FieldName::Separator, "|");
        parts.add_unless_empty(FieldName::AfterExtension, after);
    }
    parts.fields
}

/// The parts of `deviceName&productKey`, starting at offset `at` of the packet. None for another user name.
pub(super) fn user_name(text: &str, at: usize) -> Vec<Field> {
    match text.split_once('&') {
        Some((device_name, product_key)) if !product_key.contains('&') => {
            let mut parts = Parts { at, fields: vec![] };
            parts.add(FieldName::DeviceName, device_name);
            parts.add(FieldName::Separator, "&");
            parts.add(FieldName::ProductKey, product_key);
            parts.fields
        }
        _ => Vec::new(),
    }
}

/// Keys are told apart by case, white space around them is cut, as the platform does it.
fn parameter_name(parameter: &str) -> FieldName {
    let key = parameter.split('=').next().unwrap_or_default().trim();
    match key {
        // Nothing but white space, as between the last comma and the bar.
        "" if !parameter.contains('=') => FieldName::Separator,
        "securemode" => FieldName::Securemode,
        "signmethod" => FieldName::Signmethod,
        "timestamp" => FieldName::Timestamp,
        _ => FieldName::OtherParameter,
    }
}

struct Parts {
    at: usize,
    fields: Vec<Field>,
}

impl Parts {
    fn add(&mut self, name: FieldName, text: &str) {
        let range: Range<usize> = self.at..self.at + text.len();
        self.at = range.end;
        self.fields.push(Field::leaf(name, range, Value::Text));
    }

    fn add_unless_empty(&mut self, name: FieldName, text: &str) {
        if !text.is_empty() {
            self.add(name, text);
        }
    }
}
