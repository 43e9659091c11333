//! Functions of one argument with an inner constant, and where to look for it.

use crate::formula::{Exponent, Expr, Function};

/// Steps a decade for constants of unknown size.
const STEPS_A_DECADE: f64 = 8.0;

/// Frequencies scanned at most, and where there are other inputs.
pub(super) const MOST_FREQUENCIES: usize = 1200;
const FEW_FREQUENCIES: usize = 80;

/// Places over the range at which a line may have its kink.
const KINKS: u32 = 64;

/// A family of functions of one argument with an inner constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `exp(k u)`.
    Rate,
    /// `u^k`.
    Power,
    /// `ln(u + k)`.
    OffsetLogarithm,
    /// `1/(u + k)`.
    OffsetReciprocal,
    /// `sin(k u)` and `cos(k u)`.
    Wave,
    /// `exp(r u)·sin(k u)` and the cosine, for a few rates r.
    DampedWave,
    /// `tanh(k u)`.
    Tanh,
    /// `atan(k u)`.
    Atan,
    /// `exp(−k u²)`.
    Bell,
    /// `|u + k|`.
    Kink,
}

impl Family {
    /// Every family.
    pub(super) const ALL: [Family; 10] = [
        Family::Rate,
        Family::Power,
        Family::OffsetLogarithm,
        Family::OffsetReciprocal,
        Family::Wave,
        Family::Tanh,
        Family::Atan,
        Family::Bell,
        Family::DampedWave,
        Family::Kink,
    ];

    /// The function that it needs.
    pub(super) fn function(self) -> Function {
        match self {
            Family::Rate | Family::Power | Family::Bell | Family::OffsetReciprocal => Function::Exp,
            Family::OffsetLogarithm => Function::Ln,
            Family::Wave | Family::DampedWave => Function::Sin,
            Family::Tanh => Function::Tanh,
            Family::Atan => Function::Atan,
            Family::Kink => Function::Abs,
        }
    }

    /// Values of k to scan, in order; empty where the family has no value.
    pub(super) fn grid(self, u: &[f64], alone: bool) -> Vec<f64> {
        let (low, high) = range(u);
        let span = high - low;
        let largest = low.abs().max(high.abs());
        let sizes = |from: f64, to: f64| -> Vec<f64> {
            // Where values are near the ends of the doubles there is no grid.
            if !(from > 0.0 && from.is_normal() && to.is_finite() && to / from < 1e12) {
                return Vec::new();
            }
            let steps = ((to / from).log10() * STEPS_A_DECADE).ceil() as usize;
            (0..=steps)
                .map(|i| from * (to / from).powf(i as f64 / steps as f64))
                .collect()
        };
        let both = |sizes: Vec<f64>| -> Vec<f64> {
            let below = sizes.iter().rev().map(|k| -k);
            below.chain(sizes.iter().copied()).collect()
        };
        match self {
            Family::Rate => both(sizes(0.02 / span, 60.0 / span)),
            Family::Power if low > 0.0 => (-60..=60)
                .filter(|&i| i != 0)
                .map(|i| f64::from(i) / 10.0)
                .collect(),
            Family::OffsetLogarithm | Family::OffsetReciprocal => {
                // Poles below the rows, and above.
                let distances = sizes(1e-3 * span, 30.0 * span);
                let below = distances.iter().map(|d| d - low);
                let above = distances.iter().rev().map(|d| -high - d);
                match self {
                    Family::OffsetLogarithm => below.collect(),
                    _ => above.chain(below).collect(),
                }
            }
            Family::Wave | Family::DampedWave => {
                frequencies(u, span, if alone { MOST_FREQUENCIES } else { FEW_FREQUENCIES })
            }
            Family::Tanh | Family::Atan => sizes(0.05 / largest, 100.0 / largest),
            Family::Bell if low <= 0.0 => sizes(0.05 / largest.powi(2), 300.0 / largest.powi(2)),
            Family::Kink => (1..KINKS)
                .map(|i| -high + span * f64::from(i) / f64::from(KINKS))
                .collect(),
            Family::Power | Family::Bell => Vec::new(),
        }
    }

    /// Rates that go with each frequency.
    pub(super) fn rates(self, span: f64) -> Vec<f64> {
        match self {
            Family::DampedWave => [0.4, 1.2, 3.0, 7.0, -1.2].iter().map(|r| -r / span).collect(),
            _ => vec![0.0],
        }
    }

