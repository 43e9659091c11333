//! The constants of an expression by nonlinear least squares.
//!
//! `min_c Σ_r w_r² (f(x_r; c) − y_r)²` by Levenberg–Marquardt (Moré 1978, as
//! implemented by the `levenberg-marquardt` crate) with exact derivatives. A
//! constant is varied as a multiple of its starting value, so that 6.7e-11
//! and 4e14 are equally easy.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};

use crate::dataset::Sample;
use crate::formula::Expr;

/// Most evaluations, as a multiple of the number of constants plus one.
const PATIENCE: usize = 30;

/// A row keeps at least this share of its own error.
const LEAST_FREEDOM: f64 = 1e-3;

/// An expression with fitted constants.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The expression with its new constants.
    pub expr: Expr,
    /// Weighted sum of squared residuals.
    pub rss: f64,
}

struct Problem<'a> {
    expr: &'a Expr,
    sample: &'a Sample,
    weight: &'a [f64],
    /// Which constants are varied, as indices into `start`.
    free: &'a [usize],
    start: Vec<f64>,
    factors: DVector<f64>,
}

impl Problem<'_> {
    fn current(&self) -> Expr {
        let mut constants = self.start.clone();
        for (&place, factor) in self.free.iter().zip(self.factors.iter()) {
            constants[place] *= factor;
        }
        self.expr.with_constants(&constants)
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Problem<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, x: &DVector<f64>) {
        self.factors.copy_from(x);
    }

    fn params(&self) -> DVector<f64> {
        self.factors.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let values = self.current().evaluate(&self.sample.inputs);
        let rows = values.iter().zip(&self.sample.target).zip(self.weight);
        let residuals = DVector::from_iterator(values.len(), rows.map(|((f, y), w)| (f - y) * w));
        residuals.iter().all(|r| r.is_finite()).then_some(residuals)
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let (_, gradient) = self.current().evaluate_with_gradient(&self.sample.inputs);
        let rows = self.sample.rows();
        let mut jacobian = DMatrix::zeros(rows, self.free.len());
        for (column, &place) in self.free.iter().enumerate() {
            for row in 0..rows {
                jacobian[(row, column)] = gradient[place][row] * self.start[place] * self.weight[row];
            }
        }
        jacobian.iter().all(|r| r.is_finite()).then_some(jacobian)
    }
}

/// Fits the constants of `expr` to the sample; `fixed[k]` holds constant `k`
/// where it is (an empty slice holds none). `weight` has one number per row.
/// `None` when the expression has no value on some row.
pub fn fit_constants(expr: &Expr, sample: &Sample, weight: &[f64], fixed: &[bool]) -> Option<Fit> {
    let start = expr.constants();
    let free: Vec<usize> = (0..start.len())
        .filter(|&k| start[k] != 0.0 && !fixed.get(k).copied().unwrap_or(false))
        .collect();
    let problem = Problem {
        expr,
        sample,
        weight,
        free: &free,
        factors: DVector::repeat(free.len(), 1.0),
        start,
    };
    let before = problem.residuals()?.norm_squared();
    if free.is_empty() || sample.rows() < free.len() || before == 0.0 {
        return Some(Fit {
            expr: expr.clone(),
            rss: before,
        });
    }
    let (problem, _) = LevenbergMarquardt::new()
        .with_patience(PATIENCE)
        .minimize(problem);
    let after = problem.residuals().map_or(f64::INFINITY, |r| r.norm_squared());
    if after < before {
        Some(Fit {
            expr: problem.current(),
            rss: after,
        })
    } else {
        Some(Fit {
            expr: expr.clone(),
            rss: before,
        })
    }
}

/// How well the data determine the constants of an expression.
#[derive(Debug, Clone)]
pub struct Determined {
    /// Standard errors in the order of [`Expr::constants`]; those held have none.
    pub errors: Vec<Option<f64>>,
    /// The leverage h of each row, the diagonal of `J (JᵀJ)⁻¹ Jᵀ`.
    pub leverage: Vec<f64>,
    /// The covariance of the constants, in the same order; 0 for those held. Its
    /// diagonal holds the squares of the errors.
    pub covariance: Vec<Vec<f64>>,
}

