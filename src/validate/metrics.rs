//! Error figures of predictions against a target.

use serde::Serialize;

use crate::dataset::Sample;
use crate::statistics::median;

/// Share of the target's root mean square below which a target value no
/// longer shrinks the denominator of the relative error.
///
/// Without a floor, one row whose target happens to be 0 would make the worst
/// relative error infinite for anything but an exact prediction.
pub const RELATIVE_ERROR_FLOOR: f64 = 1e-3;

/// What a set of rows holds and what a model says about them, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Fitted<'a> {
    /// The measured target.
    pub target: &'a [f64],
    /// The prediction for each row; NaN or infinite where there is none.
    pub predictions: &'a [f64],
}

impl Fitted<'_> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.target.len()
    }

    /// prediction − target, row by row.
    pub(super) fn residuals(&self) -> impl Iterator<Item = f64> + '_ {
        self.predictions.iter().zip(self.target).map(|(p, y)| p - y)
    }

    /// How many predictions are NaN or infinite.
    pub(super) fn undefined(&self) -> usize {
        self.predictions.iter().filter(|p| !p.is_finite()).count()
    }
}

/// Error figures on one set of rows. Serialises to the JSON contract's
/// `{rows, rmse, r2, max_relative_error}`; a figure that is not finite is
/// written as null.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Metrics {
    /// Number of rows n.
    pub rows: usize,
    /// √(Σ (p − y)² / n), in units of the target. NaN without rows.
    pub rmse: f64,
    /// 1 − Σ (p − y)² / Σ (y − ȳ)², ȳ being the mean of these rows. NaN when
    /// the target does not vary over them.
    pub r2: f64,
    /// max |p − y| / max(|y|, [`RELATIVE_ERROR_FLOOR`] · rms(y)).
    pub max_relative_error: f64,
    /// The median of the same; not part of the JSON contract.
    #[serde(skip)]
    pub median_relative_error: f64,
}

impl Metrics {
    /// The figures for these predictions. A prediction that is NaN or infinite
    /// makes every figure but `rows` non-finite. Panics when the lengths
    /// differ.
    pub fn of(fitted: Fitted) -> Metrics {
        assert_eq!(
            fitted.target.len(),
            fitted.predictions.len(),
            "one prediction per row"
        );
        let mut errors = relative_errors(fitted);
        errors.sort_by(f64::total_cmp);
        let rmse = root_mean_square(fitted.residuals());
        let mean = mean(fitted.target);
        let spread = root_mean_square(fitted.target.iter().map(|y| y - mean));
        let worst = errors.last().copied().unwrap_or(f64::NAN);
        Metrics {
            rows: fitted.rows(),
            rmse,
            r2: if spread > 0.0 {
                1.0 - (rmse / spread).powi(2)
            } else {
                f64::NAN
            },
            max_relative_error: worst,
            median_relative_error: median(errors).unwrap_or(f64::NAN),
        }
    }
}

/// The figures of one model on the three parts of the data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SplitMetrics {
    /// Rows the model was fitted on.
    pub train: Metrics,
    /// Rows inside the fitted range, not fitted on.
    pub validation: Metrics,
    /// Rows outside the fitted range.
    pub extrapolation: Metrics,
}

impl SplitMetrics {
    /// The figures of `predict`, which gives one prediction per row.
    pub fn measure(
        predict: impl Fn(&Sample) -> Vec<f64>,
        train: &Sample,
        validation: &Sample,
        extrapolation: &Sample,
    ) -> SplitMetrics {
        let on = |sample: &Sample| {
            Metrics::of(Fitted {
                target: &sample.target,
                predictions: &predict(sample),
            })
        };
        SplitMetrics {
            train: on(train),
            validation: on(validation),
            extrapolation: on(extrapolation),
        }
    }
}

/// √(Σ v² / n), scaled so that neither 1e200 nor 1e-200 is lost in the
/// square; NaN without values or with one that is not finite.
pub(super) fn root_mean_square(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    let scale = values.iter().fold(0.0_f64, |max, v| max.max(v.abs()));
    if values.is_empty() || values.iter().any(|v| !v.is_finite()) {
        return f64::NAN;
    }
    if scale == 0.0 {
        return 0.0;
    }
    let mean_square = values.iter().map(|v| (v / scale).powi(2)).sum::<f64>() / values.len() as f64;
    scale * mean_square.sqrt()
}

/// Σ y / n, without overflow; 0 without values.
pub(super) fn mean(values: &[f64]) -> f64 {
    let rows = values.len() as f64;
    values.iter().map(|y| y / rows).sum()
}

fn relative_errors(fitted: Fitted) -> Vec<f64> {
    let floor = RELATIVE_ERROR_FLOOR * root_mean_square(fitted.target.iter().copied());
    fitted
        .residuals()
        .zip(fitted.target)
        .map(|(residual, y)| match residual.abs() {
            0.0 => 0.0,
            error if error.is_finite() => error / y.abs().max(floor),
            _ => f64::INFINITY,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(target: &[f64], predictions: &[f64]) -> Metrics {
        Metrics::of(Fitted { target, predictions })
    }

    #[test]
    fn figures_of_a_small_table() {
        let m = metrics(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 6.0]);
        assert_eq!(m.rows, 4);
        assert_eq!(m.rmse, 1.0);
        assert!((m.r2 - (1.0 - 4.0 / 5.0)).abs() < 1e-15);
        assert_eq!(m.max_relative_error, 0.5);
        assert_eq!(m.median_relative_error, 0.0);
    }

    #[test]
    fn a_zero_target_is_measured_against_the_floor() {
        let m = metrics(&[0.0, 2.0], &[0.002, 2.0]);
        let floor = RELATIVE_ERROR_FLOOR * 2.0_f64.sqrt();
        assert!((m.max_relative_error - 0.002 / floor).abs() < 1e-12);
        assert_eq!(metrics(&[0.0, 0.0], &[0.0, 0.0]).max_relative_error, 0.0);
    }

    #[test]
    fn huge_and_tiny_targets_do_not_overflow() {
        for scale in [1e-250, 1.0, 1e250] {
            let m = metrics(&[scale, 2.0 * scale], &[scale, 2.2 * scale]);
            assert!((m.rmse / scale - 0.2 / 2.0_f64.sqrt()).abs() < 1e-12, "{m:?}");
            assert!((m.r2 - 0.92).abs() < 1e-12, "{m:?}");
        }
    }

    #[test]
    fn what_is_not_finite_serialises_as_null() {
        for (target, predictions) in [(&[1.0, 2.0][..], &[1.0, f64::NAN][..]), (&[], &[])] {
            let json = serde_json::to_string(&metrics(target, predictions)).unwrap();
            let rows = target.len();
            assert_eq!(
                json,
                format!(r#"{{"rows":{rows},"rmse":null,"r2":null,"max_relative_error":null}}"#)
            );
        }
    }
}
