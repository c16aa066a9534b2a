//! The request as the platform reads it.

use std::fmt;

use crate::identity::{ClientId, DeviceName, IdentityError, ProductKey, quoted};
use crate::sign::{Password, SignMethod, UnknownSignMethod, content};

use super::Code;

/// The longest form that is read, in bytes. One with every parameter at its limit stays below 1 KiB.
pub const MAX_FORM: usize = 8 * 1024;

/// The parameters that are not signed (seed: version、sign、resources和signmethod除外), with the spelling
/// of the seed's example.
const NOT_SIGNED: [&str; 5] = ["version", "sign", "resources", "resouces", "signmethod"];

/// The form of an authentication request, read and checked; its signature is not.
///
/// ```
/// use tern_core::auth::AuthForm;
/// use tern_core::sign::SignMethod;
/// // The seed's example, its spelling of `resources` included.
/// let form = AuthForm::parse(
///     "productKey=123&sign=123&timestamp=123&version=default&clientId=123&resouces=mqtt&deviceName=test",
/// )?;
/// assert_eq!(form.sign_method, SignMethod::HmacMd5);
/// assert_eq!(form.resources.as_deref(), Some("mqtt"));
/// assert_eq!(form.content(), "clientId123deviceNametestproductKey123timestamp123");
/// # Ok::<(), tern_core::auth::AuthFormError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct AuthForm {
    /// `productKey`
    pub product_key: ProductKey,
    /// `deviceName`
    pub device_name: DeviceName,
    /// `clientId`
    pub client_id: ClientId,
    /// `sign`, to be compared by [`Digest::matches_hex`](crate::sign::Digest::matches_hex).
    pub sign: Password,
    /// `signmethod`; hmacmd5 where it is not sent (seed).
    pub sign_method: SignMethod,
    /// `timestamp` as it was written; its window is not checked (seed: 不做窗口校验).
    pub timestamp: Option<String>,
    /// `resources`, or `resouces` as the seed's example spells it; the right spelling wins.
    pub resources: Option<String>,
    signed: Vec<(String, String)>,
}

impl AuthForm {
    /// Reads a body of the type `application/x-www-form-urlencoded`. Unknown parameters are kept for
    /// [`content`](Self::content): whatever is sent is signed.
    ///
    /// # Errors
    /// See [`AuthFormError`]; the platform answers all of them with [`AuthFormError::code`].
    pub fn parse(body: &str) -> Result<Self, AuthFormError> {
        let params = read_params(body)?;
        let value = |name: &str| {
            params
                .iter()
                .find(|(given, _)| given == name)
                .map(|(_, value)| value.as_str())
        };
        let required = |name| value(name).ok_or(AuthFormError::Missing { field: name });
        let sign = required("sign")?;
        if sign.is_empty() {
            return Err(AuthFormError::Missing { field: "sign" });
        }
        let is_signed = |(name, _): &&(String, String)| !NOT_SIGNED.contains(&name.as_str());
        Ok(Self {
            product_key: ProductKey::new(required("productKey")?)?,
            device_name: DeviceName::new(required("deviceName")?)?,
            client_id: ClientId::new(required("clientId")?)?,
            sign: Password::from(sign),
            sign_method: value("signmethod").map_or(Ok(SignMethod::HmacMd5), str::parse)?,
            timestamp: value("timestamp").map(str::to_owned),
            resources: value("resources")
                .or_else(|| value("resouces"))
                .map(str::to_owned),
            signed: params.iter().filter(is_signed).cloned().collect(),
        })
    }

    /// What the device had to sign: all parameters but version, sign, resources and signmethod.
    pub fn content(&self) -> String {
        let pairs: Vec<_> = self
            .signed
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        content(&pairs)
    }
}

