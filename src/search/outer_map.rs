//! Functions that the target may be as a whole: `y = f(h)`, seen as `h`.
//!
//! Each is undone by its inverse on the rows, where that has a value on every
//! row; errors are carried along by the derivative.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::formula::{Exponent, Expr, Function};

/// Values beyond this overflow when the exponential is taken.
const LARGEST_EXPONENT: f64 = 60.0;

/// An outer function of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OuterMap {
    /// `y = exp(h)`, or `y = −exp(h)` where all targets are below 0.
    Exp { negative: bool },
    /// `y = ln(h)`.
    Ln,
    /// `y = asin(h)`.
    Asin,
    /// `y = acos(h)`.
    Acos,
    /// `y = atan(h)`.
    Atan,
    /// `y = tanh(h)`.
    Tanh,
    /// `y = 1/(1 + exp(h))`.
    Logistic,
}

impl OuterMap {
    /// Those that such a target may be the value of.
    pub(super) fn possible(target: &[f64]) -> Vec<OuterMap> {
        let low = target.iter().fold(f64::INFINITY, |m, &y| m.min(y));
        let high = target.iter().fold(f64::NEG_INFINITY, |m, &y| m.max(y));
        let mut maps = Vec::new();
        if low > 0.0 || high < 0.0 {
            maps.push(OuterMap::Exp { negative: high < 0.0 });
        }
        if low > 0.0 && high < 1.0 {
            maps.push(OuterMap::Logistic);
        }
        if low >= -1.0 && high <= 1.0 {
            maps.push(OuterMap::Tanh);
        }
        if low >= -FRAC_PI_2 && high <= FRAC_PI_2 {
            maps.extend([OuterMap::Asin, OuterMap::Atan]);
        }
        if low >= 0.0 && high <= PI {
            maps.push(OuterMap::Acos);
        }
        if low.abs().max(high.abs()) < LARGEST_EXPONENT {
            maps.push(OuterMap::Ln);
        }
        maps
    }

    /// The function that it is.
    pub(super) fn function(self) -> Function {
        match self {
            OuterMap::Exp { .. } | OuterMap::Logistic => Function::Exp,
            OuterMap::Ln => Function::Ln,
            OuterMap::Asin => Function::Asin,
            OuterMap::Acos => Function::Acos,
            OuterMap::Atan => Function::Atan,
            OuterMap::Tanh => Function::Tanh,
        }
    }

    /// h on a row, and |dy/dh| there.
    pub(super) fn of(self, y: f64) -> (f64, f64) {
        match self {
            OuterMap::Exp { .. } => (y.abs().ln(), y.abs()),
            OuterMap::Ln => (y.exp(), (-y).exp()),
            OuterMap::Asin => (y.sin(), y.cos().abs().recip()),
            OuterMap::Acos => (y.cos(), y.sin().abs().recip()),
            OuterMap::Atan => (y.tan(), y.cos().powi(2)),
            OuterMap::Tanh => (y.atanh(), 1.0 - y * y),
            OuterMap::Logistic => ((1.0 / y - 1.0).ln(), y * (1.0 - y)),
        }
    }

    /// The formula for y when `h` is one for what is seen.
    pub(super) fn back(self, h: Expr) -> Expr {
        match self {
            OuterMap::Exp { negative: false } => Function::Exp.of(h),
            OuterMap::Exp { negative: true } => Function::Exp.of(h).negated(),
            OuterMap::Ln => Function::Ln.of(h),
            OuterMap::Asin => Function::Asin.of(h),
            OuterMap::Acos => Function::Acos.of(h),
            OuterMap::Atan => Function::Atan.of(h),
            OuterMap::Tanh => Function::Tanh.of(h),
            OuterMap::Logistic => {
                let below = Expr::sum(vec![Expr::Constant(1.0), Function::Exp.of(h)]);
                Expr::power(below, Exponent::integer(-1))
            }
        }
    }

    /// What is seen, in symbols, when `y` stands for the target.
    pub(super) fn forward(self, y: Expr) -> Expr {
        match self {
            OuterMap::Exp { negative: false } => Function::Ln.of(y),
            OuterMap::Exp { negative: true } => Function::Ln.of(y.negated()),
            OuterMap::Ln => Function::Exp.of(y),
            OuterMap::Asin => Function::Sin.of(y),
            OuterMap::Acos => Function::Cos.of(y),
            OuterMap::Atan => Function::Tan.of(y),
            OuterMap::Tanh => {
                let one = || Expr::Constant(1.0);
                let ratio = Expr::quotient(Expr::sum(vec![one(), y.clone()]), Expr::difference(one(), y));
                Expr::product(vec![Expr::Constant(0.5), Function::Ln.of(ratio)])
            }
            OuterMap::Logistic => {
                let inverse = Expr::power(y, Exponent::integer(-1));
                Function::Ln.of(Expr::difference(inverse, Expr::Constant(1.0)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_map_leads_there_and_back_and_carries_errors() {
        let targets: [&[f64]; 5] = [
            &[0.2, 0.5, 0.9],
            &[-0.9, 0.3, 0.8],
            &[2.0, 5.0, 11.0],
            &[-2.0, -5.0, -11.0],
            &[-7.0, 3.0, 20.0],
        ];
        for target in targets {
            for map in OuterMap::possible(target) {
                for &y in target {
                    let (h, slope) = map.of(y);
                    let back = map.back(Expr::Constant(h)).evaluate_row(&[]);
                    assert!(
                        (back - y).abs() < 1e-12 * y.abs().max(1.0),
                        "{map:?}: {back}, {y}"
                    );
                    let forward = map.forward(Expr::Constant(y)).evaluate_row(&[]);
                    assert!(
                        (forward - h).abs() < 1e-9 * h.abs().max(1.0),
                        "{map:?}: {forward}, {h}"
                    );
                    let step = 1e-6;
                    let moved = map
                        .back(Expr::Constant(h + step * slope.recip()))
                        .evaluate_row(&[]);
                    assert!(((moved - back).abs() / step - 1.0).abs() < 1e-4, "{map:?} at {y}");
                }
            }
        }
        assert!(OuterMap::possible(&[-70.0, 70.0]).is_empty());
    }
}
