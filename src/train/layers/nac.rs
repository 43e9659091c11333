//! NAC and complex NAC: the equations of [`crate::nalu::nac`] on the tape.

use dfdx::tensor_ops::TryMatMul;

use crate::nalu::nac::squashed_weights;

use super::super::cell_settings::{CellSettings, Initialiser};
use super::{Acting, Declared, Layer, Passed, Traced, Weights};

/// ε and the first values of `Ŵ` and `M̂`: the paper is silent, these are the
/// seed article's.
pub(super) const EPSILON: f64 = 1e-6;
const FIRST_VALUES: Initialiser = Initialiser::Uniform(-2.0, 2.0);

/// `a = xW`, `W = tanh(Ŵ)⊙σ(M̂)`.
pub(super) struct Nac;

/// `m = exp(log(|x| + ε) W)`, the same `W`.
pub(super) struct NacMul;

/// `tanh(Ŵ)⊙σ(M̂)` of parameters `first` and the one after it.
pub(super) fn squashed(weights: &Weights<'_>, first: usize) -> Traced {
    weights.get(first).tanh() * weights.get(first + 1).sigmoid()
}

/// `exp(log(|x| + ε) W)`.
pub(super) fn product(x: Traced, w: Traced, epsilon: f64) -> Traced {
    (x.abs() + epsilon).ln().matmul(w).exp()
}

/// `Ŵ` and `M̂` under the given names.
pub(super) fn declare_squashed(
    names: [&'static str; 2],
    inputs: usize,
    units: usize,
    settings: &CellSettings,
) -> [Declared; 2] {
    [(names[0], settings.weights), (names[1], settings.squash)]
        .map(|(name, initialiser)| Declared::free(name, inputs, units, initialiser.unwrap_or(FIRST_VALUES)))
}

impl Layer for Nac {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        declare_squashed(["w_hat", "m_hat"], inputs, units, settings).to_vec()
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, _: &CellSettings) -> Passed {
        x.matmul(squashed(weights, 0)).into()
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        one_path(squashed_weights(&parameters[0], &parameters[1]), 1.0)
    }
}

impl Layer for NacMul {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        Nac.declare(inputs, units, settings)
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, settings: &CellSettings) -> Passed {
        product(x, squashed(weights, 0), settings.epsilon.unwrap_or(EPSILON)).into()
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        one_path(squashed_weights(&parameters[0], &parameters[1]), 0.0)
    }
}

/// A cell with one path: its gate is fixed.
pub(super) fn one_path(weights: Vec<Vec<f64>>, gate: f64) -> Option<Acting> {
    Some(Acting {
        gates: vec![gate; weights.first().map_or(0, Vec::len)],
        w_add: weights.clone(),
        w_mul: weights,
    })
}
