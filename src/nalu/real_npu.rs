//! The real neural power unit with its relevance gate.
//!
//! Heim et al. 2020, "Neural Power Units", NeurIPS, arXiv 2006.01681.

use std::f64::consts::PI;

use super::nac::nac;

/// `y = exp(log(r) W) ⊙ cos(k W)` with `ĝ = clamp(g, 0, 1)`,
/// `r_i = ĝ_i(|x_i| + ε) + 1 − ĝ_i` and `k_i = π ĝ_i [x_i < 0]`.
/// `g` has one number per input: at 0 the input counts as 1.
pub fn real_npu(x: &[f64], w: &[Vec<f64>], g: &[f64], epsilon: f64) -> Vec<f64> {
    let relevance = |i: usize| g[i].clamp(0.0, 1.0);
    let logs: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, x)| (relevance(i) * (x.abs() + epsilon) + 1.0 - relevance(i)).ln())
        .collect();
    let turns: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, &x)| if x < 0.0 { PI * relevance(i) } else { 0.0 })
        .collect();
    nac(&logs, w)
        .into_iter()
        .zip(nac(&turns, w))
        .map(|(exponent, angle)| exponent.exp() * angle.cos())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_relevance_gate_takes_an_input_out() {
        let w = vec![vec![1.0, -1.0], vec![1.0, 2.0]];
        let both = real_npu(&[-4.0, 3.0], &w, &[1.0, 1.0], 0.0);
        assert!((both[0] + 12.0).abs() < 1e-12 && (both[1] + 2.25).abs() < 1e-12);
        let second = real_npu(&[-4.0, 3.0], &w, &[0.0, 1.0], 0.0);
        assert!((second[0] - 3.0).abs() < 1e-12 && (second[1] - 9.0).abs() < 1e-12);
    }

    #[test]
    fn gates_outside_the_unit_interval_are_clamped() {
        let w = vec![vec![1.0]];
        assert_eq!(
            real_npu(&[5.0], &w, &[1.7], 0.0),
            real_npu(&[5.0], &w, &[1.0], 0.0)
        );
        assert_eq!(real_npu(&[5.0], &w, &[-0.3], 0.0), vec![1.0]);
    }
}
