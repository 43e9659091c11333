//! Sums that contain a multiple of another sum.

use std::cmp::Ordering;

use super::polynomial::{Bases, Monomial};
use crate::formula::simplify::Known;
use crate::formula::{Exponent, Expr};

/// More steps than this are not taken in one division.
const MOST_STEPS: usize = 12;

/// `a*(b + 3) + 2*b + 6` as `(a + 2)*(b + 3)`: terms that make up a multiple of
/// a sum are gathered with those that have it as a factor.
pub(super) fn gathered(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Sum(_) = node else { return Vec::new() };
    let mut bases = Bases::new(known);
    let Some(terms) = bases.terms_of(node) else {
        return Vec::new();
    };
    let mut forms = Vec::new();
    for (number, sum) in bases.sums() {
        let Some(parts) = bases.terms_of(&sum) else {
            continue;
        };
        let factor = Monomial {
            coefficient: 1.0,
            powers: vec![(number, Exponent::ONE)],
        };
        let (having, mut rest): (Vec<_>, Vec<_>) = terms
            .iter()
            .cloned()
            .partition(|term| term.exponent_of(number) == Some(Exponent::ONE));
        let Some(mut quotients) = having.iter().map(|t| t.over(&factor)).collect::<Option<Vec<_>>>() else {
            continue;
        };
        let mut index = 0;
        while index < rest.len() {
            match take_multiple(&mut rest, index, &parts) {
                Some(quotient) => quotients.push(quotient),
                None => index += 1,
            }
        }
        if quotients.len() > having.len() {
            let mut gathered = vec![Expr::product(vec![sum, bases.sum(&quotients)])];
            gathered.extend(rest.iter().map(|term| bases.product(term)));
            forms.push(Expr::Sum(gathered));
        }
    }
    forms
}

/// Takes the terms of `quotient · parts` out of `terms`, where the term at
/// `index` is that of the first part.
fn take_multiple(terms: &mut Vec<Monomial>, index: usize, parts: &[Monomial]) -> Option<Monomial> {
    let quotient = terms[index].over(parts.first()?)?;
    let mut used = Vec::new();
    for part in parts {
        let wanted = quotient.times(part)?;
        let found = (0..terms.len()).find(|i| !used.contains(i) && terms[*i].agrees_with(&wanted))?;
        used.push(found);
    }
    used.sort_unstable_by(|a, b| b.cmp(a));
    for index in used {
        terms.remove(index);
    }
    Some(quotient)
}

/// `(a^2 - b^2)/(a - b)` as `a + b`: a sum above the bar divided by one below
/// it, or the other way round, where nothing remains.
pub(super) fn cancelled(node: &Expr, known: Known<'_>) -> Vec<Expr> {
    let Expr::Product(factors) = node else {
        return Vec::new();
    };
    let sums: Vec<(usize, &Expr, Exponent)> = factors
        .iter()
        .enumerate()
        .filter_map(|(index, factor)| match factor {
            Expr::Sum(_) => Some((index, factor, Exponent::ONE)),
            Expr::Power(base, exponent) if exponent.is_integer() && matches!(**base, Expr::Sum(_)) => {
                Some((index, &**base, *exponent))
            }
            _ => None,
        })
        .collect();
    let mut forms = Vec::new();
    for (above, dividend, p) in sums.iter().filter(|(_, _, exponent)| !exponent.is_negative()) {
        for (below, divisor, q) in sums.iter().filter(|(_, _, exponent)| exponent.is_negative()) {
            let quotient = match (
                quotient(dividend, divisor, known),
                quotient(divisor, dividend, known),
            ) {
                (Some(whole), _) => whole,
                (None, Some(inverse)) => Expr::power(inverse, Exponent::integer(-1)),
                (None, None) => continue,
            };
            let mut replaced = factors.clone();
            replaced[*above] = Expr::power((*dividend).clone(), Exponent::integer(p.numerator() - 1));
            replaced[*below] = Expr::power((*divisor).clone(), Exponent::integer(q.numerator() + 1));
            replaced.push(quotient);
            forms.push(Expr::Product(replaced));
        }
    }
    forms
}

/// The sum whose product with `divisor` is `dividend`.
fn quotient(dividend: &Expr, divisor: &Expr, known: Known<'_>) -> Option<Expr> {
    let mut bases = Bases::new(known);
    let mut rest = bases.terms_of(dividend)?;
    let divisor = bases.terms_of(divisor)?;
    let leading = divisor.iter().max_by(|a, b| by_first_base(a, b))?;
    let mut quotient = Vec::new();
    while let Some(first) = rest.iter().max_by(|a, b| by_first_base(a, b)) {
        if quotient.len() == MOST_STEPS {
            return None;
        }
        let factor = first.over(leading)?;
        for part in &divisor {
            subtract(&mut rest, &factor.times(part)?);
        }
        quotient.push(factor);
    }
    Some(bases.sum(&quotient))
}

fn subtract(terms: &mut Vec<Monomial>, other: &Monomial) {
    match terms.iter().position(|term| term.powers == other.powers) {
        Some(index) if terms[index].agrees_with(other) => {
            terms.remove(index);
        }
        Some(index) => terms[index].coefficient -= other.coefficient,
        None => terms.push(Monomial {
            coefficient: -other.coefficient,
            powers: other.powers.clone(),
        }),
    }
}

/// Monomials by the power of the first base, then of the second, and so on.
fn by_first_base(a: &Monomial, b: &Monomial) -> Ordering {
    let zero = Exponent::integer(0);
    let bases = a.powers.iter().chain(&b.powers).map(|(base, _)| *base);
    let mut bases: Vec<usize> = bases.collect();
    bases.sort_unstable();
    for base in bases {
        let power = |monomial: &Monomial| monomial.exponent_of(base).unwrap_or(zero);
        let order = power(a).cmp(&power(b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}
