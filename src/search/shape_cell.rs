//! A product of powers times a function of another: `z = C·Π x^a · F(k·Π x^b)`.
//!
//! Two multiply units, the second under one function. Where z keeps its sign,
//! `ln|z| = c + Σ a ln x + ln F(e^s)` with `s = κ + Σ b ln x` is linear in c and
//! a: these are solved at every step (variable projection with Kaufman's
//! Jacobian), and only κ and b are searched, by Levenberg–Marquardt from random
//! starts. What comes out is rounded to the grid where it is near.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::formula::{Exponent, Expr};
use crate::statistics::spread_evenly;
use crate::stop::StopSignal;

use super::curve::Curve;
use super::task::Task;

/// Rows trained on at most.
const MOST_ROWS: usize = 200;

/// Inputs at most.
const MOST_INPUTS: usize = 8;

/// Random starts.
const RESTARTS: usize = 10;

/// Evaluations per unknown.
const PATIENCE: usize = 12;

/// An exponent this near the grid of halves is on it.
const NEAR: f64 = 0.06;

/// Formulas returned at most.
const MOST: usize = 3;

/// A fit that leaves more than this share of the variation is given up.
const HOPELESS: f64 = 0.2;

/// Largest exponent believed.
const LARGEST: f64 = 6.3;

/// The rows as logarithms.
struct Data {
    /// Centred, a column for each input.
    logs: Vec<Vec<f64>>,
    means: Vec<f64>,
    /// ln|z|, weighted.
    target: DVector<f64>,
    weight: Vec<f64>,
    variation: f64,
}

/// The product cell with one more under each curve; best first.
pub(super) fn shape_cell(task: &Task, curve: Curve, seed: u64, stop: &StopSignal) -> Vec<Expr> {
    let width = task.features.len();
    let usable = task.one_sign() && task.features.iter().all(|f| f.positive);
    if !usable || width > MOST_INPUTS || width == 0 || task.rows() < 2 * (2 * width + 2) {
        return Vec::new();
    }
    let data = Data::new(task);
    let mut found: Vec<(f64, Vec<f64>)> = (0..RESTARTS)
        .into_par_iter()
        .filter_map(|restart| {
            if stop.should_stop() {
                return None;
            }
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(restart as u64);
            let mut inner = vec![rng.gen_range(-2.0..1.0)];
            inner.extend((0..width).map(|_| match restart % 2 {
                0 => f64::from(rng.gen_range(-1..=1)) + rng.gen_range(-0.2..0.2),
                _ => rng.gen_range(-1.5..1.5),
            }));
            let (inner, error) = data.fit(curve, inner, &(0..=width).collect::<Vec<_>>());
            (error < HOPELESS * data.variation).then_some((error, inner))
        })
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.truncate(MOST);
    let sign = task.target[0].signum();
    let mut formulas: Vec<(f64, Expr)> = Vec::new();
    for (_, inner) in found {
        for round in [true, false] {
            if let Some((error, expr)) = data.formula(task, curve, inner.clone(), round) {
                let expr = Expr::product(vec![Expr::Constant(sign), expr]);
                formulas.push((error, task.wrapped(expr)));
            }
        }
    }
    formulas.sort_by(|a, b| a.0.total_cmp(&b.0));
    formulas.into_iter().map(|(_, expr)| expr).collect()
}

impl Data {
    fn new(task: &Task) -> Data {
        let rows = task.rows();
        let picked = spread_evenly(rows, MOST_ROWS);
        let columns = task
            .features
            .iter()
            .map(|f| picked.iter().map(|&r| f.values[r].ln()).collect::<Vec<f64>>());
        let (means, logs): (Vec<f64>, Vec<Vec<f64>>) = columns
            .map(|column| {
                let mean = column.iter().sum::<f64>() / column.len() as f64;
                (mean, column.into_iter().map(|v| v - mean).collect())
            })
            .unzip();
        // d ln z = dz / z
        let weight: Vec<f64> = picked
            .iter()
            .map(|&r| (task.target[r] * task.weight[r]).abs())
            .collect();
        let logs_of_target: Vec<f64> = picked.iter().map(|&r| task.target[r].abs().ln()).collect();
        let squares: f64 = weight.iter().map(|w| w * w).sum();
        let rows = || logs_of_target.iter().zip(&weight);
        let mean = rows().map(|(z, w)| z * w * w).sum::<f64>() / squares;
        Data {
            variation: rows().map(|(z, w)| ((z - mean) * w).powi(2)).sum(),
            target: DVector::from_iterator(weight.len(), rows().map(|(z, w)| z * w)),
            logs,
            means,
            weight,
        }
    }

    /// Levenberg–Marquardt on those of κ and b that are free.
    fn fit(&self, curve: Curve, inner: Vec<f64>, free: &[usize]) -> (Vec<f64>, f64) {
        let mut projection = Projection {
            data: self,
            curve,
            inner,
            free,
            outer: None,
            state: None,
        };
        projection.update();
        let (projection, report) = LevenbergMarquardt::new()
            .with_patience(PATIENCE)
            .minimize(projection);
        let error = 2.0 * report.objective_function;
        let error = if error.is_finite() { error } else { f64::INFINITY };
        (projection.inner, error)
    }

