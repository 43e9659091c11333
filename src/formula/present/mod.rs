//! The form a person would write.
//!
//! [`Expr::simplify`] never multiplies out and never factors; here both are
//! tried. Each rule takes one node and gives forms of equal value: common
//! factors drawn out, perfect powers closed, fractions put over one bar,
//! products multiplied out. A short best-first search ([`search`]) applies
//! them anywhere in the expression and keeps the form with the fewest symbols.

mod divide;
mod draw;
mod expand;
mod fractions;
mod polynomial;
mod powers;
mod quadratic;
mod search;

#[cfg(test)]
mod tests;

use super::simplify::Known;
use super::Expr;

impl Expr {
    /// The form of [`Expr::simplify_for`], rewritten wherever that makes it
    /// shorter: `a*b + a*c` is `a*(b + c)`, `a^2 - 2*a*b + b^2` is `(a - b)^2`,
    /// `1/(1/a + 1/b)` is `a*b/(a + b)`.
    ///
    /// `positive[i]` says that input `i` is above 0 in every row. The value is
    /// unchanged wherever `self` has one, up to rounding errors and to
    /// coefficients taken as equal when they differ by less than 1e-12
    /// (relative). Presenting the result again changes nothing.
    ///
    /// Polynomials keep their usual form: `c + b*x + a*x^2` is not turned into
    /// the shorter `c + x*(b + a*x)`. The work is bounded, so that a long
    /// expression may come out less short than it could be.
    pub fn present(&self, positive: &[bool]) -> Expr {
        let known = Known { positive };
        let mut shortest = self.simplify_for(positive);
        // Every search starts from a shorter form, so this ends.
        while let Some(shorter) = search::shorter(&shortest, known) {
            shortest = shorter;
        }
        shortest
    }
}
