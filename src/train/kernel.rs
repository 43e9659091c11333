//! The default cell's stack as one fused pass: loss and gradient of one
//! restart, rows in the inner loop, on buffers that are reused.
//!
//! Equations: [`crate::nalu::gated`] for the units, [`super::readout`] for the
//! output. The gradient of `ln(mse + floor)` is computed on the way, while
//! everything a restart needs still lies in the first-level cache.

#![allow(clippy::needless_range_loop)] // indices run over several buffers at once

use crate::nalu::gated::{EXPONENT_CAP, LOG_FLOOR};

use super::batch::{Batch, LANES};
use super::math;
use super::network::Network;
use super::readout::solve_ridge;

/// Added to the normalised mean squared error before its logarithm.
pub(super) const LOSS_FLOOR: f32 = 1e-10;

/// Below this a factor of the mixed sign is moved away from 0, so that the
/// product without it can be had by division.
const SIGN_FLOOR: f32 = 1e-3;

/// What one layer leaves for its backward pass; unit after unit, row after row.
#[derive(Debug, Default)]
struct LayerBuffers {
    add: Vec<f32>,
    exponent: Vec<f32>,
    magnitude: Vec<f32>,
    sign: Vec<f32>,
    out: Vec<f32>,
    log_out: Vec<f32>,
    negative: Vec<bool>,
    grad_out: Vec<f32>,
}

/// Buffers for one restart at a time.
#[derive(Debug)]
pub(super) struct Workspace {
    layers: Vec<LayerBuffers>,
    centred: Vec<f32>,
    residual: Vec<f32>,
    scratch: Vec<f32>,
    /// Coefficient of each unit in the normalised target, after a pass.
    pub coefficients: Vec<f64>,
    /// Weighted mean of each unit, after a pass.
    pub means: Vec<f64>,
}

impl Workspace {
    pub fn new(network: &Network, batch: &Batch) -> Workspace {
        let layers = network
            .layers
            .iter()
            .map(|layer| {
                let zeros = || vec![0.0; layer.units * batch.rows];
                LayerBuffers {
                    add: zeros(),
                    exponent: zeros(),
                    magnitude: zeros(),
                    sign: zeros(),
                    out: zeros(),
                    log_out: zeros(),
                    negative: vec![false; layer.units],
                    grad_out: zeros(),
                }
            })
            .collect();
        let units = network.layers.last().map_or(0, |layer| layer.units);
        Workspace {
            layers,
            centred: vec![0.0; units * batch.rows],
            residual: vec![0.0; batch.rows],
            scratch: vec![0.0; batch.rows],
            coefficients: vec![0.0; units],
            means: vec![0.0; units],
        }
    }
}

/// Everything a pass reads besides the parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub network: &'a Network,
    pub batch: &'a Batch,
    pub ridge: f64,
    /// Gates are exactly 0 or 1 and stay so: only the chosen path is computed.
    pub gates_drawn: bool,
}

/// Mean squared error over variance of one restart; where `gradient` is given
/// it receives the gradient of `ln(mse + floor)`.
pub(super) fn pass(
    problem: Problem<'_>,
    parameters: &[f32],
    gradient: Option<&mut [f32]>,
    workspace: &mut Workspace,
) -> f32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found.
        return unsafe { pass_avx2(problem, parameters, gradient, workspace) };
    }
    pass_portable(problem, parameters, gradient, workspace)
}

/// The same operations in the same order, so the same bits, on wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn pass_avx2(
    problem: Problem<'_>,
    parameters: &[f32],
    gradient: Option<&mut [f32]>,
    workspace: &mut Workspace,
) -> f32 {
    pass_portable(problem, parameters, gradient, workspace)
}

#[inline(always)]
fn pass_portable(
    problem: Problem<'_>,
    parameters: &[f32],
    gradient: Option<&mut [f32]>,
    workspace: &mut Workspace,
) -> f32 {
    let depth = problem.network.layers.len();
    for layer in 0..depth {
        let (before, rest) = workspace.layers.split_at_mut(layer);
        forward_layer(problem, layer, parameters, before.last(), &mut rest[0], depth);
    }
    let mse = solve_readout(problem, workspace);
    let Some(gradient) = gradient else {
        return mse;
    };
    gradient.fill(0.0);
    if !mse.is_finite() {
        return mse;
    }
    readout_gradient(problem, mse, workspace);
    for layer in (0..depth).rev() {
        let (before, rest) = workspace.layers.split_at_mut(layer);
        backward_layer(
            problem,
            layer,
            parameters,
            before.last_mut(),
            &rest[0],
            &mut workspace.scratch,
            gradient,
        );
    }
    mse
}

