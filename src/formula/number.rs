//! How numbers are written, and when two are the same.

use std::f64::consts::PI;

/// The greatest common divisor; the other number where one is 0.
pub(crate) fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// The fraction `p/q` in lowest terms, `1 ≤ q ≤ largest_denominator`, whose
/// nearest `f64` is exactly `value`; `None` when there is none.
///
/// Continued fractions: the convergents are the best approximations, so the
/// first that rounds to `value` is the simplest such fraction.
pub(super) fn as_fraction(value: f64, largest_denominator: i64) -> Option<(i64, i64)> {
    if !value.is_finite() || value.abs() > 1e9 {
        return None;
    }
    let magnitude = value.abs();
    let (mut p0, mut q0, mut p1, mut q1) = (0_i64, 1_i64, 1_i64, 0_i64);
    let mut rest = magnitude;
    for _ in 0..24 {
        let whole = rest.floor();
        if whole > 1e9 {
            return None;
        }
        let whole_number = whole as i64;
        let (p2, q2) = (
            whole_number.checked_mul(p1)?.checked_add(p0)?,
            whole_number.checked_mul(q1)?.checked_add(q0)?,
        );
        if q2 > largest_denominator {
            return None;
        }
        (p0, q0, p1, q1) = (p1, q1, p2, q2);
        if p1 as f64 / q1 as f64 == magnitude {
            return Some((if value < 0.0 { -p1 } else { p1 }, q1));
        }
        rest = 1.0 / (rest - whole);
    }
    None
}

/// Whether `value` is a decimal of at most three digits after the point.
pub(super) fn is_short_decimal(value: f64) -> bool {
    value.abs() < 1e6 && (value * 1000.0).round() / 1000.0 == value
}

/// `p π^n / q` for n of 1 or 2, and `p / (q π^−n)` for n of −1 or −2, in lowest
/// terms: a number that is rather written with π.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MultipleOfPi {
    pub p: u32,
    pub q: u32,
    pub power: i32,
}

/// Numerators beside π, and the denominators; 90, 180 and 360 turn degrees.
const LARGEST_BESIDE_PI: u32 = 64;
const BELOW_PI: [u32; 14] = [1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64, 90, 180, 360];

impl MultipleOfPi {
    /// Those near `magnitude`: for each power and denominator the nearest.
    pub fn near(magnitude: f64) -> impl Iterator<Item = MultipleOfPi> {
        let of = move |power: i32, q: u32| {
            let p = (magnitude / PI.powi(power) * f64::from(q)).round();
            let fits = (1.0..=f64::from(LARGEST_BESIDE_PI)).contains(&p);
            let p = if fits { p as u32 } else { 0 };
            (fits && greatest_common_divisor(p.into(), q.into()) == 1).then_some(MultipleOfPi { p, q, power })
        };
        let powers = [1, -1, 2, -2].into_iter();
        powers.flat_map(move |power| BELOW_PI.into_iter().filter_map(move |q| of(power, q)))
    }

    /// The value, with the roundings of the text as it is read.
    pub fn value(self) -> f64 {
        let (p, q, pi) = (f64::from(self.p), f64::from(self.q), PI.powi(self.power.abs()));
        if self.power > 0 {
            p * pi / q
        } else {
            p / (q * pi)
        }
    }
}

/// The multiple of π that `magnitude` is, to the last bit.
pub(crate) fn as_multiple_of_pi(magnitude: f64) -> Option<MultipleOfPi> {
    MultipleOfPi::near(magnitude).find(|multiple| multiple.value() == magnitude)
}

/// A decimal this long is an awkward one.
const AWKWARD: usize = 12;

/// Fractions beyond this are no more usual than one over a decimal.
const LARGEST_COMMON_DENOMINATOR: f64 = 12.0;

/// Quotients with more digits than this read no better than a decimal.
const SHORT_QUOTIENT: usize = 6;

/// The quotient `p / q` of two short numbers whose nearest `f64` is `value`,
/// where that reads better than the decimal: 1/3, 5/6, 1/48 and 1/19.62; not
/// 1/2, which is 0.5.
pub(super) fn as_quotient(value: f64) -> Option<(f64, f64)> {
    if is_short_decimal(value) || format_number(value.abs()).len() < AWKWARD {
        return None;
    }
    short_quotient(value)
}

fn short_quotient(value: f64) -> Option<(f64, f64)> {
    let length = |number: f64| format_number(number).len();
    let fraction = as_fraction(value, 10_000)
        .map(|(p, q)| (p as f64, q as f64))
        .filter(|&(p, q)| q > 1.0 && length(p.abs()) + length(q) <= SHORT_QUOTIENT);
    let inverse = || {
        let inverse = rounded(value.abs().recip())?;
        let short = length(inverse) <= SHORT_QUOTIENT && inverse.recip() == value.abs();
        short.then_some((1.0_f64.copysign(value), inverse))
    };
    match fraction {
        // 5/38 is rather 1/7.6.
        Some((p, q)) if q > LARGEST_COMMON_DENOMINATOR && p.abs() != 1.0 => inverse().or(fraction),
        Some((p, q)) if q < 100.0 || p.abs() == 1.0 => Some((p, q)),
        _ => inverse().or(fraction),
    }
}

/// The shortest decimal text that reads back as `value`: plain where that is
/// readable, in scientific notation where the number is very small or large.
pub(crate) fn format_number(value: f64) -> String {
    let value = if value == 0.0 { 0.0 } else { value };
    let magnitude = value.abs();
    let plain = format!("{value}");
    if magnitude == 0.0 || (1e-4..1e7).contains(&magnitude) || !value.is_finite() {
        return plain;
    }
    let scientific = format!("{value:e}");
    if (1e-4..1e15).contains(&magnitude) && plain.len() <= scientific.len() {
        plain
    } else {
        scientific
    }
}

