//! Reads the form: each field by the core's own types, and all of them into a device's settings.

use std::ops::RangeInclusive;

use tern_core::auth::{self, AuthUrl, HttpRequest};
use tern_core::device::{Config, ConfigError, Login};
use tern_core::identity::{ClientId, Endpoint, Region, Triple};
use tern_core::identity::{DeviceName, DeviceSecret, ProductKey};
use tern_core::sign::{SignMethod, Step, steps};

use super::{Address, Auth, Carrier, Fault, Field, Form, Rule};

/// Where the stand-in authenticates, for the request's sake: the page's own answers it in the page, and
/// the program that serves the page at its control address; this name is never looked up.
const STAND_IN: &str = "https://localhost/auth/devicename";

/// What signs, as read.
struct Signing {
    triple: Triple,
    client_id: ClientId,
    method: SignMethod,
    timestamp: Option<u64>,
}

impl Form {
    /// Every field that breaks its rule, in the form's order.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<_> = [
            self.triple().err().unwrap_or_default(),
            self.read_client_id().err().into_iter().collect(),
            self.endpoint().err().unwrap_or_default(),
            self.read_method().err().into_iter().collect(),
            self.read_timestamp().err().into_iter().collect(),
            self.read_keep_alive().err().into_iter().collect(),
        ]
        .concat();
        // Without its two parts, the default client id has nothing to be checked against.
        if self.client_id.is_empty()
            && faults
                .iter()
                .any(|fault| matches!(fault.field, Field::ProductKey | Field::DeviceName))
        {
            faults.retain(|fault| fault.field != Field::ClientId);
        }
        faults
    }

    /// The device's settings.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn config(&self) -> Result<Config, Vec<Fault>> {
        let read = || {
            Some((
                self.signing()?,
                self.endpoint().ok()?,
                self.read_keep_alive().ok()?,
            ))
        };
        let Some((signing, endpoint, (keep_alive, range))) = read() else {
            return Err(self.faults());
        };
        let Signing {
            triple,
            client_id,
            method,
            timestamp,
        } = signing;
        let login = match self.auth {
            Auth::Direct => Login::Direct {
                triple,
                client_id,
                method,
                timestamp,
                endpoint,
            },
            // The answer names a host for MQTT over TLS; a page can only use a WebSocket, so the form's
            // own address goes before it.
            Auth::Https => Login::Https {
                triple,
                client_id,
                method,
                timestamp,
                auth_url: self.auth_url(),
                transport: endpoint.transport,
                endpoint: Some(endpoint),
            },
        };
        Ok(Config {
            keep_alive,
            keep_alive_range: Some(range),
            clean_session: self.clean_session,
            ..Config::new(login)
        })
    }

    /// How the signed CONNECT comes about.
    ///
    /// # Errors
    /// The fields that the signature needs and that break their rules.
    pub fn steps(&self) -> Result<Vec<Step>, Vec<Fault>> {
        let Signing {
            triple,
            client_id,
            method,
            timestamp,
        } = self.signing().ok_or_else(|| self.signing_faults())?;
        let securemode = self.carrier.transport().securemode();
        Ok(steps(&triple, &client_id, method, securemode, timestamp))
    }

    /// The request of the HTTPS auth. Its body holds the signature.
    ///
    /// # Errors
    /// The fields that the signature needs and that break their rules.
    pub fn auth_request(&self) -> Result<HttpRequest, Vec<Fault>> {
        let Signing {
            triple,
            client_id,
            method,
            timestamp,
        } = self.signing().ok_or_else(|| self.signing_faults())?;
        let url = self.auth_url();
        Ok(auth::request(&url, &triple, &client_id, method, timestamp))
    }

    /// The region whose authentication host is asked; none where it is a stand-in's.
    #[must_use]
    pub fn auth_region(&self) -> Option<Region> {
        if self.carrier == Carrier::InPage {
            return None;
        }
        match self.address {
            Address::Region => self.region.parse().ok(),
            Address::Host => {
                let name = self.host.strip_suffix(".aliyuncs.com")?;
                name.rsplit('.').next()?.parse().ok()
            }
        }
    }

    /// Where to connect. For the stand-in in the page it names nothing that is ever looked up.
    ///
    /// # Errors
    /// Host, port or region, and the product key where it is part of the host.
    pub fn endpoint(&self) -> Result<Endpoint, Vec<Fault>> {
        let transport = self.carrier.transport();
        if self.carrier == Carrier::InPage {
            return Endpoint::new(transport, "localhost", transport.default_port())
                .map_err(|error| vec![self.fault(Field::Host, error)]);
        }
        if self.address == Address::Region {
            let region: Region = self
                .region
                .parse()
                .map_err(|error| vec![self.fault(Field::Region, error)])?;
            // The product key's own fault is the triple's to tell.
            let key = ProductKey::new(&self.product_key).map_err(|_| Vec::new())?;
            return Ok(Endpoint::for_region(&key, region, transport));
        }
        let port = self.read_port();
        let host = Endpoint::new(transport, &self.host, transport.default_port());
        match (host, port) {
            (Ok(endpoint), Ok(port)) => Ok(Endpoint { port, ..endpoint }),
            (host, port) => Err(host
                .err()
                .map(|error| self.fault(Field::Host, error))
                .into_iter()
                .chain(port.err())
                .collect()),
        }
    }

    /// The triple.
    ///
    /// # Errors
    /// Each of its three parts that breaks its rule.
    pub fn triple(&self) -> Result<Triple, Vec<Fault>> {
        let product_key = ProductKey::new(&self.product_key);
        let device_name = DeviceName::new(&self.device_name);
        let device_secret = DeviceSecret::new(&self.device_secret);
        match (product_key, device_name, device_secret) {
            (Ok(product_key), Ok(device_name), Ok(device_secret)) => Ok(Triple {
                product_key,
                device_name,
                device_secret,
            }),
            (key, name, secret) => Err([
                (Field::ProductKey, key.err()),
                (Field::DeviceName, name.err()),
                (Field::DeviceSecret, secret.err()),
            ]
            .into_iter()
            .filter_map(|(field, error)| Some(self.fault(field, error?)))
            .collect()),
        }
    }

    fn auth_url(&self) -> AuthUrl {
        match self.auth_region() {
            Some(region) => auth::default_auth_url(region),
            // A constant, read by a test of this file.
            None => AuthUrl::new(STAND_IN).expect("the stand-in's address is a good one"),
        }
    }

    fn signing(&self) -> Option<Signing> {
        Some(Signing {
            triple: self.triple().ok()?,
            client_id: self.read_client_id().ok()?,
            method: self.read_method().ok()?,
            timestamp: self.read_timestamp().ok()?,
        })
    }

    fn signing_faults(&self) -> Vec<Fault> {
        let mut faults = self.faults();
        faults.retain(|fault| {
            matches!(
                fault.field,
                Field::ProductKey
                    | Field::DeviceName
                    | Field::DeviceSecret
                    | Field::ClientId
                    | Field::Method
                    | Field::Timestamp
            )
        });
        faults
    }

    fn read_client_id(&self) -> Result<ClientId, Fault> {
        ClientId::new(&self.client_id_meant()).map_err(|error| self.fault(Field::ClientId, error))
    }

    fn read_method(&self) -> Result<SignMethod, Fault> {
        self.method
            .parse()
            .map_err(|error| self.fault(Field::Method, error))
    }

    fn read_port(&self) -> Result<u16, Fault> {
        if self.port.is_empty() {
            return Ok(self.default_port());
        }
        whole_number(&self.port)
            .filter(|port| *port != 0)
            .ok_or_else(|| self.fault(Field::Port, Rule::Port))
    }

    fn read_timestamp(&self) -> Result<Option<u64>, Fault> {
        if self.timestamp.is_empty() {
            return Ok(None);
        }
        whole_number(&self.timestamp)
            .map(Some)
            .ok_or_else(|| self.fault(Field::Timestamp, Rule::Timestamp))
    }

    fn read_keep_alive(&self) -> Result<(u16, RangeInclusive<u16>), Fault> {
        let range = self.read_keep_alive_range()?;
        let (min, max) = (*range.start(), *range.end());
        let Some(given) = whole_number(&self.keep_alive) else {
            return Err(self.fault(Field::KeepAlive, Rule::KeepAlive { min, max }));
        };
        if range.contains(&given) {
            return Ok((given, range));
        }
        let error = ConfigError::KeepAlive { given, min, max };
        Err(self.fault(Field::KeepAlive, error))
    }

    /// The window for the keep alive, in seconds.
    ///
    /// # Errors
    /// The end of it that is no number, or the lower one where it is above the upper one.
    pub fn read_keep_alive_range(&self) -> Result<RangeInclusive<u16>, Fault> {
        let end = |field| {
            whole_number::<u16>(self.text(field))
                .filter(|seconds| *seconds > 0)
                .ok_or_else(|| self.fault(field, Rule::RangeEnd))
        };
        let (min, max) = (end(Field::KeepAliveMin)?, end(Field::KeepAliveMax)?);
        if min > max {
            return Err(self.fault(Field::KeepAliveMin, Rule::RangeOrder));
        }
        Ok(min..=max)
    }

    fn fault(&self, field: Field, rule: impl Into<Rule>) -> Fault {
        Fault {
            field,
            rule: rule.into(),
            empty: self.text(field).is_empty(),
        }
    }
}

