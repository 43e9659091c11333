//! Chained layers on the tape, several restarts of them at once.

use dfdx::shapes::{Axes2, HasShape, Rank0};
use dfdx::tensor::{Cache, Cpu, SplitTape, Trace};
use dfdx::tensor_ops::{Backward, SumTo};
use rand_chacha::ChaCha8Rng;

use crate::nalu::TrainedLayer;

use super::cell_settings::{CellSettings, Initialiser};
use super::layers::{filled, Declared, Layer, Passed, Traced, Values, Weights};

/// One parameter of all restarts with its layer's declaration.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub declared: Declared,
    /// Restart after restart, each row-major.
    pub values: Vec<f64>,
    tensor: Values,
}

impl Parameter {
    /// Numbers of one restart.
    pub fn len(&self) -> usize {
        self.declared.rows * self.declared.columns
    }

    /// The numbers of one restart as rows.
    pub fn matrix(&self, restart: usize) -> Vec<Vec<f64>> {
        self.values[restart * self.len()..(restart + 1) * self.len()]
            .chunks(self.declared.columns)
            .map(<[f64]>::to_vec)
            .collect()
    }

    /// Hands changed `values` to the tape.
    pub fn publish(&mut self) {
        self.tensor.copy_from(&self.values);
    }
}

/// A layer in its place.
pub(super) struct Placed {
    pub layer: Box<dyn Layer>,
    pub parameters: Vec<Parameter>,
}

/// Rows as the layers take them; every restart has its own.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Restarts × rows × inputs.
    pub x: Values,
    /// Restarts × rows × 1.
    pub y: Values,
    /// Root of each row's share of the weight, over the scale the error is
    /// measured in: the loss is the sum of the squares of
    /// `root_weight · (ŷ − y)`.
    pub root_weight: Values,
}

/// Loss and gradient of every restart.
#[derive(Debug, Clone)]
pub(super) struct Slope {
    /// One a restart.
    pub losses: Vec<f64>,
    /// For each of [`Module::parameters`], shaped as its values.
    pub gradients: Vec<Vec<f64>>,
}

/// The whole stack.
pub(super) struct Module {
    pub layers: Vec<Placed>,
    pub restarts: usize,
    settings: CellSettings,
    device: Cpu,
}

impl Module {
    /// `layers` with their number of units, over `width` inputs; one restart
    /// for each of `rngs`.
    pub fn new(
        layers: Vec<(Box<dyn Layer>, usize)>,
        width: usize,
        settings: &CellSettings,
        rngs: &mut [ChaCha8Rng],
    ) -> Module {
        let device = Cpu::default();
        // Buffers of one step serve the next. What enters the cache when it is
        // dropped must have come out of it, see `filled`, or it grows for ever.
        device.enable_cache();
        let mut inputs = width;
        let mut placed = Vec::new();
        for (layer, units) in layers {
            let parameters = layer
                .declare(inputs, units, settings)
                .into_iter()
                .map(|declared| {
                    let numbers = declared.rows * declared.columns;
                    let values = vec![0.0; rngs.len() * numbers];
                    let shape = (rngs.len(), declared.rows, declared.columns);
                    Parameter {
                        declared,
                        tensor: filled(&device, shape, &values),
                        values,
                    }
                })
                .collect();
            placed.push(Placed { layer, parameters });
            inputs = units;
        }
        let mut module = Module {
            layers: placed,
            restarts: rngs.len(),
            settings: settings.clone(),
            device,
        };
        for (restart, rng) in rngs.iter_mut().enumerate() {
            module.draw(restart, None, rng);
        }
        module
    }