/// `value` rounded to 15 significant digits where that makes it much shorter
/// (3.0000000000000004 → 3), else unchanged: arithmetic on constants leaves
/// errors of a few units in the last place, which nobody wants to read. The
/// change is below one part in 1e14.
pub(super) fn tidied(value: f64) -> f64 {
    if !value.is_normal() || is_short_decimal(value) {
        return value;
    }
    match rounded(value.abs()) {
        Some(shorter) if shorter != value.abs() => {
            if digits(shorter) + 6 <= digits(value) {
                shorter.copysign(value)
            } else {
                value
            }
        }
        _ => value,
    }
}

/// `magnitude` rounded to 15 significant digits where at least the last two of
/// them are then zeros. This is asked for every constant, so all but the very
/// large and the very small do without formatting.
fn rounded(magnitude: f64) -> Option<f64> {
    let mut places = 14 - magnitude.log10().floor() as i32;
    // In two steps, as 10^places alone may leave the range of f64.
    let scaled = magnitude * 10.0_f64.powi(places / 2) * 10.0_f64.powi(places - places / 2);
    let mut mantissa = scaled.round() as u64;
    if !mantissa.is_multiple_of(100) {
        return None;
    }
    while mantissa.is_multiple_of(10) && mantissa != 0 {
        mantissa /= 10;
        places -= 1;
    }
    // A quotient or a product of two exact numbers is rounded right.
    match places {
        0..=22 => Some(mantissa as f64 / 10.0_f64.powi(places)),
        -22..=-1 if mantissa < 1 << 53 => Some(mantissa as f64 * 10.0_f64.powi(-places)),
        _ => format!("{magnitude:.14e}").parse().ok(),
    }
}

/// Numbers closer than this (relative) are the same number: fitted constants
/// and what arithmetic makes of them carry errors up to about this size.
const SAME_NUMBER: f64 = 1e-12;

/// Whether the two differ by no more than errors of fitting and rounding.
pub(super) fn same_number(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= SAME_NUMBER * a.abs().min(b.abs())
}

/// How many characters the number takes, for preferring 2 to 1.9999; a
/// quotient counts somewhat more, for preferring 3 to 1/3.
pub(crate) fn digits(value: f64) -> usize {
    let magnitude = value.abs();
    if magnitude < 1e6 && magnitude.fract() == 0.0 {
        return 1 + [10.0, 100.0, 1e3, 1e4, 1e5]
            .iter()
            .filter(|bound| magnitude >= **bound)
            .count();
    }
    let length = format_number(magnitude).len();
    if length < AWKWARD {
        return length;
    }
    if let Some(MultipleOfPi { p, q, .. }) = as_multiple_of_pi(magnitude) {
        return 2 + [p, q]
            .iter()
            .filter(|n| **n != 1)
            .map(|n| 1 + digits(f64::from(*n)))
            .sum::<usize>();
    }
    match short_quotient(magnitude) {
        Some((p, q)) => digits(p) + 3 + digits(q),
        None => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back() {
        let cases = [
            (2.0, "2"),
            (-0.0, "0"),
            (0.5, "0.5"),
            (1.2e-11, "1.2e-11"),
            (5.972e24, "5.972e24"),
            (299_792_458.0, "299792458"),
            (1e10, "1e10"),
            (0.0001, "0.0001"),
            (0.000_012, "1.2e-5"),
            (-12.25, "-12.25"),
        ];
        for (value, expected) in cases {
            assert_eq!(format_number(value), expected);
            assert_eq!(expected.parse::<f64>().expect("a number"), value);
        }
    }

    #[test]
    fn only_awkward_decimals_become_quotients() {
        for (p, q) in [
            (1.0, 3.0),
            (-5.0, 6.0),
            (1.0, 48.0),
            (1.0, 3600.0),
            (1.0, 19.62),
            (-1.0, 6e24),
            (22.0, 7.0),
        ] {
            assert_eq!(as_quotient(p / q), Some((p, q)), "{p}/{q}");
        }
        let long = 0.1 + 0.2;
        for decimal in [
            0.5,
            0.125,
            0.75,
            3.0,
            0.333,
            0.0625,
            0.05097,
            long,
            std::f64::consts::PI,
        ] {
            assert_eq!(as_quotient(decimal), None, "{decimal}");
        }
    }

    #[test]
    fn tidying_removes_rounding_errors_alone() {
        assert_eq!(tidied(0.1 + 0.2), 0.3);
        assert_eq!(tidied(2.0_f64.sqrt() * 2.0_f64.sqrt()), 2.0);
        assert_eq!(tidied(std::f64::consts::PI), std::f64::consts::PI);
        assert_eq!(tidied(1.0 / 3.0), 1.0 / 3.0);
        assert_eq!(tidied(2.0_f64.sqrt()), 2.0_f64.sqrt());
        for (power, text) in [(-300, "1.2e-300"), (-5, "1.2e-5"), (5, "1.2e5"), (300, "1.2e300")] {
            let short: f64 = text.parse().expect("a number");
            assert_eq!(tidied(short * (1.0 + 2.0 * f64::EPSILON)), short, "{power}");
        }
    }

    #[test]
    fn digits_are_characters() {
        for (value, expected) in [
            (0.0, 1),
            (-7.0, 1),
            (10.0, 2),
            (999_999.0, 6),
            (0.25, 4),
            (-2.0 / 3.0, 5),
            (1e24, 4),
            (6.674e-11, 9),
        ] {
            assert_eq!(digits(value), expected, "{value}");
        }
    }
}
