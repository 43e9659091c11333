//! Copies of one network trained side by side on rows of the caller's
//! choosing: what experiments are made of. The search uses [`super::train`].

use dfdx::shapes::HasShape;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::nalu::{Cell, TrainedLayer};

use super::activation::Activation;
use super::layers::{of_cell, of_dense, Layer};
use super::module::{trained_layers, Rows};
use super::settings::TrainSettings;
use super::trainer::Trainer;

/// What a layer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// One of the cells; [`Cell::Gated`] operation by operation, in f64.
    Cell(Cell),
    /// Weights, bias and an activation.
    Dense(Activation),
}

/// One layer of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LayerSpec {
    /// What it is made of.
    pub kind: LayerKind,
    /// Its outputs.
    pub units: usize,
}

/// Copies of a network that differ in their seed, and in their rows if the
/// caller wishes.
pub struct Copies {
    trainer: Trainer,
    width: usize,
    taken: usize,
}

impl Copies {
    /// One copy for each seed of a network of chained layers over `width`
    /// inputs. Of the settings those of the optimiser, `steps` (the length of
    /// the schedules) and `cell` count.
    pub fn new(layers: &[LayerSpec], width: usize, settings: &TrainSettings, seeds: &[u64]) -> Copies {
        let layers = layers
            .iter()
            .map(|layer| -> (Box<dyn Layer>, usize) {
                match layer.kind {
                    LayerKind::Cell(cell) => (of_cell(cell), layer.units),
                    LayerKind::Dense(activation) => (of_dense(activation), layer.units),
                }
            })
            .collect();
        let rngs = seeds
            .iter()
            .map(|&seed| ChaCha8Rng::seed_from_u64(seed))
            .collect();
        Copies {
            trainer: Trainer::new(layers, width, settings, rngs),
            width,
            taken: 0,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.trainer.module.restarts
    }

    /// One step of Adam on the mean squared error. `x` holds the rows of the
    /// first copy, input by input within a row, then those of the next;
    /// `y` likewise. Returns each copy's error before the step.
    ///
    /// # Panics
    /// When the lengths do not fit together.
    pub fn step(&mut self, x: &[f64], y: &[f64]) -> Vec<f64> {
        let module = &self.trainer.module;
        let rows = y.len() / module.restarts;
        let root_weight = vec![(1.0 / rows as f64).sqrt(); y.len()];
        let rows = Rows {
            x: module.tensor(x, rows, self.width),
            y: module.tensor(y, rows, 1),
            root_weight: module.tensor(&root_weight, rows, 1),
        };
        let errors = self.trainer.step(&rows, self.taken);
        self.taken += 1;
        errors
    }

    /// The first output on every row for each copy; `x` as in
    /// [`Copies::step`].
    pub fn outputs(&self, x: &[f64]) -> Vec<Vec<f64>> {
        let output = self.trainer.module.outputs(&self.input(x));
        let (copies, rows, units) = *output.shape();
        let first: Vec<f64> = output.as_vec().into_iter().step_by(units).collect();
        debug_assert_eq!(first.len(), copies * rows);
        first.chunks(rows).map(<[f64]>::to_vec).collect()
    }

    /// The layers of each copy as they act, gates that depend on the input
    /// averaged over the rows of `x`. Dense layers are left out.
    pub fn layers(&self, x: &[f64]) -> Vec<Vec<TrainedLayer>> {
        let module = &self.trainer.module;
        let gates = module.mean_gates(&self.input(x));
        (0..module.restarts)
            .map(|copy| trained_layers(module, &gates, copy, 0))
            .collect()
    }

    fn input(&self, x: &[f64]) -> super::layers::Values {
        let module = &self.trainer.module;
        let rows = x.len() / self.width / module.restarts;
        module.tensor(x, rows, self.width)
    }
}

impl std::fmt::Debug for Copies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Copies")
            .field("count", &self.count())
            .field("width", &self.width)
            .field("taken", &self.taken)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::layer;
    use crate::train::Initialiser;

