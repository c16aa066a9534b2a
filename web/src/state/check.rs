//! The login that somebody pastes to have it checked.

use std::rc::Rc;

use tern_core::explain::login::{Checked, Pasted, check};
use tern_core::identity::TransportKind;

use crate::login_text::{self, Found};
use crate::pasted::LeftOut;

/// A part that is typed or pasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole MQTT client id.
    ClientId,
    /// The user name.
    Username,
    /// The password.
    Password,
    /// The device's secret.
    Secret,
    /// A secret that may have been taken for the device's, such as the product's.
    OtherSecret,
}

impl Part {
    /// Its id in the page.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ClientId => "check-client-id",
            Self::Username => "check-username",
            Self::Password => "check-password",
            Self::Secret => "check-secret",
            Self::OtherSecret => "check-other-secret",
        }
    }
}

/// The login that somebody pastes to have it checked. `Debug` shows none of it.
#[derive(Clone, Default, PartialEq)]
pub struct Check {
    /// The text that the parts were found in, as it was pasted.
    pub text: String,
    /// How many parts were found in it; none where there is no text.
    pub found: Option<usize>,
    client_id: String,
    username: String,
    password: String,
    secret: String,
    other_secret: String,
    /// productKey and deviceName, where the text named them.
    product_key: String,
    device_name: String,
    /// Whether TLS carries the bytes, where it is known.
    pub is_secure: Option<bool>,
    /// Whether secrets and passwords are readable.
    pub shown: bool,
    /// What was left out of the text that was pasted last, and into which part.
    pub pasted: Option<(Part, LeftOut)>,
    /// What came of it; none as long as nothing is there.
    pub checked: Option<Rc<Checked>>,
}

/// What can happen to it.
#[derive(Clone, PartialEq)]
pub enum Action {
    /// Text in a part.
    Type(Part, String),
    /// Text in a part, of which something was left out.
    Paste(Part, String, LeftOut),
    /// A whole text to look for a login in.
    Text(String),
    /// TLS or not; none is not known.
    Secure(Option<bool>),
    /// Secrets readable or not.
    Show(bool),
    /// Nothing is there any more.
    Clear,
}

/// Prints no part: any of them may hold a secret.
impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("check::Action")
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check")
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

impl Check {
    /// The text of a part.
    #[must_use]
    pub fn part(&self, part: Part) -> &str {
        match part {
            Part::ClientId => &self.client_id,
            Part::Username => &self.username,
            Part::Password => &self.password,
            Part::Secret => &self.secret,
            Part::OtherSecret => &self.other_secret,
        }
    }

