//! From what the worker saw to what the core can explain.

use tern_core::explain::causes::{self, Evidence};
use tern_core::explain::{Auth, Page};
use tern_core::identity::TransportKind;
use tern_core::wire::ConnectCode;

use crate::protocol::case::{Case, End};

impl Case {
    /// The evidence with what the page knows; none where the end says all that there is to say.
    #[must_use]
    pub fn evidence(&self, page: Page, other_tab: bool) -> Option<Evidence<'_>> {
        let end = match &self.end {
            End::Connack(code) => causes::End::Connack(ConnectCode::from_number(*code)?),
            End::AuthCode(code) => causes::End::AuthCode(*code),
            End::AuthFailed(_) | End::AuthUnreadable => return None,
            End::NotOpened => causes::End::NotOpened,
            End::Tls => causes::End::Tls,
            End::ClosedBeforeConnack => causes::End::ClosedBeforeConnack,
            End::NoConnack => causes::End::NoConnack,
            End::NotMqtt(bytes) => causes::End::NotMqtt(causes::Speaks::of(bytes)),
            End::Closed => causes::End::Closed,
            End::LinkLost => causes::End::LinkLost,
            End::Protocol => causes::End::Protocol,
        };
        let is_in_page = self.host.is_empty();
        let transport = match self.is_secure {
            true => TransportKind::Wss,
            false => TransportKind::Ws,
        };
        Some(Evidence {
            auth: match self.https_auth {
                true => Auth::Https,
                false => Auth::Direct,
            },
            transport: (!is_in_page).then_some(transport),
            host: &self.host,
            port: self.port,
            product_key: &self.product_key,
            keep_alive: Some(self.keep_alive),
            keep_alive_range: self.keep_alive_min..=self.keep_alive_max,
            lived_ms: self.lived_ms,
            short_lives: self.short_lives,
            silent_ms: self.silent_ms,
            was_connected: self.was_connected,
            other_tab,
            token_age_ms: self.token_age_ms,
            page: Some(page),
            ..Evidence::new(end)
        })
    }
}
