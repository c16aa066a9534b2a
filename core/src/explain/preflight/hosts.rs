//! What a host name says: the platform's own, another product's, this machine's.

use core::net::{Ipv4Addr, Ipv6Addr};

/// A host of the platform's, by the pattern of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformHost<'h> {
    /// `${productKey}.iot-as-mqtt.${region}.aliyuncs.com` (seed: 连接域名)
    Product {
        /// The first part.
        product_key: &'h str,
        /// The region's name.
        region: &'h str,
    },
    /// `${instanceId}.mqtt.iothub.aliyuncs.com` (platform facts)
    Instance {
        /// The first part.
        instance: &'h str,
    },
    /// `iot-auth.${region}.aliyuncs.com`, which takes the HTTPS authentication and no MQTT.
    Auth {
        /// The region's name.
        region: &'h str,
    },
}

impl<'h> PlatformHost<'h> {
    /// Reads a host name; nothing where it is not of these patterns.
    #[must_use]
    pub fn read(host: &'h str) -> Option<Self> {
        let inner = host.strip_suffix(".aliyuncs.com")?;
        if let Some(region) = inner.strip_prefix("iot-auth.") {
            return Some(Self::Auth { region });
        }
        if let Some(instance) = inner.strip_suffix(".mqtt.iothub") {
            return Some(Self::Instance { instance });
        }
        let (product_key, region) = inner.split_once(".iot-as-mqtt.")?;
        Some(Self::Product {
            product_key,
            region,
        })
    }

    /// The productKey in it.
    #[must_use]
    pub const fn product(self) -> Option<&'h str> {
        match self {
            Self::Product { product_key, .. } => Some(product_key),
            Self::Instance { .. } | Self::Auth { .. } => None,
        }
    }
}

/// Whether a host is this machine: `localhost`, 127.0.0.0/8, `::1`. Browsers let a page that came over
/// https open `ws:` to there.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.eq_ignore_ascii_case("localhost"))
        || host.parse::<Ipv4Addr>().is_ok_and(|v4| v4.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|v6| v6.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_hosts_are_told_apart() {
        assert_eq!(
            PlatformHost::read("a1.iot-as-mqtt.cn-shanghai.aliyuncs.com"),
            Some(PlatformHost::Product {
                product_key: "a1",
                region: "cn-shanghai"
            })
        );
        assert_eq!(
            PlatformHost::read("iot-x.mqtt.iothub.aliyuncs.com"),
            Some(PlatformHost::Instance { instance: "iot-x" })
        );
        assert_eq!(
            PlatformHost::read("iot-auth.us-west-1.aliyuncs.com"),
            Some(PlatformHost::Auth {
                region: "us-west-1"
            })
        );
        for other in ["", "aliyuncs.com", "broker.example.com", "oss.aliyuncs.com"] {
            assert_eq!(PlatformHost::read(other), None, "{other}");
        }
    }

    #[test]
    fn this_machine_has_several_names() {
        for host in [
            "localhost",
            "LOCALHOST",
            "a.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "::1",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "localhost.example.com",
            "128.0.0.1",
            "::2",
            "notlocalhost",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