    /// Does an action.
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::Type(part, text) => {
                self.put(part, text);
                self.pasted = None;
            }
            Action::Paste(part, text, left_out) => {
                self.put(part, text);
                self.pasted = Some((part, left_out));
            }
            Action::Text(text) => self.read(text),
            Action::Secure(is_secure) => self.is_secure = is_secure,
            Action::Show(shown) => {
                self.shown = shown;
                return;
            }
            Action::Clear => *self = Self::default(),
        }
        self.checked = self.check().map(Rc::new);
    }

    fn put(&mut self, part: Part, text: String) {
        *match part {
            Part::ClientId => &mut self.client_id,
            Part::Username => &mut self.username,
            Part::Password => &mut self.password,
            Part::Secret => &mut self.secret,
            Part::OtherSecret => &mut self.other_secret,
        } = text;
        // They may be another device's now.
        self.product_key.clear();
        self.device_name.clear();
    }

    fn read(&mut self, text: String) {
        let Found {
            client_id,
            username,
            password,
            secret,
            product_key,
            device_name,
            product_secret,
        } = login_text::find(&text);
        let parts = [
            (&mut self.client_id, client_id),
            (&mut self.username, username),
            (&mut self.password, password),
            (&mut self.secret, secret),
            (&mut self.product_key, product_key),
            (&mut self.device_name, device_name),
            (&mut self.other_secret, product_secret),
        ];
        let mut count = 0;
        for (place, found) in parts {
            // What is not in the text stays as it was typed.
            if let Some(found) = found {
                *place = found;
                count += 1;
            }
        }
        self.found = (!text.trim().is_empty()).then_some(count);
        self.text = text;
    }

    fn check(&self) -> Option<Checked> {
        let parts = [
            &self.client_id,
            &self.username,
            &self.password,
            &self.secret,
        ];
        if parts.iter().all(|part| part.trim().is_empty()) {
            return None;
        }
        let known = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
        let (product_key, device_name) = (known(&self.product_key), known(&self.device_name));
        let others = [("productSecret", self.other_secret.trim())];
        let others = if self.other_secret.trim().is_empty() {
            &[]
        } else {
            others.as_slice()
        };
        Some(check(&Pasted {
            client_id: &self.client_id,
            username: &self.username,
            password: &self.password,
            secret: &self.secret,
            product_key: product_key.as_deref(),
            device_name: device_name.as_deref(),
            transport: self.is_secure.map(|is_secure| match is_secure {
                true => TransportKind::Tls,
                false => TransportKind::Tcp,
            }),
            other_secrets: others,
            ..Pasted::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    use tern_core::explain::login::{Mistake, Verdict};

    use super::*;

    /// The seed's own example: 域名直连.
    const RIGHT: &str = "clientId: 12345|securemode=3,signmethod=hmacsha1,timestamp=789|\n\
                         username: device&pk\npassword: fafd82a3d602b37fb0fa8b7892f24a477f851a14";

    fn read(text: &str) -> Check {
        let mut check = Check::default();
        check.act(Action::Text(text.into()));
        check
    }

    fn verdict(check: &Check) -> Verdict {
        check
            .checked
            .as_ref()
            .expect("something is there")
            .verdict
            .clone()
    }

    #[test]
    fn a_pasted_log_and_the_secret_are_enough_for_a_verdict() {
        let mut check = read(RIGHT);
        assert_eq!(check.found, Some(3));
        assert!(matches!(verdict(&check), Verdict::Missing(_)));
        check.act(Action::Type(Part::Secret, "secret".into()));
        assert_eq!(verdict(&check), Verdict::Right);
        check.act(Action::Type(Part::Username, "pk&device".into()));
        assert_ne!(verdict(&check), Verdict::Right);
    }

    #[test]
    fn another_secret_is_tried_too() {
        let mut check = read(RIGHT);
        check.act(Action::Type(Part::Secret, "not-the-secret".into()));
        assert!(matches!(verdict(&check), Verdict::Unknown { .. }));
        check.act(Action::Type(Part::OtherSecret, "secret".into()));
        let Verdict::Mistaken { mistakes, .. } = verdict(&check) else {
            panic!("{:?}", verdict(&check));
        };
        assert!(
            matches!(mistakes.as_slice(), [Mistake::OtherSecret { name }] if name == "productSecret"),
            "{mistakes:?}"
        );
    }

    #[test]
    fn what_is_not_in_the_text_stays_and_a_text_without_a_login_says_so() {
        let mut check = Check::default();
        check.act(Action::Type(Part::Secret, "secret".into()));
        check.act(Action::Text("no login here".into()));
        assert_eq!((check.found, check.part(Part::Secret)), (Some(0), "secret"));
        check.act(Action::Text(RIGHT.into()));
        assert_eq!(verdict(&check), Verdict::Right);
        check.act(Action::Clear);
        assert_eq!(
            (check.checked.clone(), check.part(Part::Secret)),
            (None, "")
        );
    }

    #[test]
    fn a_transport_that_is_known_is_held_against_the_securemode() {
        let mut check = read(RIGHT);
        check.act(Action::Type(Part::Secret, "secret".into()));
        let refused = |check: &Check| !check.checked.as_ref().expect("there").is_acceptable();
        assert!(!refused(&check));
        check.act(Action::Secure(Some(true)));
        assert!(refused(&check), "securemode 3 over TLS");
    }

    #[test]
    fn nothing_of_it_is_in_what_a_debugger_prints() {
        let mut check = read(RIGHT);
        check.act(Action::Type(Part::Secret, "hunter2".into()));
        check.act(Action::Type(Part::OtherSecret, "hunter2".into()));
        let shown = format!("{check:?} {:?}", Action::Text("hunter2".into()));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
