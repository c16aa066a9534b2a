//! Which topics belong to a device.
//!
//! | pattern | used for |
//! |---|---|
//! | `/{productKey}/{deviceName}/…` | the product's own topics |
//! | `/sys/{productKey}/{deviceName}/…` | thing model, services, RRPC |
//! | `/ota/device/{word}/{productKey}/{deviceName}[/…]` | firmware |
//! | `/shadow/{word}/{productKey}/{deviceName}[/…]` | device shadow |
//! | `/ext/{word}/{productKey}/{deviceName}[/…]` | NTP, sub-device sessions and the like |
//!
//! `{word}` is exactly one level. So every topic belongs to one device at most, and no message ever
//! crosses from one device to another. A filter stays inside when every topic it can match does: `+` may
//! stand for the word, `+` and `#` after the device name, nowhere else.

/// The words that start a topic of the platform's own; none of them is a product key.
const AREAS: [&str; 4] = ["sys", "ota", "shadow", "ext"];

/// Whether a topic name belongs to the device, so that it may publish there and be sent messages on it.
pub(crate) fn owns_topic(product_key: &str, device_name: &str, topic: &str) -> bool {
    within(product_key, device_name, topic)
}

/// Whether everything a filter can match belongs to the device, so that it may subscribe to it.
pub(crate) fn owns_filter(product_key: &str, device_name: &str, filter: &str) -> bool {
    within(product_key, device_name, filter)
}

/// Topics and filters alike: a product key and a device name hold no wildcard, and a `#` in the place of
/// the word leaves no level for them, so a filter that passes has its wildcards only where they may be.
fn within(product_key: &str, device_name: &str, topic: &str) -> bool {
    let Some(path) = topic.strip_prefix('/') else {
        return false;
    };
    let mut levels = path.split('/');
    let mut next = || levels.next();
    let (key, needs_more) = match next() {
        Some("sys") => (next(), true),
        Some("ota") if next() == Some("device") && next().is_some() => (next(), false),
        Some("shadow" | "ext") if next().is_some() => (next(), false),
        Some(first) if !AREAS.contains(&first) => (Some(first), true),
        _ => return false,
    };
    key == Some(product_key) && next() == Some(device_name) && (!needs_more || next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_owns_the_topics_under_its_own_prefixes() {
        for topic in [
            "/pk/dn/data",
            "/pk/dn/user/update/error",
            "/sys/pk/dn/thing/event/property/post",
            "/ota/device/upgrade/pk/dn",
            "/ota/device/inform/pk/dn",
            "/shadow/update/pk/dn",
            "/ext/ntp/pk/dn/request",
            "/ext/session/pk/dn/combine/login",
        ] {
            assert!(owns_topic("pk", "dn", topic), "{topic}");
        }
    }

    #[test]
    fn a_device_does_not_own_what_is_another_devices_or_nobodys() {
        for topic in [
            "/pk/other/data",
            "/other/dn/data",
            "/pk/dn",
            "pk/dn/data",
            "//pk/dn/data",
            "/pk/dnx/data",
            "/dn/pk/data",
            "/sys/pk/dn",
            "/sys/pk/other/thing",
            "/ota/upgrade/pk/dn",
            "/ota/device/pk/dn",
            "/ota/device/a/b/pk/dn",
            "/shadow/pk/dn",
            "/ext/a/other/dn/pk/dn",
            "data",
            "/",
            "$SYS/pk/dn",
        ] {
            assert!(!owns_topic("pk", "dn", topic), "{topic}");
        }
    }

    #[test]
    fn a_filter_keeps_its_wildcards_inside() {
        for filter in [
            "/pk/dn/#",
            "/pk/dn/+",
            "/pk/dn/+/x/#",
            "/sys/pk/dn/#",
            "/ota/device/+/pk/dn",
            "/shadow/+/pk/dn/#",
            "/ext/+/pk/dn/+",
        ] {
            assert!(owns_filter("pk", "dn", filter), "{filter}");
        }
        for filter in [
            "#",
            "/#",
            "+/+/dn",
            "/+/dn/data",
            "/pk/+/data",
            "/pk/#",
            "/sys/+/dn/x",
            "/sys/#",
            "/ota/#",
            "/ota/+/x/pk/dn",
            "/ota/device/#",
            "/shadow/#",
            "/+/pk/dn/x",
            "/+/x/pk/dn",
        ] {
            assert!(!owns_filter("pk", "dn", filter), "{filter}");
        }
    }

    #[test]
    fn the_platforms_own_words_are_no_product_keys() {
        assert!(!owns_topic("sys", "pk", "/sys/pk/dn/x"));
        assert!(!owns_topic("shadow", "get", "/shadow/get/pk/dn"));
    }
}
