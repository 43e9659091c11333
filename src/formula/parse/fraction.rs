//! A chain of `*` and `/` as it is read.

use crate::formula::{Exponent, Expr};

/// Numbers above and below the bar are kept apart until the end, so that
/// `5 * a / 3` gets the one coefficient nearest to 5/3.
pub(super) struct Fraction {
    above: f64,
    below: f64,
    has_number: bool,
    factors: Vec<Expr>,
}

impl Default for Fraction {
    fn default() -> Fraction {
        Fraction {
            above: 1.0,
            below: 1.0,
            has_number: false,
            factors: Vec::new(),
        }
    }
}

impl Fraction {
    pub(super) fn multiply(&mut self, expr: Expr) {
        match expr {
            // A product beyond the range of f64 keeps its factors.
            Expr::Constant(c) if in_range(self.above * c) || c == 0.0 => {
                self.above *= c;
                self.has_number = true;
            }
            Expr::Product(factors) => factors.into_iter().for_each(|f| self.multiply(f)),
            Expr::Constant(_) | Expr::Variable(_) | Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => {
                self.factors.push(expr);
            }
        }
    }

    pub(super) fn divide(&mut self, expr: Expr) {
        if let Some((base, exponent)) = expr.as_general_power() {
            let base = base.clone();
            self.factors.push(Expr::general_power(base, exponent.negated()));
            return;
        }
        match expr {
            // A division by zero stays visible as a power of zero.
            Expr::Constant(c) if c != 0.0 && in_range(self.below * c) => {
                self.below *= c;
                self.has_number = true;
            }
            Expr::Product(factors) => factors.into_iter().for_each(|f| self.divide(f)),
            Expr::Power(base, exponent) => {
                self.factors.push(Expr::power(*base, exponent.negated()));
            }
            Expr::Constant(_) | Expr::Variable(_) | Expr::Sum(_) | Expr::Apply(..) => {
                self.factors.push(Expr::power(expr, Exponent::integer(-1)));
            }
        }
    }

    pub(super) fn into_expr(mut self) -> Expr {
        let mut coefficient = self.above / self.below;
        if !in_range(coefficient) && self.above != 0.0 {
            coefficient = self.above;
            self.factors
                .push(Expr::power(Expr::Constant(self.below), Exponent::integer(-1)));
        }
        if self.has_number && (coefficient != 1.0 || self.factors.is_empty()) {
            self.factors.insert(0, Expr::Constant(coefficient));
        }
        match self.factors.len() {
            1 => self.factors.remove(0),
            _ => Expr::Product(self.factors),
        }
    }
}

fn in_range(value: f64) -> bool {
    value.is_normal()
}
