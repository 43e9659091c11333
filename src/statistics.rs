//! Figures of plain lists of numbers that more than one stage needs.

/// The middle value, or the mean of the two in the middle; `None` for none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let (low, high) = (values[last / 2], values[last - last / 2]);
    // Halved first: the sum of two large values overflows.
    Some(low / 2.0 + high / 2.0)
}

/// Places of at most `most` of `rows` rows, spread evenly from the first on.
pub(crate) fn spread_evenly(rows: usize, most: usize) -> Vec<usize> {
    let step = rows.div_ceil(most.max(1)).max(1);
    (0..rows).step_by(step).collect()
}

/// The values less their mean, over their standard deviation; all 0 where they
/// don't vary.
pub(crate) fn standardised(values: &[f64]) -> Vec<f64> {
    let rows = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / rows;
    let spread = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / rows).sqrt();
    let scale = spread.max(f64::MIN_POSITIVE);
    values.iter().map(|v| (v - mean) / scale).collect()
}

/// Σ a_r b_r.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Takes off what `values` has of a direction of length 1.
pub(crate) fn take_off(values: &mut [f64], direction: &[f64]) {
    let share = dot(values, direction);
    values
        .iter_mut()
        .zip(direction)
        .for_each(|(v, d)| *v -= share * d);
}

/// The same direction with length 1; `None` where it has none, or is not finite.
pub(crate) fn of_length_one(mut values: Vec<f64>) -> Option<Vec<f64>> {
    let length = dot(&values, &values).sqrt();
    if !(length > 0.0 && length.is_finite()) {
        return None;
    }
    values.iter_mut().for_each(|v| *v /= length);
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![f64::MAX, f64::MAX]), Some(f64::MAX));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn places_are_spread_over_all_rows() {
        assert_eq!(spread_evenly(10, 4), [0, 3, 6, 9]);
        assert_eq!(spread_evenly(3, 10), [0, 1, 2]);
        assert_eq!(spread_evenly(0, 4), [0; 0]);
    }

    #[test]
    fn what_does_not_vary_is_standardised_to_nothing() {
        assert_eq!(standardised(&[2.0, 2.0]), [0.0, 0.0]);
        assert_eq!(standardised(&[1.0, 3.0]), [-1.0, 1.0]);
    }

    #[test]
    fn what_is_taken_off_is_gone() {
        let direction = of_length_one(vec![3.0, 4.0]).expect("has a length");
        let mut values = vec![1.0, 2.0];
        take_off(&mut values, &direction);
        assert!(dot(&values, &direction).abs() < 1e-15);
        assert!((values[0] + 0.32).abs() < 1e-15, "{values:?}");
        assert_eq!(of_length_one(vec![0.0]), None);
    }
}
