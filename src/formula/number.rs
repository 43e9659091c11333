//! How numbers are written.

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

/// A small proper or improper fraction (`q ≤ 12`, `|p| ≤ 100`) that reads
/// better than the decimal: 1/3, 5/6; not 1/2, which is 0.5.
pub(super) fn as_small_fraction(value: f64) -> Option<(i64, i64)> {
    if is_short_decimal(value) {
        return None;
    }
    as_fraction(value, 12).filter(|&(p, q)| q > 1 && p.abs() <= 100)
}

/// The shortest decimal text that reads back as `value`: plain where that is
/// readable, in scientific notation where the number is very small or large.
pub(super) fn format_number(value: f64) -> String {
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
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if digits(rounded) + 6 <= digits(value) {
        rounded
    } else {
        value
    }
}

/// Numbers closer than this (relative) are the same number: fitted constants
/// and what arithmetic makes of them carry errors up to about this size.
const SAME_NUMBER: f64 = 1e-12;

/// Whether the two differ by no more than errors of fitting and rounding.
pub(super) fn same_number(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= SAME_NUMBER * a.abs().min(b.abs())
}

/// How many characters the number takes, for preferring 2 to 1.9999.
pub(super) fn digits(value: f64) -> usize {
    match as_small_fraction(value) {
        Some((p, q)) => format!("{}/{q}", p.abs()).len(),
        None => format_number(value.abs()).len(),
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
    fn only_awkward_decimals_become_fractions() {
        assert_eq!(as_small_fraction(1.0 / 3.0), Some((1, 3)));
        assert_eq!(as_small_fraction(-5.0 / 6.0), Some((-5, 6)));
        for decimal in [0.5, 0.125, 0.75, 3.0, 0.333, std::f64::consts::PI] {
            assert_eq!(as_small_fraction(decimal), None, "{decimal}");
        }
    }

    #[test]
    fn tidying_removes_rounding_errors_alone() {
        assert_eq!(tidied(0.1 + 0.2), 0.3);
        assert_eq!(tidied(2.0_f64.sqrt() * 2.0_f64.sqrt()), 2.0);
        assert_eq!(tidied(std::f64::consts::PI), std::f64::consts::PI);
        assert_eq!(tidied(1.0 / 3.0), 1.0 / 3.0);
        assert_eq!(tidied(2.0_f64.sqrt()), 2.0_f64.sqrt());
    }
}