/// A form that can't be read. The text never holds the signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthFormError {
    /// The body is longer than [`MAX_FORM`].
    #[error(
        "the form has {bytes} bytes, more than the {limit} allowed; send the named parameters only"
    )]
    TooLong {
        /// What came.
        bytes: usize,
        /// The most that is read.
        limit: usize,
    },
    /// A parameter that must be there.
    #[error(
        "the form has no {field}: productKey, deviceName, clientId and sign must be there; add it"
    )]
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// One parameter twice: which of the two was signed can't be told.
    #[error("parameter {at} of the form, {name}, came before; send each parameter once")]
    Duplicate {
        /// Which of the form's parameters, from 1.
        at: usize,
        /// Its name, quoted and shortened.
        name: String,
    },
    /// Percent-encoding that is broken or not UTF-8.
    #[error(
        "parameter {at} of the form is not percent-encoded UTF-8; write each byte beyond letters and digits as %XX"
    )]
    BadEncoding {
        /// Which of the form's parameters, from 1.
        at: usize,
    },
    /// A parameter that breaks its rule.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// An unknown `signmethod`.
    #[error(transparent)]
    SignMethod(#[from] UnknownSignMethod),
}

impl AuthFormError {
    /// The code to answer with: 460, a parameter is missing or wrong.
    pub fn code(&self) -> Code {
        Code::BadParameter
    }
}

impl fmt::Debug for AuthForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthForm")
            .field("product_key", &self.product_key)
            .field("device_name", &self.device_name)
            .field("client_id", &self.client_id)
            .field("sign", &self.sign)
            .field("sign_method", &self.sign_method)
            .field("timestamp", &self.timestamp)
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}

fn read_params(body: &str) -> Result<Vec<(String, String)>, AuthFormError> {
    if body.len() > MAX_FORM {
        return Err(AuthFormError::TooLong {
            bytes: body.len(),
            limit: MAX_FORM,
        });
    }
    let mut params: Vec<(String, String)> = Vec::new();
    // Empty parts (`a=1&&b=2`) carry nothing.
    let parts = body.split('&').filter(|part| !part.is_empty());
    for (part, at) in parts.zip(1..) {
        if !escapes_are_whole(part) {
            return Err(AuthFormError::BadEncoding { at });
        }
        for (name, value) in form_urlencoded::parse(part.as_bytes()) {
            // A byte sequence that is not UTF-8 decodes to this character; nobody sends it itself.
            if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
                return Err(AuthFormError::BadEncoding { at });
            }
            if params.iter().any(|(before, _)| *before == name) {
                return Err(AuthFormError::Duplicate {
                    at,
                    name: quoted(&name),
                });
            }
            params.push((name.into_owned(), value.into_owned()));
        }
    }
    Ok(params)
}

