//! The default cell: what works of what was published since, in one unit.
//!
//! `y = g·a + (1−g)·m` with
//! `a = Σ_i W_i x_i` and
//! `m = Π_i s(W_i, x_i) · exp(clamp(Σ_i W_i log max(|x_i|, δ), ±20))`.
//!
//! - An own gate a unit instead of one computed from the input, the floor of
//!   the logarithm, the cap of the exponent: iNALU (Schlör et al. 2020,
//!   arXiv 2003.07629).
//! - Weights linear and clamped after each step instead of `tanh·σ`: NAU
//!   (Madsen & Johansen 2020).
//! - The sign as a mix instead of a hard product: iNALU's mixed-sign vector,
//!   here continued past 1 so that even exponents give a positive factor.
//! - Ours: exponents up to ±2 in halves, and the readout solved outside.

/// Smallest |x| the logarithm sees.
pub const LOG_FLOOR: f64 = 1e-7;

/// Largest |exponent| handed to `exp`.
pub const EXPONENT_CAP: f64 = 20.0;

/// Weights are clamped to this after each step.
pub const WEIGHT_BOUND: f64 = 2.0;

/// The factor that a negative input with weight `w` contributes to the sign:
/// 1 at even `w`, −1 at odd `w`, linear between (0 at halves).
pub fn mixed_sign(w: f64) -> f64 {
    1.0 - 2.0 * (1.0 - (w.abs() - 1.0).abs())
}

/// The product path of one unit: `x` and `w` have one number per input.
pub fn product_path(x: &[f64], w: &[f64]) -> f64 {
    let mut sign = 1.0;
    let mut exponent = 0.0;
    for (&x, &w) in x.iter().zip(w) {
        if x < 0.0 {
            sign *= mixed_sign(w);
        }
        exponent += w * x.abs().max(LOG_FLOOR).ln();
    }
    sign * exponent.clamp(-EXPONENT_CAP, EXPONENT_CAP).exp()
}

/// One layer: `w_add`, `w_mul` are inputs × units, `gates` one a unit.
pub fn gated(x: &[f64], w_add: &[Vec<f64>], w_mul: &[Vec<f64>], gates: &[f64]) -> Vec<f64> {
    gates
        .iter()
        .enumerate()
        .map(|(unit, &gate)| {
            let add: f64 = x.iter().zip(w_add).map(|(&x, row)| x * row[unit]).sum();
            let exponents: Vec<f64> = w_mul.iter().map(|row| row[unit]).collect();
            gate * add + (1.0 - gate) * product_path(x, &exponents)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_follow_the_parity_of_the_exponent() {
        for (w, expected) in [
            (0.0, 1.0),
            (1.0, -1.0),
            (-1.0, -1.0),
            (2.0, 1.0),
            (-2.0, 1.0),
            (0.5, 0.0),
        ] {
            assert_eq!(mixed_sign(w), expected, "weight {w}");
        }
        assert!((product_path(&[-3.0, 2.0], &[1.0, -1.0]) + 1.5).abs() < 1e-12);
        assert!((product_path(&[-3.0, -2.0], &[2.0, 1.0]) + 18.0).abs() < 1e-12);
    }

    #[test]
    fn zero_and_huge_exponents_stay_finite() {
        assert!(product_path(&[0.0, 0.0], &[-2.0, -2.0]).is_finite());
        assert!(product_path(&[1e30, 1e30], &[2.0, 2.0]).is_finite());
    }
}
