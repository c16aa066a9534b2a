//! From the mistakes about the content to the content: what somebody signed who made them.

use super::claim::Claim;
use super::{Blank, Extra, Joint, Mistake, NameCase, SignedId};

/// How a content is put together. Without any mistake it is the right one.
#[derive(Clone)]
pub(super) struct Recipe<'c> {
    client_id: Option<&'c str>,
    device_name: Option<&'c str>,
    product_key: Option<&'c str>,
    timestamp: Option<&'c str>,
    extras: Vec<(&'c str, &'c str)>,
    order: Option<&'c [&'static str]>,
    names: Option<NameCase>,
    values_only: bool,
    joint: Option<Joint>,
    lowered: bool,
    encoded: bool,
    blank: Option<Blank>,
}

impl<'c> Recipe<'c> {
    /// The right way.
    pub(super) fn right(claim: &'c Claim) -> Self {
        Self {
            client_id: Some(&claim.bare),
            device_name: Some(&claim.device_name),
            product_key: Some(&claim.product_key),
            timestamp: claim.timestamp(),
            extras: Vec::new(),
            order: None,
            names: None,
            values_only: false,
            joint: None,
            lowered: false,
            encoded: false,
            blank: None,
        }
    }

    /// Makes a mistake. One that is not about the content changes nothing.
    pub(super) fn mistake(&mut self, mistake: &'c Mistake, claim: &'c Claim) {
        match mistake {
            Mistake::OtherId(id) => {
                let other = claim.ids.iter().find(|(known, _)| known == id);
                self.client_id = other.map(|(_, text)| text.as_str());
            }
            Mistake::LeftOut("clientId") => self.client_id = None,
            Mistake::LeftOut("deviceName") => self.device_name = None,
            Mistake::LeftOut(_) => self.product_key = None,
            Mistake::ValuesOnly => self.values_only = true,
            Mistake::Order(order) => self.order = Some(order),
            Mistake::Joined(joint) => self.joint = Some(*joint),
            Mistake::TimestampNotSigned => self.timestamp = None,
            Mistake::TimestampNotSent { signed }
            | Mistake::TimestampUnit { signed, .. }
            | Mistake::OtherTimestamp { signed, .. } => self.timestamp = Some(signed),
            Mistake::ValuesSwapped | Mistake::UsernameSwapped => {
                core::mem::swap(&mut self.device_name, &mut self.product_key);
            }
            Mistake::Names(case) => self.names = Some(*case),
            Mistake::ValuesLowered => self.lowered = true,
            Mistake::ExtraSigned(extra) => self.extras = extras(*extra, claim),
            Mistake::UrlEncoded => self.encoded = true,
            Mistake::ContentBlank(blank) => self.blank = Some(*blank),
            _ => {}
        }
    }

    /// The names in the order in which they are signed.
    pub(super) fn order(&self) -> Vec<&'static str> {
        let names = ["clientId", "deviceName", "productKey", "timestamp"];
        let order = self.order.unwrap_or(&names);
        let is_there = |name: &&&str| match **name {
            "clientId" => self.client_id.is_some(),
            "deviceName" => self.device_name.is_some(),
            "productKey" => self.product_key.is_some(),
            _ => self.timestamp.is_some(),
        };
        order.iter().filter(is_there).copied().collect()
    }

    /// What is signed.
    pub(super) fn content(&self) -> String {
        let mut pairs: Vec<(&str, &str)> = self
            .order()
            .into_iter()
            .map(|name| {
                let value = match name {
                    "clientId" => self.client_id,
                    "deviceName" => self.device_name,
                    "productKey" => self.product_key,
                    _ => self.timestamp,
                };
                (name, value.unwrap_or_default())
            })
            .collect();
        pairs.extend(&self.extras);
        if self.order.is_none() && !self.extras.is_empty() {
            pairs.sort_by_key(|(name, _)| *name);
        }
        let Joint { pair, between } = self.joint.unwrap_or(Joint {
            pair: "",
            between: "",
        });
        let mut content = String::with_capacity(128);
        for (index, (name, value)) in pairs.into_iter().enumerate() {
            if index > 0 {
                content.push_str(between);
            }
            if !self.values_only {
                push_name(&mut content, name, self.names);
                content.push_str(pair);
            }
            push_value(&mut content, value, self.lowered, self.encoded);
        }
        match self.blank {
            Some(blank) => around(&content, blank),
            None => content,
        }
    }
}

/// Puts something invisible to a text.
pub(super) fn around(text: &str, blank: Blank) -> String {
    match blank {
        Blank::LineFeed => format!("{text}\n"),
        Blank::CrLf => format!("{text}\r\n"),
        Blank::SpaceAfter => format!("{text} "),
        Blank::SpaceBefore => format!(" {text}"),
        Blank::Tab => format!("{text}\t"),
        Blank::Nul => format!("{text}\0"),
        Blank::Quotes => format!("\"{text}\""),
        Blank::AsPasted => text.to_owned(),
    }
}

fn extras(extra: Extra, claim: &Claim) -> Vec<(&str, &str)> {
    let method = claim.param("signmethod").unwrap_or("hmacmd5");
    let sent = |keys: &'static [&'static str]| {
        keys.iter()
            .filter_map(|key| claim.param(key).map(|value| (*key, value)))
            .collect()
    };
    match extra {
        Extra::Securemode => sent(&["securemode"]),
        Extra::Signmethod => vec![("signmethod", method)],
        Extra::Extension => sent(&["securemode", "signmethod"]),
        Extra::WholeExtension => {
            let params = claim.params.iter();
            params
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .filter(|(key, _)| *key != "timestamp")
                .collect()
        }
        Extra::Version => vec![("version", "default")],
        Extra::Resources => vec![("resources", "mqtt")],
        Extra::HttpsAuth => vec![
            ("resources", "mqtt"),
            ("signmethod", method),
            ("version", "default"),
        ],
    }
}

fn push_name(content: &mut String, name: &str, case: Option<NameCase>) {
    match case {
        None => content.push_str(name),
        Some(NameCase::Lower) => content.push_str(&name.to_ascii_lowercase()),
        Some(NameCase::Upper) => content.push_str(&name.to_ascii_uppercase()),
        Some(NameCase::Capital) => {
            // A parameter of the client id's own may have any name, or none.
            let mut rest = name.chars();
            content.extend(rest.next().map(|first| first.to_ascii_uppercase()));
            content.push_str(rest.as_str());
        }
        Some(NameCase::Snake) => {
            for c in name.chars() {
                if c.is_ascii_uppercase() {
                    content.push('_');
                }
                content.push(c.to_ascii_lowercase());
            }
        }
    }
}

fn push_value(content: &mut String, value: &str, lowered: bool, encoded: bool) {
    let start = content.len();
    if encoded {
        content.extend(form_urlencoded::byte_serialize(value.as_bytes()));
    } else {
        content.push_str(value);
    }
    if lowered && let Some(written) = content.get_mut(start..) {
        written.make_ascii_lowercase();
    }
}

/// Which client ids a mistake may have signed, as far as they differ from the bare one.
pub(super) fn other_ids(claim: &Claim) -> Vec<SignedId> {
    let others = claim.ids.iter().filter(|(_, text)| *text != claim.bare);
    others.map(|(id, _)| *id).collect()
}
