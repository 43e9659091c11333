//! NALU with a shared `W` or one a path: [`crate::nalu::nalu_cell`] on the tape.

use dfdx::tensor_ops::TryMatMul;

use crate::nalu::nac::squashed_weights;

use super::super::cell_settings::{CellSettings, Initialiser};
use super::nac::{declare_squashed, product, squashed, EPSILON};
use super::{fork, Acting, Declared, Layer, Passed, Role, Traced, Weights};

/// `y = g⊙(x W_add) + (1−g)⊙exp(log(|x| + ε) W_mul)`, `g = σ(xG)`.
pub(super) struct Nalu {
    /// Whether `W_mul` has parameters of its own; otherwise it is `W_add`.
    pub separate: bool,
}

impl Nalu {
    /// Where the parameters of `W_mul` start, and where `G` stands.
    fn layout(&self) -> (usize, usize) {
        if self.separate {
            (2, 4)
        } else {
            (0, 2)
        }
    }
}

impl Layer for Nalu {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let mut declared = Vec::new();
        if self.separate {
            declared.extend(declare_squashed(
                ["w_hat_add", "m_hat_add"],
                inputs,
                units,
                settings,
            ));
            declared.extend(declare_squashed(
                ["w_hat_mul", "m_hat_mul"],
                inputs,
                units,
                settings,
            ));
        } else {
            declared.extend(declare_squashed(["w_hat", "m_hat"], inputs, units, settings));
        }
        let gates = settings.gates.unwrap_or(Initialiser::Normal(0.0, 1.0));
        declared.push(Declared {
            role: Role::Gate,
            ..Declared::free("gate", inputs, units, gates)
        });
        declared
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, settings: &CellSettings) -> Passed {
        let (w_mul, g) = self.layout();
        let (x, for_gate) = fork(x);
        let (x, for_sum) = fork(x);
        let gate = for_gate.matmul(weights.get(g)).sigmoid();
        let values = gate.retaped();
        let (gate, opposite) = fork(gate);
        let sum = for_sum.matmul(squashed(weights, 0));
        let product = product(x, squashed(weights, w_mul), settings.epsilon.unwrap_or(EPSILON));
        Passed {
            output: gate * sum + (-opposite + 1.0) * product,
            gate: Some(values),
        }
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], gates: &[f64]) -> Option<Acting> {
        let (w_mul, _) = self.layout();
        Some(Acting {
            w_add: squashed_weights(&parameters[0], &parameters[1]),
            w_mul: squashed_weights(&parameters[w_mul], &parameters[w_mul + 1]),
            gates: gates.to_vec(),
        })
    }
}
