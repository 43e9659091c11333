//! The training loss and its gradient at parameters of the caller's choice:
//! what the gradient tests and a curious reader need, training does not.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dfdx::shapes::Rank0;
use dfdx::tensor::{AsArray, Cpu, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::dataset::Sample;
use crate::nalu::Cell;

use super::batch::Batch;
use super::fused::{log_errors, GroupWorkspace, Objective};
use super::module::Module;
use super::network::Network;
use super::published::{layers, Data};
use super::settings::{Architecture, Gates, TrainSettings};

/// One parameter matrix of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParameterBlock {
    /// The layer it belongs to, from 0.
    pub layer: usize,
    /// Its name in the cell's equations.
    pub name: &'static str,
    /// Usually the layer's inputs.
    pub rows: usize,
    /// Usually the layer's units.
    pub columns: usize,
}

impl ParameterBlock {
    /// How many numbers it holds.
    pub fn numbers(&self) -> usize {
        self.rows * self.columns
    }
}

/// The parameters of a stack over `width` inputs, in the order in which
/// [`loss_and_gradient`] takes them; each matrix row by row.
pub fn parameter_blocks(
    architecture: &Architecture,
    width: usize,
    settings: &TrainSettings,
) -> Vec<ParameterBlock> {
    match layers(architecture) {
        Some(layers) => {
            let mut inputs = width;
            let mut blocks = Vec::new();
            for (layer, (equations, units)) in layers.into_iter().enumerate() {
                let declared = equations.declare(inputs, units, &settings.cell);
                blocks.extend(declared.into_iter().map(|declared| ParameterBlock {
                    layer,
                    name: declared.name,
                    rows: declared.rows,
                    columns: declared.columns,
                }));
                inputs = units;
            }
            blocks
        }
        None => Network::new(architecture, width)
            .layers
            .iter()
            .enumerate()
            .flat_map(|(layer, shape)| {
                shape.blocks.iter().map(move |block| ParameterBlock {
                    layer,
                    name: block.name,
                    rows: block.rows,
                    columns: block.columns,
                })
            })
            .collect(),
    }
}

/// The loss that training lowers and its gradient, by dfdx's tape.
///
/// For [`Cell::Gated`] the loss is `ln(mse / variance + 1e-10)` with the
/// readout solved, in f32; for the other cells `mse / variance`, in f64.
///
/// None when the sample can't be trained on (no rows, no inputs, a constant
/// target) or the number of parameters is not that of
/// [`parameter_blocks`].
pub fn loss_and_gradient(
    sample: &Sample,
    architecture: &Architecture,
    settings: &TrainSettings,
    parameters: &[f64],
) -> Option<(f64, Vec<f64>)> {
    let blocks = parameter_blocks(architecture, sample.width(), settings);
    if blocks.iter().map(ParameterBlock::numbers).sum::<usize>() != parameters.len() {
        return None;
    }
    if architecture.cell == Cell::Gated {
        gated(sample, architecture, settings, parameters)
    } else {
        published(sample, architecture, settings, parameters)
    }
}

fn gated(
    sample: &Sample,
    architecture: &Architecture,
    settings: &TrainSettings,
    parameters: &[f64],
) -> Option<(f64, Vec<f64>)> {
    let batch = Batch::new(sample, settings)?;
    let objective = Arc::new(Objective {
        network: Network::new(architecture, batch.width()),
        batch,
        ridge: settings.ridge,
        gates_drawn: settings.gates == Gates::Drawn,
    });
    let workspace = Rc::new(RefCell::new(GroupWorkspace::new(&objective, 1)));
    let numbers = parameters.iter().map(|&value| value as f32).collect();
    let tensor = Cpu::default().tensor_from_vec(numbers, (1, parameters.len()));
    let loss = log_errors(tensor.leaky_trace(), &objective, &workspace).sum::<Rank0, _>();
    let value = f64::from(loss.array());
    let mut gradients = loss.backward();
    let gradient = gradients.get_or_alloc_mut(&tensor).ok()?;
    Some((value, gradient.iter().map(|&g| f64::from(g)).collect()))
}

fn published(
    sample: &Sample,
    architecture: &Architecture,
    settings: &TrainSettings,
    parameters: &[f64],
) -> Option<(f64, Vec<f64>)> {
    let data = Data::new(sample, settings)?;
    let mut rngs = [ChaCha8Rng::seed_from_u64(0)];
    let mut module = Module::new(layers(architecture)?, data.width(), &settings.cell, &mut rngs);
    let mut rest = parameters;
    for parameter in module.parameters_mut() {
        let (own, after) = rest.split_at(parameter.len());
        parameter.values.copy_from_slice(own);
        parameter.publish();
        rest = after;
    }
    let slope = module.slope(&data.repeated(&module));
    Some((slope.losses[0], slope.gradients.concat()))
}
