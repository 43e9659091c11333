//! iNALU: NALU with the sign recovered and gates that do not look at the input.
//!
//! Schlör et al. 2020, "iNALU: Improved Neural Arithmetic Logic Unit",
//! arXiv 2003.07629, the variant with separate weights.

use super::nac::{nac, sigmoid};

/// Largest exponent handed to `exp` (ω in the paper).
pub const EXPONENT_CAP: f64 = 20.0;

/// `y = g⊙a + (1−g)⊙m⊙s` with `a = x W_add`,
/// `m = exp(min(log(max(|x|, ε)) W_mul, ω))`,
/// `s_o = Π_i (sign(x_i)|W_io| + 1 − |W_io|)` over `W_mul`, and `g = σ(G)`
/// with one number in `gates` a unit.
pub fn inalu(x: &[f64], w_add: &[Vec<f64>], w_mul: &[Vec<f64>], gates: &[f64], epsilon: f64) -> Vec<f64> {
    let added = nac(x, w_add);
    let logs: Vec<f64> = x.iter().map(|x| x.abs().max(epsilon).ln()).collect();
    let exponents = nac(&logs, w_mul);
    gates
        .iter()
        .enumerate()
        .map(|(unit, &gate)| {
            let magnitude = exponents[unit].min(EXPONENT_CAP).exp();
            let sign: f64 = x
                .iter()
                .zip(w_mul)
                .map(|(&x, row)| sign(x) * row[unit].abs() + 1.0 - row[unit].abs())
                .product();
            let g = sigmoid(gate);
            g * added[unit] + (1.0 - g) * magnitude * sign
        })
        .collect()
}

/// −1, 0 or 1 (unlike `f64::signum`, 0 at 0).
pub(crate) fn sign(x: f64) -> f64 {
    if x == 0.0 {
        0.0
    } else {
        x.signum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_relevant_inputs_count_and_others_do_not() {
        let w = vec![vec![1.0], vec![-1.0], vec![0.0]];
        let y = inalu(&[-6.0, 3.0, -5.0], &w, &w, &[-40.0], 1e-7);
        assert!((y[0] + 2.0).abs() < 1e-9, "{y:?}");
        let y = inalu(&[-6.0, -3.0, -5.0], &w, &w, &[40.0], 1e-7);
        assert!((y[0] + 3.0).abs() < 1e-9, "{y:?}");
    }

    #[test]
    fn zero_and_huge_inputs_stay_finite() {
        let w = vec![vec![1.0], vec![-1.0]];
        for x in [[0.0, 0.0], [1e300, 1e-300]] {
            assert!(inalu(&x, &w, &w, &[0.0], 1e-7)[0].is_finite());
        }
    }
}
