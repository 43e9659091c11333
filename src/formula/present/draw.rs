//! Common factors drawn out of a sum.

use super::polynomial::{common_powers, Bases, Monomial, Powers};
use crate::formula::simplify::Known;
use crate::formula::{Exponent, Expr};

/// `a*b + a*c` as `a*(b + c)`: what all terms share.
pub(super) fn from_all_terms(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Sum(_) = node else { return Vec::new() };
    let mut bases = Bases::new(known);
    let Some(terms) = bases.terms_of(node) else {
        return Vec::new();
    };
    drawn(&bases, &terms.iter().collect::<Vec<_>>())
        .into_iter()
        .collect()
}

/// `a*b + a*c + d` as `a*(b + c) + d`: what some terms share.
///
/// Only terms with the *same* power of a base are drawn together, so that
/// `x^2 + 2*x + 3` remains a polynomial.
pub(super) fn from_some_terms(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Sum(_) = node else { return Vec::new() };
    let mut bases = Bases::new(known);
    let Some(terms) = bases.terms_of(node) else {
        return Vec::new();
    };
    let mut tried: Vec<Vec<usize>> = Vec::new();
    let mut forms = Vec::new();
    for &(base, exponent) in terms.iter().flat_map(|term| &term.powers) {
        let group = sharing(&terms, base, exponent);
        if group.len() < 2 || group.len() == terms.len() || tried.contains(&group) {
            continue;
        }
        let members: Vec<&Monomial> = group.iter().map(|&index| &terms[index]).collect();
        if let Some(product) = drawn(&bases, &members) {
            let others = (0..terms.len()).filter(|index| !group.contains(index));
            let mut sum = vec![product];
            sum.extend(others.map(|index| bases.product(&terms[index])));
            forms.push(Expr::Sum(sum));
        }
        tried.push(group);
    }
    forms
}

/// The terms that have exactly this power.
fn sharing(terms: &[Monomial], base: usize, exponent: Exponent) -> Vec<usize> {
    (0..terms.len())
        .filter(|&index| terms[index].exponent_of(base) == Some(exponent))
        .collect()
}

fn drawn(bases: &Bases<'_>, terms: &[&Monomial]) -> Option<Expr> {
    let common: Powers = common_powers(terms.iter().copied());
    if common.is_empty() {
        return None;
    }
    let divisor = Monomial {
        coefficient: 1.0,
        powers: common,
    };
    let rest: Option<Vec<Monomial>> = terms.iter().map(|term| term.over(&divisor)).collect();
    let mut factors: Vec<Expr> = bases.factors(&divisor.powers).collect();
    factors.push(bases.sum(&rest?));
    Some(Expr::Product(factors))
}
