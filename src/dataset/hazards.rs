//! What in the inputs keeps a formula from being singled out.
//!
//! When an input is a combination of others, any formula can trade one for
//! the others and fits as well: linear combinations matter to sums, linear
//! combinations of logarithms (products of powers) matter to products. Each
//! standardised column z_j is projected on the independent ones before it;
//! where what remains, ‖z_j − Z c‖ / ‖z_j‖, is below 1e-3, the columns with a
//! share in c are named. The projections are by the singular value
//! decomposition, so nearly dependent columns don't spoil them.

use std::fmt;

use nalgebra::{DMatrix, DVector};

use super::error::listed;
use super::Sample;

/// A column is taken for a combination of others when less than this share of
/// its standard deviation is left. Tables are often rounded to 4 digits, so a
/// column that was computed from others need not be so exactly.
const REMAINDER: f64 = 1e-3;

/// Coefficients of standardised columns below this are rounding noise.
const SHARE: f64 = 1e-2;

/// The spread below which a product can't be told from a sum.
const NARROW: f64 = 0.1;

/// How many rows a dependency is judged on.
const JUDGED_ROWS: usize = 1000;

/// Where a dependency between inputs holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Space {
    /// One input is a sum of multiples of others, plus a constant.
    Raw,
    /// One input is a product of powers of others, times a constant.
    Log,
}

/// A property of the training rows that makes formulas hard to tell apart.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Hazard {
    /// `name` is `factor` times `of`.
    Proportional {
        /// The later column.
        name: String,
        /// The earlier column.
        of: String,
        /// The ratio.
        factor: f64,
    },
    /// `name` is a combination of `others`.
    Collinear {
        /// The dependent column.
        name: String,
        /// The columns it depends on.
        others: Vec<String>,
        /// Which kind of combination.
        space: Space,
    },
    /// The input hardly varies: its standard deviation over its mean's
    /// magnitude is below 0.1.
    Narrow {
        /// The column.
        name: String,
        /// Standard deviation / |mean|.
        spread: f64,
    },
    /// The input takes a single value in the training rows.
    ConstantInTraining {
        /// The column.
        name: String,
    },
    /// There are too few training rows to tell the inputs apart.
    TooFewRows {
        /// Training rows.
        rows: usize,
        /// Inputs.
        inputs: usize,
    },
}

impl fmt::Display for Hazard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hazard::Proportional { name, of, factor } => write!(
                formatter,
                "`{name}` is {factor:.6} times `{of}` in every training row: they can't be told apart; \
                 leave one out with `--ignore`"
            ),
            Hazard::Collinear { name, others, space } => {
                let kind = match space {
                    Space::Raw => "a sum of multiples",
                    Space::Log => "a multiple of a product of powers",
                };
                write!(
                    formatter,
                    "`{name}` is nearly {kind} of {} in the training rows: several formulas fit equally and \
                     none can be singled out; leave one out with `--ignore`, or add rows where they vary apart",
                    listed(others)
                )
            }
            Hazard::Narrow { name, spread } => write!(
                formatter,
                "`{name}` varies by only {:.1} % around its mean: a product is hard to tell from a sum; \
                 a wider range would help",
                100.0 * spread
            ),
            Hazard::ConstantInTraining { name } => write!(
                formatter,
                "`{name}` never varies in the training rows, so nothing can be learnt about it"
            ),
            Hazard::TooFewRows { rows, inputs } => write!(
                formatter,
                "{rows} training rows can't tell {inputs} inputs apart; \
                 add rows or choose inputs with `--inputs`"
            ),
        }
    }
}

