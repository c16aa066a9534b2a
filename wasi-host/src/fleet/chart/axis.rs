//! Where values are, and which of them have a line and a number.

/// A range of values with its ticks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) ticks: Vec<f64>,
    first: f64,
    last: f64,
    is_log: bool,
}

impl Axis {
    /// From 0 to at least `most`, with round numbers.
    pub(super) fn linear(most: f64) -> Self {
        let most = most.max(1.0);
        let rough = most / 4.0;
        let power = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
        let fits = |step: &&f64| **step * power >= rough && (**step * power).fract() == 0.0;
        let step = steps
            .iter()
            .find(fits)
            .map_or(power * 10.0, |step| step * power)
            .max(1.0);
        let count = (most / step).ceil();
        // A handful.
        let ticks = (0..=count as u32)
            .map(|tick| f64::from(tick) * step)
            .collect();
        Self {
            ticks,
            first: 0.0,
            last: count * step,
            is_log: false,
        }
    }

    /// Powers of ten around `least` to `most`.
    pub(super) fn log(least: f64, most: f64) -> Self {
        let least = least.max(0.001);
        let first = least.log10().floor();
        let last = most.max(least).log10().ceil().max(first + 1.0);
        let powers = (first as i32)..=(last as i32);
        let ticks = powers.map(|power| 10_f64.powi(power)).collect();
        Self {
            ticks,
            first,
            last,
            is_log: true,
        }
    }

    /// The time of a run, from 0 to its end.
    pub(super) fn time(seconds: f64) -> Self {
        let steps = [
            1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0,
            7200.0,
        ];
        let wanted = seconds / 10.0;
        let step = steps.into_iter().find(|step| *step >= wanted);
        let step = step.unwrap_or_else(|| (wanted / 14_400.0).ceil() * 14_400.0);
        // Ten at most.
        let count = (seconds / step).floor() as u32;
        let ticks = (0..=count).map(|tick| f64::from(tick) * step).collect();
        Self {
            ticks,
            first: 0.0,
            last: seconds,
            is_log: false,
        }
    }

    /// Where between `from` and `to` a value is.
    pub(super) fn place(&self, value: f64, from: f64, to: f64) -> f64 {
        let value = if self.is_log {
            value.max(1e-6).log10()
        } else {
            value
        };
        let part = (value - self.first) / (self.last - self.first);
        from + part.clamp(0.0, 1.0) * (to - from)
    }
}

/// Seconds as `min:s`, or `h:min:s` from an hour on.
pub(super) fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        for (most, last, count) in [
            (0.0, 1.0, 2),
            (3.0, 3.0, 4),
            (18_000.0, 20_000.0, 5),
            (1800.0, 2000.0, 5),
            (999.0, 1000.0, 5),
        ] {
            let axis = Axis::linear(most);
            assert_eq!((axis.last, axis.ticks.len()), (last, count), "{axis:?}");
        }
        assert_eq!(Axis::log(0.3, 250.0).ticks, [0.1, 1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(Axis::log(1.0, 1.0).ticks, [1.0, 10.0]);
        for seconds in [0.5, 5.0, 61.0, 300.0, 5000.0, 86_400.0, 1e6] {
            let ticks = Axis::time(seconds).ticks;
            assert!((1..=11).contains(&ticks.len()), "{seconds}: {ticks:?}");
        }
    }

    #[test]
    fn places_are_between_the_ends() {
        assert_eq!(Axis::linear(100.0).place(50.0, 0.0, 10.0), 5.0);
        assert_eq!(Axis::log(1.0, 100.0).place(10.0, 10.0, 0.0), 5.0);
        assert_eq!(Axis::log(1.0, 100.0).place(0.0, 10.0, 0.0), 10.0);
        assert_eq!(clock(59.9), "1:00");
        assert_eq!(clock(3723.0), "1:02:03");
    }
}
