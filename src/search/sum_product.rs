//! The product of two adding units, with as many inputs as there are.
//!
//! `z = (a·x + a_0)(b·x + b_0)`: a few rounds of alternating least squares
//! (with b held the problem is linear in a, and the other way round) from
//! random starts, then Levenberg–Marquardt on both.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::storage::Owned;
use nalgebra::{DMatrix, DVector, Dyn};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::formula::Expr;
use crate::polish::least_squares;
use crate::stop::StopSignal;

use super::task::Task;

/// Random starts.
const RESTARTS: usize = 6;

/// Alternations of each start.
const ALTERNATIONS: usize = 6;

/// Evaluations per coefficient afterwards.
const PATIENCE: usize = 2;

/// Most inputs.
const MOST_INPUTS: usize = 60;

/// Formulas returned at most.
const MOST: usize = 2;

/// A coefficient this far below the largest may be 0.
const NEGLIGIBLE: f64 = 0.02;

/// Products of two sums that fit the task's target.
pub(super) fn sum_product(task: &Task, seed: u64, stop: &StopSignal) -> Vec<Expr> {
    let width = task.features.len();
    let rows = task.rows();
    if !(2..=MOST_INPUTS).contains(&width) || rows < 3 * (width + 1) {
        return Vec::new();
    }
    let one = vec![1.0; rows];
    let columns: Vec<&[f64]> = task
        .features
        .iter()
        .map(|f| f.values.as_slice())
        .chain([one.as_slice()])
        .collect();
    let mut found: Vec<([Vec<f64>; 2], f64)> = (0..RESTARTS)
        .into_par_iter()
        .filter_map(|restart| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(restart as u64);
            alternate(task, &columns, &mut rng, stop)
        })
        .collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    found.truncate(MOST);
    found
        .iter()
        .flat_map(|(sides, rss)| formulas(task, &columns, sides, *rss))
        .map(|g| task.wrapped(g))
        .collect()
}

fn alternate(
    task: &Task,
    columns: &[&[f64]],
    rng: &mut ChaCha8Rng,
    stop: &StopSignal,
) -> Option<([Vec<f64>; 2], f64)> {
    let mut sides = [(); 2].map(|()| {
        (0..columns.len())
            .map(|_| rng.gen_range(-0.2..1.0))
            .collect::<Vec<f64>>()
    });
    for step in 0..ALTERNATIONS {
        if stop.should_stop() {
            return None;
        }
        let held = values(columns, &sides[step % 2]);
        sides[(step + 1) % 2] = least_squares_times(columns, &held, task)?;
    }
    let both = Both {
        task,
        columns,
        sides: DVector::from_vec(sides.concat()),
    };
    let (both, report) = LevenbergMarquardt::new().with_patience(PATIENCE).minimize(both);
    let (a, b) = both.sides.as_slice().split_at(columns.len());
    Some(([a.to_vec(), b.to_vec()], 2.0 * report.objective_function))
}

/// Both sides' coefficients, one after the other.
struct Both<'a> {
    task: &'a Task,
    columns: &'a [&'a [f64]],
    sides: DVector<f64>,
}

impl Both<'_> {
    fn values(&self) -> [Vec<f64>; 2] {
        let (a, b) = self.sides.as_slice().split_at(self.columns.len());
        [values(self.columns, a), values(self.columns, b)]
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Both<'_> {
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;
    type ParameterStorage = Owned<f64, Dyn>;

    fn set_params(&mut self, x: &DVector<f64>) {
        self.sides.copy_from(x);
    }

    fn params(&self) -> DVector<f64> {
        self.sides.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let [a, b] = self.values();
        let rows = a.iter().zip(&b).zip(&self.task.target).zip(&self.task.weight);
        let residuals = DVector::from_iterator(a.len(), rows.map(|(((a, b), z), w)| (a * b - z) * w));
        residuals.iter().all(|r| r.is_finite()).then_some(residuals)
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let sides = self.values();
        let count = self.columns.len();
        let mut jacobian = DMatrix::zeros(self.task.rows(), 2 * count);
        for side in 0..2 {
            for (place, column) in self.columns.iter().enumerate() {
                let mut entries = jacobian.column_mut(side * count + place);
                let rows = column.iter().zip(&sides[1 - side]).zip(&self.task.weight);
                for (entry, ((x, other), w)) in entries.iter_mut().zip(rows) {
                    *entry = x * other * w;
                }
            }
        }
        jacobian.iter().all(|v| v.is_finite()).then_some(jacobian)
    }
}

