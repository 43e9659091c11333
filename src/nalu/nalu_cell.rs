//! The neural arithmetic logic unit, as published.
//!
//! Trask et al. 2018, arXiv 1808.00508, section 3: an adding and a
//! multiplying path, mixed by a gate that looks at the input.

use super::nac::{complex_nac, nac, sigmoid};

/// `y = g⊙a + (1−g)⊙m` with `a = x W_add`, `m = exp(log(|x| + ε) W_mul)`,
/// `g = σ(xG)`. The paper shares one `W`: pass it twice.
pub fn nalu(x: &[f64], w_add: &[Vec<f64>], w_mul: &[Vec<f64>], gate: &[Vec<f64>], epsilon: f64) -> Vec<f64> {
    let added = nac(x, w_add);
    let multiplied = complex_nac(x, w_mul, epsilon);
    let gates = nac(x, gate).into_iter().map(sigmoid);
    gates
        .zip(added.into_iter().zip(multiplied))
        .map(|(g, (a, m))| g * a + (1.0 - g) * m)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_chooses_the_path() {
        let w = vec![vec![1.0, 1.0], vec![1.0, 1.0]];
        let gate = vec![vec![20.0, -20.0], vec![0.0, 0.0]];
        let y = nalu(&[3.0, 5.0], &w, &w, &gate, 0.0);
        assert!((y[0] - 8.0).abs() < 1e-9 && (y[1] - 15.0).abs() < 1e-9);
    }
}
