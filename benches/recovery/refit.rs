//! Refitting a formula's constants to the law, to see whether it has the law's structure.
//!
//! Levenberg-Marquardt on factors `1 + d_j` of the constants, with residuals
//! `(found - law) / |law|` and central differences. It shares no code with the polish of the library
//! that it helps to judge.

use nalgebra::{DMatrix, DVector};
use nalu_discover::formula::Expr;

use crate::draw::Rows;
use crate::judge::relative_error;

const ITERATIONS: usize = 60;
const STEP: f64 = 1e-6;
/// Relative error at which the refitted formula counts as the law.
const IS_THE_LAW: f64 = 1e-6;
/// A constant that shrinks by this factor was a term too many.
const VANISHED: f64 = 1e-4;

/// The constants of a formula that could be refitted: all but 1 and -1, in order of appearance.
pub fn constants(expr: &Expr) -> Vec<f64> {
    let mut found = Vec::new();
    map_constants(expr, &mut |c| {
        found.push(c);
        c
    });
    found
}

/// The constants that turn the formula into the law on these noise-free rows; `None` when none do, or
/// when one of them would have to vanish.
pub fn refit(expr: &Expr, rows: &[&Rows]) -> Option<Vec<f64>> {
    let start = constants(expr);
    let columns: Vec<Vec<f64>> = (0..rows[0].columns.len())
        .map(|i| {
            rows.iter()
                .flat_map(|part| part.columns[i].iter().copied())
                .collect()
        })
        .collect();
    let law: Vec<f64> = rows.iter().flat_map(|part| part.target.iter().copied()).collect();
    let formula = |factors: &DVector<f64>| {
        let mut j = 0;
        map_constants(expr, &mut |c| {
            j += 1;
            c * factors[j - 1]
        })
    };
    let residuals = |factors: &DVector<f64>| -> DVector<f64> {
        let values = formula(factors).evaluate(&columns);
        let floor = 1e-12 * law.iter().fold(0.0_f64, |m, y| m.max(y.abs()));
        DVector::from_iterator(
            law.len(),
            values.iter().zip(&law).map(|(f, y)| (f - y) / y.abs().max(floor)),
        )
    };

    let mut factors = DVector::from_element(start.len(), 1.0);
    let mut current = residuals(&factors);
    let mut damping = 1e-3;
    for _ in 0..if start.is_empty() { 0 } else { ITERATIONS } {
        let jacobian = jacobian(&factors, &residuals);
        let normal = jacobian.tr_mul(&jacobian);
        let gradient = jacobian.tr_mul(&current);
        let mut improved = false;
        for _ in 0..12 {
            let mut damped: DMatrix<f64> = normal.clone();
            for j in 0..start.len() {
                damped[(j, j)] += damping * normal[(j, j)] + 1e-30;
            }
            let Some(step) = damped.lu().solve(&gradient) else {
                damping *= 10.0;
                continue;
            };
            let next = &factors - step;
            let trial = residuals(&next);
            if trial.norm() < current.norm() {
                (factors, current, improved) = (next, trial, true);
                damping *= 0.1;
                break;
            }
            damping *= 10.0;
        }
        if !improved {
            break;
        }
    }

    let values = formula(&factors).evaluate(&columns);
    let near = values
        .iter()
        .zip(&law)
        .filter(|(f, y)| relative_error(**f, **y) <= IS_THE_LAW)
        .count();
    let is_the_law = near as f64 >= 0.99 * law.len() as f64;
    let vanished = factors.iter().any(|factor| factor.abs() < VANISHED);
    (is_the_law && !vanished).then(|| start.iter().zip(&factors).map(|(c, f)| c * f).collect())
}

fn jacobian(factors: &DVector<f64>, residuals: &impl Fn(&DVector<f64>) -> DVector<f64>) -> DMatrix<f64> {
    let columns: Vec<DVector<f64>> = (0..factors.len())
        .map(|j| {
            let at = |step: f64| {
                let mut moved = factors.clone();
                moved[j] += step;
                residuals(&moved)
            };
            (at(STEP) - at(-STEP)) / (2.0 * STEP)
        })
        .collect();
    DMatrix::from_columns(&columns)
}

/// The formula with every constant but 1 and -1 replaced, in order of appearance.
fn map_constants(expr: &Expr, replace: &mut impl FnMut(f64) -> f64) -> Expr {
    match expr {
        Expr::Constant(c) if c.abs() == 1.0 => Expr::Constant(*c),
        Expr::Constant(c) => Expr::Constant(replace(*c)),
        Expr::Variable(i) => Expr::Variable(*i),
        Expr::Sum(terms) => Expr::Sum(terms.iter().map(|t| map_constants(t, replace)).collect()),
        Expr::Product(factors) => Expr::Product(factors.iter().map(|f| map_constants(f, replace)).collect()),
        Expr::Power(base, exponent) => Expr::Power(Box::new(map_constants(base, replace)), *exponent),
    }
}
