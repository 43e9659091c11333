//! Many restarts of one architecture, batched in groups over the cores.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dfdx::tensor::{Cpu, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::dataset::Sample;
use crate::nalu::{Cell, TrainedLayer, TrainedStack};
use crate::stop::StopSignal;

use super::batch::Batch;
use super::fused::{log_errors, GroupWorkspace, Objective};
use super::kernel::{pass, Workspace, MAX_UNITS};
use super::network::Network;
use super::optimizer::{Restart, Schedule};
use super::published::train_published;
use super::settings::{Architecture, Gates, TrainSettings};

/// Restarts of one tensor, on one thread. Fixed, so that the work is cut the
/// same way whatever the number of threads.
const GROUP: usize = 8;

/// Steps between two looks at the stop signal.
const STOP_INTERVAL: usize = 16;

/// Trains `settings.restarts` stacks of the given architecture on the sample
/// and returns those that were not dropped, best first.
///
/// The result depends on the sample, the settings and the seed only, not on
/// the number of threads; a stop signal ends training early and what has been
/// reached by then is returned. Nothing is returned when there is nothing to
/// learn: no rows, no inputs, a constant target.
pub fn train(
    sample: &Sample,
    architecture: &Architecture,
    settings: &TrainSettings,
    seed: u64,
    stop: &StopSignal,
) -> Vec<TrainedStack> {
    if architecture.cell != Cell::Gated {
        return train_published(sample, architecture, settings, seed, stop);
    }
    let Some(batch) = Batch::new(sample, settings) else {
        return Vec::new();
    };
    let architecture = Architecture {
        layers: architecture.layers.clamp(1, 3),
        units: architecture.units.clamp(1, MAX_UNITS),
        ..*architecture
    };
    let network = Network::new(&architecture, batch.width());
    let objective = Arc::new(Objective {
        network,
        batch,
        ridge: settings.ridge,
        gates_drawn: settings.gates == Gates::Drawn,
    });
    let mut restarts: Vec<Restart> = (0..settings.restarts)
        .map(|index| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(index as u64);
            Restart::new(index, objective.network.initialise(settings, &mut rng))
        })
        .collect();

    let mut from = 0;
    for (to, keep) in settings.stretches() {
        restarts
            .par_chunks_mut(GROUP)
            .for_each(|group| train_group(group, from..to, &objective, settings, stop));
        restarts.sort_by(|a, b| a.error.total_cmp(&b.error).then(a.index.cmp(&b.index)));
        if keep {
            restarts.truncate(restarts.len().div_ceil(2));
        }
        from = to;
        if stop.should_stop() {
            break;
        }
    }
    let mut workspace = Workspace::new(&objective.network, &objective.batch);
    restarts
        .iter()
        .map(|restart| trained_stack(restart, &objective, &mut workspace))
        .filter(|stack| stack.loss.is_finite())
        .collect()
}

fn train_group(
    group: &mut [Restart],
    steps: std::ops::Range<usize>,
    objective: &Arc<Objective>,
    settings: &TrainSettings,
    stop: &StopSignal,
) {
    let device = Cpu::default();
    let count = objective.network.parameters;
    let workspace = Rc::new(RefCell::new(GroupWorkspace::new(objective, group.len())));
    let mut values = vec![0.0; group.len() * count];
    let mut parameters: Tensor<(usize, usize), f32, Cpu> =
        device.tensor_from_vec(values.clone(), (group.len(), count));
    for step in steps {
        if step % STOP_INTERVAL == 0 && stop.should_stop() {
            break;
        }
        for (target, restart) in values.chunks_exact_mut(count).zip(group.iter()) {
            target.copy_from_slice(&restart.parameters);
        }
        parameters.copy_from(&values);
        let loss = log_errors(parameters.leaky_trace(), objective, &workspace);
        let mut gradients = loss.sum::<dfdx::shapes::Rank0, _>().backward();
        let Ok(gradients) = gradients.get_or_alloc_mut(&parameters) else {
            return;
        };
        let schedule = Schedule::at(step, settings);
        let workspace = workspace.borrow();
        for ((restart, gradient), &error) in group
            .iter_mut()
            .zip(gradients.chunks_exact_mut(count))
            .zip(&workspace.errors)
        {
            restart.error = if error.is_finite() { error } else { f32::INFINITY };
            restart.step(gradient, &schedule, &objective.network, settings);
        }
    }
}

fn trained_stack(restart: &Restart, objective: &Objective, workspace: &mut Workspace) -> TrainedStack {
    let error = pass(objective.problem(), &restart.parameters, None, workspace);
    let batch = &objective.batch;
    let readout: Vec<f64> = workspace
        .coefficients
        .iter()
        .map(|coefficient| coefficient * batch.target_scale)
        .collect();
    let offset = batch.target_mean
        - readout
            .iter()
            .zip(&workspace.means)
            .map(|(coefficient, mean)| coefficient * mean)
            .sum::<f64>();
    TrainedStack {
        cell: Cell::Gated,
        layers: objective
            .network
            .layers
            .iter()
            .map(|layer| {
                let weights = layer.blocks[0].matrix(&restart.parameters);
                TrainedLayer {
                    w_mul: weights.clone(),
                    w_add: weights,
                    gates: layer.blocks[1].matrix(&restart.parameters).concat(),
                    parameters: Vec::new(),
                }
            })
            .collect(),
        input_scale: batch.input_scale.clone(),
        readout,
        offset,
        loss: f64::from(error),
        relative: batch.relative,
        restart: restart.index,
    }
}
