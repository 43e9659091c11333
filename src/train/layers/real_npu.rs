//! Real NPU with its relevance gate: [`crate::nalu::real_npu`] on the tape.

use std::f64::consts::PI;

use dfdx::shapes::{Axis, HasShape};
use dfdx::tensor_ops::{BroadcastTo, ReshapeTo, TryMatMul};

use super::super::cell_settings::{CellSettings, Initialiser};
use super::super::penalty::Penalty;
use super::nac::one_path;
use super::{fork, map, Acting, Declared, Layer, Passed, Role, Traced, Weights};

/// Machine epsilon of f32, added to |x|.
const EPSILON: f64 = f32::EPSILON as f64;

const PENALTY: f64 = 1e-5;

/// `exp(log(r) W) ⊙ cos(k W)`.
pub(super) struct RealNpu;

impl Layer for RealNpu {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let strength = settings.penalty.unwrap_or(PENALTY);
        let weights = settings.weights.unwrap_or(Initialiser::Glorot);
        let relevance = settings.gates.unwrap_or(Initialiser::Constant(0.5));
        vec![
            Declared {
                penalty: Penalty::Magnitude,
                strength,
                ..Declared::free("w", inputs, units, weights)
            },
            Declared {
                penalty: Penalty::Magnitude,
                strength,
                role: Role::Gate,
                ..Declared::free("relevance", 1, inputs, relevance)
            },
        ]
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, settings: &CellSettings) -> Passed {
        let shape @ (restarts, _, inputs) = *x.shape();
        let half_turns = map(&x, |x| if x < 0.0 { PI } else { 0.0 });
        let relevance = weights
            .get(1)
            .clamp(0.0, 1.0)
            .reshape_like(&(restarts, inputs))
            .broadcast_like::<_, Axis<1>>(&shape);
        let (relevance, for_turns) = fork(relevance);
        let (relevance, opposite) = fork(relevance);
        let size = x.abs() + settings.epsilon.unwrap_or(EPSILON);
        let logs = (relevance * size + (-opposite + 1.0)).ln();
        let angle = (for_turns * half_turns).matmul(weights.get(0));
        Passed::from(logs.matmul(weights.get(0)).exp() * angle.cos())
    }

    /// An input whose relevance is nearer 0 counts as left out.
    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        let weights = parameters[0]
            .iter()
            .zip(&parameters[1][0])
            .map(|(row, &relevance)| {
                let kept = if relevance > 0.5 { 1.0 } else { 0.0 };
                row.iter().map(|w| w * kept).collect()
            })
            .collect();
        one_path(weights, 0.0)
    }
}