fn values(columns: &[&[f64]], coefficients: &[f64]) -> Vec<f64> {
    let mut values = vec![0.0; columns[0].len()];
    for (column, c) in columns.iter().zip(coefficients) {
        for (v, x) in values.iter_mut().zip(*column) {
            *v += c * x;
        }
    }
    values
}

fn least_squares_times(columns: &[&[f64]], held: &[f64], task: &Task) -> Option<Vec<f64>> {
    let weight: Vec<f64> = task.weight.iter().zip(held).map(|(w, h)| w * h.abs()).collect();
    let target: Vec<f64> = task.target.iter().zip(held).map(|(z, h)| z / h).collect();
    Some(least_squares(columns, &target, &weight)?.coefficients)
}

/// The product with negligible coefficients dropped, and that with the rest
/// made equal in size as well.
fn formulas(task: &Task, columns: &[&[f64]], sides: &[Vec<f64>; 2], rss: f64) -> Vec<Expr> {
    let sparse: Vec<Vec<f64>> = sides
        .iter()
        .map(|side| {
            let largest = side.iter().fold(0.0_f64, |m, c| m.max(c.abs()));
            let keep = |c: &f64| if c.abs() > NEGLIGIBLE * largest { *c } else { 0.0 };
            side.iter().map(keep).collect()
        })
        .collect();
    let equal: Vec<Vec<f64>> = sparse
        .iter()
        .map(|side| {
            let mut sizes: Vec<f64> = side.iter().filter(|c| **c != 0.0).map(|c| c.abs()).collect();
            sizes.sort_by(f64::total_cmp);
            let unit = sizes.get(sizes.len() / 2).copied().unwrap_or(1.0);
            side.iter().map(|c| (c / unit).round()).collect()
        })
        .collect();
    let mut found = Vec::new();
    let product: Vec<f64> = values(columns, &equal[0])
        .iter()
        .zip(values(columns, &equal[1]))
        .map(|(a, b)| a * b)
        .collect();
    if let Some(fit) = least_squares(&[&product], &task.target, &task.weight) {
        let scale = Expr::Constant(fit.coefficients[0]);
        let sums = equal.iter().map(|side| sum(task, side));
        let expr = Expr::product(std::iter::once(scale).chain(sums).collect());
        if fit.rss <= 4.0 * rss + task.total_square() * 1e-20 {
            return vec![expr];
        }
        found.push(expr);
    }
    found.push(Expr::product(sparse.iter().map(|side| sum(task, side)).collect()));
    found
}

fn sum(task: &Task, coefficients: &[f64]) -> Expr {
    let terms = coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0);
    Expr::sum(
        terms
            .map(|(i, &c)| match task.features.get(i) {
                Some(feature) => Expr::product(vec![Expr::Constant(c), feature.expr.clone()]),
                None => Expr::Constant(c),
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::polish::fit_constants;
    use crate::search::fixture::error_outside;

    #[test]
    fn a_product_of_two_sums_is_found() {
        // The constants are fitted to the last digit by the pool.
        let errors = (0..4).filter_map(|rank| {
            let nth = |task: &Task| {
                let found = sum_product(task, 1, &StopSignal::never());
                let weight = vec![1.0; task.rows()];
                let sample = Sample {
                    inputs: task.features.iter().map(|f| f.values.clone()).collect(),
                    target: task.target.clone(),
                };
                Some(fit_constants(found.get(rank)?, &sample, &weight, &[])?.expr)
            };
            error_outside("(a + 2*b)*(3*c + a)", 0.0, nth)
        });
        assert!(errors.fold(f64::INFINITY, f64::min) < 1e-6);
    }
}