#[inline(always)]
fn forward_layer(
    problem: Problem<'_>,
    index: usize,
    parameters: &[f32],
    before: Option<&LayerBuffers>,
    buffers: &mut LayerBuffers,
    depth: usize,
) {
    let Problem { network, batch, .. } = problem;
    let layer = &network.layers[index];
    let weights = layer.blocks[0].of(parameters);
    let gates = layer.blocks[1].of(parameters);
    let (rows, width) = (batch.rows, batch.width());
    for unit in 0..layer.units {
        let gate = gates[unit];
        let span = unit * rows..(unit + 1) * rows;
        let out = &mut buffers.out[span.clone()];
        let adds = !problem.gates_drawn || gate == 1.0;
        let multiplies = !problem.gates_drawn || gate == 0.0;
        if adds {
            let add = &mut buffers.add[span.clone()];
            add.fill(0.0);
            for input in 0..layer.inputs {
                let x = column(&batch.x, before.map(|b| &b.out[..]), width, input, rows);
                add_scaled(add, weights[input * layer.units + unit], x);
            }
        }
        if multiplies {
            let exponent = &mut buffers.exponent[span.clone()];
            exponent.fill(0.0);
            for input in 0..layer.inputs {
                let log_x = column(&batch.log_x, before.map(|b| &b.log_out[..]), width, input, rows);
                add_scaled(exponent, weights[input * layer.units + unit], log_x);
            }
            let sign = &mut buffers.sign[span.clone()];
            sign.fill(1.0);
            for input in 0..layer.inputs {
                if is_negative(batch, before, input) {
                    let factor = sign_factor(weights[input * layer.units + unit]);
                    let x = column(&batch.x, before.map(|b| &b.out[..]), width, input, rows);
                    for (sign, &x) in sign.iter_mut().zip(x) {
                        *sign *= if x < 0.0 { factor } else { 1.0 };
                    }
                }
            }
            let cap = EXPONENT_CAP as f32;
            let magnitude = &mut buffers.magnitude[span.clone()];
            for (magnitude, &exponent) in magnitude.iter_mut().zip(exponent.iter()) {
                *magnitude = math::exp(exponent.max(-cap).min(cap));
            }
        }
        let add = &buffers.add[span.clone()];
        let magnitude = &buffers.magnitude[span.clone()];
        let sign = &buffers.sign[span.clone()];
        if !multiplies {
            out.copy_from_slice(add);
        } else if !adds {
            for ((out, &m), &s) in out.iter_mut().zip(magnitude).zip(sign) {
                *out = m * s;
            }
        } else {
            for (((out, &a), &m), &s) in out.iter_mut().zip(add).zip(magnitude).zip(sign) {
                *out = gate * a + (1.0 - gate) * (m * s);
            }
        }
        if index + 1 < depth {
            let floor = LOG_FLOOR as f32;
            let log_out = &mut buffers.log_out[span];
            let mut least = [0.0f32; LANES];
            for (logs, values) in log_out.chunks_exact_mut(LANES).zip(out.chunks_exact(LANES)) {
                for lane in 0..LANES {
                    logs[lane] = math::ln(values[lane].abs().max(floor));
                    least[lane] = least[lane].min(values[lane]);
                }
            }
            buffers.negative[unit] = least.iter().any(|&value| value < 0.0);
        }
    }
}

