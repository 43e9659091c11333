//! Products and powers of sums multiplied out.

use super::polynomial::{Bases, Monomial, MOST_TERMS};
use crate::formula::simplify::Known;
use crate::formula::Expr;

/// The highest power of a sum that is multiplied out.
const HIGHEST_POWER: i32 = 4;

/// The node with all its products of sums multiplied out. Sums below the bar
/// and under roots stay.
pub(super) fn products(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    multiplied_out(node, known).into_iter().collect()
}

fn multiplied_out(node: &Expr, known: Known<'_>) -> Option<Expr> {
    let mut bases = Bases::new(known);
    let terms = bases.terms_of(node)?;
    let expanded = expanded(&mut bases, terms.clone())?;
    (expanded.len() != terms.len()).then(|| bases.sum(&expanded))
}

/// The terms with every positive whole power of a sum multiplied out; `None`
/// when there would be too many terms.
pub(super) fn expanded(bases: &mut Bases<'_>, terms: Vec<Monomial>) -> Option<Vec<Monomial>> {
    let mut done = Vec::new();
    let mut open = terms;
    while let Some(mut term) = open.pop() {
        let found = term.powers.iter().position(|(base, exponent)| {
            matches!(bases.base(*base), Expr::Sum(_))
                && exponent.is_integer()
                && (1..=HIGHEST_POWER).contains(&exponent.numerator())
        });
        let Some(index) = found else {
            done.push(term);
            if done.len() > MOST_TERMS {
                return None;
            }
            continue;
        };
        let (base, exponent) = term.powers.remove(index);
        let sum = bases.base(base).clone();
        let sum = bases.terms_of(&sum)?;
        let mut products = vec![term];
        for _ in 0..exponent.numerator() {
            if products.len() * sum.len() > 4 * MOST_TERMS {
                return None;
            }
            products = products
                .iter()
                .flat_map(|product| sum.iter().map(|other| product.times(other)))
                .collect::<Option<_>>()?;
            merge_like_terms(&mut products);
        }
        open.extend(products);
        if open.len() > MOST_TERMS {
            return None;
        }
    }
    merge_like_terms(&mut done);
    Some(done)
}

fn merge_like_terms(terms: &mut Vec<Monomial>) {
    let mut merged: Vec<Monomial> = Vec::with_capacity(terms.len());
    for term in terms.drain(..) {
        match merged.iter_mut().find(|other| other.powers == term.powers) {
            Some(other) => other.coefficient += term.coefficient,
            None => merged.push(term),
        }
    }
    *terms = merged;
}
