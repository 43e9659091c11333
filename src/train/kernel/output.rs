//! The readout over all rows, and where the backward pass starts.

use super::super::lanes::Lanes;
use super::super::readout::{factorise, substitute};
use super::workspace::Workspace;
use super::{Problem, LOSS_FLOOR};

/// Most units a layer may have: the readout's system lies on the stack.
pub(in super::super) const MAX_UNITS: usize = 16;

/// Fills centred units, residual and coefficients; returns the error.
#[inline(always)]
pub(super) fn solve(problem: Problem<'_>, workspace: &mut Workspace) -> f32 {
    let Workspace {
        layers,
        centred,
        residual,
        coefficients,
        means,
    } = workspace;
    let (batch, units) = (problem.batch, coefficients.len());
    let Some(last) = layers.last() else {
        return f32::NAN;
    };

    let mut sums = [Lanes::ZERO; MAX_UNITS];
    for (out, &v) in last.out.chunks_exact(units).zip(&batch.root_weight) {
        for (sum, u) in sums.iter_mut().zip(out) {
            *sum += *u * (v * v);
        }
    }
    for (mean, sum) in means.iter_mut().zip(sums) {
        *mean = f64::from(sum.sum());
    }

    // The Gram matrix of the centred units, below and on the diagonal.
    let mut gram_sums = [Lanes::ZERO; MAX_UNITS * MAX_UNITS];
    let mut right_sums = [Lanes::ZERO; MAX_UNITS];
    let rows = batch.root_weight.iter().zip(&batch.target);
    let blocks = last.out.chunks_exact(units).zip(centred.chunks_exact_mut(units));
    for ((out, centred), (&v, &target)) in blocks.zip(rows) {
        for ((z, u), &mean) in centred.iter_mut().zip(out).zip(means.iter()) {
            let mean = mean as f32;
            *z = u.map(|u| u - mean) * v;
        }
        for (i, z) in centred.iter().enumerate() {
            right_sums[i] += *z * target;
            let row = &mut gram_sums[i * units..][..=i];
            for (sum, other) in row.iter_mut().zip(centred.iter()) {
                *sum += *z * *other;
            }
        }
    }
    let mut inverse = [0.0f64; MAX_UNITS];
    for unit in 0..units {
        let square = f64::from(gram_sums[unit * units + unit].sum());
        let alive = square.is_finite() && square > 1e-11 * means[unit].powi(2) && square > 1e-30;
        inverse[unit] = if alive { 1.0 / square.sqrt() } else { 0.0 };
    }
    let mut gram = [0.0f64; MAX_UNITS * MAX_UNITS];
    let mut right = [0.0f64; MAX_UNITS];
    for i in 0..units {
        if inverse[i] == 0.0 {
            continue;
        }
        right[i] = f64::from(right_sums[i].sum()) * inverse[i];
        gram[i * units + i] = 1.0;
        for j in (0..i).filter(|&j| inverse[j] > 0.0) {
            let value = f64::from(gram_sums[i * units + j].sum()) * inverse[i] * inverse[j];
            gram[i * units + j] = value;
            gram[j * units + i] = value;
        }
    }
    let (gram, right) = (&mut gram[..units * units], &mut right[..units]);
    factorise(gram, problem.ridge, units);
    substitute(gram, right);
    for (unit, &solution) in right.iter().enumerate() {
        coefficients[unit] = solution * inverse[unit];
    }
    subtract(centred, &batch.target, coefficients, residual);

    // The sums above are f32 and units can be much alike, so the solution is a
    // little off, and the gradient as much as the residual is not orthogonal
    // to the units. Solving once more for what is left mends that.
    let mut left_sums = [Lanes::ZERO; MAX_UNITS];
    for (centred, &residual) in centred.chunks_exact(units).zip(residual.iter()) {
        for (sum, z) in left_sums.iter_mut().zip(centred) {
            *sum += *z * residual;
        }
    }
    let mut left = [0.0f64; MAX_UNITS];
    for unit in 0..units {
        if inverse[unit] > 0.0 {
            left[unit] = f64::from(left_sums[unit].sum()) * inverse[unit] - problem.ridge * right[unit];
        }
    }
    substitute(gram, &mut left[..units]);
    for unit in 0..units {
        coefficients[unit] += left[unit] * inverse[unit];
    }
    subtract(centred, &batch.target, coefficients, residual)
}

/// `residual = target − Σ c z`; returns its square.
#[inline(always)]
fn subtract(centred: &[Lanes], target: &[Lanes], coefficients: &[f64], residual: &mut [Lanes]) -> f32 {
    let mut squares = Lanes::ZERO;
    let blocks = centred.chunks_exact(coefficients.len()).zip(target);
    for ((centred, &target), residual) in blocks.zip(residual) {
        let mut left = target;
        for (z, &coefficient) in centred.iter().zip(coefficients) {
            // A dead unit may not be finite: it stays out altogether.
            if coefficient != 0.0 {
                left = left - *z * coefficient as f32;
            }
        }
        *residual = left;
        squares += left * left;
    }
    squares.sum()
}

/// The derivative of the loss by the last layer's units in one block.
#[inline(always)]
pub(super) fn slopes(problem: Problem<'_>, block: usize, mse: f32, workspace: &mut Workspace) {
    let outer = -2.0 / (mse + LOSS_FLOOR);
    let by_all = workspace.residual[block] * problem.batch.root_weight[block];
    let Some(last) = workspace.layers.last_mut() else {
        return;
    };
    for (slope, &coefficient) in last.by_out.iter_mut().zip(&workspace.coefficients) {
        *slope = by_all * (outer * coefficient as f32);
    }
}
