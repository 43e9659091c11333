//! The linear readout on the last layer, solved instead of learnt.
//!
//! With the units' values `u_k` fixed, the output `ŷ = c_0 + Σ_k c_k u_k` that
//! minimises the squared error is a small linear system. At its solution the
//! loss does not depend on `c` to first order, so the gradient with respect
//! to everything before it needs no term through the solve (variable
//! projection, Golub & Pereyra 1973).

/// Overwrites a symmetric `size × size` matrix (row-major) with the Cholesky
/// factor of `A + ridge I`, the diagonal inverted. A pivot that is not positive
/// becomes 0 and leaves its coefficient at 0.
pub(super) fn factorise(matrix: &mut [f64], ridge: f64, size: usize) {
    for i in 0..size {
        matrix[i * size + i] += ridge;
    }
    for j in 0..size {
        let mut pivot = matrix[j * size + j];
        for k in 0..j {
            pivot -= matrix[j * size + k] * matrix[j * size + k];
        }
        // A vanishing pivot: this unit adds nothing to those before it.
        let inverse = if pivot > 0.5 * ridge {
            1.0 / pivot.sqrt()
        } else {
            0.0
        };
        matrix[j * size + j] = inverse;
        for i in j + 1..size {
            let mut value = matrix[i * size + j];
            for k in 0..j {
                value -= matrix[i * size + k] * matrix[j * size + k];
            }
            matrix[i * size + j] = value * inverse;
        }
    }
}

/// Solves `(A + ridge I) c = b` in place, given what [`factorise`] made of A.
pub(super) fn substitute(factor: &[f64], right: &mut [f64]) {
    let size = right.len();
    for i in 0..size {
        for k in 0..i {
            right[i] -= factor[i * size + k] * right[k];
        }
        right[i] *= factor[i * size + i];
    }
    for i in (0..size).rev() {
        for k in i + 1..size {
            right[i] -= factor[k * size + i] * right[k];
        }
        right[i] *= factor[i * size + i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_positive_definite_system() {
        let mut matrix = vec![4.0, 1.0, 0.5, 1.0, 3.0, 0.2, 0.5, 0.2, 2.0];
        let expected = [1.0, -2.0, 3.0];
        let mut right: Vec<f64> = (0..3)
            .map(|i| (0..3).map(|j| matrix[i * 3 + j] * expected[j]).sum())
            .collect();
        factorise(&mut matrix, 0.0, 3);
        substitute(&matrix, &mut right);
        for (value, expected) in right.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_dead_unit_gets_no_coefficient() {
        let mut matrix = vec![1.0, 0.0, 0.0, 0.0];
        let mut right = vec![2.0, 0.0];
        factorise(&mut matrix, 1e-9, 2);
        substitute(&matrix, &mut right);
        assert!((right[0] - 2.0).abs() < 1e-6 && right[1] == 0.0);
    }
}