    /// The functions' values on a row.
    pub(super) fn values(self, u: f64, k: f64, rate: f64) -> [f64; 2] {
        match self {
            Family::Rate => [(k * u).exp(), 0.0],
            Family::Power => [u.powf(k), 0.0],
            Family::OffsetLogarithm => [(u + k).ln(), 0.0],
            Family::OffsetReciprocal => [1.0 / (u + k), 0.0],
            Family::Wave => [(k * u).sin(), (k * u).cos()],
            Family::DampedWave => {
                let size = (rate * u).exp();
                [size * (k * u).sin(), size * (k * u).cos()]
            }
            Family::Tanh => [(k * u).tanh(), 0.0],
            Family::Atan => [(k * u).atan(), 0.0],
            Family::Bell => [(-k * u * u).exp(), 0.0],
            Family::Kink => [(u + k).abs(), 0.0],
        }
    }

    /// How many functions there are.
    pub(super) fn count(self) -> usize {
        match self {
            Family::Wave | Family::DampedWave => 2,
            _ => 1,
        }
    }

    /// The functions as formulas.
    pub(super) fn exprs(self, u: &Expr, k: f64, rate: f64) -> Vec<Expr> {
        let times = |k: f64| Expr::product(vec![Expr::Constant(k), u.clone()]);
        let plus = |k: f64| Expr::sum(vec![u.clone(), Expr::Constant(k)]);
        let rated = |f: Function| match self {
            Family::DampedWave => Expr::product(vec![Function::Exp.of(times(rate)), f.of(times(k))]),
            _ => f.of(times(k)),
        };
        match self {
            Family::Rate => vec![Function::Exp.of(times(k))],
            Family::Power => vec![Expr::general_power(u.clone(), Expr::Constant(k))],
            Family::OffsetLogarithm => vec![Function::Ln.of(plus(k))],
            Family::OffsetReciprocal => vec![Expr::power(plus(k), Exponent::integer(-1))],
            Family::Wave | Family::DampedWave => vec![rated(Function::Sin), rated(Function::Cos)],
            Family::Tanh => vec![Function::Tanh.of(times(k))],
            Family::Atan => vec![Function::Atan.of(times(k))],
            Family::Kink => vec![Function::Abs.of(plus(k))],
            Family::Bell => {
                let square = Expr::power(u.clone(), Exponent::integer(2));
                vec![Function::Exp.of(Expr::product(vec![Expr::Constant(-k), square]))]
            }
        }
    }
}

/// The least and the largest value.
pub(super) fn range(u: &[f64]) -> (f64, f64) {
    u.iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| {
            (low.min(v), high.max(v))
        })
}

/// Angular frequencies from half a turn over the rows up to what their spacing
/// allows, a quarter of a turn over the range apart.
pub(super) fn frequencies(u: &[f64], span: f64, most: usize) -> Vec<f64> {
    let mut sorted = u.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    // The median distance of neighbours; uneven rows tell higher frequencies apart.
    let mut gaps: Vec<f64> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    let Some(&gap) = gaps.get(gaps.len() / 2) else {
        return Vec::new();
    };
    let step = 0.8 / span;
    let highest = std::f64::consts::PI / gap;
    let count = ((highest / step) as usize).min(most);
    (1..=count).map(|i| step * i as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_written_as_it_is_evaluated() {
        let u = [0.3, 1.1, 2.7, 4.2];
        for family in Family::ALL {
            for rate in family.rates(4.0) {
                let exprs = family.exprs(&Expr::Variable(0), 0.8, rate);
                assert_eq!(exprs.len(), family.count(), "{family:?}");
                for (place, expr) in exprs.iter().enumerate() {
                    let written = expr.evaluate(&[u.to_vec()]);
                    let same = |(u, w): (&f64, &f64)| (family.values(*u, 0.8, rate)[place] - w).abs() < 1e-12;
                    assert!(u.iter().zip(&written).all(same), "{family:?}");
                }
            }
        }
    }

    #[test]
    fn grids_ascend_and_frequencies_end_where_rows_do() {
        let u: Vec<f64> = (1..=50).map(|i| 0.5 * f64::from(i)).collect();
        for family in Family::ALL {
            let grid = family.grid(&u, true);
            assert!(!grid.is_empty() || family == Family::Bell, "{family:?}");
            assert!(grid.iter().all(|k| k.is_finite()), "{family:?}");
        }
        let fastest = frequencies(&u, 24.5, MOST_FREQUENCIES).last().copied();
        assert!(fastest.is_some_and(|k| k <= std::f64::consts::PI / 0.5));
    }
}
