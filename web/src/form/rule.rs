//! The rules that a field's content can break, in both languages.

use tern_core::device::ConfigError;
use tern_core::explain::{InWords, Lang};
use tern_core::identity::IdentityError;
use tern_core::sign::UnknownSignMethod;
use tern_core::vendor::{KEEP_ALIVE_RANGE, KEEP_ALIVE_SOURCE};

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One of the core's names, hosts and regions.
    Identity(IdentityError),
    /// One of the device's settings.
    Config(ConfigError),
    /// The sign method is none of the three.
    Method(UnknownSignMethod),
    /// The port is no port.
    Port,
    /// The timestamp is no number.
    Timestamp,
    /// The keep alive is no number.
    KeepAlive {
        /// The least that is accepted, in seconds.
        min: u16,
        /// The most that is accepted, in seconds.
        max: u16,
    },
    /// An end of the accepted range is no number of seconds.
    RangeEnd,
    /// The accepted range ends before it begins.
    RangeOrder,
}

impl InWords for Rule {
    fn in_words(&self, lang: Lang) -> String {
        let fixed = match self {
            Self::Identity(error) => return error.in_words(lang),
            Self::Config(error) => return error.in_words(lang),
            Self::Method(error) => return error.in_words(lang),
            Self::KeepAlive { min, max } => {
                return match lang {
                    Lang::En => format!(
                        "keep alive must be a whole number of seconds from {min} to {max} [{KEEP_ALIVE_SOURCE}]"
                    ),
                    Lang::Zh => format!("保活时间应为 {min} 至 {max} 的整数秒 [{KEEP_ALIVE_SOURCE}]"),
                };
            }
            Self::RangeEnd => {
                let (min, max) = KEEP_ALIVE_RANGE.into_inner();
                return match lang {
                    Lang::En => format!(
                        "each end of the accepted range must be a whole number of seconds from 1 to 65535; the platform's is {min} to {max} [{KEEP_ALIVE_SOURCE}]"
                    ),
                    Lang::Zh => format!(
                        "保活范围的两端应为 1 至 65535 的整数秒；平台的范围是 {min} 至 {max} [{KEEP_ALIVE_SOURCE}]"
                    ),
                };
            }
            Self::Port => lang.pick(
                "port must be a whole number from 1 to 65535; leave it empty for the default",
                "端口应为 1 至 65535 的整数；留空则使用默认端口",
            ),
            Self::Timestamp => lang.pick(
                "timestamp must be milliseconds since 1970, digits only; leave it empty to send none",
                "时间戳应为 1970 年以来的毫秒数，只含数字；留空则不发送",
            ),
            Self::RangeOrder => lang.pick(
                "the accepted range ends before it begins: put the smaller number first",
                "保活范围的下限大于上限：请把较小的数填在前面",
            ),
        };
        fixed.to_owned()
    }
}

impl From<IdentityError> for Rule {
    fn from(error: IdentityError) -> Self {
        Self::Identity(error)
    }
}

impl From<ConfigError> for Rule {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<UnknownSignMethod> for Rule {
    fn from(error: UnknownSignMethod) -> Self {
        Self::Method(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_about_the_keep_alive_names_the_platforms_window_and_page() {
        for rule in [Rule::KeepAlive { min: 60, max: 300 }, Rule::RangeEnd] {
            let (en, zh) = (rule.in_words(Lang::En), rule.in_words(Lang::Zh));
            assert!(en.contains("60 to 300 ["), "{en}");
            assert!(zh.contains("60 至 300"), "{zh}");
            for text in [en, zh] {
                assert!(
                    text.ends_with("[Alibaba Cloud, MQTT-TCP连接通信: MQTT保活]"),
                    "{text}"
                );
            }
        }
    }
}
