//! How constants are shared between a product and the sums and roots in it.

use super::order::compare_lists;
use super::product::Product;
use super::sum::{coefficient, scaled_term, split_coefficient, unscaled, Sum};
use crate::formula::evaluate::raise;
use crate::formula::number::{digits, is_short_decimal, same_number, tidied};
use crate::formula::{Exponent, Expr};

impl Product<'_> {
    /// Chooses how the constant is shared between the product and its sums, so
    /// that least is written: `6*(a + b)*c`, but `(2*a + 3*b)*c`.
    pub(super) fn settle_scales(&mut self) {
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
                if let Expr::Constant(_) = rest {
                    scaled.add(Expr::Constant(*coefficient), 1.0);
                } else {
                    scaled.add(rest, *coefficient);
                }
            }
            // Bracketing may have drawn out a coefficient common to all terms.
            let (common, sum) = split_coefficient(scaled.into_expr());
            self.constant = tidied(best.constant * raise(common, exponent));
            self.factors[index].0 = sum;
        }
    }

    /// `1.4142135623730951 * sqrt(a)` as `sqrt(2 * a)`, and
    /// `1.4142135623730951 / sqrt(a)` as `sqrt(2 / a)`.
    pub(super) fn draw_constant_under_root(&mut self) {
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
        let scale = |radicand: Expr| {
            if let Expr::Sum(_) = radicand {
                let mut sum = Sum::default();
                sum.add(radicand, inner);
                return sum.into_expr();
            }
            let (c, rest) = split_coefficient(radicand);
            scaled_term(tidied(c * inner), rest)
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
