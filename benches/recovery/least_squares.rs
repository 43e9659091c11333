//! Levenberg-Marquardt on factors `1 + d_j` of a formula's constants, with central differences.
//!
//! It shares no code with the polish of the library that it helps to judge. A row where a residual is
//! not finite counts as wrong by 1 and does not steer the step.

use nalgebra::{DMatrix, DVector};
use nalu_discover::formula::Expr;

const ITERATIONS: usize = 60;
const STEP: f64 = 1e-6;

/// The constants of a formula that could be refitted: all but 1 and -1, in order of appearance.
pub fn constants(expr: &Expr) -> Vec<f64> {
    expr.constants().into_iter().filter(|c| is_free(*c)).collect()
}

/// The formula with every constant but 1 and -1 replaced, in order of appearance.
pub fn with_constants(expr: &Expr, new: &[f64]) -> Expr {
    let mut new = new.iter();
    let replaced: Vec<f64> = expr
        .constants()
        .into_iter()
        .map(|c| if is_free(c) { *new.next().unwrap_or(&c) } else { c })
        .collect();
    expr.with_constants(&replaced)
}

fn is_free(constant: f64) -> bool {
    constant.abs() != 1.0
}

/// The factors, one for each of `count` constants, that make the residuals least.
pub fn best_factors(count: usize, residuals: impl Fn(&DVector<f64>) -> DVector<f64>) -> DVector<f64> {
    let mut factors = DVector::from_element(count, 1.0);
    if count == 0 {
        return factors;
    }
    let mut current = residuals(&factors);
    let mut damping = 1e-3;
    for _ in 0..ITERATIONS {
        let jacobian = jacobian(&factors, &residuals);
        let mut improved = false;
        for _ in 0..12 {
            let next = step(&jacobian, &current, damping).map(|step| &factors - step);
            if let Some(next) = next {
                let trial = residuals(&next);
                if cost(&trial) < cost(&current) {
                    (factors, current, improved) = (next, trial, true);
                    damping *= 0.1;
                    break;
                }
            }
            damping *= 10.0;
        }
        if !improved {
            break;
        }
    }
    factors
}

fn cost(residuals: &DVector<f64>) -> f64 {
    let squares = residuals.iter().map(|r| if r.is_finite() { r * r } else { 1.0 });
    squares.sum()
}

/// The damped step, by QR of the Jacobian over its damping.
fn step(jacobian: &DMatrix<f64>, residuals: &DVector<f64>, damping: f64) -> Option<DVector<f64>> {
    let (rows, count) = jacobian.shape();
    let mut system = jacobian.clone().resize_vertically(rows + count, 0.0);
    let mut right = residuals.map(finite).resize_vertically(rows + count, 0.0);
    for j in 0..count {
        system[(rows + j, j)] = (damping * jacobian.column(j).norm_squared() + 1e-30).sqrt();
    }
    let qr = system.qr();
    qr.q_tr_mul(&mut right);
    qr.r().solve_upper_triangular(&right.rows(0, count).into_owned())
}

fn jacobian(factors: &DVector<f64>, residuals: &impl Fn(&DVector<f64>) -> DVector<f64>) -> DMatrix<f64> {
    let columns: Vec<DVector<f64>> = (0..factors.len())
        .map(|j| {
            let at = |step: f64| {
                let mut moved = factors.clone();
                moved[j] += step;
                residuals(&moved)
            };
            ((at(STEP) - at(-STEP)) / (2.0 * STEP)).map(finite)
        })
        .collect();
    DMatrix::from_columns(&columns)
}

fn finite(value: f64) -> f64 {
    if value.is_finite() {
        value
    } else {
        0.0
    }
}
