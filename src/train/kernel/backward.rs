//! One block of rows back through all layers.

use crate::nalu::gated::LOG_FLOOR;

use super::super::lanes::Lanes;
use super::workspace::{LayerState, Workspace};
use super::Problem;

/// Adds up the derivatives by weights and gates, from those by the last
/// layer's units down.
#[inline(always)]
pub(super) fn backward(problem: Problem<'_>, block: usize, workspace: &mut Workspace) {
    for index in (0..workspace.layers.len()).rev() {
        let (before, rest) = workspace.layers.split_at_mut(index);
        let layer = &mut rest[0];
        match before.last_mut() {
            Some(before) => {
                before.by_out.fill(Lanes::ZERO);
                before.by_log.fill(Lanes::ZERO);
                backward_layer(problem, block, layer, Some(before));
                to_values(block, before);
            }
            None => backward_layer(problem, block, layer, None),
        }
    }
}

#[inline(always)]
fn backward_layer(
    problem: Problem<'_>,
    block: usize,
    layer: &mut LayerState,
    mut before: Option<&mut LayerState>,
) {
    let batch = problem.batch;
    let (x, log_x) = (batch.x_of(block), batch.log_x_of(block));
    for unit in 0..layer.units {
        let at = block * layer.units + unit;
        let gate = layer.gates[unit];
        let own = unit * layer.inputs..(unit + 1) * layer.inputs;
        let by_out = layer.by_out[unit];
        let (by_data, by_units) = layer.by_weight[own.clone()].split_at_mut(x.len());
        if !problem.gates_drawn || gate == 1.0 {
            let by_sum = by_out * gate;
            add_products(by_data, by_sum, x);
            if let Some(before) = before.as_deref_mut() {
                let span = block * before.units..(block + 1) * before.units;
                add_products(by_units, by_sum, &before.out[span]);
                let weights = &layer.weights[own.clone()][x.len()..];
                add_scaled(&mut before.by_out, by_sum, weights);
            }
        }
        if !problem.gates_drawn || gate == 0.0 {
            let by_exponent = by_out * layer.product_slope[at] * (1.0 - gate);
            let sign_slope = &layer.sign_slope[own.clone()];
            add_products(by_data, by_exponent, log_x);
            if batch.has_negative {
                add_signs(by_data, by_exponent, x, sign_slope);
            }
            if let Some(before) = before.as_deref_mut() {
                let span = block * before.units..(block + 1) * before.units;
                add_products(by_units, by_exponent, &before.log_out[span.clone()]);
                if before.has_negative[block] {
                    add_signs(by_units, by_exponent, &before.out[span], &sign_slope[x.len()..]);
                }
                let weights = &layer.weights[own][x.len()..];
                add_scaled(&mut before.by_log, by_exponent, weights);
            }
        }
        if !problem.gates_drawn {
            layer.by_gate[unit] += by_out * layer.gate_slope[at];
        }
    }
}

/// The derivatives by the logarithms of a layer's units become ones by the
/// units; below the floor the logarithm does not change.
#[inline(always)]
fn to_values(block: usize, layer: &mut LayerState) {
    let out = &layer.out[block * layer.units..(block + 1) * layer.units];
    for ((by_out, by_log), out) in layer.by_out.iter_mut().zip(&layer.by_log).zip(out) {
        *by_out += by_log.with(*out, |slope, x| {
            let floor = LOG_FLOOR as f32;
            let quotient = slope / x;
            if x.abs() > floor {
                quotient
            } else {
                0.0
            }
        });
    }
}

#[inline(always)]
fn add_products(sums: &mut [Lanes], slope: Lanes, values: &[Lanes]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += slope * *value;
    }
}

#[inline(always)]
fn add_scaled(sums: &mut [Lanes], slope: Lanes, factors: &[f32]) {
    for (sum, &factor) in sums.iter_mut().zip(factors) {
        *sum += slope * factor;
    }
}

/// What a weight changes through the sign of its negative inputs.
#[inline(always)]
fn add_signs(sums: &mut [Lanes], slope: Lanes, values: &[Lanes], sign_slopes: &[f32]) {
    for ((sum, x), &sign_slope) in sums.iter_mut().zip(values).zip(sign_slopes) {
        *sum += slope * x.if_negative(sign_slope, 0.0);
    }
}
