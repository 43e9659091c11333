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

    /// Largest difference of the gradients of one restart over its largest
    /// component, for every restart.
    fn gradient_errors(range: std::ops::Range<f64>, layers: usize, gates: Gates) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let inputs: Vec<Vec<f64>> = (0..3)
            .map(|_| (0..200).map(|_| rng.gen_range(range.clone())).collect())
            .collect();
        let target = (0..200)
            .map(|row| inputs[0][row] * inputs[1][row] - inputs[2][row].sin())
            .collect();
        let sample = Sample { inputs, target };
        let architecture = Architecture {
            layers,
            units: 4,
            cell: Cell::Gated,
        };
        let settings = TrainSettings {
            gates,
            ..TrainSettings::default()
        };
        let passes = Passes::new(&sample, &architecture, &settings, 16, 1).expect("a varying target");
        let (losses, gradient) = passes.fused();
        let (expected_losses, expected) = passes.by_operation_in_f64();
        let count = expected.len() / losses.len();
        for (loss, expected) in losses.iter().zip(&expected_losses) {
            assert!((loss - expected).abs() < 1e-5 * expected.abs().max(1.0), "{loss}, {expected}");
        }
        gradient
            .chunks(count)
            .zip(expected.chunks(count))
            .map(|(gradient, expected)| {
                let largest = expected.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
                let pairs = gradient.iter().zip(expected);
                pairs.map(|(g, e)| (g - e).abs()).fold(0.0, f64::max) / largest
            })
            .collect()
    }

    #[test]
    fn the_fused_gradient_is_that_of_the_operations() {
        for layers in 1..=3 {
            for (range, what) in [(1.0..5.0, "positive"), (-2.0..2.0, "signed")] {
                for gates in [Gates::Drawn, Gates::Learnt] {
                    let mut errors = gradient_errors(range.clone(), layers, gates);
                    errors.sort_by(f64::total_cmp);
                    println!("{layers} {what} {gates:?}: {errors:.1e?}");
                }
            }
        }
    }
}
