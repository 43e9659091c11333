//! Round values near a number, each with what it costs to say.
//!
//! A value of `b` bits is believed only where the data pins the constant down
//! to more than `b` bits (minimum description length): 2 is recognised from a
//! constant known to 10 %, 1/480 only from one known to 0.03 %. Otherwise some
//! fraction lies near any number.

use crate::formula::number::{greatest_common_divisor, MultipleOfPi};

/// Largest denominator of a recognised fraction.
const LARGEST_DENOMINATOR: i64 = 12;

/// A round value.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundValue {
    /// The value itself.
    pub value: f64,
    /// How a person would write it.
    pub text: String,
    /// Bits it takes to say it.
    pub bits: f64,
}

/// Round values within `tolerance` of `constant`, cheapest first: whole
/// numbers, small fractions, powers of ten, π and its simple multiples, and
/// the `known` constants and their negatives.
pub fn round_values(constant: f64, tolerance: f64, known: &[(String, f64)]) -> Vec<RoundValue> {
    let magnitude = constant.abs();
    let mut found = Vec::new();
    let mut offer = |value: f64, text: String, bits: f64| {
        if (value - magnitude).abs() <= tolerance && value != 0.0 {
            found.push(RoundValue {
                value: value * constant.signum(),
                text: if constant < 0.0 { format!("-{text}") } else { text },
                bits,
            });
        }
    };
    for q in 1..=LARGEST_DENOMINATOR {
        let p = (magnitude * q as f64).round();
        if !(1.0..=1e6).contains(&p) || !coprime(p as i64, q) {
            continue;
        }
        let text = if q == 1 {
            format!("{p}")
        } else {
            format!("{p}/{q}")
        };
        offer(
            p / q as f64,
            text,
            whole_bits(p as i64) + if q == 1 { 0.0 } else { 2.0 + (q as f64).log2() },
        );
    }
    let decade = magnitude.log10().round();
    if decade.abs() >= 1.0 && decade.abs() < 300.0 {
        let power = format!("1e{decade}").parse().unwrap_or(f64::NAN);
        offer(power, format!("1e{decade}"), 4.0 + decade.abs().log2());
    }
    // π^n p/q: π, 2π, π/4, 4π/3, 1/(4π), π².
    for multiple in MultipleOfPi::near(magnitude) {
        let MultipleOfPi { p, q, power } = multiple;
        let (name, bits) = match power {
            1 => ("pi", 4.0),
            -1 => ("pi", 5.0),
            2 => ("pi^2", 6.0),
            _ => ("pi^2", 7.0),
        };
        let text = match (power > 0, p, q) {
            (true, 1, 1) => name.to_string(),
            (true, p, 1) => format!("{p}*{name}"),
            (true, 1, q) => format!("{name}/{q}"),
            (true, p, q) => format!("{p}*{name}/{q}"),
            (false, p, 1) => format!("{p}/{name}"),
            (false, p, q) => format!("{p}/({q}*{name})"),
        };
        let beside = match (power, p, q) {
            // Degrees: as usual as any.
            (1, 1, 90 | 180 | 360) => 3.0,
            _ => (f64::from(p).log2() + f64::from(q).log2()) * 1.2,
        };
        offer(multiple.value(), text, bits + beside);
    }
    for (root, text) in [(2.0_f64, "sqrt(2)"), (3.0, "sqrt(3)")] {
        offer(root.sqrt(), text.to_string(), 7.0);
        offer(1.0 / root.sqrt(), format!("1/{text}"), 8.0);
    }
    for (name, value) in known {
        offer(value.abs(), name.clone(), 2.0);
    }
    found.sort_by(|a, b| a.bits.total_cmp(&b.bits));
    found
}

/// How `value` would be recognised when it is known to about ten digits.
pub fn recognised_as(value: f64, known: &[(String, f64)]) -> Option<String> {
    let bits_known = 33.0;
    round_values(value, value.abs() * 1e-10, known)
        .into_iter()
        .find(|round| round.bits + 2.0 < bits_known && (round.bits < 12.0 || !is_short(value)))
        .map(|round| round.text)
}

fn coprime(p: i64, q: i64) -> bool {
    greatest_common_divisor(p.unsigned_abs(), q.unsigned_abs()) == 1
}

/// Whether the decimal is short enough to speak for itself.
fn is_short(value: f64) -> bool {
    format!("{:e}", value.abs())
        .find('e')
        .is_some_and(|digits| digits <= 5)
}

/// Bits of a whole number: the zeros at its end are cheap.
fn whole_bits(n: i64) -> f64 {
    let (mut rest, mut zeros) = (n, 0);
    while rest % 10 == 0 && rest > 0 {
        rest /= 10;
        zeros += 1;
    }
    1.0 + (rest as f64).log2() * 1.3 + 1.5 * f64::from(zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheapest(constant: f64, tolerance: f64) -> Option<String> {
        round_values(constant, tolerance, &[])
            .first()
            .map(|round| round.text.clone())
    }

    #[test]
    fn the_cheapest_round_value_comes_first() {
        for (constant, expected) in [
            (0.5, "1/2"),
            (1.999999999, "2"),
            (0.0795774715459, "1/(4*pi)"),
            (12.5663706144, "4*pi"),
            (4.18879020479, "4*pi/3"),
            (0.333333333333, "1/3"),
            (-0.75, "-3/4"),
            (1e-7, "1e-7"),
            (9.86960440109, "pi^2"),
        ] {
            assert_eq!(
                cheapest(constant, constant.abs() * 1e-9).as_deref(),
                Some(expected)
            );
        }
        assert_eq!(cheapest(9.81, 1e-9), None);
    }

    #[test]
    fn known_constants_are_named() {
        let known = [("g".to_string(), 9.80665)];
        assert_eq!(recognised_as(9.80665, &known).as_deref(), Some("g"));
        assert_eq!(recognised_as(9.80665, &[]), None);
    }
}
