//! The neural accumulator and its complex form, as published.
//!
//! Trask et al. 2018, "Neural Arithmetic Logic Units", arXiv 1808.00508,
//! equations 1 and 2.

/// `W = tanh(Ŵ)⊙σ(M̂)`, elementwise: pulled towards −1, 0 and 1.
pub fn squashed_weights(w_hat: &[Vec<f64>], m_hat: &[Vec<f64>]) -> Vec<Vec<f64>> {
    w_hat
        .iter()
        .zip(m_hat)
        .map(|(w_row, m_row)| {
            w_row
                .iter()
                .zip(m_row)
                .map(|(&w, &m)| w.tanh() * sigmoid(m))
                .collect()
        })
        .collect()
}

/// `σ(z) = 1 / (1 + e^−z)`.
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// NAC: `a = xW`. `x` has one number per row of `w`.
pub fn nac(x: &[f64], w: &[Vec<f64>]) -> Vec<f64> {
    let units = w.first().map_or(0, Vec::len);
    (0..units)
        .map(|unit| x.iter().zip(w).map(|(&x, row)| x * row[unit]).sum())
        .collect()
}

/// Complex NAC: `m = exp(log(|x| + ε) W)`; the sign of `x` is lost.
pub fn complex_nac(x: &[f64], w: &[Vec<f64>], epsilon: f64) -> Vec<f64> {
    let logs: Vec<f64> = x.iter().map(|x| (x.abs() + epsilon).ln()).collect();
    nac(&logs, w).into_iter().map(f64::exp).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nac_adds_and_subtracts() {
        let w = vec![vec![1.0, 1.0], vec![1.0, -1.0]];
        assert_eq!(nac(&[3.0, 5.0], &w), vec![8.0, -2.0]);
    }

    #[test]
    fn a_complex_nac_multiplies_and_loses_the_sign() {
        let w = vec![vec![1.0, 0.5], vec![1.0, 0.0]];
        let y = complex_nac(&[-4.0, 5.0], &w, 0.0);
        assert!((y[0] - 20.0).abs() < 1e-12 && (y[1] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn saturated_weights_reach_the_grid() {
        let w = squashed_weights(&[vec![20.0, -20.0, 20.0]], &[vec![40.0, 40.0, -40.0]]);
        assert!((w[0][0] - 1.0).abs() < 1e-9 && (w[0][1] + 1.0).abs() < 1e-9 && w[0][2].abs() < 1e-9);
    }
}