/// Standard errors of the constants in the order of [`Expr::constants`]; and the
/// leverage of each row: [`determined`] without the covariance.
pub fn standard_errors(
    expr: &Expr,
    sample: &Sample,
    weight: &[f64],
    fixed: &[bool],
) -> Option<(Vec<Option<f64>>, Vec<f64>)> {
    determined(expr, sample, weight, fixed).map(|determined| (determined.errors, determined.leverage))
}

/// How well the rows determine the constants that are not `fixed`. `None` where
/// they don't.
///
/// An error is the larger of `√(σ² diag (JᵀW²J)⁻¹)` with `σ² = rss / (n − p)`, which
/// takes the weights for right, and of the one that doesn't: `√diag(A D Aᵀ)` with
/// `A = (JᵀJ)⁻¹ Jᵀ` and the squares of `r / (1 − h)` in D (HC3 of MacKinnon & White
/// 1985), which holds too where the noise grows along the rows. The correlations are
/// those of the former.
pub fn determined(expr: &Expr, sample: &Sample, weight: &[f64], fixed: &[bool]) -> Option<Determined> {
    let (values, gradient) = expr.evaluate_with_gradient(&sample.inputs);
    let constants = expr.constants();
    let free: Vec<usize> = (0..constants.len())
        .filter(|&k| !fixed.get(k).copied().unwrap_or(false))
        .collect();
    let (rows, count) = (sample.rows(), free.len());
    let mut known = Determined {
        errors: vec![None; constants.len()],
        leverage: vec![0.0; rows],
        covariance: vec![vec![0.0; constants.len()]; constants.len()],
    };
    if count == 0 {
        return Some(known);
    }
    if rows <= count {
        return None;
    }
    let mut jacobian = DMatrix::zeros(rows, count);
    let mut lengths = Vec::with_capacity(count);
    for (column, &place) in free.iter().enumerate() {
        let weighted: Vec<f64> = gradient[place].iter().zip(weight).map(|(g, w)| g * w).collect();
        let length = weighted.iter().map(|v| v * v).sum::<f64>().sqrt();
        if !(length.is_finite() && length > 0.0) {
            return None;
        }
        for (row, value) in weighted.iter().enumerate() {
            jacobian[(row, column)] = value / length;
        }
        lengths.push(length);
    }
    let qr = jacobian.qr();
    let r = qr.r();
    if (0..count).any(|i| r[(i, i)].abs() < 1e-10) {
        return None;
    }
    let inverse = r.solve_upper_triangular(&DMatrix::identity(count, count))?;
    let q = qr.q();
    let residuals = values.iter().zip(&sample.target).zip(weight);
    let residuals: Vec<f64> = residuals.map(|((f, y), w)| (f - y) * w).collect();
    let rss: f64 = residuals.iter().map(|r| r * r).sum();
    let sigma = (rss / (rows - count) as f64).sqrt();
    known.leverage = (0..rows).map(|row| q.row(row).norm_squared()).collect();
    let left_out = residuals.iter().zip(&known.leverage);
    let left_out: Vec<f64> = left_out.map(|(r, h)| r / (1.0 - h).max(LEAST_FREEDOM)).collect();
    let influence = &inverse * q.transpose();
    let mut errors = Vec::with_capacity(count);
    for (column, &place) in free.iter().enumerate() {
        let own = influence.row(column);
        let each = own.iter().zip(&left_out);
        let robust = each.map(|(a, r)| (a * r).powi(2)).sum::<f64>().sqrt();
        let error = (sigma * inverse.row(column).norm()).max(robust) / lengths[column];
        known.errors[place] = Some(error);
        errors.push(error);
    }
    for (one, &place) in free.iter().enumerate() {
        for (other, &second) in free.iter().enumerate() {
            let (a, b) = (inverse.row(one), inverse.row(other));
            let correlation = a.dot(&b) / (a.norm() * b.norm());
            known.covariance[place][second] = correlation * errors[one] * errors[other];
        }
    }
    Some(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    fn sample(f: impl Fn(f64) -> f64) -> Sample {
        let x: Vec<f64> = (1..=30).map(|i| f64::from(i) * 0.25).collect();
        Sample {
            target: x.iter().map(|&x| f(x)).collect(),
            inputs: vec![x],
        }
    }

    #[test]
    fn constants_of_any_size_are_found() {
        let names = vec!["x".to_string()];
        let start = parse("1e-9*x / (1e14 + 3e13*x)", &names).expect("parses");
        let sample = sample(|x| 3e-9 * x / (2e14 + 1e13 * x));
        let fit = fit_constants(&start, &sample, &vec![1e23; 30], &[]).expect("has values");
        let values = fit.expr.evaluate(&sample.inputs);
        for (f, y) in values.iter().zip(&sample.target) {
            assert!((f / y - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn fixed_constants_stay() {
        let names = vec!["x".to_string()];
        let start = parse("2*x + 5", &names).expect("parses");
        let fit = fit_constants(&start, &sample(|x| 3.0 * x + 1.0), &vec![1.0; 30], &[true, false]);
        assert_eq!(fit.expect("has values").expr.constants()[0], 2.0);
    }

    #[test]
    fn where_the_noise_grows_errors_are_no_less_than_they_are() {
        // The slope of 4 rows near 1 and 4 near 2, whose errors are 10 times as large there.
        let x = vec![1.0, 1.01, 0.99, 1.0, 2.0, 2.01, 1.99, 2.0];
        let errors = [0.01, -0.01, -0.01, 0.01, 0.1, -0.1, -0.1, 0.1];
        let sample = Sample {
            target: x.iter().zip(errors).map(|(x, e)| 3.0 * x + e).collect(),
            inputs: vec![x],
        };
        let expr = parse("3*x + 1e-9", &["x".to_string()]).expect("parses");
        let (own, _) = standard_errors(&expr, &sample, &[1.0; 8], &[]).expect("determined");
        let least = own.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        // The means near 1 and 2 are known to 0.005 and 0.05.
        assert!(least > 0.045, "{own:?}");
    }

    #[test]
    fn the_covariance_gives_the_error_of_the_line_itself() {
        let noisy = |x: f64| 2.0 * x + 1.0 + if (x * 4.0) as i64 % 2 == 0 { 0.1 } else { -0.1 };
        let sample = sample(noisy);
        let names = vec!["x".to_string()];
        let line = parse("x*2 + 1", &names).expect("parses");
        let fit = fit_constants(&line, &sample, &[1.0; 30], &[]).expect("has values");
        let known = determined(&fit.expr, &sample, &[1.0; 30], &[]).expect("determined");
        // s √(1/n + (x − mean)² / Σ (x − mean)²), at the end of the rows.
        let x = &sample.inputs[0];
        let mean = x.iter().sum::<f64>() / 30.0;
        let spread: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
        let textbook = (fit.rss / 28.0 * (1.0 / 30.0 + (7.5 - mean).powi(2) / spread)).sqrt();
        let (_, gradient) = fit.expr.evaluate_with_gradient(&[vec![7.5]]);
        let variance: f64 = (0..2)
            .flat_map(|a| (0..2).map(move |b| (a, b)))
            .map(|(a, b)| gradient[a][0] * known.covariance[a][b] * gradient[b][0])
            .sum();
        let ratio = variance.sqrt() / textbook;
        assert!((1.0 - 1e-9..1.1).contains(&ratio), "{ratio}");
        for (place, error) in known.errors.iter().enumerate() {
            let own = known.covariance[place][place].sqrt();
            assert!((own / error.expect("free") - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn standard_errors_match_the_textbook_line() {
        let sample = sample(|x| 2.0 * x + 1.0 + if (x * 4.0) as i64 % 2 == 0 { 0.1 } else { -0.1 });
        let names = vec!["x".to_string()];
        let fit = fit_constants(
            &parse("x*2 + 1", &names).expect("parses"),
            &sample,
            &[1.0; 30],
            &[],
        );
        let fit = fit.expect("has values");
        let (errors, leverage) = standard_errors(&fit.expr, &sample, &[1.0; 30], &[]).expect("determined");
        let x = &sample.inputs[0];
        let mean = x.iter().sum::<f64>() / 30.0;
        let spread: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
        let slope = (fit.rss / 28.0 / spread).sqrt();
        // Errors of one size: what doesn't take that for granted is about the same, and no less.
        let slope_error = errors.iter().flatten().map(|e| e / slope);
        assert!(slope_error
            .clone()
            .any(|ratio| (1.0 - 1e-9..1.1).contains(&ratio)));
        assert!((leverage.iter().sum::<f64>() - 2.0).abs() < 1e-9);
    }
}
