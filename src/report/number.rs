//! Numbers with the digits that mean something.

/// `value` with this many significant digits: `0.00123`, `1.23e-7`, `12300`.
/// Plain between 1e-4 and 1e6, scientific elsewhere; `-` when not finite.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "-".to_string();
    }
    if value == 0.0 {
        return "0".to_string();
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..6).contains(&exponent) {
        return format!("{}e{exponent}", trimmed(mantissa));
    }
    // Through the rounded digits, so that 99999.6 to 3 digits is 100000.
    let rounded: f64 = scientific.parse().unwrap_or(value);
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    trimmed(&format!("{rounded:.decimals$}"))
}

/// An R² with as many decimals as tell it from 1: `0.932`, `0.99998`, `1`.
pub(super) fn r2(value: f64) -> String {
    let missing = 1.0 - value;
    if !(1e-9..0.1).contains(&missing) {
        return if missing.abs() < 1e-9 {
            "1".to_string()
        } else {
            significant(value, 3)
        };
    }
    let decimals = (1.0 - missing.log10().floor()).max(3.0) as usize;
    format!("{value:.decimals$}")
}

/// A share as a percentage: `1.2 %`; `-` when not finite.
pub(super) fn percent(share: f64) -> String {
    if share.is_finite() {
        format!("{} %", significant(100.0 * share, 2))
    } else {
        "-".to_string()
    }
}

/// `value ± stderr`, the error with two digits when they start with 1, else
/// one, and the value to the same place; without a usable error, six digits.
pub(super) fn with_error(value: f64, stderr: Option<f64>) -> String {
    let Some(error) = stderr.filter(|e| e.is_finite() && *e > 1e-12 * value.abs()) else {
        return significant(value, 6);
    };
    let leading = format!("{error:e}").starts_with('1');
    let error_exponent = exponent_of(error) - i32::from(leading);
    let size = exponent_of(value.abs().max(error));
    let (scale, suffix) = if (-4..6).contains(&size) {
        (0, String::new())
    } else {
        (size, format!("e{size}"))
    };
    let decimals = (scale - error_exponent).max(0) as usize;
    let shown = |v: f64| format!("{:.decimals$}", v / 10f64.powi(scale));
    if suffix.is_empty() {
        format!("{} ± {}", shown(value), shown(error))
    } else {
        format!("({} ± {}){suffix}", shown(value), shown(error))
    }
}

fn exponent_of(value: f64) -> i32 {
    format!("{value:e}")
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0)
}

fn trimmed(number: &str) -> String {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits() {
        for (value, digits, text) in [
            (0.0, 3, "0"),
            (1.0, 3, "1"),
            (-0.0012345, 3, "-0.00123"),
            (12345.6, 3, "12300"),
            (99999.6, 3, "100000"),
            (999999.9, 3, "1e6"),
            (1.2345e-7, 3, "1.23e-7"),
            (2.0e-16, 2, "2e-16"),
            (0.5, 6, "0.5"),
            (f64::NAN, 3, "-"),
            (f64::INFINITY, 3, "-"),
        ] {
            assert_eq!(significant(value, digits), text);
        }
    }

    #[test]
    fn r_squared_shows_what_is_missing_to_1() {
        for (value, text) in [
            (1.0, "1"),
            (1.0 - 1e-12, "1"),
            (0.9999876, "0.999988"),
            (0.98765, "0.988"),
            (0.5, "0.5"),
            (-35.24, "-35.2"),
            (f64::NAN, "-"),
        ] {
            assert_eq!(r2(value), text);
        }
    }

    #[test]
    fn the_error_sets_the_place() {
        for (value, stderr, text) in [
            (9.8123, Some(0.0213), "9.81 ± 0.02"),
            (9.8123, Some(0.0113), "9.812 ± 0.011"),
            (9.8123, None, "9.8123"),
            (9.8123, Some(0.0), "9.8123"),
            (-3.0, Some(12.0), "-3 ± 12"),
            (6.674e-11, Some(2.2e-14), "(6.674 ± 0.002)e-11"),
            (1.98e30, Some(5e28), "(1.98 ± 0.05)e30"),
            (5.0, Some(f64::NAN), "5"),
        ] {
            assert_eq!(with_error(value, stderr), text);
        }
    }
}