    const X: [f64; 8] = [-7.0, -2.0, -0.7, -0.2, 0.0, 0.3, 2.0, 7.0];

    fn settings(weights: Initialiser) -> TrainSettings {
        let mut settings = TrainSettings::for_cell(Cell::Nac);
        settings.cell.weights = Some(weights);
        settings
    }

    #[test]
    fn activations_are_what_they_say() {
        let elu = |x: f64, alpha: f64| if x > 0.0 { x } else { alpha * x.exp_m1() };
        for activation in Activation::ALL {
            let expected = |x: f64| match activation {
                Activation::None => x,
                Activation::Relu => x.max(0.0),
                Activation::Relu6 => x.clamp(0.0, 6.0),
                Activation::LeakyRelu => x.max(0.01 * x),
                Activation::PRelu => x.max(0.25 * x),
                Activation::Elu => elu(x, 1.0),
                Activation::Selu => 1.0507009873554805 * elu(x, 1.6732632423543772),
                Activation::Softplus => x.exp().ln_1p(),
                Activation::Softsign => x / (1.0 + x.abs()),
                Activation::Softshrink => x - x.clamp(-0.5, 0.5),
                Activation::Hardshrink if x.abs() <= 0.5 => 0.0,
                Activation::Hardshrink => x,
                Activation::Tanhshrink => x - x.tanh(),
                Activation::Hardtanh => x.clamp(-1.0, 1.0),
                Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
                Activation::Tanh => x.tanh(),
            };
            let kind = LayerKind::Dense(activation);
            let settings = settings(Initialiser::Constant(1.0));
            let copies = Copies::new(&[LayerSpec { kind, units: 1 }], 1, &settings, &[0]);
            for (&x, y) in X.iter().zip(&copies.outputs(&X)[0]) {
                assert!(
                    (y - expected(x)).abs() < 1e-12,
                    "{} at {x}: {y}",
                    activation.name()
                );
            }
        }
    }

    #[test]
    fn the_default_cell_on_the_tape_is_the_one_on_plain_numbers() {
        let kind = LayerKind::Cell(Cell::Gated);
        let settings = settings(Initialiser::Uniform(-2.0, 2.0));
        let copies = Copies::new(&[LayerSpec { kind, units: 1 }], 2, &settings, &[3]);
        let trained = &copies.layers(&X)[0][0];
        let parameters: Vec<_> = trained
            .parameters
            .iter()
            .map(|(_, matrix)| matrix.clone())
            .collect();
        for (x, y) in X.chunks(2).zip(&copies.outputs(&X)[0]) {
            let expected = layer(Cell::Gated, &parameters, x, 0.0)[0];
            assert!(
                (y - expected).abs() < 1e-9 * expected.abs().max(1.0),
                "{x:?}: {y}, {expected}"
            );
        }
    }

    #[test]
    fn copies_train_each_on_its_own_rows() {
        let spec = [LayerSpec {
            kind: LayerKind::Cell(Cell::Nau),
            units: 1,
        }];
        let settings = TrainSettings {
            steps: 300,
            learning_rate: 0.05,
            ..TrainSettings::for_cell(Cell::Nau)
        };
        let mut copies = Copies::new(&spec, 2, &settings, &[0, 1]);
        let rows = [1.0, 2.0, 3.0, 1.0, 0.5, 2.5];
        let x = rows.repeat(2);
        let sum = |r: &[f64]| r[0] + r[1];
        let difference = |r: &[f64]| r[0] - r[1];
        let y: Vec<f64> = rows
            .chunks(2)
            .map(sum)
            .chain(rows.chunks(2).map(difference))
            .collect();
        let mut errors = Vec::new();
        for _ in 0..300 {
            errors = copies.step(&x, &y);
        }
        assert!(errors.iter().all(|error| *error < 1e-6), "{errors:?}");
        let far = [10.0, 3.0];
        let outputs = copies.outputs(&far.repeat(2));
        assert!(
            (outputs[0][0] - 13.0).abs() < 0.02 && (outputs[1][0] - 7.0).abs() < 0.02,
            "{outputs:?}"
        );
    }
}
