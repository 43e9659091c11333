//! How finely the target is written, and so how close an exact formula can come.

use crate::dataset::Sample;
use crate::formula::Expr;

use super::metrics::root_mean_square;

/// Share of |y| that arithmetic alone explains, in a column of full precision.
pub(super) const ARITHMETIC_SHARE: f64 = 1e-9;
/// The same near 0, as a share of the target's root mean square.
const ARITHMETIC_FLOOR: f64 = 1e-12;
/// Half a unit in the last place, and what adding up leaves of it.
const HALF: f64 = 0.5 + 1e-6;
/// More digits than this are those of a double, not of a measurement.
const MOST_DIGITS: i32 = 12;
/// A half unit that is a larger share of the target's spread says too little
/// about a formula: such rows count as noisy.
const COARSEST: f64 = 2e-3;
/// An input with fewer digits is a setting, exact as it stands.
const FEWEST_INPUT_DIGITS: i32 = 4;

/// The last written digit of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Resolution {
    /// Places after the decimal point and significant digits, at most; `None`
    /// where the column has the digits of doubles.
    digits: Option<(i32, i32)>,
    /// Whether these are few beside the target's spread.
    is_coarse: bool,
    floor: f64,
}

/// How close predictions come to a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exactness {
    /// Beyond the target's own digits.
    No,
    /// Within them, but they are few: the rounding is noise of a known size.
    Rounded,
    /// Within them, and they are many.
    Digits,
    /// As close as arithmetic in doubles.
    #[default]
    Arithmetic,
}

impl Resolution {
    /// The resolution of these values, all rows of a target together.
    pub fn of(values: &[f64]) -> Resolution {
        let rms = root_mean_square(values.iter().copied());
        let centre = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let spread = root_mean_square(values.iter().map(|y| y - centre));
        let fine = Resolution {
            digits: written_digits(values),
            is_coarse: false,
            floor: ARITHMETIC_FLOOR * rms,
        };
        let coarsest = values.iter().map(|&y| fine.half_unit(y)).fold(0.0, f64::max);
        Resolution {
            is_coarse: coarsest > COARSEST * spread,
            ..fine
        }
    }

    /// Half a unit in the last place of `y` as it is written.
    fn half_unit(&self, y: f64) -> f64 {
        let Some((places, significant)) = self.digits else {
            return 0.0;
        };
        let by_places = 10f64.powi(-places);
        let by_digits = match y {
            0.0 => 0.0,
            _ => 10f64.powi(y.abs().log10().floor() as i32 - significant + 1),
        };
        HALF * by_places.max(by_digits)
    }

    /// How close `prediction` is to the target `y`, where rounded inputs may
    /// have moved the prediction by `slack`.
    pub fn exactness(&self, prediction: f64, y: f64, slack: f64) -> Exactness {
        let error = (prediction - y).abs();
        let arithmetic = ARITHMETIC_SHARE * y.abs() + self.floor;
        if error <= arithmetic {
            Exactness::Arithmetic
        } else if self.digits.is_some() && error <= self.half_unit(y) + slack + arithmetic {
            match self.is_coarse {
                true => Exactness::Rounded,
                false => Exactness::Digits,
            }
        } else {
            Exactness::No
        }
    }
}

/// How the inputs of a table are rounded; `None` for those that are exact.
#[derive(Debug, Clone)]
pub(super) struct InputRounding(Vec<Option<Resolution>>);

impl InputRounding {
    /// From all rows: a part of them may have no small value, and so no
    /// decimal places.
    pub fn of(parts: &[&Sample]) -> InputRounding {
        let width = parts.first().map_or(0, |part| part.width());
        let of = |input: usize| {
            let columns = parts.iter().flat_map(|part| part.inputs[input].iter().copied());
            let digits = written_digits(&columns.collect::<Vec<f64>>())?;
            (digits.1 >= FEWEST_INPUT_DIGITS).then_some(Resolution {
                digits: Some(digits),
                is_coarse: false,
                floor: 0.0,
            })
        };
        InputRounding((0..width).map(of).collect())
    }