    /// The parameters of all layers in turn.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.layers.iter().flat_map(|placed| &placed.parameters)
    }

    /// See [`Module::parameters`]. Whoever changes values publishes them.
    pub fn parameters_mut(&mut self) -> impl Iterator<Item = &mut Parameter> {
        self.layers.iter_mut().flat_map(|placed| &mut placed.parameters)
    }

    /// New values for one restart: as declared, or all as `instead`.
    pub fn draw(&mut self, restart: usize, instead: Option<Initialiser>, rng: &mut ChaCha8Rng) {
        for parameter in self.parameters_mut() {
            let Declared { rows, columns, .. } = parameter.declared;
            let initialiser = instead.unwrap_or(parameter.declared.initialiser);
            let len = parameter.len();
            for value in &mut parameter.values[restart * len..(restart + 1) * len] {
                *value = initialiser.draw(rows, columns, rng);
            }
            parameter.publish();
        }
    }

    /// A tensor of restarts × rows × columns.
    pub fn tensor(&self, values: &[f64], rows: usize, columns: usize) -> Values {
        filled(&self.device, (self.restarts, rows, columns), values)
    }

    fn forward(&self, x: &Values) -> (Traced, Vec<Option<Values>>) {
        let mut gates = Vec::new();
        let mut values = x.leaky_trace();
        for placed in &self.layers {
            let weights = Weights(placed.parameters.iter().map(|p| &p.tensor).collect());
            let Passed { output, gate } = placed.layer.forward(values, &weights, &self.settings);
            gates.push(gate);
            values = output;
        }
        (values, gates)
    }

    /// The outputs of the last layer.
    pub fn outputs(&self, x: &Values) -> Values {
        self.forward(x).0.split_tape().0
    }

    /// The mean gate of every layer, restart and unit over the rows; None for
    /// layers whose gate is not computed from the input.
    pub fn mean_gates(&self, x: &Values) -> Vec<Option<Vec<f64>>> {
        let (_, gates) = self.forward(x);
        gates.into_iter().map(|gate| gate.map(mean_over_rows)).collect()
    }

    /// The loss of every restart and its gradient.
    pub fn slope(&self, rows: &Rows) -> Slope {
        let (output, _) = self.forward(&rows.x);
        let residual = (output - rows.y.clone()) * rows.root_weight.clone();
        let losses = residual.square().sum::<(usize,), Axes2<1, 2>>();
        let values = losses.as_vec();
        let mut tape = losses.sum::<Rank0, _>().backward();
        let gradients = self
            .parameters()
            .map(|parameter| match tape.get_or_alloc_mut(&parameter.tensor) {
                Ok(gradient) => gradient.to_vec(),
                Err(_) => vec![0.0; parameter.values.len()],
            })
            .collect();
        Slope {
            losses: values,
            gradients,
        }
    }
}

fn mean_over_rows(gate: Values) -> Vec<f64> {
    let (restarts, rows, units) = *gate.shape();
    let mut means = vec![0.0; restarts * units];
    for (row, values) in gate.as_vec().chunks(units).enumerate() {
        let means = &mut means[row / rows * units..];
        for (mean, value) in means.iter_mut().zip(values) {
            *mean += value / rows as f64;
        }
    }
    means
}

/// The layers of one restart as they act, with `gates` from
/// [`Module::mean_gates`]; those that are no cells are left out. Every layer
/// but the first has `width` rows of zeros in front: it does not read the
/// stack's inputs.
pub(super) fn trained_layers(
    module: &Module,
    gates: &[Option<Vec<f64>>],
    restart: usize,
    width: usize,
) -> Vec<TrainedLayer> {
    module
        .layers
        .iter()
        .zip(gates)
        .enumerate()
        .filter_map(|(depth, (placed, gates))| {
            let matrices: Vec<_> = placed
                .parameters
                .iter()
                .map(|parameter| parameter.matrix(restart))
                .collect();
            let gates = match gates {
                Some(gates) => {
                    let units = gates.len() / module.restarts;
                    &gates[restart * units..(restart + 1) * units]
                }
                None => &[],
            };
            let acting = placed.layer.acting(&matrices, gates)?;
            let names = placed.parameters.iter().map(|parameter| parameter.declared.name);
            let skipped = if depth == 0 { 0 } else { width };
            Some(acting.into_trained(skipped, names.zip(matrices).collect()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::Cell;
    use crate::train::layers::{of_cell, of_dense};
    use crate::train::Activation;
    use rand::SeedableRng;

    /// What `tests/gradients.rs` does not reach: the default cell operation by
    /// operation, and the dense layers.
    #[test]
    fn gradients_are_those_of_the_loss() {
        let mut settings = CellSettings::published(Cell::Gated);
        settings.weights = Some(Initialiser::Uniform(-0.9, 0.9));
        let dense = Activation::ALL.map(of_dense);
        for layer in dense.into_iter().chain([of_cell(Cell::Gated)]) {
            let last = of_cell(Cell::Gated);
            let mut rngs = [ChaCha8Rng::seed_from_u64(7)];
            let mut module = Module::new(vec![(layer, 2), (last, 1)], 2, &settings, &mut rngs);
            let x = vec![1.1, -0.7, 2.3, 0.6, -1.9, 1.4];
            let rows = Rows {
                x: module.tensor(&x, 3, 2),
                y: module.tensor(&[0.4, 1.0, -2.0], 3, 1),
                root_weight: module.tensor(&[0.5; 3], 3, 1),
            };
            let slope = module.slope(&rows);
            for (index, gradient) in slope.gradients.iter().enumerate() {
                for (number, &expected) in gradient.iter().enumerate() {
                    let mut moved = |by: f64| {
                        let parameter = module.parameters_mut().nth(index).expect("as many gradients");
                        parameter.values[number] += by;
                        parameter.publish();
                        module.slope(&rows).losses[0]
                    };
                    let right = moved(1e-6);
                    let left = moved(-2e-6);
                    moved(1e-6);
                    let difference = (right - left) / 2e-6;
                    let scale = expected.abs().max(1.0);
                    assert!(
                        (difference - expected).abs() < 1e-5 * scale,
                        "parameter {index}, number {number}: {expected}, by differences {difference}"
                    );
                }
            }
        }
    }
}
