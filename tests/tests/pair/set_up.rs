//! A platform with two devices, and configurations for them.

use core::time::Duration;

use tern_core::auth::AuthUrl;
use tern_core::device::{Config, Event, Login};
use tern_core::identity::{ClientId, Endpoint, TransportKind, Triple};
use tern_core::sign::SignMethod;
use tern_platform::{Device, DeviceAddress, Platform, Settings};
use tern_tests::pair::{Pair, Told};

pub(crate) const PK: &str = "a1aq9sQk2JE";
pub(crate) const LATENCY: Duration = Duration::from_millis(40);

pub(crate) fn triple(name: &str) -> Triple {
    Triple::new(PK, name, &format!("secret-of-{name}")).expect("a triple")
}

pub(crate) fn platform(settings: Settings) -> Platform {
    let mut platform = Platform::new(settings, 1);
    for name in ["dev1", "dev2"] {
        platform.register(Device {
            triple: triple(name),
            disabled: false,
        });
    }
    platform
}

pub(crate) fn address(name: &str) -> DeviceAddress {
    DeviceAddress::new(PK, name).expect("an address")
}

pub(crate) fn direct(name: &str) -> Config {
    Config::new(Login::Direct {
        triple: triple(name),
        client_id: ClientId::new("12345").expect("a client id"),
        method: SignMethod::HmacSha256,
        timestamp: Some(789),
        endpoint: Endpoint::new(TransportKind::Tcp, "localhost", 1883).expect("an endpoint"),
    })
}

pub(crate) fn https(name: &str) -> Config {
    Config::new(Login::Https {
        triple: triple(name),
        client_id: ClientId::new("12345").expect("a client id"),
        method: SignMethod::HmacMd5,
        timestamp: None,
        auth_url: AuthUrl::new("https://localhost:8443/auth/devicename").expect("a URL"),
        transport: TransportKind::Tls,
        endpoint: None,
    })
}

/// One device, connected.
pub(crate) fn online(config: Config) -> Pair {
    let mut pair = Pair::new(platform(Settings::default()), vec![config], LATENCY);
    pair.connect(0);
    pair.drive_until(secs(5), |pair| pair.device(0).is_connected());
    pair.told(0);
    pair.platform_told();
    pair
}

pub(crate) fn topic(name: &str, rest: &str) -> String {
    format!("/{PK}/{name}/{rest}")
}

pub(crate) const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

pub(crate) fn payloads(told: &[Told]) -> Vec<&str> {
    let messages = told.iter().filter_map(|told| match told {
        Told::Message { payload, .. } => Some(payload.as_str()),
        Told::Event(_) | Told::Sent { .. } => None,
    });
    messages.collect()
}

pub(crate) fn count(told: &[Told], wanted: impl Fn(&Event) -> bool) -> usize {
    told.iter()
        .filter(|told| matches!(told, Told::Event(event) if wanted(event)))
        .count()
}
