//! The order of factors in a product and of terms in a sum.

use std::cmp::Ordering;

use super::sum::unscaled;
use crate::formula::{Exponent, Expr};

/// A total order on expressions: numbers, then inputs by index, then powers,
/// products and sums. It is the order of the factors in a product.
pub(in crate::formula) fn compare(a: &Expr, b: &Expr) -> Ordering {
    let (base_a, exponent_a) = split_power(a);
    let (base_b, exponent_b) = split_power(b);
    compare_bases(base_a, base_b).then_with(|| exponent_a.cmp(&exponent_b))
}

fn split_power(expr: &Expr) -> (&Expr, Exponent) {
    match expr {
        Expr::Power(base, exponent) => (base, *exponent),
        other => (other, Exponent::ONE),
    }
}

/// The order of the bases of powers.
pub(in crate::formula) fn compare_bases(a: &Expr, b: &Expr) -> Ordering {
    match (a, b) {
        (Expr::Constant(x), Expr::Constant(y)) => x.total_cmp(y),
        (Expr::Variable(x), Expr::Variable(y)) => x.cmp(y),
        (Expr::Power(x, p), Expr::Power(y, q)) => compare_bases(x, y).then_with(|| p.cmp(q)),
        (Expr::Product(x), Expr::Product(y)) => compare_lists(x, y),
        // By the inputs first: `2 * a + b` stands before `c + d`.
        (Expr::Sum(x), Expr::Sum(y)) => {
            let mut orders = x
                .iter()
                .zip(y)
                .map(|(x, y)| compare_lists(unscaled(x), unscaled(y)));
            orders
                .find(|order| order.is_ne())
                .unwrap_or_else(|| compare_lists(x, y))
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

/// The order of lists of factors or of terms.
pub(super) fn compare_lists(a: &[Expr], b: &[Expr]) -> Ordering {
    let mut orders = a.iter().zip(b).map(|(x, y)| compare(x, y));
    orders
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn rank(expr: &Expr) -> u8 {
    match expr {
        Expr::Constant(_) => 0,
        Expr::Variable(_) => 1,
        Expr::Power(..) => 2,
        Expr::Product(_) => 3,
        Expr::Sum(_) => 4,
    }
}

/// The order of the terms of a sum, coefficients aside: by what is above the
/// bar as monomials, by the first input, higher powers first (`a^2`, `a * b`,
/// `a`, `b^2`, `b`), then by what is below it (`a`, `a / b`, `a / c`).
pub(super) fn compare_terms(a: &[(&Expr, Exponent)], b: &[(&Expr, Exponent)]) -> Ordering {
    compare_powers(a, b, false, Ordering::Less).then_with(|| compare_powers(a, b, true, Ordering::Greater))
}

/// Compares the powers above the bar, or those below; `longer` is the place of
/// a monomial that has a further factor.
fn compare_powers(
    a: &[(&Expr, Exponent)],
    b: &[(&Expr, Exponent)],
    below: bool,
    longer: Ordering,
) -> Ordering {
    let side = |(_, exponent): &&(&Expr, Exponent)| exponent.is_negative() == below;
    let (mut a, mut b) = (a.iter().filter(side), b.iter().filter(side));
    loop {
        let order = match (a.next(), b.next()) {
            (Some((base_a, p)), Some((base_b, q))) => {
                compare_bases(base_a, base_b).then_with(|| q.magnitude().cmp(&p.magnitude()))
            }
            (Some(_), None) => longer,
            (None, Some(_)) => longer.reverse(),
            (None, None) => return Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// The factors of a term as powers in canonical order; grouped powers such as
/// `(a * b)^2` are taken apart.
pub(super) fn monomial(rest: &Expr) -> Vec<(&Expr, Exponent)> {
    let mut factors = Vec::new();
    collect(rest, Exponent::ONE, &mut factors);
    factors.sort_by(|(a, p), (b, q)| compare_bases(a, b).then_with(|| q.cmp(p)));
    factors
}

fn collect<'e>(expr: &'e Expr, exponent: Exponent, factors: &mut Vec<(&'e Expr, Exponent)>) {
    match expr {
        Expr::Constant(_) => {}
        Expr::Product(children) => {
            for child in children {
                collect(child, exponent, factors);
            }
        }
        Expr::Power(base, inner) => match inner.checked_mul(exponent) {
            Some(product) => collect(base, product, factors),
            None => factors.push((expr, exponent)),
        },
        other => factors.push((other, exponent)),
    }
}
