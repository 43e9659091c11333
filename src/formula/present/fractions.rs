//! Sums of fractions over one bar.

use super::expand::expanded;
use super::polynomial::{Bases, Monomial, Powers};
use crate::formula::simplify::Known;
use crate::formula::Expr;

/// `1/a + 1/b` as `(a + b)/(a*b)`; where the numerator has products of sums,
/// also multiplied out.
pub(super) fn over_one_bar(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Sum(_) = node else { return Vec::new() };
    forms(node, known).unwrap_or_default()
}

fn forms(node: &Expr, known: Known<'_>) -> Option<Vec<Expr>> {
    let mut bases = Bases::new(known);
    let terms = bases.terms_of(node)?;
    let divisor = Monomial {
        coefficient: 1.0,
        powers: lowest_powers(&terms),
    };
    if divisor.powers.is_empty() {
        return Some(Vec::new());
    }
    let above: Vec<Monomial> = terms.iter().map(|t| t.over(&divisor)).collect::<Option<_>>()?;
    let mut numerators = vec![above.clone()];
    if let Some(multiplied_out) = expanded(&mut bases, above) {
        if multiplied_out.len() != numerators[0].len() {
            numerators.push(multiplied_out);
        }
    }
    let fraction = |numerator: &Vec<Monomial>| {
        let mut factors: Vec<Expr> = bases.factors(&divisor.powers).collect();
        factors.push(bases.sum(numerator));
        Expr::Product(factors)
    };
    Some(numerators.iter().map(fraction).collect())
}

/// Of every base that stands below the bar anywhere, its lowest power.
fn lowest_powers(terms: &[Monomial]) -> Powers {
    let mut lowest = Powers::new();
    for &(base, exponent) in terms.iter().flat_map(|term| &term.powers) {
        if !exponent.is_negative() {
            continue;
        }
        match lowest.iter_mut().find(|(known, _)| *known == base) {
            Some((_, least)) if exponent < *least => *least = exponent,
            Some(_) => {}
            None => lowest.push((base, exponent)),
        }
    }
    lowest.sort_by_key(|(base, _)| *base);
    lowest
}
