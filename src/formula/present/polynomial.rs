//! Sums as lists of monomials over numbered bases.
//!
//! A base is an input or anything that is not itself a product: a sum, or a
//! power that cannot be merged such as the `x^2` of `sqrt(x^2)`. Exponents are
//! rational, so that `sqrt(a)` is the base `a` to the 1/2.

use crate::formula::evaluate::raise;
use crate::formula::number::same_number;
use crate::formula::simplify::{compare_bases, is_nonnegative, proportion, Known};
use crate::formula::{Exponent, Expr};

/// Sums that would have more terms than this are not multiplied out.
pub(super) const MOST_TERMS: usize = 40;

/// `coefficient · Π base ^ exponent`, bases by ascending number.
#[derive(Debug, Clone)]
pub(super) struct Monomial {
    pub(super) coefficient: f64,
    pub(super) powers: Powers,
}

/// Exponents by base number, ascending, none of them 0.
pub(super) type Powers = Vec<(usize, Exponent)>;

/// The bases that the monomials refer to.
pub(super) struct Bases<'a> {
    known: Known<'a>,
    list: Vec<Expr>,
}

impl Monomial {
    pub(super) fn constant(value: f64) -> Monomial {
        Monomial {
            coefficient: value,
            powers: Vec::new(),
        }
    }

    /// The exponent of a base, `None` where it does not occur.
    pub(super) fn exponent_of(&self, base: usize) -> Option<Exponent> {
        let found = self.powers.iter().find(|(known, _)| *known == base)?;
        Some(found.1)
    }

    /// The product; `None` when an exponent leaves its range.
    pub(super) fn times(&self, other: &Monomial) -> Option<Monomial> {
        Some(Monomial {
            coefficient: self.coefficient * other.coefficient,
            powers: combined(&self.powers, &other.powers, false)?,
        })
    }

    /// The quotient; `None` when an exponent leaves its range.
    pub(super) fn over(&self, divisor: &Monomial) -> Option<Monomial> {
        Some(Monomial {
            coefficient: self.coefficient / divisor.coefficient,
            powers: combined(&self.powers, &divisor.powers, true)?,
        })
    }

    /// The same monomial up to errors in the coefficients.
    pub(super) fn agrees_with(&self, other: &Monomial) -> bool {
        self.powers == other.powers && same_number(self.coefficient, other.coefficient)
    }
}

fn combined(a: &Powers, b: &Powers, divide: bool) -> Option<Powers> {
    let mut powers = a.clone();
    for &(base, exponent) in b {
        let exponent = if divide { exponent.negated() } else { exponent };
        match powers.binary_search_by_key(&base, |(known, _)| *known) {
            Ok(index) => {
                let total = powers[index].1.checked_add(exponent)?;
                if total.numerator() == 0 {
                    powers.remove(index);
                } else {
                    powers[index].1 = total;
                }
            }
            Err(index) => powers.insert(index, (base, exponent)),
        }
    }
    Some(powers)
}

/// What all the terms have in common: of every base that is above the bar in
/// all of them, or below it in all of them, the power nearest to 1.
pub(super) fn common_powers<'m>(terms: impl IntoIterator<Item = &'m Monomial>) -> Powers {
    let mut terms = terms.into_iter();
    let Some(first) = terms.next() else {
        return Vec::new();
    };
    let mut common = first.powers.clone();
    for term in terms {
        common.retain_mut(|(base, least)| match term.exponent_of(*base) {
            Some(exponent) if exponent.is_negative() == least.is_negative() => {
                if exponent.magnitude() < least.magnitude() {
                    *least = exponent;
                }
                true
            }
            _ => false,
        });
    }
    common
}