/// Fills centred units, residual and coefficients; returns the error.
#[inline(always)]
fn solve_readout(problem: Problem<'_>, workspace: &mut Workspace) -> f32 {
    let rows = problem.batch.rows;
    let root_weight = &problem.batch.root_weight[..rows];
    let target = &problem.batch.target[..rows];
    let units = workspace.coefficients.len();
    let Some(last) = workspace.layers.last() else {
        return f32::NAN;
    };
    let mut inverse = [0.0f64; MAX_UNITS];
    let mut gram = [0.0f64; MAX_UNITS * MAX_UNITS];
    let mut right = [0.0f64; MAX_UNITS];
    for unit in 0..units {
        let out = &last.out[unit * rows..(unit + 1) * rows];
        let mean = weighted_sum(out, root_weight);
        let centred = &mut workspace.centred[unit * rows..(unit + 1) * rows];
        for ((z, &u), &v) in centred.iter_mut().zip(out).zip(root_weight) {
            *z = v * (u - mean as f32);
        }
        let square = f64::from(dot(centred, centred));
        let alive = square.is_finite() && square > 1e-11 * mean * mean && square > 1e-30;
        workspace.means[unit] = mean;
        inverse[unit] = if alive { 1.0 / square.sqrt() } else { 0.0 };
    }
    for i in 0..units {
        let z_i = &workspace.centred[i * rows..(i + 1) * rows];
        right[i] = if inverse[i] > 0.0 {
            f64::from(dot(z_i, target)) * inverse[i]
        } else {
            0.0
        };
        for j in 0..=i {
            let z_j = &workspace.centred[j * rows..(j + 1) * rows];
            let value = if i == j {
                f64::from(u8::from(inverse[i] > 0.0))
            } else if inverse[i] > 0.0 && inverse[j] > 0.0 {
                f64::from(dot(z_i, z_j)) * inverse[i] * inverse[j]
            } else {
                0.0
            };
            gram[i * units + j] = value;
            gram[j * units + i] = value;
        }
    }
    solve_ridge(&mut gram[..units * units], problem.ridge, &mut right[..units]);
    let residual = &mut workspace.residual[..rows];
    residual.copy_from_slice(target);
    for unit in 0..units {
        let coefficient = right[unit] * inverse[unit];
        workspace.coefficients[unit] = coefficient;
        if coefficient != 0.0 {
            add_scaled(
                residual,
                -coefficient as f32,
                &workspace.centred[unit * rows..(unit + 1) * rows],
            );
        }
    }
    dot(residual, residual)
}

/// Most units a layer may have: the readout's system lies on the stack.
pub(super) const MAX_UNITS: usize = 16;

#[inline(always)]
fn readout_gradient(problem: Problem<'_>, mse: f32, workspace: &mut Workspace) {
    let rows = problem.batch.rows;
    let outer = -2.0 / (mse + LOSS_FLOOR);
    let Some(last) = workspace.layers.last_mut() else {
        return;
    };
    for (unit, &coefficient) in workspace.coefficients.iter().enumerate() {
        let factor = outer * coefficient as f32;
        let grad = &mut last.grad_out[unit * rows..(unit + 1) * rows];
        for ((grad, &e), &v) in grad
            .iter_mut()
            .zip(&workspace.residual)
            .zip(&problem.batch.root_weight)
        {
            *grad = factor * (e * v);
        }
    }
}

