//! Times of day, as a person at this computer reads them.

use js_sys::Date;
use wasm_bindgen::JsValue;

use crate::state::Worker;

/// `HH:MM:SS.mmm` of a time on the worker's clock, in the browser's time zone.
pub(super) fn time_of_day(worker: &Worker, at_ms: f64) -> String {
    let Worker::Ready { origin_ms } = worker else {
        return String::new();
    };
    let date = Date::new(&JsValue::from_f64(origin_ms + at_ms));
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        date.get_hours(),
        date.get_minutes(),
        date.get_seconds(),
        date.get_milliseconds()
    )
}

/// A time in ms since 1970 as `HH:MM:SS`, or, where that is too coarse, with its milliseconds.
pub(super) fn clock(since_1970_ms: f64, fine: bool) -> String {
    let date = Date::new(&JsValue::from_f64(since_1970_ms));
    let (h, m, s) = (date.get_hours(), date.get_minutes(), date.get_seconds());
    if fine {
        format!("{h:02}:{m:02}:{s:02}.{:03}", date.get_milliseconds())
    } else {
        format!("{h:02}:{m:02}:{s:02}")
    }
}

/// The same to the second, with the day before it where that is not today.
pub(super) fn day_and_time(since_1970_ms: f64) -> String {
    let day = |date: &Date| (date.get_full_year(), date.get_month() + 1, date.get_date());
    let then = day(&Date::new(&JsValue::from_f64(since_1970_ms)));
    let time = clock(since_1970_ms, false);
    if then == day(&Date::new_0()) {
        return time;
    }
    let (year, month, day) = then;
    format!("{year}-{month:02}-{day:02} {time}")
}

/// A number with thin spaces between its thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
