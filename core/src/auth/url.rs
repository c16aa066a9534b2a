//! The address of the HTTPS authentication.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identity::host::{Place, read_place};
use crate::identity::{Field, IdentityError, Region};

/// Where the signed triple is sent: `https://HOST[:PORT]/PATH`, and nothing but https, since the
/// answer holds a token that lets anybody in for 7 days.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuthUrl(String);

impl AuthUrl {
    /// Checks the URL. Where it has no path, the seed's `/auth/devicename` is put.
    ///
    /// # Errors
    /// Another scheme than https, a bad host or port, a user or password, a `#fragment`, or a character
    /// that is not visible ASCII. No error repeats the URL, which may hold a password.
    pub fn new(url: &str) -> Result<Self, IdentityError> {
        let field = Field::AuthUrl;
        let fault = |at, rule| IdentityError::BadForm { field, at, rule };
        let rest = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => rest,
            Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => {
                let rule = "plain http would give the token away: it must begin with https://";
                return Err(fault(1, rule));
            }
            _ => return Err(fault(1, "it must begin with https://")),
        };
        let place = read_place(rest, field, "https://".len())?;
        let Place {
            authority,
            path,
            path_start,
            ..
        } = place;
        match path {
            "" | "/" => Ok(Self(format!("https://{authority}/auth/devicename"))),
            path if path.starts_with('/') => Ok(Self(format!("https://{authority}{path}"))),
            _ => Err(fault(path_start + 1, "a query needs a path before it")),
        }
    }

    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The platform's own address in a region: `https://iot-auth.${region}.aliyuncs.com/auth/devicename` (seed: 设备认证).
pub fn default_auth_url(region: Region) -> AuthUrl {
    AuthUrl(format!(
        "https://iot-auth.{region}.aliyuncs.com/auth/devicename"
    ))
}

impl FromStr for AuthUrl {
    type Err = IdentityError;

    fn from_str(url: &str) -> Result<Self, IdentityError> {
        Self::new(url)
    }
}

impl TryFrom<String> for AuthUrl {
    type Error = IdentityError;

    fn try_from(url: String) -> Result<Self, IdentityError> {
        Self::new(&url)
    }
}

impl From<AuthUrl> for String {
    fn from(url: AuthUrl) -> Self {
        url.0
    }
}

impl fmt::Display for AuthUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(url: &str) -> String {
        AuthUrl::new(url).unwrap().to_string()
    }

    fn error(url: &str) -> String {
        AuthUrl::new(url).unwrap_err().to_string()
    }

    #[test]
    fn the_default_is_the_regions_own_host_and_reads_back() {
        for region in Region::ALL {
            let url = default_auth_url(region);
            let expected = format!("https://iot-auth.{region}.aliyuncs.com/auth/devicename");
            assert_eq!(url.as_str(), expected);
            assert_eq!(text(&expected), expected);
        }
    }

    #[test]
    fn a_url_without_a_path_gets_the_seeds() {
        assert_eq!(
            text("https://localhost:8443"),
            "https://localhost:8443/auth/devicename"
        );
        assert_eq!(
            text("HTTPS://[::1]:8443/"),
            "https://[::1]:8443/auth/devicename"
        );
        assert_eq!(
            text("https://127.0.0.1/other?x=1"),
            "https://127.0.0.1/other?x=1"
        );
    }

    #[test]
    fn a_url_that_is_not_https_is_refused() {
        assert!(error("http://localhost/").contains("give the token away"));
        assert!(error("localhost:8443").contains("must begin with https://"));
        assert!(error("").contains("authentication URL: at character 1"));
        assert!(error("ftp://localhost").contains("https://HOST[:PORT]/auth/devicename"));
    }

    #[test]
    fn a_bad_host_port_or_path_is_named_with_its_place() {
        assert!(error("https:///auth").contains("character 9: the host is missing"));
        assert!(error("https://a b/auth").contains("character 10 is a space"));
        assert!(error("https://host:0/auth").contains("port \"0\""));
        assert!(error("https://host:65536/auth").contains("port \"65536\""));
        assert!(error("https://host/a b").contains("character 15 is a space"));
        assert!(error("https://host/#x").contains("character 14 is '#'"));
        assert!(error("https://host?x").contains("character 13: a query needs a path"));
    }

    #[test]
    fn a_password_in_the_url_is_refused_and_not_repeated() {
        let error = error("https://me:hunter2@host/auth");
        assert!(error.contains("user and password"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
}