#[inline(always)]
fn backward_layer(
    problem: Problem<'_>,
    index: usize,
    parameters: &[f32],
    mut before: Option<&mut LayerBuffers>,
    buffers: &LayerBuffers,
    scratch: &mut [f32],
    gradient: &mut [f32],
) {
    let Problem { network, batch, .. } = problem;
    let layer = &network.layers[index];
    let weights = layer.blocks[0].of(parameters);
    let gates = layer.blocks[1].of(parameters);
    let (rows, width) = (batch.rows, batch.width());
    if let Some(before) = before.as_deref_mut() {
        before.grad_out.fill(0.0);
    }
    for unit in 0..layer.units {
        let gate = gates[unit];
        let span = unit * rows..(unit + 1) * rows;
        let grad = &buffers.grad_out[span.clone()];
        let adds = !problem.gates_drawn || gate == 1.0;
        let multiplies = !problem.gates_drawn || gate == 0.0;
        let add = &buffers.add[span.clone()];
        let magnitude = &buffers.magnitude[span.clone()];
        let sign = &buffers.sign[span.clone()];
        let exponent = &buffers.exponent[span.clone()];
        if !problem.gates_drawn {
            let mut sums = [0.0f32; LANES];
            for (((g, a), m), s) in grad
                .chunks_exact(LANES)
                .zip(add.chunks_exact(LANES))
                .zip(magnitude.chunks_exact(LANES))
                .zip(sign.chunks_exact(LANES))
            {
                for lane in 0..LANES {
                    sums[lane] += g[lane] * (a[lane] - m[lane] * s[lane]);
                }
            }
            layer.blocks[1].of_mut(gradient)[unit] = sums.iter().sum();
        }
        if adds {
            for input in 0..layer.inputs {
                let at = input * layer.units + unit;
                let x = column(
                    &batch.x,
                    before.as_deref().map(|b| &b.out[..]),
                    width,
                    input,
                    rows,
                );
                layer.blocks[0].of_mut(gradient)[at] += gate * dot(grad, x);
                if let (Some(before), true) = (before.as_deref_mut(), input >= width) {
                    let target = &mut before.grad_out[(input - width) * rows..(input - width + 1) * rows];
                    add_scaled(target, gate * weights[at], grad);
                }
            }
        }
        if multiplies {
            // scratch = dL/d(exponent): the derivative of sign·exp(exponent).
            let cap = EXPONENT_CAP as f32;
            for ((((q, &g), &m), &s), &e) in scratch
                .iter_mut()
                .zip(grad)
                .zip(magnitude)
                .zip(sign)
                .zip(exponent)
            {
                let inside = if e.abs() < cap { 1.0 - gate } else { 0.0 };
                *q = inside * g * m * s;
            }
            for input in 0..layer.inputs {
                let at = input * layer.units + unit;
                let logs = column(
                    &batch.log_x,
                    before.as_deref().map(|b| &b.log_out[..]),
                    width,
                    input,
                    rows,
                );
                let mut sum = dot(scratch, logs);
                if is_negative(batch, before.as_deref(), input) {
                    let x = column(
                        &batch.x,
                        before.as_deref().map(|b| &b.out[..]),
                        width,
                        input,
                        rows,
                    );
                    let mut sums = [0.0f32; LANES];
                    for (q, x) in scratch.chunks_exact(LANES).zip(x.chunks_exact(LANES)) {
                        for lane in 0..LANES {
                            sums[lane] += if x[lane] < 0.0 { q[lane] } else { 0.0 };
                        }
                    }
                    let total: f32 = sums.iter().sum();
                    sum += total * sign_slope(weights[at]) / sign_factor(weights[at]);
                }
                layer.blocks[0].of_mut(gradient)[at] += sum;
                if let (Some(before), true) = (before.as_deref_mut(), input >= width) {
                    let span = (input - width) * rows..(input - width + 1) * rows;
                    let x = &before.out[span.clone()];
                    let weight = weights[at];
                    let floor = LOG_FLOOR as f32;
                    for ((target, &q), &x) in before.grad_out[span].iter_mut().zip(scratch.iter()).zip(x) {
                        let inverse = if x.abs() > floor { 1.0 / x } else { 0.0 };
                        *target += weight * q * inverse;
                    }
                }
            }
        }
    }
}

/// [`crate::nalu::gated::mixed_sign`], kept away from 0.
#[inline(always)]
fn sign_factor(w: f32) -> f32 {
    let factor = 1.0 - 2.0 * (1.0 - (w.abs() - 1.0).abs());
    if factor.abs() >= SIGN_FLOOR {
        factor
    } else {
        SIGN_FLOOR.copysign(factor)
    }
}

/// Derivative of the mixed sign: −2 from even to odd, +2 from odd to even.
#[inline(always)]
fn sign_slope(w: f32) -> f32 {
    let towards_odd = if w.abs() < 1.0 { -2.0 } else { 2.0 };
    towards_odd * w.signum()
}

#[inline(always)]
fn is_negative(batch: &Batch, before: Option<&LayerBuffers>, input: usize) -> bool {
    match (input.checked_sub(batch.width()), before) {
        (None, _) => batch.negative[input],
        (Some(unit), Some(before)) => before.negative[unit],
        (Some(_), None) => false,
    }
}

/// The rows of one input: from the data below `width`, then from the units.
#[inline(always)]
fn column<'a>(
    data: &'a [f32],
    units: Option<&'a [f32]>,
    width: usize,
    input: usize,
    rows: usize,
) -> &'a [f32] {
    match (input.checked_sub(width), units) {
        (Some(unit), Some(units)) => &units[unit * rows..(unit + 1) * rows],
        _ => &data[input * rows..(input + 1) * rows],
    }
}

#[inline(always)]
fn add_scaled(target: &mut [f32], factor: f32, source: &[f32]) {
    for (target, &value) in target.iter_mut().zip(source) {
        *target += factor * value;
    }
}

/// `Σ a b` with one partial sum a lane, added up in a fixed order.
#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

/// `Σ v² u`.
#[inline(always)]
fn weighted_sum(u: &[f32], v: &[f32]) -> f64 {
    let mut sums = [0.0f32; LANES];
    for (u, v) in u.chunks_exact(LANES).zip(v.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += u[lane] * (v[lane] * v[lane]);
        }
    }
    sums.iter().map(|&sum| f64::from(sum)).sum()
}
