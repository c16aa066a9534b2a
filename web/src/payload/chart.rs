//! Numbers over time as a line: which points, where, and which marks at the axes. Only numbers; whoever
//! draws brings the pen.

/// A number that came at a time, or none: the message had no such number.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Sample {
    /// When, in ms.
    pub at_ms: f64,
    /// How much; none is a gap in the line.
    pub value: Option<f64>,
}

/// A line ready to be drawn into a box. Its origin is at the top left, y grows downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    /// Points of the line, interrupted where there are gaps.
    pub runs: Vec<Vec<(f64, f64)>>,
    /// Marks at the horizontal axis; values in ms.
    pub times: Vec<Tick>,
    /// Marks at the vertical axis.
    pub values: Vec<Tick>,
    /// How far apart the vertical marks are: what their labels have to tell apart.
    pub step: f64,
}

/// A mark at an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Where, in the box.
    pub at: f64,
    /// What stands there.
    pub value: f64,
}

/// At most `most` samples with the same look: of each stretch of time its lowest and its highest, so
/// that no peak is lost. A stretch without a number stays a gap.
#[must_use]
pub fn thin(samples: &[Sample], most: usize) -> Vec<Sample> {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Vec::new();
    };
    if samples.len() <= most {
        return samples.to_vec();
    }
    let stretches = (most / 2).max(1);
    let each_ms = ((last.at_ms - first.at_ms) / float(stretches)).max(f64::MIN_POSITIVE);
    let mut thin = Vec::with_capacity(most);
    let mut stretch = Stretch::default();
    for sample in samples {
        // The last sample's stretch is the last one, whatever the rounding.
        let number = ((sample.at_ms - first.at_ms) / each_ms)
            .floor()
            .min(float(stretches - 1));
        if number != stretch.number {
            stretch.end(&mut thin);
            stretch = Stretch {
                number,
                ..Stretch::default()
            };
        }
        stretch.take(*sample);
    }
    stretch.end(&mut thin);
    thin
}

#[derive(Default)]
struct Stretch {
    number: f64,
    low: Option<(f64, f64)>,
    high: Option<(f64, f64)>,
    gap: Option<Sample>,
}

impl Stretch {
    fn take(&mut self, sample: Sample) {
        let Some(value) = sample.value else {
            self.gap.get_or_insert(sample);
            return;
        };
        let point = (sample.at_ms, value);
        if self.low.is_none_or(|(_, low)| value < low) {
            self.low = Some(point);
        }
        if self.high.is_none_or(|(_, high)| value > high) {
            self.high = Some(point);
        }
    }

    fn end(&self, into: &mut Vec<Sample>) {
        let sample = |(at_ms, value)| Sample {
            at_ms,
            value: Some(value),
        };
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => into.push(sample(low)),
            (Some(low), Some(high)) if low.0 <= high.0 => into.extend([sample(low), sample(high)]),
            (Some(low), Some(high)) => into.extend([sample(high), sample(low)]),
            _ => into.extend(self.gap),
        }
    }
}

