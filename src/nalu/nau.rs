//! The neural addition and multiplication units.
//!
//! Madsen & Johansen 2020, "Neural Arithmetic Units", ICLR. Weights are kept
//! linear and clamped after each step: NAU's to [−1, 1], NMU's to [0, 1].

use super::nac::nac;

/// NAU: `a = xW`, W in [−1, 1].
pub fn nau(x: &[f64], w: &[Vec<f64>]) -> Vec<f64> {
    nac(x, w)
}

/// NMU: `m_o = Π_i (W_io x_i + 1 − W_io)`, W in [0, 1]. Signs are kept; there
/// is no division.
pub fn nmu(x: &[f64], w: &[Vec<f64>]) -> Vec<f64> {
    let units = w.first().map_or(0, Vec::len);
    (0..units)
        .map(|unit| {
            x.iter()
                .zip(w)
                .map(|(&x, row)| row[unit] * x + 1.0 - row[unit])
                .product()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_nmu_multiplies_what_it_selects() {
        let w = vec![vec![1.0, 0.0], vec![1.0, 1.0], vec![0.0, 0.5]];
        assert_eq!(nmu(&[-3.0, 2.0, 5.0], &w), vec![-6.0, 6.0]);
        assert_eq!(nau(&[-3.0, 2.0, 5.0], &w), vec![-1.0, 4.5]);
    }

    #[test]
    fn zero_times_anything_is_zero() {
        assert_eq!(nmu(&[0.0, 7.0], &[vec![1.0], vec![1.0]]), vec![0.0]);
    }
}
