//! The default cell, [`crate::nalu::gated`], operation by operation: beside
//! the other cells in experiments. The search trains it by its fused pass.

use dfdx::shapes::{Axis, HasShape};
use dfdx::tensor_ops::{BroadcastTo, ReshapeTo, TryMatMul};

use crate::nalu::gated::{EXPONENT_CAP, LOG_FLOOR, WEIGHT_BOUND};

use super::super::cell_settings::{CellSettings, Initialiser};
use super::super::penalty::Penalty;
use super::product::mixed_product;
use super::{fork, map, Acting, Declared, Layer, Passed, Role, Traced, Weights};

const PENALTY: f64 = 0.02;

/// `y = g⊙(xW) + (1−g)⊙s⊙exp(log|x| W)`.
pub(super) struct Gated;

impl Layer for Gated {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let strength = settings.penalty.unwrap_or(PENALTY);
        let weights = settings.weights.unwrap_or(Initialiser::GlorotWithinHalf);
        let gates = settings.gates.unwrap_or(Initialiser::Constant(0.5));
        vec![
            Declared {
                bounds: (-WEIGHT_BOUND, WEIGHT_BOUND),
                penalty: Penalty::Multiples(0.5),
                strength,
                ..Declared::free("w", inputs, units, weights)
            },
            Declared {
                bounds: (0.0, 1.0),
                penalty: Penalty::Binary,
                strength,
                role: Role::Gate,
                ..Declared::free("gate_value", 1, units, gates)
            },
        ]
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, _: &CellSettings) -> Passed {
        let (restarts, rows, _) = *x.shape();
        let not_negative = map(&x, |x| if x < 0.0 { 0.0 } else { 1.0 });
        let (x, for_sum) = fork(x);
        let sum = for_sum.matmul(weights.get(0));
        let logs = x.abs().clamp(LOG_FLOOR, f64::INFINITY).ln();
        let exponent = logs.matmul(weights.get(0)).clamp(-EXPONENT_CAP, EXPONENT_CAP);
        // 1 minus the mixed sign: what a negative input takes off the factor 1.
        let turned = (-((weights.get(0).abs() - 1.0).abs()) + 1.0) * 2.0;
        let product = exponent.exp() * mixed_product(not_negative, turned);
        let gate = weights.get(1);
        let units = gate.shape().2;
        let gate = gate
            .reshape_like(&(restarts, units))
            .broadcast_like::<_, Axis<1>>(&(restarts, rows, units));
        let (gate, opposite) = fork(gate);
        Passed::from(gate * sum + (-opposite + 1.0) * product)
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        Some(Acting {
            w_add: parameters[0].clone(),
            w_mul: parameters[0].clone(),
            gates: parameters[1][0].clone(),
        })
    }
}
