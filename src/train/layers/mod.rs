//! The cells of the literature as layers on dfdx's tape, operation by
//! operation, many restarts at once.
//!
//! Everything here is f64: the gradients can then be checked against the
//! plain-number cells of [`crate::nalu`] to many digits (`tests/gradients.rs`),
//! and success thresholds near 1e-10 mean what they say.

mod dense;
mod gated;
mod inalu;
mod nac;
mod nalu;
mod nau;
mod product;
mod real_npu;

use dfdx::shapes::HasShape;
use dfdx::tensor::{Cpu, OwnedTape, Tensor, Trace, WithEmptyTape, ZerosTensor};

use crate::nalu::{Cell, TrainedLayer};

use super::activation::Activation;
use super::cell_settings::{CellSettings, Initialiser};
use super::penalty::Penalty;

/// Restarts × rows × columns; for parameters, restarts × inputs × units.
pub(super) type Values = Tensor<(usize, usize, usize), f64, Cpu>;

/// The same with the operations that led to it.
pub(super) type Traced = Tensor<(usize, usize, usize), f64, Cpu, OwnedTape<f64, Cpu>>;

/// A parameter that a layer asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Declared {
    /// As the paper calls it.
    pub name: &'static str,
    pub rows: usize,
    pub columns: usize,
    pub initialiser: Initialiser,
    /// Clamped to these after each step.
    pub bounds: (f64, f64),
    pub penalty: Penalty,
    /// Strength of the penalty once it is full.
    pub strength: f64,
    pub role: Role,
}

impl Declared {
    /// A weight without bounds or penalty.
    fn free(name: &'static str, rows: usize, columns: usize, initialiser: Initialiser) -> Declared {
        Declared {
            name,
            rows,
            columns,
            initialiser,
            bounds: (f64::NEG_INFINITY, f64::INFINITY),
            penalty: Penalty::Free,
            strength: 0.0,
            role: Role::Weight,
        }
    }
}

/// Which turn trains a parameter, where weights and gates take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Weight,
    Gate,
}

/// What a layer passes on.
pub(super) struct Passed {
    pub output: Traced,
    /// The gate of each row and unit, where it is computed from the input.
    pub gate: Option<Values>,
}

impl From<Traced> for Passed {
    fn from(output: Traced) -> Passed {
        Passed { output, gate: None }
    }
}

/// The parameters of one layer, in the order they were declared.
pub(super) struct Weights<'a>(pub Vec<&'a Values>);

impl Weights<'_> {
    /// Parameter `index`, at the start of a tape of its own. May be asked for
    /// again: the gradients of all uses add up.
    pub fn get(&self, index: usize) -> Traced {
        self.0[index].leaky_trace()
    }
}

/// One layer's equations.
pub(super) trait Layer: Send + Sync {
    /// What `forward` needs for `inputs` inputs and `units` units.
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared>;

    /// The outputs, restarts × rows × units, for inputs restarts × rows × inputs.
    fn forward(&self, x: Traced, weights: &Weights<'_>, settings: &CellSettings) -> Passed;

    /// The weights and gates as they act, for one restart's parameters.
    /// `gates` are the means of [`Passed::gate`] over the rows.
    /// None for a layer that is no cell.
    fn acting(&self, parameters: &[Vec<Vec<f64>>], gates: &[f64]) -> Option<Acting>;
}

/// What the rounding pass reads, without the inputs' rows that a chained
/// layer does not have.
pub(super) struct Acting {
    pub w_add: Vec<Vec<f64>>,
    pub w_mul: Vec<Vec<f64>>,
    pub gates: Vec<f64>,
}

impl Acting {
    /// As a layer of a stack over `width` inputs. A chained layer does not
    /// read the stack's inputs: their rows are 0.
    pub fn into_trained(
        self,
        skipped: usize,
        parameters: Vec<(&'static str, Vec<Vec<f64>>)>,
    ) -> TrainedLayer {
        let units = self.gates.len();
        let padded = |matrix: Vec<Vec<f64>>| -> Vec<Vec<f64>> {
            let zeros = vec![vec![0.0; units]; skipped];
            zeros.into_iter().chain(matrix).collect()
        };
        TrainedLayer {
            w_add: padded(self.w_add),
            w_mul: padded(self.w_mul),
            gates: self.gates,
            parameters,
        }
    }
}

/// The layer of a cell; of one that changes from layer to layer, its first.
pub(super) fn of_cell(cell: Cell) -> Box<dyn Layer> {
    match cell {
        Cell::Gated => Box::new(gated::Gated),
        Cell::Nac => Box::new(nac::Nac),
        Cell::NacMul => Box::new(nac::NacMul),
        Cell::Nalu => Box::new(nalu::Nalu { separate: false }),
        Cell::NaluSeparate => Box::new(nalu::Nalu { separate: true }),
        Cell::Inalu => Box::new(inalu::Inalu),
        Cell::Nau | Cell::NauNmu => Box::new(nau::Nau),
        Cell::Nmu => Box::new(nau::Nmu),
        Cell::RealNpu => Box::new(real_npu::RealNpu),
    }
}

/// A dense layer.
pub(super) fn of_dense(activation: Activation) -> Box<dyn Layer> {
    Box::new(dense::Dense { activation })
}

/// A second use of `x`. The first carries the tape on, the second starts an
/// empty one: merged again, each operation is on the tape once.
fn fork(x: Traced) -> (Traced, Traced) {
    let second = x.with_empty_tape();
    (x, second)
}

/// `f` of every number of `x`, constant as far as the tape knows.
fn map(x: &Traced, f: impl Fn(f64) -> f64) -> Traced {
    let values: Vec<f64> = x.as_vec().into_iter().map(f).collect();
    filled(x.device(), *x.shape(), &values).leaky_traced()
}

/// A tensor of these numbers in a buffer from the device's cache: unlike one
/// of `tensor_from_vec`, it does not make the cache larger when it is dropped.
pub(super) fn filled(device: &Cpu, shape: (usize, usize, usize), values: &[f64]) -> Values {
    let mut tensor: Values = device.zeros_like(&shape);
    tensor.copy_from(values);
    tensor
}
