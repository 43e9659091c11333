//! Exponentials and general powers among the factors of a product.
//!
//! `exp(a)·exp(b)` is `exp(a + b)`, a number in the exponent is a factor, and
//! what the exponent has of logarithms are powers: `exp(2·ln x + y) = x²·exp(y)`.
//! Powers to numbers that are no small fractions, or to formulas, stay
//! `exp(exponent · ln base)`, one for each base.

use super::order::compare_bases;
use super::product::Product;
use super::sum::{coefficient, unscaled, Sum};
use crate::formula::{Exponent, Expr, Function};

/// What is known of the exponentials so far.
#[derive(Default)]
pub(super) struct Exponentials {
    /// Sums of arguments.
    sums: Vec<(Function, Sum)>,
    /// Bases and sums of exponents.
    powers: Vec<(Expr, Sum)>,
}

impl Product<'_> {
    /// Multiplies by `function(argument) ^ exponent` for an exponential.
    pub(super) fn multiply_exponential(&mut self, function: Function, argument: Expr, exponent: Exponent) {
        let scale = exponent.value();
        if let (Function::Exp, Expr::Sum(terms)) = (function, &argument) {
            for term in terms {
                self.multiply_term(term, scale);
            }
        } else if function == Function::Exp {
            self.multiply_term(&argument, scale);
        } else {
            self.exponentials.sum_of(function).add(argument, scale);
        }
    }

    /// Multiplies by `exp(scale · term)`.
    fn multiply_term(&mut self, term: &Expr, scale: f64) {
        let factor = match term {
            Expr::Constant(c) => (c * scale).exp(),
            Expr::Variable(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
                f64::NAN
            }
        };
        if factor.is_normal() && (self.constant * factor).is_normal() {
            self.constant *= factor;
            return;
        }
        let factors = unscaled(term);
        let logarithm = |factor: &Expr| matches!(factor, Expr::Apply(Function::Ln, _));
        match factors.iter().rposition(logarithm) {
            Some(place) => {
                let Expr::Apply(_, base) = &factors[place] else {
                    return;
                };
                let mut exponent = factors.to_vec();
                exponent.remove(place);
                self.multiply_power(base, scale * coefficient(term), exponent);
            }
            None => self.exponentials.sum_of(Function::Exp).add(term.clone(), scale),
        }
    }

    /// Multiplies by `base ^ (scale · Π factors)`.
    fn multiply_power(&mut self, base: &Expr, scale: f64, mut factors: Vec<Expr>) {
        if let (true, Some(exponent)) = (factors.is_empty(), Exponent::from_value(scale)) {
            self.multiply(base.clone(), exponent);
            return;
        }
        let sum = self.exponentials.exponent_of(base);
        match factors.len() {
            0 => sum.add(Expr::Constant(scale), 1.0),
            1 => sum.add(factors.remove(0), scale),
            _ => sum.add(Expr::Product(factors), scale),
        }
    }

    /// Turns the sums into factors.
    pub(super) fn settle_exponentials(&mut self) {
        self.free_numbers_from_fractions();
        let Exponentials { sums, powers } = std::mem::take(&mut self.exponentials);
        for (base, exponent) in powers {
            match exponent.into_expr() {
                Expr::Constant(c) => self.settle_power(base, c),
                exponent => {
                    let power = self.power_to(base, exponent);
                    self.factors.push((power, Exponent::ONE));
                }
            }
        }
        for (function, sum) in sums {
            let argument = sum.into_expr();
            let value = match argument {
                Expr::Constant(c) => function.value(c),
                _ => f64::NAN,
            };
            if value.is_normal() && (self.constant * value).is_normal() {
                self.constant *= value;
            } else {
                self.factors.push((function.of(argument), Exponent::ONE));
            }
        }
    }

    /// Fractions that are no structure are numbers: `x^(7/20)` is `x^0.35`.
    fn free_numbers_from_fractions(&mut self) {
        let (kept, numbers) = std::mem::take(&mut self.factors)
            .into_iter()
            .partition(|(_, exponent)| exponent.is_structural());
        self.factors = kept;
        for (base, exponent) in numbers {
            self.exponentials
                .exponent_of(&base)
                .add(Expr::Constant(exponent.value()), 1.0);
        }
    }

    /// A power to a number, together with the same base's other power.
    fn settle_power(&mut self, base: Expr, mut exponent: f64) {
        let same = |(known, _): &(Expr, Exponent)| compare_bases(known, &base).is_eq();
        if let Some(place) = self.factors.iter().position(same) {
            exponent += self.factors.remove(place).1.value();
        }
        match Exponent::from_value(exponent) {
            Some(exponent) if exponent.numerator() == 0 => {}
            Some(exponent) => self.factors.push((base, exponent)),
            None => {
                let power = self.power_to(base, Expr::Constant(exponent));
                self.factors.push((power, Exponent::ONE));
            }
        }
    }

    fn power_to(&self, base: Expr, exponent: Expr) -> Expr {
        let mut argument = Product::new(self.known);
        argument.multiply(exponent, Exponent::ONE);
        argument.multiply(Function::Ln.of(base), Exponent::ONE);
        Function::Exp.of(argument.into_expr())
    }

    /// `sin(u)/cos(u)` as `tan(u)`.
    pub(super) fn join_tangents(&mut self) {
        let sine = |(base, _): &(Expr, Exponent)| matches!(base, Expr::Apply(Function::Sin, _));
        let Some(place) = self.factors.iter().position(sine) else {
            return;
        };
        let (Expr::Apply(_, angle), exponent) = self.factors[place].clone() else {
            return;
        };
        let cosine = Function::Cos.of((*angle).clone());
        let opposite = |(base, power): &(Expr, Exponent)| *base == cosine && *power == exponent.negated();
        if let Some(other) = self.factors.iter().position(opposite) {
            self.factors[place].0 = Function::Tan.of(*angle);
            self.factors.remove(other);
        }
    }
}

impl Exponentials {
    fn sum_of(&mut self, function: Function) -> &mut Sum {
        let place = self.sums.iter().position(|(known, _)| *known == function);
        let place = place.unwrap_or_else(|| {
            self.sums.push((function, Sum::default()));
            self.sums.len() - 1
        });
        &mut self.sums[place].1
    }

    fn exponent_of(&mut self, base: &Expr) -> &mut Sum {
        let known = self
            .powers
            .iter()
            .position(|(known, _)| compare_bases(known, base).is_eq());
        let place = known.unwrap_or_else(|| {
            self.powers.push((base.clone(), Sum::default()));
            self.powers.len() - 1
        });
        &mut self.powers[place].1
    }
}