impl<'a> Bases<'a> {
    pub(super) fn new(known: Known<'a>) -> Bases<'a> {
        Bases {
            known,
            list: Vec::new(),
        }
    }

    /// The terms of a canonical expression; a number times a sum counts as the
    /// terms of that sum.
    pub(super) fn terms_of(&mut self, expr: &Expr) -> Option<Vec<Monomial>> {
        let mut terms = Vec::new();
        self.collect_terms(expr, 1.0, &mut terms)?;
        (terms.len() <= MOST_TERMS).then_some(terms)
    }

    fn collect_terms(&mut self, expr: &Expr, scale: f64, terms: &mut Vec<Monomial>) -> Option<()> {
        match expr {
            Expr::Sum(children) => {
                for child in children {
                    self.collect_terms(child, scale, terms)?;
                }
            }
            Expr::Product(factors) => match factors.as_slice() {
                [Expr::Constant(c), sum @ Expr::Sum(_)] => self.collect_terms(sum, scale * c, terms)?,
                _ => terms.push(self.monomial_of(expr, scale)?),
            },
            Expr::Constant(_) | Expr::Variable(_) | Expr::Power(..) | Expr::Apply(..) => {
                terms.push(self.monomial_of(expr, scale)?);
            }
        }
        Some(())
    }

    /// One term; sums in it are bases.
    fn monomial_of(&mut self, expr: &Expr, scale: f64) -> Option<Monomial> {
        let mut monomial = Monomial::constant(scale);
        self.multiply(&mut monomial, expr, Exponent::ONE)?;
        Some(monomial)
    }

    fn multiply(&mut self, monomial: &mut Monomial, expr: &Expr, exponent: Exponent) -> Option<()> {
        match expr {
            Expr::Constant(c) if exponent == Exponent::ONE => monomial.coefficient *= c,
            Expr::Product(factors)
                if exponent.is_integer() || factors.iter().all(|f| is_nonnegative(f, self.known)) =>
            {
                for factor in factors {
                    self.multiply(monomial, factor, exponent)?;
                }
            }
            Expr::Power(base, inner) if exponent.is_integer() => {
                self.multiply(monomial, base, inner.checked_mul(exponent)?)?;
            }
            Expr::Constant(_)
            | Expr::Variable(_)
            | Expr::Sum(_)
            | Expr::Product(_)
            | Expr::Power(..)
            | Expr::Apply(..) => {
                let (number, ratio) = self.number_of(expr, exponent);
                let power = Monomial {
                    coefficient: raise(ratio, exponent),
                    powers: vec![(number, exponent)],
                };
                *monomial = monomial.times(&power)?;
            }
        }
        Some(())
    }

    /// The number of a base, and how many times that base this one is: sums
    /// in proportion such as `a + b` and `2*a + 2*b` share one number.
    fn number_of(&mut self, base: &Expr, exponent: Exponent) -> (usize, f64) {
        let ratio_to = |other: &Expr| {
            if compare_bases(other, base).is_eq() {
                return Some(1.0);
            }
            proportion(base, other).filter(|ratio| *ratio > 0.0 || exponent.is_integer())
        };
        let known = self.list.iter().enumerate();
        let found = known
            .filter_map(|(number, other)| Some((number, ratio_to(other)?)))
            .next();
        found.unwrap_or_else(|| {
            self.list.push(base.clone());
            (self.list.len() - 1, 1.0)
        })
    }

    /// The base with this number.
    pub(super) fn base(&self, number: usize) -> &Expr {
        &self.list[number]
    }

    /// Whether the base is at least 0 wherever it has a value.
    pub(super) fn is_nonnegative(&self, number: usize) -> bool {
        is_nonnegative(&self.list[number], self.known)
    }

    /// The bases that are sums, with their numbers.
    pub(super) fn sums(&self) -> Vec<(usize, Expr)> {
        let sums = self.list.iter().enumerate();
        sums.filter(|(_, base)| matches!(base, Expr::Sum(_)))
            .map(|(number, base)| (number, base.clone()))
            .collect()
    }

    /// The monomial as an expression.
    pub(super) fn product(&self, monomial: &Monomial) -> Expr {
        let mut factors = vec![Expr::Constant(monomial.coefficient)];
        factors.extend(self.factors(&monomial.powers));
        Expr::Product(factors)
    }

    /// The powers as factors of a product.
    pub(super) fn factors<'s>(&'s self, powers: &'s Powers) -> impl Iterator<Item = Expr> + 's {
        powers
            .iter()
            .map(|(base, exponent)| Expr::power(self.list[*base].clone(), *exponent))
    }

    /// The sum of the monomials as an expression.
    pub(super) fn sum<'m>(&self, terms: impl IntoIterator<Item = &'m Monomial>) -> Expr {
        Expr::Sum(terms.into_iter().map(|term| self.product(term)).collect())
    }
}
