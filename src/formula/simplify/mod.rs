//! The canonical form of an expression.
//!
//! Works bottom-up and locally: sums and products are flattened, constants
//! folded to one per term, like terms and like powers merged, common factors
//! cancelled, equal coefficients and equal exponents drawn together, signs
//! moved to where they cost least, terms and factors put in a fixed order.
//! Products of sums are neither expanded nor factored here; that is the
//! business of [`Expr::present`].

mod exponential;
mod order;
mod product;
mod rules;
mod scale;
mod sign;
mod sum;

use super::number::{digits, same_number};
use super::Expr;
pub(in crate::formula) use order::compare_bases;
pub(in crate::formula) use scale::proportion;
pub(in crate::formula) use sign::is_nonnegative;

use product::Product;
use sum::Sum;

/// Rounds until the form stands still. One or two are the rule; the bound only
/// guards against two forms that rewrite into each other.
const MOST_ROUNDS: usize = 8;

/// What is known about the inputs: `positive[i]` says that input `i` is above
/// 0 in every row. Inputs beyond the slice may have either sign.
#[derive(Debug, Clone, Copy)]
pub(in crate::formula) struct Known<'a> {
    pub(in crate::formula) positive: &'a [bool],
}

impl Expr {
    /// The canonical form, assuming nothing about the signs of the inputs.
    ///
    /// The value is unchanged wherever the original has one (to rounding
    /// error; `x / x` becomes 1 and `sqrt(x)^2` becomes x, which have values
    /// in more places). The result is never longer than the original, and
    /// simplifying it again changes nothing.
    pub fn simplify(&self) -> Expr {
        self.simplify_for(&[])
    }

    /// As [`Expr::simplify`], where `positive[i]` says that input `i` is above
    /// 0 in every row: then `sqrt(x^2)` is `x` and `sqrt(x*y)` may be split.
    pub fn simplify_for(&self, positive: &[bool]) -> Expr {
        let canonical = canonical_form(self, Known { positive });
        let usable = !has_nonfinite_constant(&canonical) || has_nonfinite_constant(self);
        if usable && canonical.complexity() <= self.complexity() && !stands_still(self, &canonical) {
            canonical
        } else {
            self.clone()
        }
    }
}

/// The canonical form, even where it is longer than the original.
pub(in crate::formula) fn canonical_form(expr: &Expr, known: Known<'_>) -> Expr {
    let mut current = canonical_once(expr, known);
    for _ in 1..MOST_ROUNDS {
        let next = canonical_once(&current, known);
        if stands_still(&current, &next) {
            break;
        }
        current = next;
    }
    current
}

/// Whether merging constants has overflowed: `1e308 * x + 1e308 * x` has no
/// shorter form.
pub(in crate::formula) fn has_nonfinite_constant(expr: &Expr) -> bool {
    expr.any(&mut |node| matches!(node, Expr::Constant(c) if !c.is_finite()))
}

/// Whether `next` is `current` but for rounding errors in the constants, which
/// would otherwise creep on at every round.
fn stands_still(current: &Expr, next: &Expr) -> bool {
    if let (Expr::Constant(a), Expr::Constant(b)) = (current, next) {
        return a.to_bits() == b.to_bits() || (same_number(*a, *b) && digits(*a) <= digits(*b));
    }
    let pairs = || current.children().iter().zip(next.children());
    current.is_same_node(next) && pairs().all(|(a, b)| stands_still(a, b))
}

fn canonical_once(expr: &Expr, known: Known<'_>) -> Expr {
    match expr {
        Expr::Constant(c) if *c == 0.0 => Expr::Constant(0.0),
        Expr::Constant(_) | Expr::Variable(_) => expr.clone(),
        Expr::Sum(terms) => {
            let mut sum = Sum::default();
            for term in terms {
                sum.add(canonical_once(term, known), 1.0);
            }
            sum.into_expr()
        }
        Expr::Product(factors) => {
            let mut product = Product::new(known);
            for factor in factors {
                product.multiply(canonical_once(factor, known), super::Exponent::ONE);
            }
            product.into_expr()
        }
        Expr::Power(base, exponent) => {
            let mut product = Product::new(known);
            product.multiply(canonical_once(base, known), *exponent);
            product.into_expr()
        }
        Expr::Apply(function, argument) => rules::applied(*function, canonical_once(argument, known), known),
    }
}

#[cfg(test)]
mod tests;
