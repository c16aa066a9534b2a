//! The middle of several runs: on a noisy machine the mean follows whatever else was running.

/// The median; of an even number of values, what lies between the two in the middle. Not a number where there are none.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = [values.len().wrapping_sub(1) / 2, values.len() / 2];
    let [below, above] = middle.map(|at| values.get(at).copied().unwrap_or(f64::NAN));
    f64::midpoint(below, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0]), 2.5);
        assert!(median(Vec::new()).is_nan());
    }
}
