//! Products and powers: like bases merged, constants folded to one.

use std::cmp::Ordering;

use super::order::{compare, compare_bases, compare_lists};
use super::sign::is_nonnegative;
use super::sum::{
    coefficient, is_negative_term, positive_first, scaled_term, split_coefficient, unscaled, Sum,
};
use super::Known;
use crate::formula::evaluate::raise;
use crate::formula::number::{digits, is_short_decimal, same_number, tidied};
use crate::formula::{Exponent, Expr};

/// A product under construction: a constant and powers of distinct bases.
pub(super) struct Product<'a> {
    known: Known<'a>,
    constant: f64,
    factors: Vec<(Expr, Exponent)>,
}

impl<'a> Product<'a> {
    pub(super) fn new(known: Known<'a>) -> Product<'a> {
        Product {
            known,
            constant: 1.0,
            factors: Vec::new(),
        }
    }

    /// Multiplies by `expr ^ exponent`; `expr` is in canonical form.
    pub(super) fn multiply(&mut self, expr: Expr, exponent: Exponent) {
        if exponent.numerator() == 0 {
            return;
        }
        match expr {
            Expr::Constant(c) => {
                let value = raise(c, exponent);
                // 1/0, sqrt(-1) and what overflows or underflows stay as they
                // are written.
                if c == 0.0 && value == 0.0 {
                    self.constant = 0.0;
                } else if value.is_normal() && (self.constant == 0.0 || (self.constant * value).is_normal()) {
                    self.constant *= value;
                } else {
                    self.merge(Expr::Constant(c), exponent);
                }
            }
            Expr::Power(base, inner) => match merged_exponent(&base, inner, exponent, self.known) {
                Some(product) => self.multiply(*base, product),
                None => match *base {
                    Expr::Product(factors) => {
                        let powers = factors.into_iter().map(|f| Expr::power(f, inner));
                        self.multiply_root_of_product(powers.collect(), exponent);
                    }
                    base => self.merge(Expr::power(base, inner), exponent),
                },
            },
            Expr::Product(factors) if exponent.is_integer() => {
                for factor in factors {
                    self.multiply(factor, exponent);
                }
            }
            Expr::Product(factors) => self.multiply_root_of_product(factors, exponent),
            other => self.merge(other, exponent),
        }
    }

    /// `(Π f)^exponent` for a fractional exponent: only factors that cannot be
    /// negative may leave the bracket.
    fn multiply_root_of_product(&mut self, factors: Vec<Expr>, exponent: Exponent) {
        let mut rest = Vec::new();
        let mut negative = false;
        for factor in factors {
            match factor {
                Expr::Constant(c) if c < 0.0 => {
                    negative = !negative;
                    self.multiply(Expr::Constant(-c), exponent);
                }
                factor if is_nonnegative(&factor, self.known) => self.multiply(factor, exponent),
                factor => rest.push(factor),
            }
        }
        if rest.is_empty() && !negative {
            return;
        }
        let rest = match rest.len() {
            0 => Expr::Constant(1.0),
            1 => rest.remove(0),
            _ => Expr::Product(rest),
        };
        let rest = match (negative, rest) {
            // -(a - b) under a root is b - a.
            (true, Expr::Sum(terms)) => {
                let mut sum = Sum::default();
                sum.add(Expr::Sum(terms), -1.0);
                sum.into_expr()
            }
            (true, Expr::Constant(c)) => Expr::Constant(-c),
            (true, rest) => scaled_term(-1.0, rest),
            (false, Expr::Power(base, inner)) => {
                return match merged_exponent(&base, inner, exponent, self.known) {
                    Some(merged) => self.merge(*base, merged),
                    None => self.merge(Expr::Power(base, inner), exponent),
                };
            }
            (false, rest) => rest,
        };
        self.merge(rest, exponent);
    }

    fn merge(&mut self, base: Expr, exponent: Exponent) {
        for (known_base, known_exponent) in &mut self.factors {
            let ratio = match compare_bases(known_base, &base) {
                Ordering::Equal => Some(1.0),
                _ => proportion(&base, known_base),
            };
            // base = ratio · known_base
            let Some(ratio) = ratio else { continue };
            if ratio < 0.0 && !exponent.is_integer() {
                continue;
            }
            if let Some(total) = known_exponent.checked_add(exponent) {
                self.constant = tidied(self.constant * raise(ratio, exponent));
                *known_exponent = total;
                return;
            }
        }
        self.factors.push((base, exponent));
    }

    /// The canonical form.
    pub(super) fn into_expr(mut self) -> Expr {
        self.factors.retain(|(_, exponent)| exponent.numerator() != 0);
        if self.constant == 0.0 {
            return Expr::Constant(0.0);
        }
        self.constant = tidied(self.constant);
        if let [(Expr::Sum(_), Exponent::ONE)] = self.factors.as_slice() {
            let (sum, _) = self.factors.remove(0);
            let mut scaled = Sum::default();
            scaled.add(sum, self.constant);
            return scaled.into_expr();
        }
        self.factors
            .sort_by(|(a, p), (b, q)| compare_bases(a, b).then_with(|| p.cmp(q)));
        self.settle_signs();
        self.settle_scales();
        self.group_equal_exponents();
        self.draw_constant_under_root();
        let mut factors: Vec<Expr> = self
            .factors
            .into_iter()
            .map(|(base, exponent)| Expr::power(base, exponent))
            .collect();
        factors.sort_by(compare);
        if self.constant != 1.0 || factors.is_empty() {
            factors.insert(0, Expr::Constant(self.constant));
        }
        match factors.len() {
            1 => factors.remove(0),
            _ => Expr::Product(factors),
        }
    }

    /// Gives every sum that may change its sign its canonical one, and spends
    /// a minus sign that is left on turning a difference around.
    fn settle_signs(&mut self) {
        let constant = &mut self.constant;
        for (base, exponent) in &mut self.factors {
            if !exponent.is_integer() {
                continue;
            }
            let Expr::Sum(terms) = base else { continue };
            // The term that comes first when signs are ignored decides.
            let turned = terms
                .iter()
                .min_by(|a, b| compare_lists(unscaled(a), unscaled(b)))
                .is_some_and(is_negative_term);
            if turned {
                *base = negated_sum(terms);
                if !exponent.is_even_integer() {
                    *constant = -*constant;
                }
            }
        }
        if *constant >= 0.0 {
            return;
        }
        for (base, exponent) in &mut self.factors {
            let Expr::Sum(terms) = base else { continue };
            let is_difference = terms.iter().any(is_negative_term);
            if is_difference && exponent.is_integer() && !exponent.is_even_integer() {
                *base = negated_sum(terms);
                *constant = -*constant;
                return;
            }
        }
    }

    /// Chooses how the constant is shared between the product and its sums, so
    /// that least is written: `6*(a + b)*c`, but `(2*a + 3*b)*c`.
    fn settle_scales(&mut self) {
        for index in 0..self.factors.len() {
            let (base, exponent) = &self.factors[index];
            let (Expr::Sum(terms), exponent) = (base, *exponent) else {
                continue;
            };
            let mut scales: Vec<f64> = terms.iter().map(|t| 1.0 / coefficient(t).abs()).collect();
            scales.push(self.constant.abs().powf(1.0 / exponent.value()));
            let mut best = Scaling::of(self.constant, terms, 1.0, exponent);
            for scale in scales {
                if !scale.is_normal() {
                    continue;
                }
                let candidate = Scaling::of(self.constant, terms, scale, exponent);
                if candidate.is_better_than(&best) {
                    best = candidate;
                }
            }
            if best.scale == 1.0 {
                continue;
            }
            let mut scaled = Sum::default();
            for (term, coefficient) in terms.iter().zip(&best.coefficients) {
                let (_, rest) = split_coefficient(term.clone());
                match rest {
                    Expr::Constant(_) => scaled.add(Expr::Constant(*coefficient), 1.0),
                    rest => scaled.add(rest, *coefficient),
                }
            }
            // Bracketing may have drawn out a coefficient common to all terms.
            let (common, sum) = split_coefficient(scaled.into_expr());
            self.constant = tidied(best.constant * raise(common, exponent));
            self.factors[index].0 = sum;
        }
    }

    /// `a^2 * b^2` as `(a * b)^2`, `sqrt(a) / sqrt(b)` as `sqrt(a / b)`.
    fn group_equal_exponents(&mut self) {
        let groups = self.factors.iter().enumerate().any(|(index, (_, exponent))| {
            let size = exponent.magnitude();
            size != Exponent::ONE && self.factors[..index].iter().any(|(_, p)| p.magnitude() == size)
        });
        if !groups {
            return;
        }
        let mut grouped: Vec<(Expr, Exponent)> = Vec::new();
        let mut remaining = std::mem::take(&mut self.factors);
        while !remaining.is_empty() {
            let size = remaining[0].1.magnitude();
            if size == Exponent::ONE {
                grouped.push(remaining.remove(0));
                continue;
            }
            let (group, others): (Vec<_>, Vec<_>) = remaining
                .into_iter()
                .partition(|(_, exponent)| exponent.magnitude() == size);
            remaining = others;
            let mut group = group;
            if group.len() == 1 {
                grouped.append(&mut group);
                continue;
            }
            let sign = if group.iter().all(|(_, exponent)| exponent.is_negative()) {
                Exponent::integer(-1)
            } else {
                Exponent::ONE
            };
            let mut inner = Product::new(self.known);
            for (base, exponent) in group {
                let below = exponent.is_negative() && sign == Exponent::ONE;
                inner.multiply(
                    base,
                    if below {
                        Exponent::integer(-1)
                    } else {
                        Exponent::ONE
                    },
                );
            }
            let exponent = size.checked_mul(sign).unwrap_or(size);
            grouped.push((inner.into_expr(), exponent));
        }
        self.factors = grouped;
    }

    /// `1.4142135623730951 * sqrt(a)` as `sqrt(2 * a)`, and
    /// `1.4142135623730951 / sqrt(a)` as `sqrt(2 / a)`.
    fn draw_constant_under_root(&mut self) {
        if self.constant <= 0.0 || self.constant == 1.0 || is_short_decimal(self.constant) {
            return;
        }
        let is_root = |(_, exponent): &&mut (Expr, Exponent)| exponent.magnitude() == Exponent::HALF;
        let Some((base, exponent)) = self.factors.iter_mut().find(is_root) else {
            return;
        };
        let square = tidied(self.constant * self.constant);
        let short = |number: f64| number.is_normal() && digits(number) + 6 <= digits(self.constant);
        let below = exponent.is_negative();
        let inner = if below { tidied(1.0 / square) } else { square };
        let scale = |radicand: Expr| match radicand {
            Expr::Sum(terms) => {
                let mut sum = Sum::default();
                sum.add(Expr::Sum(terms), inner);
                sum.into_expr()
            }
            other => {
                let (c, rest) = split_coefficient(other);
                scaled_term(tidied(c * inner), rest)
            }
        };
        let radicand = std::mem::replace(base, Expr::Constant(1.0));
        if below && short(square) {
            let inverse = Expr::power(radicand, Exponent::integer(-1));
            *base = Expr::Product(vec![Expr::Constant(square), inverse]);
            *exponent = Exponent::HALF;
        } else if short(inner) {
            *base = scale(radicand);
        } else {
            *base = radicand;
            return;
        }
        self.constant = 1.0;
    }
}

/// The exponent of `(base ^ inner) ^ outer` written as one power, where that
/// is the same on the reals: not for `(x^2)^(1/2)`, which is `|x|`.
fn merged_exponent(base: &Expr, inner: Exponent, outer: Exponent, known: Known<'_>) -> Option<Exponent> {
    let product = inner.checked_mul(outer)?;
    let safe = outer.is_integer()
        || !inner.is_even_integer()
        || product.is_even_integer()
        || is_nonnegative(base, known);
    safe.then_some(product)
}

/// The ratio `a / b` where both are sums with proportional terms.
pub(in crate::formula) fn proportion(a: &Expr, b: &Expr) -> Option<f64> {
    let (Expr::Sum(a), Expr::Sum(b)) = (a, b) else {
        return None;
    };
    if a.len() != b.len() {
        return None;
    }
    let mut ratio = None;
    for term in a {
        let rest = unscaled(term);
        let partner = b
            .iter()
            .find(|other| compare_lists(unscaled(other), rest).is_eq())?;
        let this = coefficient(term) / coefficient(partner);
        match ratio {
            None => ratio = Some(this),
            Some(ratio) if same_number(this, ratio) => {}
            Some(_) => return None,
        }
    }
    ratio
}

fn negated_sum(terms: &[Expr]) -> Expr {
    let mut negated: Vec<Expr> = terms
        .iter()
        .map(|term| {
            let (coefficient, rest) = split_coefficient(term.clone());
            match rest {
                Expr::Constant(c) => Expr::Constant(-c),
                rest => scaled_term(-coefficient, rest),
            }
        })
        .collect();
    // Back to the unrotated order before choosing which term leads.
    let mut sum = Sum::default();
    for term in negated.drain(..) {
        sum.add(term, 1.0);
    }
    match sum.into_expr() {
        Expr::Sum(terms) => Expr::Sum(terms),
        other => {
            let mut terms = vec![other];
            positive_first(&mut terms);
            Expr::Sum(terms)
        }
    }
}

/// A way of sharing the constant between a product and one of its sums.
struct Scaling {
    scale: f64,
    constant: f64,
    coefficients: Vec<f64>,
    /// How many numbers must be written because of the choice.
    written: usize,
}

impl Scaling {
    /// `constant · (Σ terms)^exponent` with the terms multiplied by `scale`.
    fn of(constant: f64, terms: &[Expr], scale: f64, exponent: Exponent) -> Scaling {
        let mut constant = constant;
        let mut coefficients: Vec<f64> = terms.iter().map(coefficient).collect();
        if scale != 1.0 {
            constant = tidied(constant / scale.powf(exponent.value()));
            for c in &mut coefficients {
                *c = tidied(*c * scale);
            }
        }
        // A number on its own is a symbol whatever its value.
        let scaled = terms.iter().zip(&coefficients);
        let written = scaled.filter(|(term, c)| !matches!(term, Expr::Constant(_)) && c.abs() != 1.0);
        Scaling {
            scale,
            written: usize::from(constant.abs() != 1.0) + written.count(),
            constant,
            coefficients,
        }
    }

    fn is_better_than(&self, other: &Scaling) -> bool {
        if !self.constant.is_normal() || self.coefficients.iter().any(|c| !c.is_normal()) {
            return false;
        }
        let order = self
            .written
            .cmp(&other.written)
            .then_with(|| self.digits().cmp(&other.digits()))
            .then_with(|| (self.constant == 1.0).cmp(&(other.constant == 1.0)));
        order.is_lt() || (order.is_eq() && self.is_smaller_than(other))
    }

    /// How many characters the numbers take.
    fn digits(&self) -> usize {
        let numbers = self.coefficients.iter().chain([&self.constant]);
        numbers.filter(|c| c.abs() != 1.0).map(|c| digits(*c)).sum()
    }

    fn is_smaller_than(&self, other: &Scaling) -> bool {
        self.coefficients
            .iter()
            .zip(&other.coefficients)
            .find(|(a, b)| !same_number(**a, **b))
            .is_some_and(|(a, b)| a.abs() < b.abs())
    }
}
