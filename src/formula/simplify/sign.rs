//! Where an expression cannot be negative, and where minus signs go.

use super::order::compare_lists;
use super::product::Product;
use super::sum::{is_negative_term, positive_first, scaled_term, split_coefficient, unscaled, Sum};
use super::Known;
use crate::formula::{Expr, Sign};

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
        Expr::Apply(function, _) => function.facts().sign == Sign::Nonnegative,
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
            if leads_with_minus(terms.iter()) {
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

/// Whether the term that comes first when signs are ignored is negative.
pub(super) fn leads_with_minus<'e>(terms: impl IntoIterator<Item = &'e Expr>) -> bool {
    let first = terms
        .into_iter()
        .min_by(|a, b| compare_lists(unscaled(a), unscaled(b)));
    first.is_some_and(is_negative_term)
}

pub(super) fn negated_sum(terms: &[Expr]) -> Expr {
    let mut negated: Vec<Expr> = terms
        .iter()
        .map(|term| {
            let (coefficient, rest) = split_coefficient(term.clone());
            if let Expr::Constant(c) = rest {
                Expr::Constant(-c)
            } else {
                scaled_term(-coefficient, rest)
            }
        })
        .collect();
    // Back to the unrotated order before choosing which term leads.
    let mut sum = Sum::default();
    for term in negated.drain(..) {
        sum.add(term, 1.0);
    }
    let negated = sum.into_expr();
    if let Expr::Sum(_) = negated {
        return negated;
    }
    let mut terms = vec![negated];
    positive_first(&mut terms);
    Expr::Sum(terms)
}