/// The hazards in a training sample whose inputs are called `names`.
pub fn hazards(sample: &Sample, names: &[String]) -> Vec<Hazard> {
    let mut found = Vec::new();
    let mut varying = Vec::new();
    for (index, column) in sample.inputs.iter().enumerate() {
        let (mean, deviation) = mean_and_deviation(column);
        if deviation == 0.0 {
            found.push(Hazard::ConstantInTraining {
                name: names[index].clone(),
            });
            continue;
        }
        let spread = deviation / mean.abs();
        if spread < NARROW {
            found.push(Hazard::Narrow {
                name: names[index].clone(),
                spread,
            });
        }
        varying.push(index);
    }
    let distinct = without_proportional(sample, names, varying, &mut found);
    if sample.rows() < distinct.len() + 2 {
        if distinct.len() > 1 {
            found.push(Hazard::TooFewRows {
                rows: sample.rows(),
                inputs: distinct.len(),
            });
        }
        return found;
    }
    let rows = judged_rows(sample.rows(), distinct.len());
    for space in [Space::Raw, Space::Log] {
        let columns: Vec<(usize, DVector<f64>)> = distinct
            .iter()
            .filter_map(|&index| Some((index, standardised(&sample.inputs[index], &rows, space)?)))
            .collect();
        found.extend(
            dependencies(&columns)
                .into_iter()
                .map(|(dependent, others)| Hazard::Collinear {
                    name: names[dependent].clone(),
                    others: others.into_iter().map(|index| names[index].clone()).collect(),
                    space,
                }),
        );
    }
    found
}

/// Evenly spaced rows: enough to see a dependency, and few enough to be quick
/// about 100 columns of 100,000 rows.
fn judged_rows(rows: usize, columns: usize) -> Vec<usize> {
    let count = rows.min(JUDGED_ROWS.max(4 * columns));
    (0..count).map(|i| i * rows / count).collect()
}

/// Takes the later of two proportional columns out, so that it isn't reported
/// again as collinear.
fn without_proportional(
    sample: &Sample,
    names: &[String],
    varying: Vec<usize>,
    found: &mut Vec<Hazard>,
) -> Vec<usize> {
    let mut distinct: Vec<usize> = Vec::new();
    for index in varying {
        let column = &sample.inputs[index];
        let earlier = distinct
            .iter()
            .find_map(|&of| Some((of, ratio(column, &sample.inputs[of])?)));
        match earlier {
            Some((of, factor)) => found.push(Hazard::Proportional {
                name: names[index].clone(),
                of: names[of].clone(),
                factor,
            }),
            None => distinct.push(index),
        }
    }
    distinct
}

/// `a / b` where it is the same in every row, to one part in a million.
fn ratio(a: &[f64], b: &[f64]) -> Option<f64> {
    let first = a.iter().zip(b).find(|(_, &b)| b != 0.0)?;
    let factor = first.0 / first.1;
    let is_same = |(a, b): (&f64, &f64)| (a - factor * b).abs() <= 1e-6 * a.abs();
    (factor != 0.0 && a.iter().zip(b).all(is_same)).then_some(factor)
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    // Scaled, so that squares of values near 1e300 don't overflow.
    let scale = values.iter().fold(0.0f64, |scale, value| scale.max(value.abs()));
    if scale == 0.0 || values.iter().all(|value| *value == values[0]) {
        return (values.first().copied().unwrap_or(0.0), 0.0);
    }
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / scale).sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value / scale - mean).powi(2))
        .sum::<f64>()
        / count;
    (mean * scale, variance.sqrt() * scale)
}

/// Mean 0, length 1; `None` where a logarithm doesn't exist or nothing varies.
fn standardised(values: &[f64], rows: &[usize], space: Space) -> Option<DVector<f64>> {
    let seen: Vec<f64> = rows
        .iter()
        .map(|&row| match space {
            Space::Raw => values[row],
            Space::Log => values[row].abs().ln(),
        })
        .collect();
    if seen.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let (mean, deviation) = mean_and_deviation(&seen);
    // Values near the largest double have no finite deviation.
    if deviation == 0.0 || !deviation.is_finite() {
        return None;
    }
    let scale = 1.0 / (deviation * (seen.len() as f64).sqrt());
    Some(DVector::from_iterator(
        seen.len(),
        seen.iter().map(|value| (value - mean) * scale),
    ))
}

