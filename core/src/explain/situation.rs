//! How a device signs in, and the page that it does so from: what preflight and causes both ask about.

use crate::config::Login;

/// How a device signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Auth {
    /// The CONNECT itself is signed (seed: 域名直连).
    #[default]
    Direct,
    /// HTTPS first, then CONNECT with what it grants (seed: HTTPS认证再连接).
    Https,
    /// Any other broker: no triple, no signature, no keep-alive window.
    Plain,
}

impl Auth {
    /// The name that stays: `direct`, `https`, `plain`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Https => "https",
            Self::Plain => "plain",
        }
    }
}

impl From<&Login> for Auth {
    fn from(login: &Login) -> Self {
        match login {
            Login::Direct { .. } => Self::Direct,
            Login::Https { .. } => Self::Https,
            Login::Plain { .. } => Self::Plain,
        }
    }
}

/// The page that a connection is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Whether the page itself came over https.
    pub is_https: bool,
    /// Whether a `tern` program serves the page and so can forward the HTTPS authentication, which
    /// browsers forbid across origins.
    pub can_forward_auth: bool,
}