    /// The formula: exponents on the grid where they are near it, and all others
    /// fitted on; with `round` false they stay as they are.
    fn formula(&self, task: &Task, curve: Curve, inner: Vec<f64>, round: bool) -> Option<(f64, Expr)> {
        let width = self.logs.len();
        let mut inner = inner;
        let mut free: Vec<usize> = vec![0];
        for (place, b) in inner.iter_mut().enumerate().skip(1) {
            let nearest = (*b * 2.0).round() / 2.0;
            if b.abs() > LARGEST {
                return None;
            }
            if round && (*b - nearest).abs() < NEAR {
                *b = nearest;
            } else if b.abs() < NEAR {
                *b = 0.0;
            } else {
                free.push(place);
            }
        }
        let (inner, _) = self.fit(curve, inner, &free);
        let mut projection = Projection {
            data: self,
            curve,
            inner,
            free: &free,
            outer: None,
            state: None,
        };
        // Outer exponents are rounded once the inner ones stand.
        let outer = projection.outer_exponents()?;
        let rounded: Vec<f64> = outer
            .iter()
            .map(|&a| {
                let nearest = (a * 2.0).round() / 2.0;
                if (round && (a - nearest).abs() < NEAR) || a.abs() < NEAR {
                    nearest
                } else {
                    a
                }
            })
            .collect();
        projection.outer = Some(rounded.clone());
        let state = projection.compute()?;
        let error = state.residual.norm_squared();
        let inner = projection.inner;
        if inner[1..].iter().all(|b| *b == 0.0) {
            return None;
        }
        let power = |i: usize, e: f64| {
            let base = task.features[i].expr.clone();
            match Exponent::from_value(e) {
                Some(exponent) => Expr::power(base, exponent),
                None => Expr::general_power(base, Expr::Constant(e)),
            }
        };
        // κ is that of centred logarithms.
        let shift: f64 = inner[1..].iter().zip(&self.means).map(|(b, mean)| b * mean).sum();
        let mut argument = vec![Expr::Constant((inner[0] - shift).exp())];
        argument.extend(
            (0..width)
                .filter(|&i| inner[i + 1] != 0.0)
                .map(|i| power(i, inner[i + 1])),
        );
        let shift: f64 = rounded.iter().zip(&self.means).map(|(a, mean)| a * mean).sum();
        let mut factors = vec![Expr::Constant((state.constant - shift).exp())];
        factors.extend(
            (0..width)
                .filter(|&i| rounded[i] != 0.0)
                .map(|i| power(i, rounded[i])),
        );
        factors.push(curve.of(Expr::product(argument)));
        Some((error, Expr::product(factors)))
    }
}

struct Projection<'a> {
    data: &'a Data,
    curve: Curve,
    /// κ and b.
    inner: Vec<f64>,
    free: &'a [usize],
    /// Outer exponents where they are held.
    outer: Option<Vec<f64>>,
    state: Option<State>,
}

struct State {
    residual: DVector<f64>,
    jacobian: DMatrix<f64>,
    /// c, and a where they are solved.
    constant: f64,
    outer: Vec<f64>,
}

impl Projection<'_> {
    fn update(&mut self) {
        self.state = self.compute();
    }

    fn outer_exponents(&self) -> Option<Vec<f64>> {
        Some(self.compute()?.outer)
    }

    fn compute(&self) -> Option<State> {
        let data = self.data;
        let (rows, width) = (data.weight.len(), data.logs.len());
        let solved = if self.outer.is_some() { 0 } else { width };
        let mut basis = DMatrix::<f64>::zeros(rows, 1 + solved);
        let mut target = data.target.clone();
        let mut slopes = vec![0.0; rows];
        for row in 0..rows {
            let w = data.weight[row];
            let s = self.inner[0]
                + (0..width)
                    .map(|i| self.inner[i + 1] * data.logs[i][row])
                    .sum::<f64>();
            let (value, slope) = self.curve.log_value(s);
            target[row] -= value * w;
            slopes[row] = slope * w;
            basis[(row, 0)] = w;
            for i in 0..solved {
                basis[(row, i + 1)] = data.logs[i][row] * w;
            }
            if let Some(outer) = &self.outer {
                target[row] -= w * (0..width).map(|i| outer[i] * data.logs[i][row]).sum::<f64>();
            }
        }
        let qr = basis.qr();
        let (q, r) = (qr.q(), qr.r());
        let inside = q.tr_mul(&target);
        let coefficients = r.solve_upper_triangular(&inside)?;
        let residual = &target - &q * &inside;
        let mut jacobian = DMatrix::<f64>::zeros(rows, self.free.len());
        for (column, &place) in self.free.iter().enumerate() {
            for row in 0..rows {
                let by = if place == 0 {
                    1.0
                } else {
                    data.logs[place - 1][row]
                };
                jacobian[(row, column)] = -slopes[row] * by;
            }
        }
        let along = q.tr_mul(&jacobian);
        jacobian -= &q * along;
        let finite = residual.iter().chain(jacobian.iter()).all(|v| v.is_finite());
        finite.then(|| State {
            residual,
            jacobian,
            constant: coefficients[0],
            outer: coefficients.iter().skip(1).copied().collect(),
        })
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Projection<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, x: &DVector<f64>) {
        for (&place, value) in self.free.iter().zip(x.iter()) {
            self.inner[place] = *value;
        }
        self.update();
    }

    fn params(&self) -> DVector<f64> {
        DVector::from_iterator(self.free.len(), self.free.iter().map(|&place| self.inner[place]))
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        self.state.as_ref().map(|state| state.residual.clone())
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        self.state.as_ref().map(|state| state.jacobian.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn exponents_that_are_not_on_the_grid_are_found_too() {
        let law = "a^1.5*exp(-0.2*a*b^1.5)";
        let stop = StopSignal::never();
        let error = error_outside(law, 0.0, |task| {
            shape_cell(task, Curve::Decay, 1, &stop).into_iter().next()
        });
        assert!(error.is_some_and(|error| error < 1e-6), "{error:?}");
    }
}