    /// How far rounding may have moved each prediction, Σ_i |∂f/∂x_i| h_i with
    /// h_i half a unit in the last place of input i.
    pub fn slack(&self, expr: &Expr, sample: &Sample) -> Vec<f64> {
        let mut slack = vec![0.0; sample.rows()];
        let values = expr.evaluate(&sample.inputs);
        for input in expr.variables_used() {
            let Some(resolution) = self.0.get(input).copied().flatten() else {
                continue;
            };
            let mut moved = sample.inputs.clone();
            for x in &mut moved[input] {
                *x += resolution.half_unit(*x);
            }
            let beside = expr.evaluate(&moved);
            for (slack, (f, g)) in slack.iter_mut().zip(values.iter().zip(beside)) {
                *slack += (f - g).abs();
            }
        }
        slack
    }
}

/// Decimal places and significant digits that the values are written with at
/// most; `None` for whole numbers, for few values, and for all the digits of doubles.
fn written_digits(values: &[f64]) -> Option<(i32, i32)> {
    let (mut places, mut significant, mut count) = (i32::MIN, 0, 0);
    for value in values.iter().filter(|v| **v != 0.0) {
        let text = format!("{:e}", value.abs());
        let (mantissa, exponent) = text.split_once('e')?;
        let digits = mantissa.len() as i32 - i32::from(mantissa.contains('.'));
        places = places.max(digits - 1 - exponent.parse::<i32>().ok()?);
        significant = significant.max(digits);
        count += 1;
    }
    (count >= 3 && significant <= MOST_DIGITS && places > 0).then_some((places, significant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn a_row_is_right_to_its_written_digits() {
        let resolution = Resolution::of(&[1.25, 31.5, 10.0, 77.21]);
        assert_eq!(resolution.exactness(1.2549, 1.25, 0.0), Exactness::Digits);
        assert_eq!(resolution.exactness(1.2551, 1.25, 0.0), Exactness::No);
        assert_eq!(resolution.exactness(1.2551, 1.25, 1e-3), Exactness::Digits);
        assert_eq!(resolution.exactness(1.25, 1.25, 0.0), Exactness::Arithmetic);
    }

    #[test]
    fn significant_digits_bound_large_values_too() {
        let resolution = Resolution::of(&[1.234, 123.4, 12340.0, 0.1234]);
        assert_eq!(resolution.exactness(12344.0, 12340.0, 0.0), Exactness::Digits);
        assert_eq!(resolution.exactness(12346.0, 12340.0, 0.0), Exactness::No);
        assert_eq!(resolution.exactness(1.2344, 1.234, 0.0), Exactness::Digits);
    }

    #[test]
    fn doubles_have_no_digits_to_be_right_to_and_coarse_values_few() {
        let doubles = Resolution::of(&[0.1 + 0.2, 1.0 / 3.0, 2.0 / 7.0]);
        assert_eq!(doubles.exactness(0.1 + 0.2 + 1e-8, 0.1 + 0.2, 0.0), Exactness::No);
        let coarse = Resolution::of(&[1.1, 1.2, 1.3, 1.4]);
        assert_eq!(coarse.exactness(1.12, 1.1, 0.0), Exactness::Rounded);
        assert_eq!(coarse.exactness(1.16, 1.1, 0.0), Exactness::No);
    }

    #[test]
    fn rounded_inputs_move_a_prediction() {
        let names = ["a".to_owned()];
        let sample = Sample {
            inputs: vec![vec![1.2345, 2.3456, 3.4567]],
            target: vec![0.0; 3],
        };
        let rounding = InputRounding::of(&[&sample]);
        let slack = rounding.slack(&parse("100*a", &names).expect("parses"), &sample);
        assert!(slack.iter().all(|s| (s / 0.005 - 1.0).abs() < 1e-3), "{slack:?}");
    }
}
