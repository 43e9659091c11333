//! One block of rows through all layers.

use crate::nalu::gated::{EXPONENT_CAP, LOG_FLOOR};

use super::super::lanes::Lanes;
use super::super::math;
use super::workspace::{LayerState, Workspace};
use super::Problem;

/// The numbers of one block that a layer reads.
struct Inputs<'a> {
    values: &'a [Lanes],
    logs: &'a [Lanes],
    has_negative: bool,
}

#[inline(always)]
pub(super) fn forward(problem: Problem<'_>, block: usize, workspace: &mut Workspace) {
    let batch = problem.batch;
    let data = Inputs {
        values: batch.x_of(block),
        logs: batch.log_x_of(block),
        has_negative: batch.has_negative,
    };
    let depth = workspace.layers.len();
    for index in 0..depth {
        let (before, rest) = workspace.layers.split_at_mut(index);
        let before = match before.last() {
            Some(before) => {
                let span = block * before.units..(block + 1) * before.units;
                Inputs {
                    values: &before.out[span.clone()],
                    logs: &before.log_out[span],
                    has_negative: before.has_negative[block],
                }
            }
            None => Inputs {
                values: &[],
                logs: &[],
                has_negative: false,
            },
        };
        let layer = &mut rest[0];
        forward_layer(layer, block, problem.gates_drawn, [&data, &before]);
        if index + 1 < depth {
            let span = block * layer.units..(block + 1) * layer.units;
            let mut has_negative = false;
            for (log, out) in layer.log_out[span.clone()].iter_mut().zip(&layer.out[span]) {
                let floor = LOG_FLOOR as f32;
                *log = out.map(|x| {
                    let magnitude = x.abs();
                    math::ln(if magnitude > floor { magnitude } else { floor })
                });
                has_negative |= out.has_negative();
            }
            layer.has_negative[block] = has_negative;
        }
    }
}

#[inline(always)]
fn forward_layer(layer: &mut LayerState, block: usize, gates_drawn: bool, inputs: [&Inputs<'_>; 2]) {
    let width = inputs[0].values.len();
    for unit in 0..layer.units {
        let own = unit * layer.inputs..(unit + 1) * layer.inputs;
        let weights = layer.weights[own.clone()].split_at(width);
        let at = block * layer.units + unit;
        let gate = layer.gates[unit];
        if gates_drawn && gate == 1.0 {
            layer.out[at] = sum(weights, inputs.map(|inputs| inputs.values));
            continue;
        }
        let exponent = sum(weights, inputs.map(|inputs| inputs.logs));
        let cap = EXPONENT_CAP as f32;
        let mut product = exponent.map(|e| {
            let low = if e > -cap { e } else { -cap };
            math::exp(if low < cap { low } else { cap })
        });
        let signs = layer.sign[own].split_at(width);
        for (inputs, signs) in inputs.iter().zip([signs.0, signs.1]) {
            if inputs.has_negative {
                for (x, &factor) in inputs.values.iter().zip(signs) {
                    product = product * x.if_negative(factor, 1.0);
                }
            }
        }
        layer.product_slope[at] = product.with(exponent, |p, e| if e.abs() < cap { p } else { 0.0 });
        if gates_drawn {
            layer.out[at] = product;
        } else {
            let added = sum(weights, inputs.map(|inputs| inputs.values));
            layer.out[at] = added * gate + product * (1.0 - gate);
            layer.gate_slope[at] = added - product;
        }
    }
}

#[inline(always)]
fn sum(weights: (&[f32], &[f32]), inputs: [&[Lanes]; 2]) -> Lanes {
    let mut sum = Lanes::ZERO;
    for (x, &w) in inputs[0].iter().zip(weights.0) {
        sum += *x * w;
    }
    for (x, &w) in inputs[1].iter().zip(weights.1) {
        sum += *x * w;
    }
    sum
}
