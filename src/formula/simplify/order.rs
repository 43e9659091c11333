//! The order of factors in a product and of terms in a sum.

use std::cmp::Ordering;

use super::sum::unscaled;
use crate::formula::Expr;

/// A total order on expressions: numbers, then inputs by index, then powers,
/// products, sums and functions. It is the order of the factors in a product.
pub(in crate::formula) fn compare(a: &Expr, b: &Expr) -> Ordering {
    let (base_a, exponent_a) = split_power(a);
    let (base_b, exponent_b) = split_power(b);
    compare_bases(base_a, base_b)
        .then_with(|| exponent_a.total_cmp(&exponent_b))
        .then_with(|| match (exponent_a.is_finite(), a, b) {
            // Two powers of one base, each to a formula.
            (false, Expr::Apply(_, x), Expr::Apply(_, y)) => compare(x, y),
            _ => Ordering::Equal,
        })
}

/// The base and the exponent's value; infinite where that is a formula.
fn split_power(expr: &Expr) -> (&Expr, f64) {
    if let Some((base, exponent)) = expr.as_general_power() {
        return match exponent {
            Expr::Constant(c) => (base, c),
            Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
                (base, f64::INFINITY)
            }
        };
    }
    match expr {
        Expr::Power(base, exponent) => (base, exponent.value()),
        Expr::Constant(_) | Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Apply(..) => {
            (expr, 1.0)
        }
    }
}

/// The order of the bases of powers.
pub(in crate::formula) fn compare_bases(a: &Expr, b: &Expr) -> Ordering {
    match (a, b) {
        (Expr::Constant(x), Expr::Constant(y)) => x.total_cmp(y),
        (Expr::Variable(x), Expr::Variable(y)) => x.cmp(y),
        (Expr::Power(x, p), Expr::Power(y, q)) => compare_bases(x, y).then_with(|| p.cmp(q)),
        (Expr::Product(x), Expr::Product(y)) => compare_lists(x, y),
        (Expr::Apply(f, x), Expr::Apply(g, y)) => f.cmp(g).then_with(|| compare(x, y)),
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
        Expr::Apply(..) => 5,
    }
}

/// The order of the terms of a sum, coefficients aside: by what is above the
/// bar as monomials, by the first input, higher powers first (`a^2`, `a * b`,
/// `a`, `b^2`, `b`), then by what is below it (`a`, `a / b`, `a / c`).
pub(super) fn compare_terms(a: &[(&Expr, f64)], b: &[(&Expr, f64)]) -> Ordering {
    compare_powers(a, b, false, Ordering::Less).then_with(|| compare_powers(a, b, true, Ordering::Greater))
}

/// Compares the powers above the bar, or those below; `longer` is the place of
/// a monomial that has a further factor.
fn compare_powers(a: &[(&Expr, f64)], b: &[(&Expr, f64)], below: bool, longer: Ordering) -> Ordering {
    let side = |(_, exponent): &&(&Expr, f64)| (*exponent < 0.0) == below;
    let (mut a, mut b) = (a.iter().filter(side), b.iter().filter(side));
    loop {
        let order = match (a.next(), b.next()) {
            (Some((base_a, p)), Some((base_b, q))) => {
                compare_bases(base_a, base_b).then_with(|| q.abs().total_cmp(&p.abs()))
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
pub(super) fn monomial(rest: &Expr) -> Vec<(&Expr, f64)> {
    let mut factors = Vec::new();
    collect(rest, 1.0, &mut factors);
    factors.sort_by(|(a, p), (b, q)| compare_bases(a, b).then_with(|| q.total_cmp(p)));
    factors
}

fn collect<'e>(expr: &'e Expr, exponent: f64, factors: &mut Vec<(&'e Expr, f64)>) {
    match expr {
        Expr::Constant(_) => {}
        Expr::Product(children) => {
            for child in children {
                collect(child, exponent, factors);
            }
        }
        Expr::Power(base, inner) => collect(base, inner.value() * exponent, factors),
        Expr::Variable(_) | Expr::Sum(_) => factors.push((expr, exponent)),
        Expr::Apply(..) => match split_power(expr) {
            (base, inner) if inner.is_finite() => factors.push((base, inner * exponent)),
            _ => factors.push((expr, exponent)),
        },
    }
}
