//! The same formula with its sums scaled otherwise: `60.51*exp(u) - 60.5` as
//! `60.5*(exp(u) - 1)`, `1.8*a/(1.805 - b)` as `a/(1 - 0.554*b)`.
//!
//! Where two constants of a sum agree within what the rows can tell, they are one
//! constant. Scaled so, a constant before the sum may be a 1 too, or another round
//! number.

use crate::formula::{Exponent, Expr};

/// Constants that differ by more are two.
const ALIKE: f64 = 0.1;

/// Formulas returned at most.
const MOST: usize = 6;

/// The formula with one sum scaled so that of two constants of about the same size
/// one is 1; so is the other where it is in the sum too, which changes values a little.
pub(super) fn scalings(expr: &Expr) -> Vec<Expr> {
    let mut found = of_node(expr);
    found.truncate(MOST);
    found
}

fn of_node(expr: &Expr) -> Vec<Expr> {
    let mut found = here(expr);
    found.extend(match expr {
        // Its sums have been scaled together with its constant.
        Expr::Product(_) => expr.with_one_child_replaced(&mut |child| match child {
            Expr::Sum(_) | Expr::Power(..) => below(child),
            _ => of_node(child),
        }),
        _ => below(expr),
    });
    found
}

/// Only sums further down.
fn below(expr: &Expr) -> Vec<Expr> {
    match expr {
        Expr::Power(base, _) if matches!(**base, Expr::Sum(_)) => expr.with_one_child_replaced(&mut below),
        _ => expr.with_one_child_replaced(&mut of_node),
    }
}

/// Of a product, a power or a sum as a whole.
fn here(expr: &Expr) -> Vec<Expr> {
    let factors = match expr {
        Expr::Product(factors) => factors.clone(),
        Expr::Sum(_) | Expr::Power(..) => vec![expr.clone()],
        Expr::Constant(_) | Expr::Variable(_) | Expr::Apply(..) => return Vec::new(),
    };
    let is_number = |factor: &&Expr| matches!(factor, Expr::Constant(_));
    let constant: f64 = factors.iter().filter(is_number).map(coefficient).product();
    let mut found = Vec::new();
    for (place, factor) in factors.iter().enumerate() {
        let (terms, exponent) = match factor {
            Expr::Sum(terms) => (terms, Exponent::ONE),
            Expr::Power(base, exponent) => match &**base {
                Expr::Sum(terms) => (terms, *exponent),
                _ => continue,
            },
            _ => continue,
        };
        for scale in terms.iter().map(|term| coefficient(term).abs()) {
            let outside = constant * scale.powf(exponent.value());
            let others = terms.iter().map(|term| coefficient(term).abs() / scale);
            let equal = others.filter(|c| is_alike(*c)).count();
            // The term itself is one.
            if scale == 1.0 || !scale.is_normal() || !(equal > 1 || is_alike(outside.abs())) {
                continue;
            }
            let scaled = Expr::sum(terms.iter().map(|term| with_alike_as_one(term, scale)).collect());
            let rest = factors.iter().enumerate();
            let rest = rest.filter(|(other, factor)| *other != place && !is_number(factor));
            let mut product = vec![Expr::Constant(outside)];
            product.extend(rest.map(|(_, factor)| factor.clone()));
            product.push(Expr::power(scaled, exponent));
            found.push(Expr::product(product));
        }
    }
    found
}

fn is_alike(ratio: f64) -> bool {
    (ratio - 1.0).abs() < ALIKE
}

fn coefficient(term: &Expr) -> f64 {
    match term {
        Expr::Constant(c) => *c,
        Expr::Product(factors) => factors
            .iter()
            .filter(|factor| matches!(factor, Expr::Constant(_)))
            .map(coefficient)
            .product(),
        Expr::Variable(_) | Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => 1.0,
    }
}

/// The term divided by the scale, with the coefficient 1 where that is about what is left.
fn with_alike_as_one(term: &Expr, scale: f64) -> Expr {
    let left = coefficient(term) / scale;
    let constant = Expr::Constant(if is_alike(left.abs()) { left.signum() } else { left });
    match term {
        Expr::Constant(_) => constant,
        Expr::Product(factors) => {
            let others = factors
                .iter()
                .filter(|factor| !matches!(factor, Expr::Constant(_)));
            Expr::product(std::iter::once(constant).chain(others.cloned()).collect())
        }
        Expr::Variable(_) | Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => {
            Expr::product(vec![constant, term.clone()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn constants_that_are_alike_become_one() {
        let names = ["a", "b", "c"].map(String::from);
        for (text, expected) in [
            ("a/(60.5*exp(b) - 60)", 2),
            ("1.8*a/(1.81 - b^2)", 1),
            ("sqrt(2.01*a + 2*b) + c", 2),
            ("a*(3*b + 5*c)", 0),
            ("a + b", 0),
        ] {
            let expr = parse(text, &names).expect("parses");
            let found = scalings(&expr);
            assert_eq!(found.len(), expected, "{text}: {found:?}");
            for scaled in found {
                let row = [1.3, 0.7, 2.1];
                let (before, after) = (expr.evaluate_row(&row), scaled.evaluate_row(&row));
                assert!((before / after - 1.0).abs() < 0.05, "{text}");
                assert!(scaled.constants().iter().any(|c| c.abs() == 1.0), "{text}");
            }
        }
    }
}
