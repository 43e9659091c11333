//! Sums that are powers of a two-term sum.

use super::polynomial::{Bases, Monomial, Powers};
use crate::formula::simplify::Known;
use crate::formula::{Exponent, Expr};

/// Binomial coefficients for the powers that are recognised.
const BINOMIALS: [&[f64]; 3] = [
    &[1.0, 2.0, 1.0],
    &[1.0, 3.0, 3.0, 1.0],
    &[1.0, 4.0, 6.0, 4.0, 1.0],
];

/// `a^2 - 2*a*b + b^2` as `(a - b)^2` and likewise cubes and fourth powers,
/// each also among further terms.
pub(super) fn of_two_terms(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Sum(_) = node else { return Vec::new() };
    let mut bases = Bases::new(known);
    let Some(terms) = bases.terms_of(node) else {
        return Vec::new();
    };
    let mut forms = Vec::new();
    for binomial in BINOMIALS {
        if terms.len() < binomial.len() {
            break;
        }
        for first in 0..terms.len() {
            for last in first + 1..terms.len() {
                if let Some(power) = Found::among(&bases, &terms, first, last, binomial) {
                    forms.push(power.replacing(&terms, &bases));
                }
            }
        }
    }
    forms
}

/// `sign · (first + last)^degree`, made of the terms at `used`.
struct Found {
    sign: f64,
    first: Monomial,
    last: Monomial,
    degree: i32,
    used: Vec<usize>,
}

impl Found {
    fn among(
        bases: &Bases<'_>,
        terms: &[Monomial],
        first: usize,
        last: usize,
        binomial: &[f64],
    ) -> Option<Found> {
        let degree = i32::try_from(binomial.len() - 1).ok()?;
        let even = degree % 2 == 0;
        let sign = if even {
            terms[first].coefficient.signum()
        } else {
            1.0
        };
        let left = root(bases, &terms[first], sign, degree)?;
        let mut right = root(bases, &terms[last], sign, degree)?;
        let mut used = vec![first, last];
        for (step, binomial_coefficient) in binomial.iter().enumerate().skip(1) {
            let step = i32::try_from(step).ok()?;
            if step == degree {
                break;
            }
            let mut wanted = Monomial::constant(sign * binomial_coefficient);
            for _ in 0..degree - step {
                wanted = wanted.times(&left)?;
            }
            for _ in 0..step {
                wanted = wanted.times(&right)?;
            }
            let found = (0..terms.len())
                .filter(|index| !used.contains(index))
                .find(|&index| terms[index].powers == wanted.powers)?;
            // The first cross term tells the sign of an even root.
            if even && step == 1 && terms[found].coefficient.signum() != wanted.coefficient.signum() {
                right.coefficient = -right.coefficient;
                wanted.coefficient = -wanted.coefficient;
            }
            if !terms[found].agrees_with(&wanted) {
                return None;
            }
            used.push(found);
        }
        Some(Found {
            sign,
            first: left,
            last: right,
            degree,
            used,
        })
    }

    fn replacing(&self, terms: &[Monomial], bases: &Bases<'_>) -> Expr {
        let sum = bases.sum([&self.first, &self.last]);
        let power = Expr::power(sum, Exponent::integer(self.degree));
        let mut replaced = vec![Expr::product(vec![Expr::Constant(self.sign), power])];
        let others = (0..terms.len()).filter(|index| !self.used.contains(index));
        replaced.extend(others.map(|index| bases.product(&terms[index])));
        Expr::Sum(replaced)
    }
}

/// The monomial whose `degree`-th power is `sign · term`. That a base's sign
/// may get lost in it does no harm: the cross terms are compared afterwards.
fn root(bases: &Bases<'_>, term: &Monomial, sign: f64, degree: i32) -> Option<Monomial> {
    let value = sign * term.coefficient;
    let coefficient = match degree {
        2 => value.sqrt(),
        3 => value.cbrt(),
        _ => value.powf(1.0 / f64::from(degree)),
    };
    if !coefficient.is_normal() {
        return None;
    }
    let share = Exponent::new(1, degree);
    // A root that comes in where there was none would want its base positive.
    let keeps_domain = |base: usize, exponent: &Exponent, root: &Exponent| {
        root.is_integer() || !exponent.is_integer() || bases.is_nonnegative(base)
    };
    let powers: Option<Powers> = term
        .powers
        .iter()
        .map(|(base, exponent)| {
            let root = exponent.checked_mul(share)?;
            keeps_domain(*base, exponent, &root).then_some((*base, root))
        })
        .collect();
    Some(Monomial {
        coefficient,
        powers: powers?,
    })
}
