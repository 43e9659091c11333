//! Rational exponents, and arithmetic on them that refuses to overflow.

use std::cmp::Ordering;

use super::number::{as_fraction, greatest_common_divisor};

/// Exponents beyond these bounds are never merged: no formula a person writes
/// needs them, and the bound keeps all arithmetic inside `i32`.
const LARGEST_NUMERATOR: i64 = 1_000_000;
const LARGEST_DENOMINATOR: i64 = 100_000;

/// A fraction with a larger denominator is no structure but a number: such an
/// exponent is a constant of the formula, fitted and printed as one.
const LARGEST_STRUCTURAL: i32 = 12;

/// A reduced rational exponent `numerator / denominator`, denominator > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Exponent {
    numerator: i32,
    denominator: i32,
}

impl Exponent {
    /// The exponent 1.
    pub const ONE: Exponent = Exponent {
        numerator: 1,
        denominator: 1,
    };

    /// The exponent 1/2.
    pub const HALF: Exponent = Exponent {
        numerator: 1,
        denominator: 2,
    };

    /// `numerator / denominator`, reduced. Panics when the denominator is 0.
    pub fn new(numerator: i32, denominator: i32) -> Exponent {
        assert!(denominator != 0, "an exponent's denominator cannot be 0");
        let divisor =
            greatest_common_divisor(numerator.unsigned_abs().into(), denominator.unsigned_abs().into());
        let divisor = i32::try_from(divisor.max(1)).unwrap_or(1);
        let sign = denominator.signum();
        Exponent {
            numerator: sign * numerator / divisor,
            denominator: sign * denominator / divisor,
        }
    }

    /// The whole-number exponent `n`.
    pub fn integer(n: i32) -> Exponent {
        Exponent::new(n, 1)
    }

    /// Numerator of the reduced fraction; carries the sign.
    pub fn numerator(self) -> i32 {
        self.numerator
    }

    /// Denominator of the reduced fraction, at least 1.
    pub fn denominator(self) -> i32 {
        self.denominator
    }

    /// Whether the denominator is 1.
    pub fn is_integer(self) -> bool {
        self.denominator == 1
    }

    /// Whether it is a fraction that a formula may have as its structure, rather
    /// than a number to be fitted.
    pub fn is_structural(self) -> bool {
        self.denominator <= LARGEST_STRUCTURAL
    }

    /// The nearest `f64`.
    pub fn value(self) -> f64 {
        f64::from(self.numerator) / f64::from(self.denominator)
    }

    /// `self + other`, or `None` when the result leaves the supported range.
    pub fn checked_add(self, other: Exponent) -> Option<Exponent> {
        let (a, b) = (i64::from(self.numerator()), i64::from(self.denominator()));
        let (c, d) = (i64::from(other.numerator()), i64::from(other.denominator()));
        reduced(a * d + c * b, b * d)
    }

    /// `self · other`, or `None` when the result leaves the supported range.
    pub fn checked_mul(self, other: Exponent) -> Option<Exponent> {
        let (a, b) = (i64::from(self.numerator()), i64::from(self.denominator()));
        let (c, d) = (i64::from(other.numerator()), i64::from(other.denominator()));
        reduced(a * c, b * d)
    }

    /// `-self`.
    pub fn negated(self) -> Exponent {
        Exponent::new(-self.numerator(), self.denominator())
    }

    /// `|self|`.
    pub fn magnitude(self) -> Exponent {
        if self.is_negative() {
            self.negated()
        } else {
            self
        }
    }

    /// Whether the exponent is below 0.
    pub fn is_negative(self) -> bool {
        self.numerator() < 0
    }

    /// Whether the exponent is an even whole number, 0 included.
    pub fn is_even_integer(self) -> bool {
        self.is_integer() && self.numerator() % 2 == 0
    }

    /// The [structural](Exponent::is_structural) fraction whose nearest `f64` is
    /// `value`; `None` when there is none.
    pub fn from_value(value: f64) -> Option<Exponent> {
        let (numerator, denominator) = as_fraction(value, LARGEST_STRUCTURAL.into())?;
        reduced(numerator, denominator)
    }
}

impl Ord for Exponent {
    fn cmp(&self, other: &Exponent) -> Ordering {
        let left = i64::from(self.numerator()) * i64::from(other.denominator());
        let right = i64::from(other.numerator()) * i64::from(self.denominator());
        left.cmp(&right)
    }
}

impl PartialOrd for Exponent {
    fn partial_cmp(&self, other: &Exponent) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn reduced(numerator: i64, denominator: i64) -> Option<Exponent> {
    let divisor = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
    let divisor = i64::try_from(divisor.max(1)).ok()?;
    let (numerator, denominator) = (numerator / divisor, denominator / divisor);
    if numerator.abs() > LARGEST_NUMERATOR || denominator.abs() > LARGEST_DENOMINATOR {
        return None;
    }
    Some(Exponent::new(
        i32::try_from(numerator).ok()?,
        i32::try_from(denominator).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_are_reduced() {
        let half = Exponent::new(1, 2);
        assert_eq!(half.checked_add(half), Some(Exponent::ONE));
        assert_eq!(half.checked_add(Exponent::new(1, 3)), Some(Exponent::new(5, 6)));
        assert_eq!(
            Exponent::new(-2, 3).checked_mul(Exponent::new(3, 2)),
            Some(Exponent::integer(-1))
        );
    }

    #[test]
    fn exponents_are_ordered_by_value() {
        let mut exponents = [(2, 1), (3, 2), (-1, 1), (-3, 2), (1, 3)].map(|(p, q)| Exponent::new(p, q));
        exponents.sort();
        let ordered = exponents.map(Exponent::value);
        assert_eq!(ordered, [-1.5, -1.0, 1.0 / 3.0, 1.5, 2.0]);
    }

    #[test]
    fn overflow_is_refused() {
        assert_eq!(
            Exponent::integer(1_000_000).checked_mul(Exponent::integer(2)),
            None
        );
    }

    #[test]
    fn decimals_and_thirds_become_fractions() {
        let cases = [
            (1.5, Some((3, 2))),
            (1.0 / 3.0, Some((1, 3))),
            (-0.333, None),
            (0.35, None),
            (0.8, Some((4, 5))),
            (2.0, Some((2, 1))),
            (std::f64::consts::PI, None),
        ];
        for (value, expected) in cases {
            let expected = expected.map(|(p, q)| Exponent::new(p, q));
            assert_eq!(Exponent::from_value(value), expected, "{value}");
        }
    }
}
