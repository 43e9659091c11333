//! How a term is laid out on paper: sign, coefficient, what stands above the
//! fraction bar and what below. Complexity and every printer share it, so that
//! what is counted is what is written.

use super::number::as_quotient;
use super::{Exponent, Expr};

/// A factor `base ^ exponent`, exponent positive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor<'a> {
    pub(super) base: &'a Expr,
    pub(super) exponent: Exponent,
}

/// `± coefficient · Π numerator / Π denominator`.
#[derive(Debug, Clone)]
pub(super) struct Term<'a> {
    pub(super) negative: bool,
    /// At least 0 (or NaN); 1 where nothing need be written.
    pub(super) coefficient: f64,
    pub(super) numerator: Vec<Factor<'a>>,
    pub(super) denominator: Vec<Factor<'a>>,
}

impl<'a> Term<'a> {
    /// The layout of any expression.
    pub(super) fn of(expr: &'a Expr) -> Term<'a> {
        let mut term = Term {
            negative: false,
            coefficient: 1.0,
            numerator: Vec::new(),
            denominator: Vec::new(),
        };
        let mut has_coefficient = false;
        let factors = match expr {
            Expr::Product(factors) => factors.as_slice(),
            other => std::slice::from_ref(other),
        };
        for factor in factors {
            match factor {
                Expr::Constant(c) if !has_coefficient => {
                    has_coefficient = true;
                    term.negative = *c < 0.0;
                    term.coefficient = c.abs();
                }
                Expr::Power(base, exponent) if exponent.is_negative() => {
                    term.denominator.push(Factor {
                        base,
                        exponent: exponent.negated(),
                    });
                }
                Expr::Power(base, exponent) if *exponent != Exponent::ONE => {
                    term.numerator.push(Factor {
                        base,
                        exponent: *exponent,
                    });
                }
                other => term.numerator.push(Factor {
                    base: other,
                    exponent: Exponent::ONE,
                }),
            }
        }
        term
    }

    /// The coefficient as a number above the bar (`None` where a 1 need not be
    /// written) and one below it.
    pub(super) fn coefficient_over_bar(&self) -> (Option<f64>, Option<f64>) {
        let alone = self.numerator.is_empty() && self.denominator.is_empty();
        // A number on its own is rather a decimal than one over a decimal.
        match as_quotient(self.coefficient).filter(|(_, q)| !alone || q.fract() == 0.0) {
            Some((p, q)) => ((p != 1.0 || self.numerator.is_empty()).then_some(p), Some(q)),
            None => (self.writes_coefficient().then_some(self.coefficient), None),
        }
    }

    /// Whether a number stands in the numerator: a coefficient other than 1,
    /// or the 1 of `1 / x`.
    pub(super) fn writes_coefficient(&self) -> bool {
        self.coefficient != 1.0 || self.numerator.is_empty()
    }
}
