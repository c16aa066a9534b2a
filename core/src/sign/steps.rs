//! How a direct connect's login comes about, step by step, for people.

use crate::identity::{ClientId, Triple};

use super::{DirectLogin, Password, SignMethod, direct};

/// One step on the way from a triple to a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// A short name that stays: `parameters`, `sorted`, `content`, `hmac`, `client_id`, `username`, `password`.
    pub name: &'static str,
    /// What the step arrived at.
    pub value: StepValue,
    /// Why it is so, in a sentence or two.
    pub why: &'static str,
}

impl Step {
    /// Whether the value must not be shown unasked.
    pub fn is_secret(&self) -> bool {
        matches!(self.value, StepValue::Secret(_))
    }
}

/// What a step arrived at; `Debug` hides a secret one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepValue {
    /// Can be shown to anybody.
    Plain(String),
    /// Lets somebody in.
    Secret(Password),
}

impl StepValue {
    /// The value, secret or not. Don't print it unasked.
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Secret(password) => password.expose(),
        }
    }
}

/// Signs a direct connect as [`direct()`] does and tells how each part came about.
///
/// The device's secret is in none of the steps. Values of several lines have a `name = value` a line.
///
/// ```
/// use tern_core::identity::{ClientId, Triple};
/// use tern_core::sign::{SignMethod, steps};
/// let triple = Triple::new("pk", "device", "secret")?;
/// let steps = steps(&triple, &ClientId::new("12345")?, SignMethod::HmacSha1, 3, None);
/// let names: Vec<_> = steps.iter().map(|step| step.name).collect();
/// assert_eq!(names, ["parameters", "sorted", "content", "hmac", "client_id", "username", "password"]);
/// assert_eq!(steps[2].value.expose(), "clientId12345deviceNamedeviceproductKeypk");
/// # Ok::<(), tern_core::identity::IdentityError>(())
/// ```
pub fn steps(
    triple: &Triple,
    client_id: &ClientId,
    method: SignMethod,
    securemode: u8,
    timestamp: Option<u64>,
) -> Vec<Step> {
    let DirectLogin {
        client_id: whole,
        username,
        password,
        content,
        ..
    } = direct(triple, client_id, method, securemode, timestamp);
    let mut pairs = vec![
        ("productKey", triple.product_key.to_string()),
        ("deviceName", triple.device_name.to_string()),
        ("clientId", client_id.to_string()),
    ];
    pairs.extend(timestamp.map(|ms| ("timestamp", ms.to_string())));
    let parameters = lines(&pairs);
    pairs.sort_by_key(|(name, _)| *name);
    let plain = |name, value, why| Step {
        name,
        value: StepValue::Plain(value),
        why,
    };
    vec![
        plain("parameters", parameters, why_parameters(timestamp)),
        plain(
            "sorted",
            lines(&pairs),
            "The parameters are sorted by name, as plain ASCII. Any other order gives another digest.",
        ),
        plain(
            "content",
            content,
            "Each name is followed by its value, without separators: names too, not the values alone.",
        ),
        plain(
            "hmac",
            format!("{method}(deviceSecret, content)"),
            why_hmac(method),
        ),
        plain("client_id", whole, why_client_id(securemode)),
        plain(
            "username",
            username,
            "The device's name, then '&', then the product key: in this order.",
        ),
        Step {
            name: "password",
            value: StepValue::Secret(password),
            why: "The digest in hex. Upper and lower case are the same to the platform.",
        },
    ]
}

fn lines(pairs: &[(&str, String)]) -> String {
    let lines: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    lines.join("\n")
}

fn why_parameters(timestamp: Option<u64>) -> &'static str {
    match timestamp {
        Some(_) => {
            "What is signed: the bare client id without its extension part, and the timestamp because it \
             is sent too."
        }
        None => {
            "What is signed: the bare client id without its extension part. No timestamp is sent, so \
             none is signed."
        }
    }
}

