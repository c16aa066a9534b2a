//! The signature of a login: what is signed, with what, and how it came about.
//!
//! What is signed (`content`) is the name and the value of each parameter, sorted by name and joined
//! without separators. The seed's prose says "values"; its own example has names and values, and only
//! that gives the digest it prints.
//!
//! ```
//! use tern_core::identity::{ClientId, Triple};
//! use tern_core::sign::{SignMethod, direct};
//!
//! // The seed's example.
//! let triple = Triple::new("pk", "device", "secret")?;
//! let login = direct(&triple, &ClientId::new("12345")?, SignMethod::HmacSha1, 3, Some(789));
//! assert_eq!(login.client_id, "12345|securemode=3,signmethod=hmacsha1,timestamp=789|");
//! assert_eq!(login.username, "device&pk");
//! assert_eq!(login.content, "clientId12345deviceNamedeviceproductKeypktimestamp789");
//! assert_eq!(login.password.expose(), "FAFD82A3D602B37FB0FA8B7892F24A477F851A14");
//! # Ok::<(), tern_core::identity::IdentityError>(())
//! ```

mod direct;
mod extended;
mod hmac;
mod password;
mod steps;

pub use direct::{DirectLogin, direct};
pub use extended::{ClientIdError, ExtendedClientId};
pub use hmac::{Digest, SignMethod, UnknownSignMethod, content, sign};
pub(crate) use hmac::{digest, plain_hash};
pub use password::Password;
pub use steps::{Step, StepValue, steps};
