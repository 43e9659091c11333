//! The size of the error inside the fitted range, and which kind it is.

use super::metrics::root_mean_square;
use super::Fitted;

/// How far the log-likelihood of a kind of noise may fall short of the other's
/// for the residuals to leave both open (about 95 % for one parameter).
const LIKELIHOOD_SLACK: f64 = 2.0;

/// The error level of the rows inside the range, for noise of one size
/// everywhere (absolute) and for noise proportional to the target (relative).
/// A kind the residuals contradict is `None`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Noise {
    /// σ in units of the target.
    pub absolute: Option<f64>,
    /// σ as a share of each row's |target|.
    pub relative: Option<f64>,
}

/// Kinds of noise that something leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds {
    pub absolute: bool,
    pub relative: bool,
}

impl Kinds {
    pub const BOTH: Kinds = Kinds {
        absolute: true,
        relative: true,
    };

    /// Noise that is relative to the target, or that is not, alone.
    pub fn only(relative: bool) -> Kinds {
        Kinds {
            absolute: !relative,
            relative,
        }
    }
}

impl Noise {
    /// The levels of these kinds alone.
    pub fn among(self, kinds: Kinds) -> Noise {
        Noise {
            absolute: self.absolute.filter(|_| kinds.absolute),
            relative: self.relative.filter(|_| kinds.relative),
        }
    }

    /// Estimates σ² = Σ r² / (n − p) under both kinds, and keeps those that
    /// the Gaussian likelihood does not rule out.
    ///
    /// Up to a shared constant the maximised log-likelihood is −n ln σ for
    /// absolute noise and −n ln σ_rel − Σ ln |y| for relative noise. A target
    /// that is 0 in some row, or crosses zero, rules the relative kind out.
    pub fn estimate(inside: &[Fitted], parameters: usize) -> Noise {
        let rows: usize = inside.iter().map(Fitted::rows).sum();
        let freedom = rows.saturating_sub(parameters).max(1) as f64;
        let degrees = (rows as f64 / freedom).sqrt();
        let absolute = root_mean_square(inside.iter().flat_map(Fitted::residuals));
        let pairs = || {
            inside
                .iter()
                .flat_map(|fitted| fitted.residuals().zip(fitted.target.iter().copied()))
        };
        let one_sign = pairs().all(|(_, y)| y > 0.0) || pairs().all(|(_, y)| y < 0.0);
        if !one_sign {
            return Noise {
                absolute: Some(absolute * degrees),
                relative: None,
            };
        }
        let relative = root_mean_square(pairs().map(|(residual, y)| residual / y));
        let mean_log_target = pairs().map(|(_, y)| y.abs().ln()).sum::<f64>() / rows as f64;
        let gain = rows as f64 * (absolute.ln() - relative.ln() - mean_log_target);
        // Without any error both logarithms are infinite and both kinds stay open.
        Noise {
            absolute: (gain.is_nan() || gain <= LIKELIHOOD_SLACK).then_some(absolute * degrees),
            relative: (gain.is_nan() || gain >= -LIKELIHOOD_SLACK).then_some(relative * degrees),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(target: &[f64], residuals: &[f64], parameters: usize) -> Noise {
        let predictions: Vec<f64> = target.iter().zip(residuals).map(|(y, r)| y + r).collect();
        let fitted = Fitted {
            target,
            predictions: &predictions,
        };
        Noise::estimate(&[fitted], parameters)
    }

    #[test]
    fn the_kind_follows_the_residuals() {
        let target: Vec<f64> = (1..=40).map(f64::from).collect();
        let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        let constant: Vec<f64> = (0..40).map(|i| 0.1 * sign(i)).collect();
        let growing: Vec<f64> = (0..40).map(|i| 0.1 * sign(i) * target[i]).collect();

        let noise = estimate(&target, &constant, 0);
        assert!((noise.absolute.unwrap() - 0.1).abs() < 1e-12 && noise.relative.is_none());
        let noise = estimate(&target, &growing, 0);
        assert!((noise.relative.unwrap() - 0.1).abs() < 1e-12 && noise.absolute.is_none());
    }

    #[test]
    fn a_target_that_crosses_zero_has_no_relative_noise() {
        assert_eq!(estimate(&[-1.0, 1.0, 2.0], &[0.1, -0.1, 0.1], 0).relative, None);
    }

    #[test]
    fn fitted_parameters_cost_degrees_of_freedom() {
        let noise = estimate(&[5.0, 5.0, 5.0, 5.0], &[1.0, -1.0, 1.0, -1.0], 3);
        assert!((noise.absolute.unwrap() - 2.0).abs() < 1e-12);
    }
}
