//! What is to be explained: the rows a search may look at, and how an error
//! on each of them counts.

use crate::dataset::Sample;
use crate::formula::Expr;
use crate::statistics::spread_evenly;

use super::outlier::Outliers;

/// A target that spans more than this factor between its 5th and 95th
/// percentile is taken to be measured with a relative error.
const DECADES: f64 = 50.0;

/// Relative error that f64 arithmetic alone explains.
const ARITHMETIC: f64 = 1e-10;

/// Residuals count less beyond so many standard deviations (Huber 1981): 95 %
/// as efficient as least squares where noise is normal.
const HUBER: f64 = 1.345;

/// Standard deviation of normal noise over the median of its magnitude.
const MEDIAN_TO_DEVIATION: f64 = 1.4826;

/// How an error on a row is weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weighting {
    /// Every row alike.
    Uniform,
    /// By the row's target: for values over decades.
    Relative,
}

/// The rows a search may see. No held-out row is among them.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// Rows that formulas are fitted to.
    pub(super) train: Sample,
    /// Rows that formulas are chosen by.
    pub(super) validation: Sample,
    /// Both are the same rows: each is left out in turn.
    pub(super) leave_one_out: bool,
    /// Whether input `i` is above 0 in every row.
    pub(super) positive: Vec<bool>,
    /// How errors count.
    pub(super) weighting: Weighting,
    /// √ of the weight of each training row; scaled so that the weighted
    /// target varies by about 1.
    pub(super) train_weight: Vec<f64>,
    /// The same for the validation rows.
    pub(super) validation_weight: Vec<f64>,
    /// Error, weighted, up to which a row counts as exact.
    exact_train: Vec<f64>,
    exact_validation: Vec<f64>,
    /// Half a unit in the last written digit of the target.
    half_digit: f64,
}

impl Problem {
    pub(super) fn new(train: Sample, validation: Sample, leave_one_out: bool) -> Problem {
        let positive = train
            .inputs
            .iter()
            .zip(&validation.inputs)
            .map(|(a, b)| a.iter().chain(b).all(|&x| x > 0.0))
            .collect();
        let half_digit = half_digit(train.target.iter().chain(&validation.target));
        let mut problem = Problem {
            weighting: guess_weighting(&train.target),
            train,
            validation,
            leave_one_out,
            positive,
            train_weight: Vec::new(),
            validation_weight: Vec::new(),
            exact_train: Vec::new(),
            exact_validation: Vec::new(),
            half_digit,
        };
        problem.weigh(problem.weighting);
        problem
    }

    /// Changes how errors count.
    pub(super) fn weigh(&mut self, weighting: Weighting) {
        self.weighting = weighting;
        let rms = root_mean_square(&self.train.target).max(f64::MIN_POSITIVE);
        let spread = match spread(&self.train.target) {
            0.0 => rms,
            spread => spread,
        };
        let weight = |y: &f64| match weighting {
            Weighting::Uniform => 1.0 / spread,
            Weighting::Relative => 1.0 / y.abs().max(1e-12 * rms),
        };
        self.train_weight = self.train.target.iter().map(weight).collect();
        self.validation_weight = self.validation.target.iter().map(weight).collect();
        let half_digit = self.half_digit;
        let exact = |(y, w): (&f64, &f64)| ((ARITHMETIC * (y.abs() + 1e-3 * rms)).max(half_digit)) * w;
        self.exact_train = self
            .train
            .target
            .iter()
            .zip(&self.train_weight)
            .map(exact)
            .collect();
        let rows = self.validation.target.iter().zip(&self.validation_weight);
        self.exact_validation = rows.map(exact).collect();
    }

    /// The same problem on at most `most` training rows and half as many
    /// validation rows, spread evenly, without the outliers.
    pub(super) fn without(&self, outliers: &Outliers, most: usize) -> Problem {
        let spread = |rows: usize, most: usize, outliers: &[usize]| -> Vec<usize> {
            let mut rows = spread_evenly(rows, most);
            rows.retain(|row| !outliers.contains(row));
            rows
        };
        let train = spread(self.train.rows(), most, &outliers.train);
        let validation = if self.leave_one_out {
            train.clone()
        } else {
            spread(self.validation.rows(), most / 2, &outliers.validation)
        };
        let mut problem = Problem::new(
            self.train.select(&train),
            self.validation.select(&validation),
            self.leave_one_out,
        );
        problem.weigh(self.weighting);
        problem
    }

    /// The same problem with the validation rows among those that are fitted;
    /// where each row is left out in turn they are already.
    pub(super) fn with_all_fitted(&self) -> Problem {
        let mut problem = self.clone();
        if !self.leave_one_out {
            problem.train = self.train.joined(&self.validation);
            problem.train_weight.extend(&self.validation_weight);
            problem.exact_train.extend(&self.exact_validation);
        }
        problem
    }

