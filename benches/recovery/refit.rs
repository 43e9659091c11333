//! Refitting a formula's constants to the law, to see whether it has the law's structure.
//!
//! The residuals are `(found - law) / |law|` on noise-free rows (see `least_squares`).

use nalgebra::DVector;
use nalu_discover::formula::Expr;

use crate::draw::Rows;
use crate::judge::{nearly_all, relative_error};
use crate::least_squares::{best_factors, constants, with_constants};

/// Relative error at which the refitted formula counts as the law.
const IS_THE_LAW: f64 = 1e-6;
/// A constant that shrinks by this factor was a term too many.
const VANISHED: f64 = 1e-4;

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
    let moved = |factors: &DVector<f64>| -> Vec<f64> {
        start.iter().zip(factors).map(|(c, factor)| c * factor).collect()
    };
    let values = |factors: &DVector<f64>| with_constants(expr, &moved(factors)).evaluate(&columns);
    let floor = 1e-12 * law.iter().fold(0.0_f64, |m, y| m.max(y.abs()));
    let residuals = |factors: &DVector<f64>, count: usize| {
        let values = values(factors);
        let errors = values.iter().zip(&law).take(count);
        DVector::from_iterator(count, errors.map(|(f, y)| (f - y) / y.abs().max(floor)))
    };
    // First on the rows inside alone: outside there may be a pole between here and the law.
    let count = rows[0].target.len();
    let inside = best_factors(start.len(), |factors| residuals(factors, count));
    let onward = |factors: &DVector<f64>| residuals(&inside.component_mul(factors), law.len());
    let everywhere = best_factors(start.len(), onward);
    let factors = inside.component_mul(&everywhere);
    let near = values(&factors)
        .iter()
        .zip(&law)
        .filter(|(f, y)| relative_error(**f, **y) <= IS_THE_LAW)
        .count();
    let vanished = factors.iter().any(|factor| factor.abs() < VANISHED);
    (nearly_all(near, law.len()) && !vanished).then(|| moved(&factors))
}
