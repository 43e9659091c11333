//! Sums: like terms merged, equal coefficients drawn out.

use std::cmp::Ordering;

use super::order::{compare, compare_terms, monomial};
use crate::formula::number::{digits, same_number, tidied};
use crate::formula::{Exponent, Expr, Function};

/// A term that cancels to less than this share of what went into it is zero.
const CANCELLED: f64 = 4.0 * f64::EPSILON;

/// A sum under construction: a constant and terms `coefficient · rest`.
#[derive(Debug, Default)]
pub(super) struct Sum {
    constant: Total,
    terms: Vec<(Total, Expr)>,
}

/// A sum of coefficients that remembers how large its parts were.
#[derive(Debug, Default, Clone, Copy)]
struct Total {
    value: f64,
    magnitude: f64,
}

impl Total {
    fn add(&mut self, value: f64) {
        self.value += value;
        self.magnitude += value.abs();
    }

    fn settled(self) -> f64 {
        if self.value.is_finite() && self.value.abs() <= CANCELLED * self.magnitude {
            0.0
        } else {
            tidied(self.value)
        }
    }
}

impl Sum {
    /// Adds `factor · expr`; `expr` is in canonical form.
    pub(super) fn add(&mut self, expr: Expr, factor: f64) {
        match expr {
            Expr::Constant(c) => self.constant.add(factor * c),
            Expr::Sum(terms) => {
                for term in terms {
                    self.add(term, factor);
                }
            }
            Expr::Variable(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
                let (coefficient, rest) = split_coefficient(expr);
                if let Expr::Sum(_) = rest {
                    self.add(rest, factor * coefficient);
                } else {
                    self.add_term(factor * coefficient, rest);
                }
            }
        }
    }

    fn add_term(&mut self, coefficient: f64, rest: Expr) {
        let known = self
            .terms
            .iter_mut()
            .find(|(_, other)| compare(other, &rest) == Ordering::Equal);
        match known {
            Some((total, _)) => total.add(coefficient),
            None => {
                let mut total = Total::default();
                total.add(coefficient);
                self.terms.push((total, rest));
            }
        }
    }

    /// The canonical form: terms in order, a positive one first, terms of
    /// equal coefficient bracketed.
    pub(super) fn into_expr(self) -> Expr {
        let constant = self.constant.settled();
        let terms: Vec<(f64, Expr)> = self
            .terms
            .into_iter()
            .map(|(total, rest)| (total.settled(), rest))
            .filter(|(coefficient, _)| *coefficient != 0.0)
            .collect();
        if terms.is_empty() {
            return Expr::Constant(constant);
        }
        let mut terms = bracketed(in_order(logarithms_joined(terms)));
        if constant == 0.0 && terms.len() == 1 {
            let (coefficient, rest) = terms.remove(0);
            return scaled_term(coefficient, rest);
        }
        let mut exprs: Vec<Expr> = terms
            .into_iter()
            .map(|(coefficient, rest)| scaled_term(coefficient, rest))
            .collect();
        if constant != 0.0 {
            exprs.push(Expr::Constant(constant));
        }
        positive_first(&mut exprs);
        Expr::Sum(exprs)
    }
}

/// `c*ln(a) - c*ln(b)` as `c*ln(a/b)`.
fn logarithms_joined(mut terms: Vec<(f64, Expr)>) -> Vec<(f64, Expr)> {
    let mut joined: Vec<(f64, Expr)> = Vec::with_capacity(terms.len());
    for (coefficient, rest) in terms.drain(..) {
        let partner = joined.iter_mut().find_map(|(other, known)| {
            Some((
                *other,
                joined_logarithm(*other, known, coefficient, &rest)?,
                known,
            ))
        });
        match partner {
            Some((_, together, known)) => *known = together,
            None => joined.push((coefficient, rest)),
        }
    }
    joined
}

/// The one term, with the coefficient `c`, that two terms with a logarithm and
/// otherwise the same factors come to.
fn joined_logarithm(c: f64, term: &Expr, d: f64, other: &Expr) -> Option<Expr> {
    if !same_number(c.abs(), d.abs()) {
        return None;
    }
    let (function, argument, factors) = split_logarithm(term)?;
    let (second, divisor, others) = split_logarithm(other)?;
    if function != second || factors.len() != others.len() {
        return None;
    }
    let same = factors.iter().zip(&others).all(|(a, b)| compare(a, b).is_eq());
    let exponent = Exponent::integer(if c.signum() == d.signum() { 1 } else { -1 });
    let argument = Expr::product(vec![argument.clone(), Expr::power(divisor.clone(), exponent)]);
    let logarithm = function.of(argument);
    let factors = factors.into_iter().cloned().chain([logarithm]);
    same.then(|| match others.len() {
        0 => factors.last(),
        _ => Some(Expr::product(factors.collect())),
    })?
}