/// Whether each `%` is followed by two hex digits.
fn escapes_are_whole(part: &str) -> bool {
    part.split('%').skip(1).all(|after| {
        let mut digits = after.bytes().take(2);
        digits.len() == 2 && digits.all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{DeviceSecret, Field};
    use crate::sign::sign;

    const SEED: &str = "productKey=123&sign=7f9c0941a986fe6d3ad883eda7efda9c&timestamp=123\
                        &version=default&clientId=123&resouces=mqtt&deviceName=test";

    fn refuse(body: &str) -> String {
        let error = AuthForm::parse(body).unwrap_err();
        assert_eq!(error.code(), Code::BadParameter);
        error.to_string()
    }

    /// The seed's form with one parameter put otherwise.
    fn with(name: &str, replacement: &str) -> String {
        let put = |part| match str::split_once(part, '=') {
            Some((given, _)) if given == name => replacement,
            _ => part,
        };
        SEED.split('&').map(put).collect::<Vec<_>>().join("&")
    }

    #[test]
    fn the_seeds_example_reads_and_its_signature_is_right() {
        let form = AuthForm::parse(SEED).unwrap();
        assert_eq!(form.product_key.as_str(), "123");
        assert_eq!(form.device_name.as_str(), "test");
        assert_eq!(form.client_id.as_str(), "123");
        assert_eq!(form.timestamp.as_deref(), Some("123"));
        let digest = sign(
            form.sign_method,
            &DeviceSecret::new("secret").unwrap(),
            &form.content(),
        );
        assert!(digest.matches_hex(form.sign.expose()));
    }

    #[test]
    fn both_spellings_of_resources_are_read_and_none_is_signed() {
        let resources = |body: &str| {
            let form = AuthForm::parse(body).unwrap();
            assert_eq!(
                form.content(),
                "clientId123deviceNametestproductKey123timestamp123"
            );
            form.resources
        };
        assert_eq!(resources(SEED).as_deref(), Some("mqtt"));
        assert_eq!(
            resources(&with("resouces", "resources=mqtt%2Cx")).as_deref(),
            Some("mqtt,x")
        );
        assert_eq!(
            resources(&with("resouces", "resouces=a&resources=b")).as_deref(),
            Some("b")
        );
        assert_eq!(resources(&with("resouces", "signmethod=hmacsha1")), None);
    }

    #[test]
    fn the_method_is_hmacmd5_unless_said() {
        let method = |body: &str| AuthForm::parse(body).unwrap().sign_method;
        assert_eq!(method(SEED), SignMethod::HmacMd5);
        assert_eq!(
            method(&with("version", "signmethod=hmacsha1")),
            SignMethod::HmacSha1
        );
        let text = refuse(&with("version", "signmethod=HMAC"));
        assert!(text.starts_with("signmethod \"HMAC\" is unknown"), "{text}");
    }

    #[test]
    fn an_unknown_parameter_is_signed_like_any_other() {
        let form = AuthForm::parse(&with("version", "ext=1")).unwrap();
        assert_eq!(
            form.content(),
            "clientId123deviceNametestext1productKey123timestamp123"
        );
    }

    #[test]
    fn a_missing_parameter_is_named() {
        for field in ["productKey", "deviceName", "clientId", "sign"] {
            let text = refuse(&with(field, "other=1"));
            assert!(
                text.starts_with(&format!("the form has no {field}:")),
                "{text}"
            );
        }
        assert!(refuse(&with("sign", "sign=")).contains("has no sign"));
        assert!(refuse("").contains("has no sign"));
        let text = AuthForm::parse(&with("timestamp", "x=1"))
            .unwrap()
            .timestamp;
        assert_eq!(text, None);
    }

    #[test]
    fn a_parameter_that_breaks_its_rule_is_named_with_the_place() {
        let field = |body: &str| match AuthForm::parse(body) {
            Err(AuthFormError::Identity(error)) => error.field(),
            other => panic!("{other:?}"),
        };
        assert_eq!(field(&with("productKey", "productKey=")), Field::ProductKey);
        assert_eq!(
            field(&with("deviceName", "deviceName=a%26b")),
            Field::DeviceName
        );
        let long = format!("clientId={}", "x".repeat(65));
        assert_eq!(field(&with("clientId", &long)), Field::ClientId);
        assert!(refuse(&with("clientId", "clientId=a+b%7C")).contains("character 4 is '|'"));
    }

    #[test]
    fn a_parameter_twice_is_refused() {
        let text = refuse(&format!("{SEED}&clientId=124"));
        assert!(
            text.starts_with("parameter 8 of the form, \"clientId\", came before"),
            "{text}"
        );
        // However it is spelt.
        assert!(refuse(&format!("{SEED}&client%49d=123")).contains("clientId"));
    }

    #[test]
    fn a_form_that_is_too_long_is_refused() {
        let pad = "x".repeat(MAX_FORM - SEED.len() - 3);
        assert!(AuthForm::parse(&format!("{SEED}&p={pad}")).is_ok());
        let text = refuse(&format!("{SEED}&p={pad}x"));
        assert!(
            text.contains("has 8193 bytes, more than the 8192"),
            "{text}"
        );
    }

    #[test]
    fn broken_percent_encoding_is_refused_with_its_place() {
        for part in [
            "clientId=%",
            "clientId=%4",
            "clientId=%zz",
            "clientId=%+1",
            "clientId=%FF",
            "%E4=1",
        ] {
            let text = refuse(&with("clientId", part));
            assert!(
                text.starts_with("parameter 5 of the form is not percent-encoded"),
                "{part}: {text}"
            );
        }
    }

    #[test]
    fn the_signature_never_prints() {
        let shown = format!("{:?}", AuthForm::parse(SEED).unwrap());
        assert!(!shown.contains("7f9c"), "{shown}");
        assert!(shown.contains("\"test\""), "{shown}");
        let shown = refuse(&format!("{SEED}&sign=7f9c"));
        assert!(!shown.contains("7f9c"), "{shown}");
    }
}
