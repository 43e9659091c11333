//! NAU and NMU: [`crate::nalu::nau`] on the tape.

use dfdx::tensor_ops::TryMatMul;

use super::super::cell_settings::{CellSettings, Initialiser};
use super::super::penalty::Penalty;
use super::nac::one_path;
use super::product::mixed_product;
use super::{Acting, Declared, Layer, Passed, Traced, Weights};

/// `a = xW`, W clamped to [−1, 1].
pub(super) struct Nau;

/// `Π_i (W_i x_i + 1 − W_i)`, W clamped to [0, 1].
pub(super) struct Nmu;

impl Layer for Nau {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let initialiser = settings.weights.unwrap_or(Initialiser::GlorotWithinHalf);
        vec![Declared {
            bounds: (-1.0, 1.0),
            penalty: Penalty::Ternary,
            strength: settings.penalty.unwrap_or(0.01),
            ..Declared::free("w", inputs, units, initialiser)
        }]
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, _: &CellSettings) -> Passed {
        x.matmul(weights.get(0)).into()
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        one_path(parameters[0].clone(), 1.0)
    }
}

impl Layer for Nmu {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let initialiser = settings.weights.unwrap_or(Initialiser::Uniform(0.25, 0.75));
        vec![Declared {
            bounds: (0.0, 1.0),
            penalty: Penalty::Binary,
            strength: settings.penalty.unwrap_or(10.0),
            ..Declared::free("w", inputs, units, initialiser)
        }]
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, _: &CellSettings) -> Passed {
        mixed_product(x, weights.get(0)).into()
    }

    fn acting(&self, parameters: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        one_path(parameters[0].clone(), 0.0)
    }
}