/// Draws samples, the oldest first, into a box. `origin_ms` is what the samples' nought is on the clock
/// that the marks are to be round on. None where there is no number at all.
#[must_use]
pub fn draw(samples: &[Sample], width: f64, height: f64, origin_ms: f64) -> Option<Drawing> {
    let values = || samples.iter().filter_map(|sample| sample.value);
    values().next()?;
    let (low, high) = widened(
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    let (from, to) = match (samples.first()?.at_ms, samples.last()?.at_ms) {
        (from, to) if to > from => (from, to),
        // One moment stands in the middle of a second.
        (from, _) => (from - 500.0, from + 500.0),
    };
    let across = |at_ms: f64| (at_ms - from) / (to - from) * width;
    // Halved, since a difference of two large numbers may be more than a number can be.
    let down = |value: f64| height - (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * height;

    let mut runs = vec![Vec::new()];
    for sample in samples {
        match (sample.value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((across(sample.at_ms), down(value))),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());

    let (values, step) = nice_ticks(low, high, height / 40.0);
    let times = time_ticks(origin_ms + from, origin_ms + to, width / 110.0);
    let tick = |value, at| Tick { at, value };
    Some(Drawing {
        runs,
        times: times
            .into_iter()
            .map(|time| tick(time, across(time - origin_ms)))
            .collect(),
        values: values
            .into_iter()
            .map(|value| tick(value, down(value)))
            .collect(),
        step,
    })
}

/// Some room above and below, and a range even where all numbers are the same.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let range = high / 2.0 - low / 2.0;
    let room = if range > 0.0 {
        range / 10.0
    } else if low == 0.0 {
        1.0
    } else {
        low.abs() / 10.0
    };
    let bounded = |value: f64| value.clamp(f64::MIN, f64::MAX);
    (bounded(low - room), bounded(high + room))
}

/// Round numbers from `low` to `high`, about so many, and the step between them: 1, 2 or 5 times a
/// power of ten.
#[must_use]
pub fn nice_ticks(low: f64, high: f64, about: f64) -> (Vec<f64>, f64) {
    let range = high / 2.0 - low / 2.0;
    if !range.is_finite() || range <= 0.0 {
        return (Vec::new(), 0.0);
    }
    let raw = range / about.clamp(1.0, 50.0) * 2.0;
    let power = 10_f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        // A step that fits but for a rounding fits.
        .find(|factor| factor * power >= raw * (1.0 - 1e-9))
        .unwrap_or(10.0);
    let step = factor * power;
    let first = (low / step).ceil();
    let ticks = (0..MOST_TICKS)
        .map(|n| (first + f64::from(n)) * step)
        .take_while(|tick| *tick <= high)
        .collect::<Vec<_>>();
    // Where a step is less than numbers of that size can tell apart, marks fall together.
    let mut ticks: Vec<_> = ticks.into_iter().map(|tick| tick + 0.0).collect();
    ticks.dedup();
    (ticks, step)
}

const MOST_TICKS: u8 = 100;

/// Round times from `from` to `to` (ms since 1970), at most about so many.
#[must_use]
pub fn time_ticks(from: f64, to: f64, about: f64) -> Vec<f64> {
    let least = (to - from) / about.clamp(1.0, 50.0);
    let longest = STEPS_MS[STEPS_MS.len() - 1];
    let step = STEPS_MS.into_iter().find(|step| *step >= least);
    let step = step.unwrap_or_else(|| (least / longest).ceil() * longest);
    let first = (from / step).ceil();
    (0..MOST_TICKS)
        .map(|n| (first + f64::from(n)) * step)
        .take_while(|tick| *tick <= to)
        .collect()
}

/// What people count time in, up to a day.
const STEPS_MS: [f64; 28] = {
    const S: f64 = 1000.0;
    const M: f64 = 60.0 * S;
    const H: f64 = 60.0 * M;
    [
        1.0,
        2.0,
        5.0,
        10.0,
        20.0,
        50.0,
        100.0,
        200.0,
        500.0,
        S,
        2.0 * S,
        5.0 * S,
        10.0 * S,
        15.0 * S,
        30.0 * S,
        M,
        2.0 * M,
        5.0 * M,
        10.0 * M,
        15.0 * M,
        30.0 * M,
        H,
        2.0 * H,
        3.0 * H,
        6.0 * H,
        12.0 * H,
        18.0 * H,
        24.0 * H,
    ]
};

/// A number with as many decimals as tell marks of a step apart.
#[must_use]
pub fn label(value: f64, step: f64) -> String {
    let size = value.abs();
    if size >= 1e12 || (step > 0.0 && step < 1e-6) {
        // Enough digits to see a step, as far as a number has them.
        let digits = (size.max(step).log10() - step.log10())
            .ceil()
            .clamp(1.0, 15.0);
        return format!("{value:.*e}", whole(digits));
    }
    let decimals = if step > 0.0 {
        -step.log10().floor()
    } else {
        0.0
    };
    format!("{value:.*}", whole(decimals.clamp(0.0, 9.0)))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped between 0 and 15 by the callers"
)]
fn whole(digits: f64) -> usize {
    digits as usize
}

#[allow(clippy::cast_precision_loss, reason = "some hundreds")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[(f64, Option<f64>)]) -> Vec<Sample> {
        let samples = values.iter();
        samples
            .map(|(at_ms, value)| Sample {
                at_ms: *at_ms,
                value: *value,
            })
            .collect()
    }

    fn ticks(low: f64, high: f64, about: f64) -> Vec<String> {
        let (ticks, step) = nice_ticks(low, high, about);
        ticks.into_iter().map(|tick| label(tick, step)).collect()
    }

    #[test]
    fn marks_are_round_and_lie_within() {
        assert_eq!(ticks(0.0, 10.0, 5.0), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(ticks(21.3, 22.1, 4.0), ["21.4", "21.6", "21.8", "22.0"]);
        assert_eq!(ticks(-0.0012, 0.0009, 4.0), ["-0.001", "0.000"]);
        assert_eq!(
            ticks(1e6, 3e6, 4.0),
            ["1000000", "1500000", "2000000", "2500000", "3000000"]
        );
    }

    #[test]
    fn no_range_is_too_odd_for_marks() {
        for (low, high) in [
            (f64::MIN, f64::MAX),
            (0.0, f64::MIN_POSITIVE),
            (1e16, 1e16 + 2.0),
            (-1e-300, 1e-300),
        ] {
            let (ticks, step) = nice_ticks(low, high, 5.0);
            assert!(ticks.len() <= 12, "{low} {high}: {ticks:?}");
            assert!(ticks.iter().all(|tick| (low..=high).contains(tick)));
            assert!(ticks.iter().all(|tick| label(*tick, step).len() < 30));
        }
        assert_eq!(nice_ticks(f64::NAN, 1.0, 5.0).0, Vec::<f64>::new());
        assert_eq!(nice_ticks(1.0, 1.0, 5.0).0, Vec::<f64>::new());
        assert_eq!(nice_ticks(0.0, f64::INFINITY, 5.0).0, Vec::<f64>::new());
    }

    #[test]
    fn marks_of_time_fall_on_what_clocks_show() {
        assert_eq!(time_ticks(1200.0, 4700.0, 4.0), [2000.0, 3000.0, 4000.0]);
        assert_eq!(
            time_ticks(0.0, 90_000.0, 4.0),
            [0.0, 30_000.0, 60_000.0, 90_000.0]
        );
        let days = 86_400_000.0 * 100.0;
        assert!(time_ticks(0.0, days, 4.0).len() <= 5);
        assert_eq!(time_ticks(0.0, 0.0, 4.0), [0.0]);
    }

    #[test]
    fn a_line_fills_its_box() {
        let drawing = draw(
            &samples(&[(0.0, Some(0.0)), (1000.0, Some(10.0))]),
            200.0,
            100.0,
            0.0,
        );
        let drawing = drawing.expect("numbers");
        // A twentieth of the range is left free above and below.
        let (low, high) = (100.0 - 100.0 * 0.5 / 11.0, 100.0 * 0.5 / 11.0);
        let [(x0, y0), (x1, y1)] = drawing.runs[0][..] else {
            panic!("{drawing:?}");
        };
        assert_eq!((x0, x1), (0.0, 200.0));
        assert!(
            (y0 - low).abs() < 1e-9 && (y1 - high).abs() < 1e-9,
            "{y0} {y1}"
        );
        assert!(
            drawing
                .values
                .iter()
                .all(|tick| (0.0..=100.0).contains(&tick.at))
        );
        assert!(
            drawing
                .times
                .iter()
                .all(|tick| (0.0..=200.0).contains(&tick.at))
        );
    }

    #[test]
    fn a_message_without_the_number_is_a_gap() {
        let line = samples(&[
            (0.0, None),
            (1.0, Some(1.0)),
            (2.0, Some(2.0)),
            (3.0, None),
            (4.0, None),
            (5.0, Some(1.0)),
        ]);
        let drawing = draw(&line, 100.0, 100.0, 0.0).expect("numbers");
        let lens: Vec<_> = drawing.runs.iter().map(Vec::len).collect();
        assert_eq!(lens, [2, 1]);
        assert_eq!(draw(&samples(&[(0.0, None)]), 100.0, 100.0, 0.0), None);
        assert_eq!(draw(&[], 100.0, 100.0, 0.0), None);
    }

    #[test]
    fn one_number_and_equal_numbers_are_drawn_in_the_middle() {
        for line in [&[(7.0, Some(3.0))][..], &[(7.0, Some(0.0))]] {
            let drawing = draw(&samples(line), 100.0, 80.0, 0.0).expect("a number");
            assert_eq!(drawing.runs, [[(50.0, 40.0)]]);
            assert!(!drawing.values.is_empty());
        }
    }

    #[test]
    fn the_largest_numbers_stay_in_the_box() {
        let line = samples(&[(0.0, Some(f64::MIN)), (1.0, Some(f64::MAX))]);
        let drawing = draw(&line, 100.0, 100.0, 0.0).expect("numbers");
        let inside = |point: &(f64, f64)| (0.0..=100.0).contains(&point.1);
        assert!(drawing.runs.concat().iter().all(inside), "{drawing:?}");
    }

    #[test]
    fn thinned_samples_keep_every_peak() {
        let mut line: Vec<_> = (0..100_000)
            .map(|n| (f64::from(n), Some(f64::from(n % 7))))
            .collect();
        line[61_803].1 = Some(1000.0);
        line[12_345].1 = Some(-1000.0);
        let thinned = thin(&samples(&line), 500);
        assert!(thinned.len() <= 500, "{}", thinned.len());
        let has = |at_ms: f64, value: f64| {
            let sample = Sample {
                at_ms,
                value: Some(value),
            };
            thinned.contains(&sample)
        };
        assert!(has(61_803.0, 1000.0) && has(12_345.0, -1000.0));
        assert!(thinned.is_sorted_by(|a, b| a.at_ms <= b.at_ms));
    }

    #[test]
    fn thinned_samples_keep_long_gaps_and_few_samples_stay() {
        let line: Vec<_> = (0..1000)
            .map(|n| (f64::from(n), (!(400..600).contains(&n)).then_some(1.0)))
            .collect();
        let thinned = thin(&samples(&line), 100);
        let gaps = thinned.iter().filter(|sample| sample.value.is_none());
        assert_eq!(gaps.count(), 10);
        let few = samples(&[(0.0, Some(1.0)), (0.0, None)]);
        assert_eq!(thin(&few, 10), few);
        let at_once: Vec<_> = (0..50).map(|n| (5.0, Some(f64::from(n)))).collect();
        assert_eq!(thin(&samples(&at_once), 10).len(), 2);
    }
}
