//! Arithmetic on rational exponents that refuses to overflow.

use std::cmp::Ordering;

use super::Exponent;

/// Exponents beyond these bounds are never merged: no formula a person writes
/// needs them, and the bound keeps all arithmetic inside `i32`.
const LARGEST_NUMERATOR: i64 = 1_000_000;
const LARGEST_DENOMINATOR: i64 = 100_000;

impl Exponent {
    /// The exponent 1/2.
    pub const HALF: Exponent = Exponent::half();

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

    /// The fraction `p/q`, `q ≤ 1000`, whose nearest `f64` is `value`, found
    /// by continued fractions; `None` when there is none.
    pub fn from_value(value: f64) -> Option<Exponent> {
        let (numerator, denominator) = crate::formula::number::as_fraction(value, 1000)?;
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

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
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
            (-0.333, Some((-333, 1000))),
            (2.0, Some((2, 1))),
            (std::f64::consts::PI, None),
        ];
        for (value, expected) in cases {
            let expected = expected.map(|(p, q)| Exponent::new(p, q));
            assert_eq!(Exponent::from_value(value), expected, "{value}");
        }
    }
}