/// A term's logarithm, its argument, and the other factors.
fn split_logarithm(term: &Expr) -> Option<(Function, &Expr, Vec<&Expr>)> {
    let factors = leading_factors(term);
    let logarithm = |factor: &Expr| match factor {
        Expr::Apply(function @ (Function::Ln | Function::Log10 | Function::Log2), _) => Some(*function),
        _ => None,
    };
    let place = factors.iter().position(|factor| logarithm(factor).is_some())?;
    let Expr::Apply(function, argument) = &factors[place] else {
        return None;
    };
    let others = factors.iter().enumerate().filter(|(index, _)| *index != place);
    Some((*function, argument, others.map(|(_, factor)| factor).collect()))
}

/// The terms in the order in which they are written.
fn in_order(terms: Vec<(f64, Expr)>) -> Vec<(f64, Expr)> {
    if terms.len() < 2 {
        return terms;
    }
    let mut order: Vec<(Vec<(&Expr, f64)>, usize)> = terms
        .iter()
        .enumerate()
        .map(|(index, (_, rest))| (monomial(rest), index))
        .collect();
    order.sort_by(|(a, i), (b, j)| compare_terms(a, b).then_with(|| i.cmp(j)));
    let order: Vec<usize> = order.into_iter().map(|(_, index)| index).collect();
    let mut terms: Vec<Option<(f64, Expr)>> = terms.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|index| terms[index].take())
        .collect()
}

/// `2*a + 2*b + c` as `2*(a + b) + c`: terms whose coefficients agree up to
/// sign share one.
fn bracketed(terms: Vec<(f64, Expr)>) -> Vec<(f64, Expr)> {
    let mut groups: Vec<(f64, Vec<(f64, Expr)>)> = Vec::with_capacity(terms.len());
    for (coefficient, rest) in terms {
        let size = coefficient.abs();
        let same = |other: f64| {
            if size == 1.0 || other == 1.0 {
                false
            } else {
                same_number(size, other)
            }
        };
        match groups.iter_mut().find(|(other, _)| same(*other)) {
            Some((other, group)) => {
                if digits(size) < digits(*other) {
                    *other = size;
                }
                group.push((coefficient.signum(), rest));
            }
            None => groups.push((size, vec![(coefficient.signum(), rest)])),
        }
    }
    groups
        .into_iter()
        .map(|(size, mut group)| {
            if group.len() == 1 {
                let (sign, rest) = group.remove(0);
                return (sign * size, rest);
            }
            let all_negative = group.iter().all(|(sign, _)| *sign < 0.0);
            let flip = if all_negative { -1.0 } else { 1.0 };
            let mut exprs: Vec<Expr> = group
                .into_iter()
                .map(|(sign, rest)| scaled_term(flip * sign, rest))
                .collect();
            positive_first(&mut exprs);
            (flip * size, Expr::Sum(exprs))
        })
        .collect()
}

/// `coefficient · rest` with the coefficient in front of `rest`'s factors.
pub(super) fn scaled_term(coefficient: f64, rest: Expr) -> Expr {
    if coefficient == 1.0 {
        return rest;
    }
    if let Expr::Product(mut factors) = rest {
        factors.insert(0, Expr::Constant(coefficient));
        return Expr::Product(factors);
    }
    Expr::Product(vec![Expr::Constant(coefficient), rest])
}

/// The coefficient of a canonical term.
pub(super) fn coefficient(term: &Expr) -> f64 {
    match leading_factors(term).first() {
        Some(Expr::Constant(c)) => *c,
        Some(_) | None => 1.0,
    }
}

/// The factors of a canonical term but for its coefficient.
pub(super) fn unscaled(term: &Expr) -> &[Expr] {
    match leading_factors(term) {
        [Expr::Constant(_), rest @ ..] => rest,
        factors => factors,
    }
}

/// The factors of a product; any other expression on its own.
fn leading_factors(term: &Expr) -> &[Expr] {
    if let Expr::Product(factors) = term {
        factors
    } else {
        std::slice::from_ref(term)
    }
}

/// Splits a canonical term into its coefficient and the rest.
pub(super) fn split_coefficient(expr: Expr) -> (f64, Expr) {
    let Expr::Product(mut factors) = expr else {
        return (1.0, expr);
    };
    let Some(Expr::Constant(coefficient)) = factors.first() else {
        return (1.0, Expr::Product(factors));
    };
    let coefficient = *coefficient;
    factors.remove(0);
    match factors.len() {
        1 => (coefficient, factors.remove(0)),
        _ => (coefficient, Expr::Product(factors)),
    }
}

/// Moves the first positive term to the front, so that no sum starts with a
/// minus sign if it need not.
pub(super) fn positive_first(terms: &mut [Expr]) {
    if let Some(index) = terms.iter().position(|term| !is_negative_term(term)) {
        terms[..=index].rotate_right(1);
    }
}

/// Whether the term is written with a minus sign.
pub(super) fn is_negative_term(term: &Expr) -> bool {
    coefficient(term) < 0.0
}