/// Each column that the independent ones before it explain, with the columns
/// that have a share in it.
fn dependencies(columns: &[(usize, DVector<f64>)]) -> Vec<(usize, Vec<usize>)> {
    let mut independent: Vec<&(usize, DVector<f64>)> = Vec::new();
    // Orthonormal, and spanning the independent columns.
    let mut basis: Vec<DVector<f64>> = Vec::new();
    let mut found = Vec::new();
    for column in columns {
        let mut remainder = column.1.clone();
        // Twice is enough: the second pass removes what rounding left.
        for _ in 0..2 {
            for direction in &basis {
                let along = remainder.dot(direction);
                remainder.axpy(-along, direction, 1.0);
            }
        }
        let norm = remainder.norm();
        if norm > REMAINDER {
            basis.push(remainder / norm);
            independent.push(column);
            continue;
        }
        if independent.is_empty() {
            continue;
        }
        let matrix = DMatrix::from_columns(
            &independent
                .iter()
                .map(|column| column.1.clone())
                .collect::<Vec<_>>(),
        );
        let Ok(shares) = matrix.svd(true, true).solve(&column.1, 1e-12) else {
            continue;
        };
        let others = independent
            .iter()
            .zip(shares.iter())
            .filter(|(_, share)| share.abs() > SHARE)
            .map(|(column, _)| column.0)
            .collect::<Vec<usize>>();
        if !others.is_empty() {
            found.push((column.0, others));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// 60 rows of two independent columns on [1, 5) and [2, 9), and what
    /// `third` makes of them.
    fn sample(third: impl Fn(f64, f64) -> f64) -> Vec<Hazard> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let a: Vec<f64> = (0..60).map(|_| rng.gen_range(1.0..5.0)).collect();
        let b: Vec<f64> = (0..60).map(|_| rng.gen_range(2.0..9.0)).collect();
        let c = a.iter().zip(&b).map(|(&a, &b)| third(a, b)).collect();
        let sample = Sample {
            inputs: vec![a, b, c],
            target: vec![0.0; 60],
        };
        hazards(&sample, &["a".into(), "b".into(), "c".into()])
    }

    fn collinear(others: &[&str], space: Space) -> Hazard {
        Hazard::Collinear {
            name: "c".into(),
            others: others.iter().map(|&name| name.to_owned()).collect(),
            space,
        }
    }

    #[test]
    fn dependent_inputs_are_named() {
        assert_eq!(
            sample(|a, b| a + 2.0 * b - 1.0),
            [collinear(&["a", "b"], Space::Raw)]
        );
        assert_eq!(sample(|a, b| a * a / b), [collinear(&["a", "b"], Space::Log)]);
        assert_eq!(
            sample(|a, _| 1.8 * a + 32.0)[1..],
            [collinear(&["a"], Space::Raw)]
        );
        assert_eq!(sample(|_, b| -b.sqrt()), [collinear(&["b"], Space::Log)]);
        assert_eq!(sample(|a, b| (a * b).sin()), []);
        assert_eq!(sample(|a, b| a + b + (7.0 * a * b).sin()), []);
    }

    #[test]
    fn rounding_does_not_hide_a_dependency() {
        let rounded = |a: f64, b: f64| ((a + b) * 1e3).round() / 1e3;
        assert_eq!(sample(rounded), [collinear(&["a", "b"], Space::Raw)]);
    }

    #[test]
    fn a_column_in_other_units_is_reported_once() {
        let found = sample(|a, _| 1000.0 * a);
        assert!(
            matches!(&found[..], [Hazard::Proportional { name, of, factor }]
                if name == "c" && of == "a" && (factor - 1000.0).abs() < 1e-6),
            "{found:?}"
        );
    }

    #[test]
    fn narrow_and_constant_inputs_are_reported() {
        assert!(matches!(&sample(|a, _| 100.0 + a.sin())[..],
            [Hazard::Narrow { name, spread }] if name == "c" && *spread < 0.1));
        assert_eq!(
            sample(|_, _| 3.0),
            [Hazard::ConstantInTraining { name: "c".into() }]
        );
    }

    #[test]
    fn huge_values_do_not_overflow() {
        let (mean, deviation) = mean_and_deviation(&[1e300, 2e300, 3e300]);
        assert!((mean / 2e300 - 1.0).abs() < 1e-12 && deviation.is_finite());
    }

    #[test]
    fn more_inputs_than_rows_is_said_once() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let sample = Sample {
            inputs: (0..9)
                .map(|_| (0..6).map(|_| rng.gen_range(0.0..9.0)).collect())
                .collect(),
            target: vec![0.0; 6],
        };
        let names: Vec<String> = (0..9).map(|i| format!("x{i}")).collect();
        assert_eq!(
            hazards(&sample, &names),
            [Hazard::TooFewRows { rows: 6, inputs: 9 }]
        );
    }
}
