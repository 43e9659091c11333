//! Products and powers: like bases merged, constants folded to one.

use std::cmp::Ordering;

use super::exponential::Exponentials;
use super::order::{compare, compare_bases};
use super::rules::is_exponential;
use super::scale::proportion;
use super::sign::is_nonnegative;
use super::sum::{scaled_term, Sum};
use super::Known;
use crate::formula::evaluate::raise;
use crate::formula::number::tidied;
use crate::formula::{Exponent, Expr};

/// A product under construction: a constant and powers of distinct bases.
pub(super) struct Product<'a> {
    pub(super) known: Known<'a>,
    pub(super) constant: f64,
    pub(super) factors: Vec<(Expr, Exponent)>,
    pub(super) exponentials: Exponentials,
}

impl<'a> Product<'a> {
    pub(super) fn new(known: Known<'a>) -> Product<'a> {
        Product {
            known,
            constant: 1.0,
            factors: Vec::new(),
            exponentials: Exponentials::default(),
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
                None => {
                    if let Expr::Product(factors) = *base {
                        let powers = factors.into_iter().map(|f| Expr::power(f, inner));
                        self.multiply_root_of_product(powers.collect(), exponent);
                    } else {
                        self.merge(Expr::Power(base, inner), exponent);
                    }
                }
            },
            Expr::Product(factors) if exponent.is_integer() => {
                for factor in factors {
                    self.multiply(factor, exponent);
                }
            }
            Expr::Product(factors) => self.multiply_root_of_product(factors, exponent),
            Expr::Apply(function, argument) if is_exponential(function) => {
                self.multiply_exponential(function, *argument, exponent);
            }
            Expr::Variable(_) | Expr::Sum(_) | Expr::Apply(..) => self.merge(expr, exponent),
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
        self.settle_exponentials();
        self.factors.retain(|(_, exponent)| exponent.numerator() != 0);
        self.join_tangents();
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
