//! What the vendor's page says and more than one module says again: its own name, and the keep alive's window.
//! Which page that is: `docs/sources.md`.

use core::ops::RangeInclusive;

/// A section of the vendor's page, as a text for people who may look for it.
macro_rules! page {
    ($section:literal) => {
        concat!("Alibaba Cloud, MQTT-TCP连接通信: ", $section)
    };
}

/// The window's ends, in seconds, for texts that are put together when they are compiled.
macro_rules! keep_alive_min {
    () => {
        60
    };
}
macro_rules! keep_alive_max {
    () => {
        300
    };
}

pub(crate) use {keep_alive_max, keep_alive_min, page};

/// The keep alives that the platform accepts, in seconds (seed: MQTT保活).
pub const KEEP_ALIVE_RANGE: RangeInclusive<u16> = keep_alive_min!()..=keep_alive_max!();

/// The keep alive where none is chosen, in seconds: the shortest that the platform accepts, so that a dead link is
/// noticed soonest.
pub const KEEP_ALIVE: u16 = keep_alive_min!();

/// Where the window stands, for people.
pub const KEEP_ALIVE_SOURCE: &str = page!("MQTT保活");

#[cfg(test)]
mod tests {
    use super::{KEEP_ALIVE, KEEP_ALIVE_RANGE};
    use crate::wire::dissect::FieldName;

    #[test]
    fn the_texts_say_the_window() {
        assert!(KEEP_ALIVE_RANGE.contains(&KEEP_ALIVE));
        let told = FieldName::KeepAlive.explanation();
        assert!(told.english.contains(" 60 to 300 s "), "{}", told.english);
        assert!(told.chinese.contains(" 60 至 300 秒"), "{}", told.chinese);
    }
}
