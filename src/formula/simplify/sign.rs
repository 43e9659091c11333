//! Where an expression cannot be negative.

use super::Known;
use crate::formula::Expr;

/// Whether `expr` is at least 0 wherever it has a value.
pub(in crate::formula) fn is_nonnegative(expr: &Expr, known: Known<'_>) -> bool {
    match expr {
        Expr::Constant(c) => *c >= 0.0,
        Expr::Variable(index) => known.positive.get(*index).copied().unwrap_or(false),
        Expr::Sum(children) | Expr::Product(children) => {
            children.iter().all(|child| is_nonnegative(child, known))
        }
        Expr::Power(base, exponent) => {
            !exponent.is_integer() || exponent.is_even_integer() || is_nonnegative(base, known)
        }
    }
}
