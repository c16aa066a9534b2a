//! Everything of the form but the secret: what may be stored and shared.
//!
//! One table names each part twice, in words for profiles and shortly for links, so that both know the
//! same parts and a new one cannot be forgotten in either. The secret has no place in the type.

use crate::form::{Address, Auth, Carrier, Field, Form};

/// The longest value of one part, in bytes: what 64 characters and a host name can have at most.
pub const MAX_VALUE: usize = 256;

/// Everything of a [`Form`] but its secret. What was typed is kept as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// A form whose secret is empty.
    form: Form,
}

/// A part of a [`Setup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name in a profile, as the program's `--profile` spells it where it has it too.
    pub name: &'static str,
    /// Its name in a link.
    pub short: &'static str,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Text(Field),
    Carrier,
    Address,
    Auth,
    CleanSession,
}

/// Why a value cannot stand in its part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Longer than anything that can be meant.
    #[error("is {len} bytes long: at most {MAX_VALUE} are taken")]
    TooLong {
        /// How long, in bytes.
        len: usize,
    },
    /// Not one of the words that may stand there.
    #[error("must be {0}")]
    NotOneOf(&'static str),
}

impl Part {
    /// Every part, in the order of links.
    pub const ALL: [Self; 15] = [
        Self::text("product_key", "pk", Field::ProductKey),
        Self::text("device_name", "dn", Field::DeviceName),
        Self::of("transport", "tr", What::Carrier),
        Self::of("address", "by", What::Address),
        Self::text("host", "host", Field::Host),
        Self::text("port", "port", Field::Port),
        Self::text("region", "region", Field::Region),
        Self::of("auth", "auth", What::Auth),
        Self::text("client_id", "id", Field::ClientId),
        Self::text("sign_method", "sm", Field::Method),
        Self::text("timestamp", "ts", Field::Timestamp),
        Self::text("keepalive", "ka", Field::KeepAlive),
        Self::text("keepalive_min", "kmin", Field::KeepAliveMin),
        Self::text("keepalive_max", "kmax", Field::KeepAliveMax),
        Self::of("clean_session", "cs", What::CleanSession),
    ];

    const fn of(name: &'static str, short: &'static str, what: What) -> Self {
        Self { name, short, what }
    }

    const fn text(name: &'static str, short: &'static str, field: Field) -> Self {
        Self::of(name, short, What::Text(field))
    }
}

impl Setup {
    /// Each part with its value, in the order of [`Part::ALL`].
    pub fn values(&self) -> impl Iterator<Item = (Part, &str)> {
        Part::ALL.into_iter().map(|part| {
            let value = match part.what {
                What::Text(field) => self.form.text(field),
                What::Carrier => self.form.carrier.name(),
                What::Address => self.form.address.name(),
                What::Auth => self.form.auth.name(),
                What::CleanSession if self.form.clean_session => "true",
                What::CleanSession => "false",
            };
            (part, value)
        })
    }

    /// Puts a value into a part.
    ///
    /// # Errors
    /// A value that is too long, or that is none of the part's words; then nothing is changed. Whether a
    /// text obeys its field's rule is for the form to say, which shows it where it stands.
    pub fn put(&mut self, part: Part, value: &str) -> Result<(), ValueError> {
        if value.len() > MAX_VALUE {
            return Err(ValueError::TooLong { len: value.len() });
        }
        match part.what {
            What::Text(field) => self.form.set(field, value.to_owned()),
            What::Carrier => {
                let named = Carrier::ALL.into_iter().find(|one| one.name() == value);
                self.form.carrier = named.ok_or(ValueError::NotOneOf("in-page, ws or wss"))?;
            }
            What::Address => {
                let named = Address::ALL.into_iter().find(|one| one.name() == value);
                self.form.address = named.ok_or(ValueError::NotOneOf("host or region"))?;
            }
            What::Auth => {
                let named = Auth::ALL.into_iter().find(|one| one.name() == value);
                self.form.auth = named.ok_or(ValueError::NotOneOf("direct or https"))?;
            }
            What::CleanSession => {
                self.form.clean_session = match value {
                    "true" => true,
                    "false" => false,
                    _ => return Err(ValueError::NotOneOf("true or false")),
                }
            }
        }
        Ok(())
    }

    /// The form with this secret.
    #[must_use]
    pub fn with_secret(self, secret: String) -> Form {
        Form {
            device_secret: secret,
            ..self.form
        }
    }
}

/// What stands where nothing was given: the sample's choices, and no device.
impl Default for Setup {
    fn default() -> Self {
        let mut form = Form::sample();
        form.product_key.clear();
        form.device_name.clear();
        Self::from(&form)
    }
}

/// Leaves the secret behind.
impl From<&Form> for Setup {
    fn from(form: &Form) -> Self {
        let mut form = form.clone();
        form.device_secret.clear();
        Self { form }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_comes_back_and_the_secret_does_not() {
        let mut form = Form::sample();
        form.carrier = Carrier::Wss;
        form.address = Address::Region;
        form.auth = Auth::Https;
        form.clean_session = false;
        for (number, part) in Part::ALL.into_iter().enumerate() {
            if let What::Text(field) = part.what {
                form.set(field, format!("value {number}"));
            }
        }
        let setup = Setup::from(&form);
        let mut copy = Setup::default();
        for (part, value) in setup.values() {
            assert_eq!(copy.put(part, value), Ok(()), "{}", part.name);
        }
        assert_eq!(copy, setup);
        let back = copy.with_secret(String::new());
        assert_eq!(back.device_secret, "");
        assert_eq!(
            Form {
                device_secret: form.device_secret.clone(),
                ..back
            },
            form,
            "all but the secret"
        );
    }

    #[test]
    fn a_word_that_is_none_changes_nothing() {
        let mut setup = Setup::default();
        for part in Part::ALL {
            if !matches!(part.what, What::Text(_)) {
                let error = setup.put(part, "nonsense").expect_err(part.name);
                assert!(matches!(error, ValueError::NotOneOf(_)), "{error}");
            }
            let long = "x".repeat(MAX_VALUE + 1);
            let error = setup.put(part, &long).expect_err(part.name);
            assert_eq!(error, ValueError::TooLong { len: MAX_VALUE + 1 });
        }
        assert_eq!(setup, Setup::default());
    }

    #[test]
    fn names_are_told_apart() {
        for (number, part) in Part::ALL.into_iter().enumerate() {
            for other in &Part::ALL[number + 1..] {
                assert_ne!(part.name, other.name);
                assert_ne!(part.short, other.short);
            }
        }
    }
}