fn why_hmac(method: SignMethod) -> &'static str {
    match method {
        SignMethod::HmacMd5 => {
            "HMAC with MD5, 16 bytes. The key is the device's own secret as text, not the product's and \
             not decoded from hex; it is never shown."
        }
        SignMethod::HmacSha1 => {
            "HMAC with SHA-1, 20 bytes. The key is the device's own secret as text, not the product's \
             and not decoded from hex; it is never shown."
        }
        SignMethod::HmacSha256 => {
            "HMAC with SHA-256, 32 bytes. The key is the device's own secret as text, not the product's \
             and not decoded from hex; it is never shown."
        }
    }
}

fn why_client_id(securemode: u8) -> &'static str {
    match securemode {
        2 => {
            "The bare client id, then the extension part between two bars. securemode=2 says that the \
             connection is TLS; signmethod and timestamp are those used for signing."
        }
        3 => {
            "The bare client id, then the extension part between two bars. securemode=3 says that the \
             connection is plain TCP; signmethod and timestamp are those used for signing."
        }
        _ => {
            "The bare client id, then the extension part between two bars. securemode is not one of a \
             direct connect (2 for TLS, 3 for TCP); signmethod and timestamp are those used for signing."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeds_steps(method: SignMethod, securemode: u8, timestamp: Option<u64>) -> Vec<Step> {
        let triple = Triple::new("pk", "device", "hunter2").unwrap();
        steps(
            &triple,
            &ClientId::new("12345").unwrap(),
            method,
            securemode,
            timestamp,
        )
    }

    #[test]
    fn the_steps_lead_from_the_parameters_to_the_password() {
        let triple = Triple::new("pk", "device", "secret").unwrap();
        let steps = steps(
            &triple,
            &ClientId::new("12345").unwrap(),
            SignMethod::HmacSha1,
            3,
            Some(789),
        );
        let told: Vec<_> = steps
            .iter()
            .map(|step| (step.name, step.value.expose()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "parameters",
                    "productKey = pk\ndeviceName = device\nclientId = 12345\ntimestamp = 789"
                ),
                (
                    "sorted",
                    "clientId = 12345\ndeviceName = device\nproductKey = pk\ntimestamp = 789"
                ),
                (
                    "content",
                    "clientId12345deviceNamedeviceproductKeypktimestamp789"
                ),
                ("hmac", "hmacsha1(deviceSecret, content)"),
                (
                    "client_id",
                    "12345|securemode=3,signmethod=hmacsha1,timestamp=789|"
                ),
                ("username", "device&pk"),
                ("password", "FAFD82A3D602B37FB0FA8B7892F24A477F851A14"),
            ]
        );
    }

    #[test]
    fn a_timestamp_that_is_not_sent_is_in_no_step() {
        for step in seeds_steps(SignMethod::HmacMd5, 2, None) {
            assert!(!step.value.expose().contains("timestamp"), "{step:?}");
        }
    }

    #[test]
    fn the_reasons_follow_the_choices() {
        let why = |method, securemode, name: &str| {
            let steps = seeds_steps(method, securemode, None);
            steps.iter().find(|step| step.name == name).unwrap().why
        };
        assert!(why(SignMethod::HmacMd5, 2, "hmac").contains("MD5"));
        assert!(why(SignMethod::HmacSha1, 2, "hmac").contains("SHA-1"));
        assert!(why(SignMethod::HmacSha256, 2, "hmac").contains("SHA-256"));
        assert!(why(SignMethod::HmacSha1, 2, "client_id").contains("is TLS"));
        assert!(why(SignMethod::HmacSha1, 3, "client_id").contains("plain TCP"));
        assert!(why(SignMethod::HmacSha1, 7, "client_id").contains("not one of"));
    }

    #[test]
    fn the_password_alone_is_secret_and_the_secret_is_nowhere() {
        let steps = seeds_steps(SignMethod::HmacSha1, 3, Some(789));
        let secret: Vec<_> = steps
            .iter()
            .filter(|step| step.is_secret())
            .map(|step| step.name)
            .collect();
        assert_eq!(secret, ["password"]);
        assert!(
            steps
                .iter()
                .all(|step| !step.value.expose().contains("hunter2"))
        );
        let password = steps.last().unwrap().value.expose();
        assert!(!format!("{steps:?}").contains(password));
    }
}