    /// The same problem with rows that `expr` leaves far out counting less, as
    /// Huber's loss has it: the square of a residual beyond 1.345 robust
    /// standard deviations is weighed by that over the residual.
    pub(super) fn by_huber(&self, expr: &Expr) -> Problem {
        let residuals = [self.train_residuals(expr), self.validation_residuals(expr)];
        let mut sizes: Vec<f64> = residuals[0].iter().map(|r| r.abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let median = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
        let bend = HUBER * MEDIAN_TO_DEVIATION * median;
        let factors = residuals.map(|residuals| -> Vec<f64> {
            let factor = |r: f64| {
                if r.abs() > bend {
                    (bend / r.abs()).sqrt()
                } else {
                    1.0
                }
            };
            residuals.into_iter().map(factor).collect()
        });
        let mut problem = self.clone();
        let scale = |values: &mut [f64], factors: &[f64]| {
            values
                .iter_mut()
                .zip(factors)
                .for_each(|(value, factor)| *value *= factor);
        };
        scale(&mut problem.train_weight, &factors[0]);
        scale(&mut problem.exact_train, &factors[0]);
        scale(&mut problem.validation_weight, &factors[1]);
        scale(&mut problem.exact_validation, &factors[1]);
        problem
    }

    /// Number of inputs.
    pub(super) fn width(&self) -> usize {
        self.train.width()
    }

    /// Weighted residuals on the training rows.
    pub(super) fn train_residuals(&self, expr: &Expr) -> Vec<f64> {
        residuals(expr, &self.train, &self.train_weight)
    }

    /// Weighted residuals on the validation rows.
    pub(super) fn validation_residuals(&self, expr: &Expr) -> Vec<f64> {
        residuals(expr, &self.validation, &self.validation_weight)
    }

    /// Whether these residuals are within the target's own precision: what
    /// its written digits and f64 arithmetic leave open.
    pub(super) fn exact(&self, train: &[f64], validation: &[f64]) -> bool {
        let within = |residuals: &[f64], exact: &[f64]| {
            let beyond = residuals
                .iter()
                .zip(exact)
                .filter(|(r, e)| r.is_nan() || r.abs() > 2.0 * **e);
            // Inputs are rounded too, so a row in fifty may lie a little further off.
            let (mut count, mut worst) = (0, 0.0_f64);
            for (r, e) in beyond {
                count += 1;
                worst = worst.max((r / e).abs());
            }
            (count * 50 <= residuals.len() && worst <= 10.0) || count == 0
        };
        within(train, &self.exact_train) && within(validation, &self.exact_validation)
    }

    /// Mean square that exact rows leave at most.
    pub(super) fn exact_mean_square(&self) -> f64 {
        mean_square(&self.exact_train)
    }
}

fn residuals(expr: &Expr, sample: &Sample, weight: &[f64]) -> Vec<f64> {
    let values = expr.evaluate(&sample.inputs);
    let rows = values.iter().zip(&sample.target).zip(weight);
    rows.map(|((f, y), w)| (f - y) * w).collect()
}

/// Σ v² / n.
pub(super) fn mean_square(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum::<f64>() / values.len().max(1) as f64
}

fn root_mean_square(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let scaled = values.iter().map(|v| (v / largest).powi(2)).sum::<f64>();
    largest * (scaled / values.len().max(1) as f64).sqrt()
}

fn spread(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    root_mean_square(&values.iter().map(|v| v - mean).collect::<Vec<_>>())
}

fn guess_weighting(target: &[f64]) -> Weighting {
    let mut magnitudes: Vec<f64> = target.iter().map(|y| y.abs()).collect();
    magnitudes.sort_by(f64::total_cmp);
    let at = |share: f64| magnitudes[((magnitudes.len() - 1) as f64 * share) as usize];
    let one_sign = target.iter().all(|&y| y > 0.0) || target.iter().all(|&y| y < 0.0);
    if one_sign && at(0.95) > DECADES * at(0.05) {
        Weighting::Relative
    } else {
        Weighting::Uniform
    }
}

/// Half a unit in the last decimal place that the values are written with,
/// when all need few digits; 0 when they carry full precision.
fn half_digit<'a>(values: impl Iterator<Item = &'a f64>) -> f64 {
    let (mut places, mut digits, mut count) = (i32::MIN, 0, 0);
    for value in values.filter(|v| **v != 0.0) {
        let text = format!("{:e}", value.abs());
        let Some((mantissa, exponent)) = text.split_once('e') else {
            return 0.0;
        };
        let significant = mantissa.len() - usize::from(mantissa.contains('.'));
        places = places.max(significant as i32 - 1 - exponent.parse::<i32>().unwrap_or(0));
        digits = digits.max(significant);
        count += 1;
    }
    if count < 3 || digits > 12 || places <= 0 {
        0.0
    } else {
        0.5 * 10f64.powi(-places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_digits_tell_the_precision() {
        assert_eq!(half_digit([1.25, 3.5, 10.0].iter()), 0.005);
        assert_eq!(
            half_digit([1.0, 2.0, 3.0].iter()),
            0.0,
            "whole numbers may be exact"
        );
        assert_eq!(half_digit([0.1 + 0.2, 2.0, 3.0].iter()), 0.0);
    }

    #[test]
    fn values_over_decades_are_weighed_relatively() {
        let decades: Vec<f64> = (0..30).map(|i| 10f64.powf(f64::from(i) / 5.0)).collect();
        assert_eq!(guess_weighting(&decades), Weighting::Relative);
        assert_eq!(guess_weighting(&[1.0, 2.0, 3.0]), Weighting::Uniform);
        let signed: Vec<f64> = decades.iter().map(|v| v - 10.0).collect();
        assert_eq!(guess_weighting(&signed), Weighting::Uniform);
    }
}
