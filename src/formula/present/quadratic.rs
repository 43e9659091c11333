//! Sums of two or three terms that are the product of two sums.

use super::polynomial::{Bases, Monomial, Powers};
use crate::formula::number::{digits, tidied};
use crate::formula::simplify::Known;
use crate::formula::{Exponent, Expr};

/// `a^2 - b^2` as `(a - b)*(a + b)`, `x^2 + 3*x + 2` as `(x + 1)*(x + 2)`: the
/// real roots of a quadratic whose coefficients are numbers, but only where
/// they are no longer to write than those.
pub(super) fn split(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Sum(_) = node else { return Vec::new() };
    let mut bases = Bases::new(known);
    match bases.terms_of(node) {
        Some(terms) if terms.len() == 2 || terms.len() == 3 => (0..terms.len())
            .filter_map(|leading| Quadratic::of(&terms, leading)?.factored(&bases))
            .collect(),
        _ => Vec::new(),
    }
}

/// `a·x² + b·x·m + c·m²` with monomials x and m.
struct Quadratic {
    a: f64,
    b: f64,
    c: f64,
    x: Powers,
    m: Powers,
}

impl Quadratic {
    fn of(terms: &[Monomial], leading: usize) -> Option<Quadratic> {
        let x = halved(&terms[leading].powers)?;
        if x.is_empty() {
            return None;
        }
        let others: Vec<&Monomial> = (0..terms.len())
            .filter(|&index| index != leading)
            .map(|index| &terms[index])
            .collect();
        others.iter().find_map(|last| {
            let m = halved(&last.powers)?;
            let cross = mixed(&x, &m)?;
            let b = match others.iter().find(|other| !std::ptr::eq(**other, *last)) {
                None => 0.0,
                Some(middle) if middle.powers == cross => middle.coefficient,
                Some(_) => return None,
            };
            Some(Quadratic {
                a: terms[leading].coefficient,
                b,
                c: last.coefficient,
                x: x.clone(),
                m,
            })
        })
    }

    /// `a·(x - r·m)·(x - s·m)`.
    fn factored(&self, bases: &Bases<'_>) -> Option<Expr> {
        let discriminant = self.b * self.b - 4.0 * self.a * self.c;
        // A double root is a perfect square, which has a rule of its own.
        if discriminant.is_nan() || discriminant <= 1e-9 * self.b * self.b {
            return None;
        }
        // The root that does not cancel, and the other from their product.
        let far = -0.5 * (self.b + discriminant.sqrt().copysign(self.b));
        let (r, s) = (tidied(far / self.a), tidied(self.c / far));
        let length = |numbers: [f64; 3]| -> usize {
            let written = numbers.iter().filter(|n| **n != 0.0 && n.abs() != 1.0);
            written.map(|n| digits(*n)).sum()
        };
        if length([self.a, r, s]) > length([self.a, self.b, self.c]) {
            return None;
        }
        let factor = |root: f64| {
            let x = Monomial {
                coefficient: 1.0,
                powers: self.x.clone(),
            };
            let constant = Monomial {
                coefficient: -root,
                powers: self.m.clone(),
            };
            bases.sum([&x, &constant])
        };
        Some(Expr::Product(vec![Expr::Constant(self.a), factor(r), factor(s)]))
    }
}

/// The square root of the powers where they are whole and even.
fn halved(powers: &Powers) -> Option<Powers> {
    powers
        .iter()
        .map(|(base, exponent)| {
            let half = Exponent::new(exponent.numerator() / 2, 1);
            exponent.is_even_integer().then_some((*base, half))
        })
        .collect()
}

fn mixed(x: &Powers, m: &Powers) -> Option<Powers> {
    let monomial = |powers: &Powers| Monomial {
        coefficient: 1.0,
        powers: powers.clone(),
    };
    Some(monomial(x).times(&monomial(m))?.powers)
}
