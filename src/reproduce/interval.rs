//! Intervals for success rates.

use statrs::distribution::{Beta, ContinuousCDF};

/// The exact 95 % interval of a rate (Clopper & Pearson 1934); None without
/// trials.
pub(super) fn clopper_pearson(successes: usize, trials: usize) -> Option<(f64, f64)> {
    if trials == 0 || successes > trials {
        return None;
    }
    let quantile = |a: usize, b: usize, p: f64| {
        let beta = Beta::new(a as f64, b as f64).ok()?;
        Some(beta.inverse_cdf(p))
    };
    let failures = trials - successes;
    let low = match successes {
        0 => 0.0,
        _ => quantile(successes, failures + 1, 0.025)?,
    };
    let high = match failures {
        0 => 1.0,
        _ => quantile(successes + 1, failures, 0.975)?,
    };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_tables_of_the_exact_interval() {
        for (successes, trials, low, high) in [
            (0, 25, 0.0, 0.1372),
            (5, 10, 0.1871, 0.8129),
            (25, 25, 0.8628, 1.0),
            (1, 20, 0.0013, 0.2487),
        ] {
            let (l, h) = clopper_pearson(successes, trials).expect("trials");
            assert!(
                (l - low).abs() < 1e-4 && (h - high).abs() < 1e-4,
                "{successes}/{trials}: {l}, {h}"
            );
        }
        assert_eq!(clopper_pearson(0, 0), None);
    }
}
