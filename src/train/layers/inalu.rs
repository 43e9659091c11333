//! iNALU: [`crate::nalu::inalu`] on the tape.

use dfdx::shapes::{Axis, HasShape};
use dfdx::tensor_ops::{BroadcastTo, ReshapeTo, TryMatMul};

use crate::nalu::inalu::{sign, EXPONENT_CAP};
use crate::nalu::nac::{sigmoid, squashed_weights};

use super::super::cell_settings::{CellSettings, Initialiser};
use super::super::penalty::Penalty;
use super::nac::squashed;
use super::product::mixed_product;
use super::{fork, map, Acting, Declared, Layer, Passed, Role, Traced, Weights};

/// ε, the least |x| the logarithm sees.
const EPSILON: f64 = 1e-7;

/// Parameters are pushed away from 0 up to this.
const PUSHED_TO: f64 = 20.0;

const PENALTY: f64 = 0.05;

/// `y = g⊙(x W_add) + (1−g)⊙m⊙s`, `g = σ(G)`.
pub(super) struct Inalu;

impl Layer for Inalu {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let weights = settings.weights.unwrap_or(Initialiser::Normal(1.0, 0.1));
        let squash = settings.squash.unwrap_or(Initialiser::Normal(-1.0, 0.1));
        let gates = settings.gates.unwrap_or(Initialiser::Normal(0.0, 0.1));
        [
            ("w_hat_add", inputs, weights, Role::Weight),
            ("m_hat_add", inputs, squash, Role::Weight),
            ("w_hat_mul", inputs, weights, Role::Weight),
            ("m_hat_mul", inputs, squash, Role::Weight),
            ("gate", 1, gates, Role::Gate),
        ]
        .map(|(name, rows, initialiser, role)| Declared {
            penalty: Penalty::AwayFromZero(PUSHED_TO),
            strength: settings.penalty.unwrap_or(PENALTY),
            role,
            ..Declared::free(name, rows, units, initialiser)
        })
        .to_vec()
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, settings: &CellSettings) -> Passed {
        let (restarts, rows, _) = *x.shape();
        let signs = map(&x, sign);
        let (x, for_sum) = fork(x);
        let sum = for_sum.matmul(squashed(weights, 0));
        let (w_mul, for_sign) = fork(squashed(weights, 2));
        let floor = settings.epsilon.unwrap_or(EPSILON);
        let logs = x.abs().clamp(floor, f64::INFINITY).ln();
        let exponent = logs.matmul(w_mul).clamp(f64::NEG_INFINITY, EXPONENT_CAP);
        let product = exponent.exp() * mixed_product(signs, for_sign.abs());
        let gate = weights.get(4).sigmoid();
        let units = gate.shape().2;
        let gate = gate
            .reshape_like(&(restarts, units))
            .broadcast_like::<_, Axis<1>>(&(restarts, rows, units));
        let (gate, opposite) = fork(gate);
        Passed::from(gate * sum + (-opposite + 1.0) * product)
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        Some(Acting {
            w_add: squashed_weights(&parameters[0], &parameters[1]),
            w_mul: squashed_weights(&parameters[2], &parameters[3]),
            gates: parameters[4][0].iter().map(|&gate| sigmoid(gate)).collect(),
        })
    }
}
