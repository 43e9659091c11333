//! Curves that a product of powers may be under, where the target keeps its sign.

use crate::formula::{Exponent, Expr, Function};

/// u below this and above that stands for it: no curve tells more apart.
const SMALLEST_LOG: f64 = -40.0;
const LARGEST_LOG: f64 = 5.5;

/// A curve F(u) above 0, for u above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    /// exp(u).
    Growth,
    /// exp(−u).
    Decay,
    /// 1 − exp(−u).
    Saturation,
    /// exp(u) − 1.
    Excess,
    /// 1/(exp(u) − 1).
    Bose,
    /// 1/(exp(u) + 1).
    Fermi,
    /// tanh(u).
    Tanh,
    /// ln(1 + u).
    Logarithm,
    /// (1 + u)^p.
    Above(Exponent),
    /// (1 − u)^p, for u below 1.
    Below(Exponent),
}

impl Curve {
    /// Those with a function in them.
    pub(super) const WITH_FUNCTIONS: [Curve; 8] = [
        Curve::Decay,
        Curve::Growth,
        Curve::Saturation,
        Curve::Excess,
        Curve::Bose,
        Curve::Fermi,
        Curve::Tanh,
        Curve::Logarithm,
    ];

    /// Those of algebra: 1 + u and 1 − u under a power.
    pub(super) fn of_algebra() -> Vec<Curve> {
        let powers = [(1, 1), (-1, 1), (1, 2), (-1, 2)];
        let powers = powers.map(|(numerator, denominator)| Exponent::new(numerator, denominator));
        let both = |p| [Curve::Above(p), Curve::Below(p)];
        powers.into_iter().flat_map(both).collect()
    }

    /// The function that it needs.
    pub(super) fn function(self) -> Option<Function> {
        match self {
            Curve::Tanh => Some(Function::Tanh),
            Curve::Logarithm => Some(Function::Ln),
            Curve::Growth | Curve::Decay | Curve::Saturation | Curve::Excess | Curve::Bose | Curve::Fermi => {
                Some(Function::Exp)
            }
            Curve::Above(_) | Curve::Below(_) => None,
        }
    }

    /// The largest ln u at which it has a value.
    pub(super) fn end(self) -> f64 {
        match self {
            Curve::Below(_) => 0.0,
            _ => f64::INFINITY,
        }
    }

    /// ln F(e^s) and its derivative by s; NaN beyond its end.
    pub(super) fn log_value(self, s: f64) -> (f64, f64) {
        let u = s.clamp(SMALLEST_LOG, LARGEST_LOG).exp();
        match self {
            Curve::Growth => (u, u),
            Curve::Decay => (-u, -u),
            Curve::Saturation => ((-(-u).exp_m1()).ln(), u / u.exp_m1()),
            Curve::Excess => (u.exp_m1().ln(), u / -(-u).exp_m1()),
            Curve::Bose => (-u.exp_m1().ln(), -u / -(-u).exp_m1()),
            Curve::Fermi => (-u.exp().ln_1p(), -u / ((-u).exp() + 1.0)),
            Curve::Tanh => (u.tanh().ln(), 2.0 * u / (2.0 * u).sinh()),
            Curve::Logarithm => (u.ln_1p().ln(), u / ((1.0 + u) * u.ln_1p())),
            Curve::Above(p) => (p.value() * u.ln_1p(), p.value() * u / (1.0 + u)),
            Curve::Below(p) => (p.value() * (-u).ln_1p(), -p.value() * u / (1.0 - u)),
        }
    }

    /// F(u) as a formula.
    pub(super) fn of(self, u: Expr) -> Expr {
        let one = || Expr::Constant(1.0);
        let exp = |u: Expr| Function::Exp.of(u);
        let inverse = |expr: Expr| Expr::power(expr, Exponent::integer(-1));
        match self {
            Curve::Growth => exp(u),
            Curve::Decay => exp(u.negated()),
            Curve::Saturation => Expr::difference(one(), exp(u.negated())),
            Curve::Excess => Expr::difference(exp(u), one()),
            Curve::Bose => inverse(Expr::difference(exp(u), one())),
            Curve::Fermi => inverse(Expr::sum(vec![exp(u), one()])),
            Curve::Tanh => Function::Tanh.of(u),
            Curve::Logarithm => Function::Ln.of(Expr::sum(vec![one(), u])),
            Curve::Above(p) => Expr::power(Expr::sum(vec![one(), u]), p),
            Curve::Below(p) => Expr::power(Expr::difference(one(), u), p),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_match_differences_and_formulas_are_the_curves() {
        for curve in Curve::WITH_FUNCTIONS.into_iter().chain(Curve::of_algebra()) {
            for s in [-2.0, -0.3, 0.4, 1.2] {
                if s >= curve.end() {
                    assert!(curve.log_value(s).0.is_nan(), "{curve:?} at {s}");
                    continue;
                }
                let (_, slope) = curve.log_value(s);
                let step = 1e-6;
                let numeric = (curve.log_value(s + step).0 - curve.log_value(s - step).0) / (2.0 * step);
                assert!(
                    (slope - numeric).abs() < 1e-6 * (1.0 + slope.abs()),
                    "{curve:?} at {s}"
                );
                let written = curve.of(Expr::Constant(s.exp())).evaluate_row(&[]);
                assert!(
                    (written.ln() - curve.log_value(s).0).abs() < 1e-12,
                    "{curve:?}: {written}"
                );
            }
        }
    }
}
