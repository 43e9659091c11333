//! Where an expression cannot be negative, and where minus signs go.

use super::order::compare_lists;
use super::product::Product;
use super::sum::{is_negative_term, positive_first, scaled_term, split_coefficient, unscaled, Sum};
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

impl Product<'_> {
    /// Gives every sum that may change its sign its canonical one, and spends
    /// a minus sign that is left on turning a difference around.
    pub(super) fn settle_signs(&mut self) {
        let constant = &mut self.constant;
        for (base, exponent) in &mut self.factors {
            if !exponent.is_integer() {
                continue;
            }
            let Expr::Sum(terms) = base else { continue };
            // The term that comes first when signs are ignored decides.
            let turned = terms
                .iter()
                .min_by(|a, b| compare_lists(unscaled(a), unscaled(b)))
                .is_some_and(is_negative_term);
            if turned {
                *base = negated_sum(terms);
                if !exponent.is_even_integer() {
                    *constant = -*constant;
                }
            }
        }
        if *constant >= 0.0 {
            return;
        }
        for (base, exponent) in &mut self.factors {
            let Expr::Sum(terms) = base else { continue };
            let is_difference = terms.iter().any(is_negative_term);
            if is_difference && exponent.is_integer() && !exponent.is_even_integer() {
                *base = negated_sum(terms);
                *constant = -*constant;
                return;
            }
        }
    }
}

fn negated_sum(terms: &[Expr]) -> Expr {
    let mut negated: Vec<Expr> = terms
        .iter()
        .map(|term| {
            let (coefficient, rest) = split_coefficient(term.clone());
            match rest {
                Expr::Constant(c) => Expr::Constant(-c),
                rest => scaled_term(-coefficient, rest),
            }
        })
        .collect();
    // Back to the unrotated order before choosing which term leads.
    let mut sum = Sum::default();
    for term in negated.drain(..) {
        sum.add(term, 1.0);
    }
    match sum.into_expr() {
        Expr::Sum(terms) => Expr::Sum(terms),
        other => {
            let mut terms = vec![other];
            positive_first(&mut terms);
            Expr::Sum(terms)
        }
    }
}