/// Digits only: `parse` alone would take a leading `+` too.
fn whole_number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stand_ins_address_reads_as_one() {
        let url = Form::sample().auth_url();
        assert_eq!(url.as_str(), STAND_IN);
    }

    #[test]
    fn a_host_of_the_platforms_names_the_region_to_authenticate_in() {
        let mut form = Form::sample();
        form.carrier = Carrier::Wss;
        for (host, region) in [
            (
                "a1.iot-as-mqtt.us-west-1.aliyuncs.com",
                Some(Region::UsWest1),
            ),
            ("127.0.0.1", None),
            ("iot-x.mqtt.iothub.aliyuncs.com", None),
            ("us-west-1.example.com", None),
        ] {
            form.host = host.into();
            assert_eq!(form.auth_region(), region, "{host}");
        }
        form.address = Address::Region;
        assert_eq!(form.auth_region(), Some(Region::CnShanghai));
        form.carrier = Carrier::InPage;
        assert_eq!(form.auth_region(), None);
    }

    #[test]
    fn the_accepted_range_is_checked_before_the_keep_alive() {
        let mut form = Form::sample();
        form.keep_alive = "2".into();
        form.keep_alive_min = "1".into();
        let config = form.config().expect("inside the range");
        assert_eq!(
            (config.keep_alive, config.keep_alive_range),
            (2, Some(1..=300))
        );
        form.keep_alive_min = "301".into();
        assert_eq!(form.faults()[0].field, Field::KeepAliveMin);
        form.keep_alive_max = "0".into();
        assert_eq!(form.faults()[0].field, Field::KeepAliveMax);
    }

    #[test]
    fn https_auth_signs_a_request_and_connects_where_the_form_says() {
        let mut form = Form::sample();
        form.auth = Auth::Https;
        form.carrier = Carrier::Ws;
        form.host = "127.0.0.1".into();
        form.port = "1883".into();
        let request = form.auth_request().expect("all is there");
        assert_eq!(request.url, STAND_IN);
        assert!(request.body.contains("&signmethod=hmacsha1&"));
        match form.config().expect("all is there").login {
            Login::Https {
                endpoint: Some(endpoint),
                ..
            } => assert_eq!(endpoint.to_string(), "ws://127.0.0.1:1883/"),
            other => panic!("{other:?}"),
        }
    }
}
