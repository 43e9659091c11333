//! One step's loss and gradient for a group of restarts, fused and operation
//! by operation: for tests that compare the two and benches that time them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dfdx::shapes::Rank0;
use dfdx::tensor::{Cpu, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::dataset::Sample;

use super::batch::Batch;
use super::fused::{log_errors, GroupWorkspace, Objective};
use super::network::Network;
use super::reference::Reference;
use super::settings::{Architecture, Gates, TrainSettings};

/// Restarts of the default cell as the trainer draws them, before any step.
pub struct Passes {
    objective: Arc<Objective>,
    parameters: Vec<f32>,
    tensor: Tensor<(usize, usize), f32, Cpu>,
    workspace: Rc<RefCell<GroupWorkspace>>,
    plain: Reference<f32>,
    cached: Reference<f32>,
    precise: Reference<f64>,
}

/// Losses, one a restart, and their gradients, restart after restart.
pub type LossesAndGradients = (Vec<f64>, Vec<f64>);

impl Passes {
    /// None when the sample can't be trained on.
    pub fn new(
        sample: &Sample,
        architecture: &Architecture,
        settings: &TrainSettings,
        restarts: usize,
        seed: u64,
    ) -> Option<Passes> {
        let batch = Batch::new(sample, settings)?;
        let network = Network::new(architecture, batch.width());
        let parameters: Vec<f32> = (0..restarts)
            .flat_map(|index| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(index as u64);
                network.initialise(settings, &mut rng)
            })
            .collect();
        let shape = (restarts, network.parameters);
        let objective = Arc::new(Objective {
            network,
            batch,
            ridge: settings.ridge,
            gates_drawn: settings.gates == Gates::Drawn,
        });
        Some(Passes {
            tensor: Cpu::default().tensor_from_vec(parameters.clone(), shape),
            workspace: Rc::new(RefCell::new(GroupWorkspace::new(&objective, restarts))),
            plain: Reference::new(&objective, restarts, false),
            cached: Reference::new(&objective, restarts, true),
            precise: Reference::new(&objective, restarts, false),
            objective,
            parameters,
        })
    }

    /// As training computes them: one operation on the tape.
    pub fn fused(&self) -> LossesAndGradients {
        let logs = log_errors(self.tensor.leaky_trace(), &self.objective, &self.workspace);
        let losses = logs.as_vec();
        let mut tape = logs.sum::<Rank0, _>().backward();
        let gradient = tape.get_or_alloc_mut(&self.tensor).map(|g| g.to_vec());
        let plain = |values: Vec<f32>| values.into_iter().map(f64::from).collect();
        (plain(losses), plain(gradient.unwrap_or_default()))
    }

    /// Operation by operation, in f32. `keep_buffers`: dfdx hands the buffers
    /// of one operation on to the next.
    pub fn by_operation(&self, keep_buffers: bool) -> LossesAndGradients {
        let reference = if keep_buffers { &self.cached } else { &self.plain };
        reference.pass(&self.objective, &self.parameters)
    }

    /// Operation by operation, in f64.
    pub fn by_operation_in_f64(&self) -> LossesAndGradients {
        self.precise.pass(&self.objective, &self.parameters)
    }
}

impl std::fmt::Debug for Passes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Passes")
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::Cell;
    use rand::Rng;

    fn passes(range: std::ops::Range<f64>, layers: usize, gates: Gates) -> Passes {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let inputs: Vec<Vec<f64>> = (0..3)
            .map(|_| (0..200).map(|_| rng.gen_range(range.clone())).collect())
            .collect();
        let target = (0..200)
            .map(|row| inputs[0][row] * inputs[1][row] - inputs[2][row].sin())
            .collect();
        let architecture = Architecture {
            layers,
            units: 4,
            cell: Cell::Gated,
        };
        let settings = TrainSettings {
            gates,
            ..TrainSettings::default()
        };
        let sample = Sample { inputs, target };
        Passes::new(&sample, &architecture, &settings, 32, 1).expect("a varying target")
    }

    /// For every restart the largest difference of a weight's derivative from
    /// that in f64, over the largest derivative. Drawn gates have none.
    fn errors(passes: &Passes, (_, gradient): &LossesAndGradients, learnt: bool) -> Vec<f64> {
        let network = &passes.objective.network;
        let (_, exact) = passes.by_operation_in_f64();
        let both = gradient
            .chunks(network.parameters)
            .zip(exact.chunks(network.parameters));
        both.map(|(gradient, exact)| {
            let blocks = network.layers.iter().flat_map(|layer| &layer.blocks);
            let compared = blocks.filter(|block| learnt || block.name == "w");
            let (mut difference, mut largest) = (0.0_f64, 0.0_f64);
            for (g, e) in compared.flat_map(|block| block.of(gradient).iter().zip(block.of(exact))) {
                difference = difference.max((g - e).abs());
                largest = largest.max(e.abs());
            }
            difference / largest
        })
        .collect()
    }

    /// Both are off by what f32 does to a sum of nearly equal units, so the
    /// fused pass is held to 1e-5 or to what the operations in f32 come to.
    #[test]
    fn the_fused_gradient_is_that_of_the_operations() {
        for layers in 1..=3 {
            for (range, what) in [(1.0..5.0, "positive"), (-2.0..2.0, "signed")] {
                for gates in [Gates::Drawn, Gates::Learnt] {
                    let passes = passes(range.clone(), layers, gates);
                    let learnt = gates == Gates::Learnt;
                    let fused = median(errors(&passes, &passes.fused(), learnt));
                    let single = median(errors(&passes, &passes.by_operation(false), learnt));
                    assert!(
                        fused < f64::max(1e-5, 3.0 * single),
                        "{layers} layers, {what} inputs, gates {gates:?}: {fused}, by operation {single}"
                    );
                    if layers == 1 && what == "signed" {
                        assert!(fused < 1e-6, "where nothing is alike: {fused}");
                    }
                }
            }
        }
    }

    fn median(mut values: Vec<f64>) -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }
}
