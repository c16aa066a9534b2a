//! Which topics belong to a device.
//!
//! | pattern | used for |
//! |---|---|
//! | `/{productKey}/{deviceName}/…` | the product's own topics |
//! | `/sys/{productKey}/{deviceName}/…` | thing model, services, RRPC |
//! | `/ota/device/{words}/{productKey}/{deviceName}` | firmware |
//! | `/shadow/{words}/{productKey}/{deviceName}` | device shadow |
//! | `/ext/{words}/{productKey}/{deviceName}` | NTP, sub-device sessions and the like |
//!
//! `{words}` are one or more levels. After exactly one, further levels may follow the device name, as in
//! `/ext/ntp/{productKey}/{deviceName}/request`.
//!
//! A filter stays inside when every topic it can match does: `+` may stand for a word, `+` and `#` after
//! the device name where levels may follow, nowhere else.
//!
//! A topic such as `/ext/a/pk/dn1/pk/dn2` fits two devices, and either may use it. No message crosses from
//! one to the other even so: what a device publishes goes back to this device alone, and a push goes to the
//! device it is addressed to.

/// Whether a topic name belongs to the device, so that it may publish there and be sent messages on it.
#[must_use]
pub fn owns_topic(product_key: &str, device_name: &str, topic: &str) -> bool {
    within(product_key, device_name, topic)
}

/// Whether everything a filter can match belongs to the device, so that it may subscribe to it.
pub(crate) fn owns_filter(product_key: &str, device_name: &str, filter: &str) -> bool {
    within(product_key, device_name, filter)
}

/// Topics and filters alike: a product key and a device name hold no wildcard, and a `#` in the place of
/// a word leaves no level for them, so a filter that passes has its wildcards only where they may be.
fn within(product_key: &str, device_name: &str, topic: &str) -> bool {
    let Some((first, rest)) = topic
        .strip_prefix('/')
        .and_then(|path| path.split_once('/'))
    else {
        return false;
    };
    let begins_with_device = |levels: &str| {
        let mut levels = levels.split('/');
        let named = levels.next() == Some(product_key) && levels.next() == Some(device_name);
        named.then(|| levels.next().is_some())
    };
    match first {
        "sys" => begins_with_device(rest) == Some(true),
        "ota" | "shadow" | "ext" => {
            let words = match first {
                "ota" => rest.strip_prefix("device/"),
                _ => Some(rest),
            };
            let Some((_, behind_one_word)) = words.and_then(|words| words.split_once('/')) else {
                return false;
            };
            let mut from_the_end = behind_one_word.rsplit('/');
            begins_with_device(behind_one_word).is_some()
                || (from_the_end.next() == Some(device_name)
                    && from_the_end.next() == Some(product_key))
        }
        first => {
            first == product_key
                && rest
                    .strip_prefix(device_name)
                    .is_some_and(|behind| behind.starts_with('/'))
        }
    }
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
            "/ota/device/a/b/pk/dn",
            "/ota/device/upgrade/x/y/z/pk/dn",
            "/shadow/update/a/b/pk/dn",
            "/ext/a/other/dn/pk/dn",
            "/ext/pk/dn/pk/dn",
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
            "/ota/device/a/b/pk/dn/x",
            "/ota/device/a/b/xpk/dn",
            "/ota/device/a/b/pk/other",
            "/ota/x/a/b/pk/dn",
            "/shadow/pk/dn",
            "/shadow/a/pk/b/dn",
            "/ext/a/b/dn/pk",
            "/a/b/pk/dn",
            "/sys/a/b/pk/dn",
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
            "/ota/device/+/+/pk/dn",
            "/shadow/a/+/+/pk/dn",
            "/ext/+/other/+/pk/dn",
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
            "/ota/device/a/#",
            "/ota/device/+/+/pk/+",
            "/ota/device/+/+/+/dn",
            "/ota/device/+/+/pk/dn/#",
            "/ota/+/a/b/pk/dn",
            "/ext/a/b/pk/#",
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
