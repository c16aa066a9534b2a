//! The form, as the core's preflight reads it, and what it proposes to mend.

use tern_core::explain::preflight::{self, Draft, Field as Place, Finding, Mend, preflight};
use tern_core::explain::{self, Page};

use super::{Address, Auth, Carrier, Field, Form};

impl Form {
    /// What will be refused, before anything is sent. An empty triple is found too.
    #[must_use]
    pub fn findings(&self, page: Page) -> Vec<Finding> {
        let endpoint = self.endpoint().ok();
        let host = match (self.carrier, self.address) {
            (Carrier::InPage, _) => None,
            (_, Address::Host) => Some(self.host.as_str()),
            (_, Address::Region) => endpoint.as_ref().map(|endpoint| endpoint.host.as_str()),
        };
        let port = match (self.carrier, self.address) {
            (Carrier::Ws | Carrier::Wss, Address::Host) => self.port.as_str(),
            _ => "",
        };
        preflight(&Draft {
            product_key: &self.product_key,
            device_name: &self.device_name,
            device_secret: &self.device_secret,
            client_id: &self.client_id,
            auth: match self.auth {
                Auth::Direct => explain::Auth::Direct,
                Auth::Https => explain::Auth::Https,
            },
            method: &self.method,
            timestamp: &self.timestamp,
            transport: self.carrier.transport(),
            securemode: None,
            host,
            port,
            keep_alive: &self.keep_alive,
            keep_alive_range: self.read_keep_alive_range().ok(),
            clean_session: self.clean_session,
            page: Some(page),
        })
    }

    /// Applies what mends a finding.
    pub fn mend(&mut self, mend: &Mend) {
        let put = match &mend.change {
            preflight::Change::Put(text) => text.as_str(),
            preflight::Change::TakeOutBlanks => "",
        };
        let field = match mend.field {
            Place::ProductKey => Field::ProductKey,
            Place::DeviceName => Field::DeviceName,
            Place::DeviceSecret => Field::DeviceSecret,
            Place::ClientId => Field::ClientId,
            Place::Method => Field::Method,
            Place::Timestamp => Field::Timestamp,
            Place::Port => Field::Port,
            Place::KeepAlive => Field::KeepAlive,
            Place::Host => {
                self.address = Address::Host;
                Field::Host
            }
            Place::Auth => {
                let named = Auth::ALL.into_iter().find(|auth| auth.name() == put);
                self.auth = named.unwrap_or(self.auth);
                return;
            }
            Place::Transport => {
                let named = Carrier::ALL.into_iter().find(|one| one.name() == put);
                self.carrier = named.unwrap_or(self.carrier);
                return;
            }
            Place::CleanSession => {
                self.clean_session = put == "true";
                return;
            }
            // The form has none: it follows the transport.
            Place::Securemode => return,
        };
        let mended = mend.apply(self.text(field));
        self.set(field, mended);
    }

    /// The form's own field that a finding belongs to; none where it is a choice.
    #[must_use]
    pub const fn field_of(place: Place) -> Option<Field> {
        Some(match place {
            Place::ProductKey => Field::ProductKey,
            Place::DeviceName => Field::DeviceName,
            Place::DeviceSecret => Field::DeviceSecret,
            Place::ClientId => Field::ClientId,
            Place::Method => Field::Method,
            Place::Timestamp => Field::Timestamp,
            Place::Host => Field::Host,
            Place::Port => Field::Port,
            Place::KeepAlive => Field::KeepAlive,
            Place::Auth | Place::Transport | Place::Securemode | Place::CleanSession => {
                return None;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Page = Page {
        is_https: false,
        can_forward_auth: false,
    };
    const SERVED: Page = Page {
        is_https: false,
        can_forward_auth: true,
    };

    /// Applies the first finding's mends until there is none; answers what was found.
    fn mended(form: &mut Form, page: Page) -> Vec<Place> {
        let mut found = Vec::new();
        while let Some(finding) = form.findings(page).into_iter().next() {
            assert!(!finding.mends.is_empty(), "{finding:?}");
            assert!(found.len() < 10, "it never ends: {finding:?}");
            for mend in &finding.mends {
                form.mend(mend);
            }
            found.push(finding.field);
        }
        assert_eq!(form.faults(), []);
        found
    }

    #[test]
    fn the_sample_has_no_finding() {
        assert_eq!(Form::sample().findings(PLAIN), []);
        let served = Form {
            carrier: Carrier::Ws,
            host: "127.0.0.1".into(),
            port: "1883".into(),
            ..Form::sample()
        };
        assert_eq!(served.findings(SERVED), []);
    }

    #[test]
    fn each_button_mends_what_it_says() {
        let mut form = Form::sample();
        form.keep_alive = "30".into();
        assert_eq!(mended(&mut form, PLAIN), [Place::KeepAlive]);
        assert_eq!(form.keep_alive, "60");

        form.device_secret = " secret\n".into();
        assert_eq!(mended(&mut form, PLAIN), [Place::DeviceSecret]);
        assert_eq!(form.device_secret, "secret");

        form.carrier = Carrier::Ws;
        form.host = "broker.example".into();
        let https = Page {
            is_https: true,
            can_forward_auth: false,
        };
        assert_eq!(mended(&mut form, https), [Place::Transport]);
        assert_eq!(form.carrier, Carrier::Wss);

        form.auth = Auth::Https;
        assert_eq!(mended(&mut form, PLAIN), [Place::Auth]);
        assert_eq!(form.auth, Auth::Direct);
        form.auth = Auth::Https;
        assert_eq!(mended(&mut form, SERVED), []);
    }

    #[test]
    fn the_range_that_is_set_is_the_one_that_counts() {
        let mut form = Form::sample();
        form.keep_alive = "2".into();
        assert_eq!(form.findings(PLAIN).len(), 1);
        form.keep_alive_min = "1".into();
        assert_eq!(form.findings(PLAIN), []);
    }

    #[test]
    fn a_region_needs_no_host() {
        let form = Form {
            carrier: Carrier::Wss,
            address: Address::Region,
            ..Form::sample()
        };
        assert_eq!(form.findings(PLAIN), []);
    }
}
