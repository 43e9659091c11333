//! Whether a printed formula is as good a model of a measured table as the certified one.
//!
//! Nobody knows the law of a measured table. NIST certifies a model, fitted to all rows, and what it
//! leaves: here the root mean square of its residuals, with no regard to degrees of freedom. A formula is *recovered* when
//!
//! - it has at most one constant more than the certified model,
//! - it has at most two symbols more than that has, simplified,
//! - the root mean square of its residuals over all rows, its constants refitted to all of them, is at
//!   most 1.05 times the certified one, or 1e-6 of the root mean square of the target where the table is
//!   exact;
//!
//! and *exact* when it is all that without refitting. 1 and -1 are no constants, and one that is written
//! several times is one. The table is all there is: nothing is judged outside it.

use nalgebra::DVector;
use nalu_discover::formula::Expr;

use crate::case::Measured;
use crate::draw::root_mean_square;
use crate::judge::Judgement;
use crate::least_squares::{best_factors, constants, with_constants};

const MORE_CONSTANTS: usize = 1;
const MORE_SYMBOLS: usize = 2;
const WORSE: f64 = 1.05;
/// Share of the target's root mean square that counts as exact.
const NOTHING: f64 = 1e-6;

/// Judges a formula on a measured table.
pub fn judge(found: &Expr, table: &Measured) -> Judgement {
    let small = distinct_constants(found).len() <= table.constants + MORE_CONSTANTS
        && found.complexity() <= table.symbols + MORE_SYMBOLS;
    if !small {
        return Judgement {
            recovered: false,
            exact: false,
        };
    }
    let bound = (WORSE * table.deviation).max(NOTHING * root_mean_square(&table.target));
    let good = |expr: &Expr| deviation(expr, table) <= bound;
    let exact = good(found);
    Judgement {
        recovered: exact || good(&refitted(found, table)),
        exact,
    }
}

/// The constants that could be refitted, each value once.
pub fn distinct_constants(expr: &Expr) -> Vec<f64> {
    let mut distinct = Vec::new();
    for c in constants(expr) {
        if !distinct.contains(&c) {
            distinct.push(c);
        }
    }
    distinct
}

/// Root mean square of the residuals; no number where the formula has no value in some row.
fn deviation(expr: &Expr, table: &Measured) -> f64 {
    let values = expr.evaluate(&table.columns);
    let errors = values.iter().zip(&table.target).map(|(f, y)| f - y);
    root_mean_square(&errors.collect::<Vec<f64>>())
}

/// The formula with its constants fitted to all rows.
fn refitted(expr: &Expr, table: &Measured) -> Expr {
    let (all, distinct) = (constants(expr), distinct_constants(expr));
    let with = |factors: &DVector<f64>| {
        let moved = all.iter().map(|c| {
            let place = distinct.iter().position(|d| d == c);
            place.map_or(*c, |i| c * factors[i])
        });
        with_constants(expr, &moved.collect::<Vec<f64>>())
    };
    let scale = root_mean_square(&table.target);
    let factors = best_factors(distinct.len(), |factors| {
        let values = with(factors).evaluate(&table.columns);
        let errors = values.iter().zip(&table.target).map(|(f, y)| (f - y) / scale);
        DVector::from_iterator(table.target.len(), errors)
    });
    with(&factors)
}
