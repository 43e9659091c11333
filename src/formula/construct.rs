//! Constructors, substitution and the inputs an expression reads.

use std::collections::BTreeSet;

use super::{Exponent, Expr};

impl Expr {
    /// The sum of the terms.
    pub fn sum(terms: Vec<Expr>) -> Expr {
        Expr::Sum(terms)
    }

    /// The product of the factors.
    pub fn product(factors: Vec<Expr>) -> Expr {
        Expr::Product(factors)
    }

    /// `-self`; a leading constant takes the sign.
    pub fn negated(self) -> Expr {
        match self {
            Expr::Constant(c) => Expr::Constant(-c),
            Expr::Product(mut factors) => {
                if let Some(Expr::Constant(c)) = factors.first_mut() {
                    *c = -*c;
                } else {
                    factors.insert(0, Expr::Constant(-1.0));
                }
                Expr::Product(factors)
            }
            Expr::Variable(_) | Expr::Sum(_) | Expr::Power(..) | Expr::Apply(..) => {
                Expr::Product(vec![Expr::Constant(-1.0), self])
            }
        }
    }

    /// `minuend - subtrahend`.
    pub fn difference(minuend: Expr, subtrahend: Expr) -> Expr {
        Expr::Sum(vec![minuend, subtrahend.negated()])
    }

    /// `dividend / divisor`.
    pub fn quotient(dividend: Expr, divisor: Expr) -> Expr {
        Expr::Product(vec![dividend, Expr::power(divisor, Exponent::integer(-1))])
    }

    /// `base ^ exponent`.
    pub fn power(base: Expr, exponent: Exponent) -> Expr {
        if exponent == Exponent::ONE {
            base
        } else {
            Expr::Power(Box::new(base), exponent)
        }
    }

    /// The square root of `radicand`.
    pub fn sqrt(radicand: Expr) -> Expr {
        Expr::power(radicand, Exponent::HALF)
    }

    /// The indices of the inputs that occur.
    pub fn variables_used(&self) -> BTreeSet<usize> {
        let mut used = BTreeSet::new();
        self.visit(&mut |node| {
            if let Expr::Variable(index) = node {
                used.insert(*index);
            }
        });
        used
    }

    /// This expression with every occurrence of input `variable` replaced.
    pub fn substitute(&self, variable: usize, replacement: &Expr) -> Expr {
        self.map_variables(&mut |index| {
            if index == variable {
                replacement.clone()
            } else {
                Expr::Variable(index)
            }
        })
    }

    /// This expression with every input replaced by `replacement(index)`.
    pub fn map_variables(&self, replacement: &mut dyn FnMut(usize) -> Expr) -> Expr {
        match self {
            Expr::Variable(index) => replacement(*index),
            Expr::Constant(_) | Expr::Sum(_) | Expr::Product(_) | Expr::Power(..) | Expr::Apply(..) => {
                self.map_children(&mut |child| child.map_variables(replacement))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substitution_reaches_every_occurrence() {
        let x = Expr::Variable(0);
        let e = Expr::sum(vec![x.clone(), Expr::sqrt(Expr::Variable(1)), x]);
        let replaced = e.substitute(0, &Expr::Variable(2));
        assert_eq!(replaced.variables_used().into_iter().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn negation_goes_into_a_leading_constant() {
        let twice = Expr::product(vec![Expr::Constant(2.0), Expr::Variable(0)]);
        assert_eq!(
            twice.negated(),
            Expr::product(vec![Expr::Constant(-2.0), Expr::Variable(0)])
        );
    }
}
