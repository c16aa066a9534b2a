//! Which devices a fleet has. Names and secrets are made when they are needed: a device that comes from a pattern
//! costs nothing here.

use std::borrow::Cow;

use tern_core::identity::{DeviceSecret, IdentityError, Triple};
use zeroize::Zeroizing;

use super::pattern::Pattern;
use super::random::{Purpose, Random};
use super::template::{Template, Values};

/// The devices, numbered from 1.
#[derive(Clone, Debug)]
pub struct Devices {
    source: Source,
    client_id: Option<Template>,
}

#[derive(Clone, Debug)]
enum Source {
    Listed(Vec<Triple>),
    Pattern {
        product_key: Pattern,
        device_name: Pattern,
        secret: Secret,
    },
    Clients(Pattern),
}

/// The secrets of devices that come from a pattern.
#[derive(Clone, Debug)]
pub enum Secret {
    /// The same for all.
    Shared(DeviceSecret),
    /// One for each. It prints what it is made from nowhere.
    Template(SecretTemplate),
}

/// A template of secrets, which is a secret itself.
#[derive(Clone)]
pub struct SecretTemplate(pub Template);

impl std::fmt::Debug for SecretTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretTemplate(…)")
    }
}

/// A device's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names<'a> {
    /// The productKey; empty where it has no triple.
    pub product_key: Cow<'a, str>,
    /// The deviceName; empty where it has no triple.
    pub device_name: Cow<'a, str>,
    /// The client id.
    pub client_id: String,
}

impl Devices {
    /// The devices of a list, each with its own secret.
    #[must_use]
    pub fn listed(triples: Vec<Triple>, client_id: Option<Template>) -> Self {
        Self {
            source: Source::Listed(triples),
            client_id,
        }
    }

    /// Each name of `product_key` with each of `device_name`, which counts faster.
    #[must_use]
    pub fn pattern(
        product_key: Pattern,
        device_name: Pattern,
        secret: Secret,
        client_id: Option<Template>,
    ) -> Self {
        Self {
            source: Source::Pattern {
                product_key,
                device_name,
                secret,
            },
            client_id,
        }
    }

    /// Clients of another broker, which have no triple.
    #[must_use]
    pub fn clients(client_id: Pattern) -> Self {
        Self {
            source: Source::Clients(client_id),
            client_id: None,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.source {
            Source::Listed(triples) => triples.len() as u64,
            Source::Pattern {
                product_key,
                device_name,
                ..
            } => product_key.count().saturating_mul(device_name.count()),
            Source::Clients(client_id) => client_id.count(),
        }
    }

    /// Whether they have triples.
    #[must_use]
    pub fn have_triples(&self) -> bool {
        !matches!(self.source, Source::Clients(_))
    }

    /// The names of a device.
    #[must_use]
    pub fn names(&self, number: u64) -> Names<'_> {
        let index = number.saturating_sub(1);
        let (product_key, device_name): (Cow<'_, str>, Cow<'_, str>) = match &self.source {
            Source::Listed(triples) => {
                let triple = usize::try_from(index)
                    .ok()
                    .and_then(|index| triples.get(index));
                triple.map_or(("".into(), "".into()), |triple| {
                    (
                        triple.product_key.as_str().into(),
                        triple.device_name.as_str().into(),
                    )
                })
            }
            Source::Pattern {
                product_key,
                device_name,
                ..
            } => (
                product_key.name(index / device_name.count()).into(),
                device_name.name(index % device_name.count()).into(),
            ),
            Source::Clients(pattern) => {
                let client_id = pattern.name(index);
                return Names {
                    product_key: "".into(),
                    device_name: "".into(),
                    client_id,
                };
            }
        };
        let mut client_id = String::new();
        match &self.client_id {
            Some(template) => fill(template, &mut client_id, number, &product_key, &device_name),
            None => client_id = format!("{product_key}.{device_name}"),
        }
        Names {
            product_key,
            device_name,
            client_id,
        }
    }

    /// The triple of a device; none for clients of another broker.
    ///
    /// # Errors
    /// A name or a secret that breaks its rule.
    pub fn triple(&self, number: u64) -> Result<Option<Triple>, IdentityError> {
        let secret = match &self.source {
            Source::Listed(triples) => {
                let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
                return Ok(triples.get(index).cloned());
            }
            Source::Clients(_) => return Ok(None),
            Source::Pattern { secret, .. } => secret,
        };
        let Names {
            product_key,
            device_name,
            ..
        } = self.names(number);
        let device_secret = match secret {
            Secret::Shared(secret) => secret.clone(),
            Secret::Template(SecretTemplate(template)) => {
                // In one place from the start: what grows leaves its old place as it was.
                let mut text = Zeroizing::new(String::with_capacity(1024));
                fill(template, &mut text, number, &product_key, &device_name);
                DeviceSecret::new(&text)?
            }
        };
        Ok(Some(Triple {
            product_key: product_key.parse()?,
            device_name: device_name.parse()?,
            device_secret,
        }))
    }
}

/// Fills in a template that has nothing of a message in it.
fn fill(template: &Template, out: &mut String, number: u64, product_key: &str, device_name: &str) {
    let values = Values {
        product_key,
        device_name,
        client_id: "",
        number,
        sequence: 0,
        time_ms: 0,
    };
    template.fill(
        out,
        &values,
        &mut Random::new(0, Purpose::Message, number, 0),
    );
}

#[cfg(test)]
mod tests {
    use super::super::template::Kind;
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new("--device-name", text, None).unwrap()
    }

    #[test]
    fn a_pattern_gives_each_device_its_names_and_its_secret() {
        let secret = Template::new("secret", "s-{n}-{device_name}", Kind::Name).unwrap();
        let client_id = Template::new("--client-id", "{n}", Kind::Name).unwrap();
        let devices = Devices::pattern(
            pattern("pk{1..2}"),
            pattern("dev{1..3}"),
            Secret::Template(SecretTemplate(secret)),
            Some(client_id),
        );
        assert_eq!(devices.count(), 6);
        let triple = devices.triple(4).unwrap().unwrap();
        assert_eq!(triple, Triple::new("pk2", "dev1", "s-4-dev1").unwrap());
        assert_eq!(devices.names(4).client_id, "4");
        assert!(!format!("{devices:?}").contains("s-"), "{devices:?}");
    }

    #[test]
    fn listed_devices_and_plain_clients_are_numbered_alike() {
        let triples = vec![
            Triple::new("pk", "a", "secret1").unwrap(),
            Triple::new("pk", "b", "secret2").unwrap(),
        ];
        let devices = Devices::listed(triples.clone(), None);
        assert_eq!(devices.count(), 2);
        assert_eq!(devices.triple(2).unwrap().as_ref(), triples.last());
        assert_eq!(devices.names(2).client_id, "pk.b");
        assert_eq!(devices.triple(3).unwrap(), None);

        let clients = Devices::clients(pattern("c{1..2}"));
        assert_eq!(clients.triple(1).unwrap(), None);
        assert_eq!(clients.names(2).client_id, "c2");
    }
}
