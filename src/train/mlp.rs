//! A small dense network: the baseline shown beside the formula.
//!
//! `ŷ = w_3·tanh(W_2 tanh(W_1 x + b_1) + b_2) + b_3`, inputs and target
//! standardised over the training rows, full-batch Adam on the mean squared
//! error. It fits well inside the training range and, being bounded, cannot
//! follow a formula far outside of it.

use dfdx::shapes::{HasShape, Rank0};
use dfdx::tensor::{Cache, Cpu, CpuError, Gradients, OwnedTape, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{AdamConfig, Backward, MeanTo, TryMatMul};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::dataset::Sample;
use crate::stop::StopSignal;

/// Units of each of the two hidden layers.
const HIDDEN: usize = 32;

/// Most rows trained on, spread evenly over the sample.
const MAX_ROWS: usize = 256;

const STEPS: i32 = 400;
const LEARNING_RATE: f64 = 0.01;

/// A trained network with its standardisation.
#[derive(Debug, Clone, PartialEq)]
pub struct MlpModel {
    input_means: Vec<f64>,
    input_deviations: Vec<f64>,
    target_mean: f64,
    target_deviation: f64,
    /// Row-major: inputs × hidden, hidden × hidden, hidden.
    weights: [Vec<f64>; 3],
    biases: [Vec<f64>; 3],
}

/// Trains the network on the sample. None when there are no rows or the
/// target does not vary. A stop signal ends training early.
pub fn mlp(sample: &Sample, seed: u64, stop: &StopSignal) -> Option<MlpModel> {
    let step = sample.rows().div_ceil(MAX_ROWS).max(1);
    let sample = sample.select(&(0..sample.rows()).step_by(step).collect::<Vec<_>>());
    let (target_mean, target_deviation) = moments(&sample.target)?;
    let (input_means, input_deviations): (Vec<f64>, Vec<f64>) = sample
        .inputs
        .iter()
        .map(|column| moments(column).unwrap_or((0.0, 1.0)))
        .unzip();
    let mut model = MlpModel {
        input_means,
        input_deviations,
        target_mean,
        target_deviation,
        weights: Default::default(),
        biases: Default::default(),
    };
    let standardised: Vec<f32> = (0..sample.rows())
        .flat_map(|row| model.standardise(&sample.inputs, row))
        .map(|value| value as f32)
        .collect();
    let target: Vec<f32> = sample
        .target
        .iter()
        .map(|y| ((y - target_mean) / target_deviation) as f32)
        .collect();
    let layers = Trainer::new(sample.width(), seed)
        .run(standardised, target, stop)
        .ok()?;
    let (w, b): (Vec<Vec<f64>>, Vec<Vec<f64>>) = layers.into_iter().unzip();
    model.weights = w.try_into().ok()?;
    model.biases = b.try_into().ok()?;
    Some(model)
}

impl MlpModel {
    /// The network's output on every row; `inputs` has one column per input.
    pub fn predict(&self, inputs: &[Vec<f64>]) -> Vec<f64> {
        let rows = inputs.first().map_or(0, Vec::len);
        (0..rows)
            .map(|row| {
                let x = self.standardise(inputs, row);
                let first = dense(&x, &self.weights[0], &self.biases[0], f64::tanh);
                let second = dense(&first, &self.weights[1], &self.biases[1], f64::tanh);
                let output = dense(&second, &self.weights[2], &self.biases[2], |y| y);
                self.target_mean + self.target_deviation * output[0]
            })
            .collect()
    }

    fn standardise(&self, inputs: &[Vec<f64>], row: usize) -> Vec<f64> {
        inputs
            .iter()
            .zip(self.input_means.iter().zip(&self.input_deviations))
            .map(|(column, (mean, deviation))| (column[row] - mean) / deviation)
            .collect()
    }
}

fn dense(x: &[f64], weights: &[f64], biases: &[f64], activation: fn(f64) -> f64) -> Vec<f64> {
    let units = biases.len();
    let mut values = biases.to_vec();
    for (x, row) in x.iter().zip(weights.chunks(units)) {
        for (value, w) in values.iter_mut().zip(row) {
            *value += x * w;
        }
    }
    values.into_iter().map(activation).collect()
}

/// Mean and standard deviation; None for no values or no variation.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt();
    (deviation > 1e-12 * mean.abs() && deviation.is_finite()).then_some((mean, deviation))
}

/// Weights, row-major, and biases.
type Layer = (Vec<f64>, Vec<f64>);

type Matrix = Tensor<(usize, usize), f32, Cpu>;

/// A parameter with Adam's moments.
struct Parameter {
    value: Matrix,
    first_moment: Gradients<f32, Cpu>,
    second_moment: Gradients<f32, Cpu>,
}

impl Parameter {
    fn new(device: &Cpu, rows: usize, columns: usize, bound: f32, rng: &mut ChaCha8Rng) -> Parameter {
        let values = (0..rows * columns)
            .map(|_| {
                if bound > 0.0 {
                    rng.gen_range(-bound..bound)
                } else {
                    0.0
                }
            })
            .collect();
        Parameter {
            value: device.tensor_from_vec(values, (rows, columns)),
            first_moment: Gradients::leaky(),
            second_moment: Gradients::leaky(),
        }
    }

    fn update(
        &mut self,
        t: i32,
        config: &AdamConfig,
        gradients: &mut Gradients<f32, Cpu>,
    ) -> Result<(), CpuError> {
        let first = self.first_moment.get_or_alloc_mut(&self.value)?;
        let second = self.second_moment.get_or_alloc_mut(&self.value)?;
        let gradient = gradients.get_or_alloc_mut(&self.value)?;
        config.try_update(t, &mut self.value, first, second, gradient)
    }
}

/// Weight and bias of each layer in turn.
struct Trainer {
    device: Cpu,
    parameters: Vec<Parameter>,
}

impl Trainer {
    fn new(width: usize, seed: u64) -> Trainer {
        let device = Cpu::default();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut parameters = Vec::new();
        for (inputs, units) in [(width, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)] {
            // Uniform with the variance of Glorot & Bengio 2010.
            let bound = (6.0 / (inputs + units) as f32).sqrt();
            parameters.push(Parameter::new(&device, inputs, units, bound, &mut rng));
            parameters.push(Parameter::new(&device, 1, units, 0.0, &mut rng));
        }
        Trainer { device, parameters }
    }

    fn run(mut self, inputs: Vec<f32>, target: Vec<f32>, stop: &StopSignal) -> Result<Vec<Layer>, CpuError> {
        let rows = target.len();
        let width = self.parameters[0].value.shape().0;
        let x = self.device.tensor_from_vec(inputs, (rows, width));
        let y = self.device.tensor_from_vec(target, (rows, 1));
        // Buffers of one step serve the next.
        self.device.enable_cache();
        for step in 0..STEPS {
            if step % 16 == 0 && stop.should_stop() {
                break;
            }
            let progress = f64::from(step) / f64::from(STEPS);
            let config = AdamConfig {
                lr: LEARNING_RATE * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
                ..AdamConfig::default()
            };
            let output = self.forward(x.leaky_trace(), rows);
            let loss = (output - y.clone()).square().mean::<Rank0, _>();
            let mut gradients = loss.backward();
            for parameter in &mut self.parameters {
                parameter.update(step + 1, &config, &mut gradients)?;
            }
        }
        Ok(self
            .parameters
            .chunks(2)
            .map(|pair| (numbers(&pair[0].value), numbers(&pair[1].value)))
            .collect())
    }

    fn forward(&self, x: Traced, rows: usize) -> Traced {
        let layers = self.parameters.len() / 2;
        let mut values = x;
        for (layer, pair) in self.parameters.chunks(2).enumerate() {
            let (weight, bias) = (pair[0].value.clone(), pair[1].value.clone());
            let units = weight.shape().1;
            // A row of ones times the bias repeats it over the rows.
            let ones = self.device.tensor_from_vec(vec![1.0; rows], (rows, 1));
            let offset = ones.leaky_trace().matmul(bias);
            debug_assert_eq!(offset.shape(), &(rows, units));
            values = values.matmul(weight) + offset;
            if layer + 1 < layers {
                values = values.tanh();
            }
        }
        values
    }
}

type Traced = Tensor<(usize, usize), f32, Cpu, OwnedTape<f32, Cpu>>;

fn numbers(tensor: &Matrix) -> Vec<f64> {
    tensor.as_vec().into_iter().map(f64::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sample {
        let a: Vec<f64> = (0..200).map(|i| 1.0 + f64::from(i % 20) * 0.2).collect();
        let b: Vec<f64> = (0..200).map(|i| 1.0 + f64::from(i / 20) * 0.4).collect();
        let target = a.iter().zip(&b).map(|(a, b)| a * b + 3.0).collect();
        Sample {
            inputs: vec![a, b],
            target,
        }
    }

    fn r2(predicted: &[f64], target: &[f64]) -> f64 {
        let mean = target.iter().sum::<f64>() / target.len() as f64;
        let residual: f64 = predicted.iter().zip(target).map(|(p, y)| (p - y).powi(2)).sum();
        1.0 - residual / target.iter().map(|y| (y - mean).powi(2)).sum::<f64>()
    }

    #[test]
    fn fits_inside_but_not_far_outside() {
        let sample = sample();
        let model = mlp(&sample, 0, &StopSignal::never()).expect("a varying target");
        assert!(r2(&model.predict(&sample.inputs), &sample.target) > 0.99);
        let far: Vec<Vec<f64>> = sample
            .inputs
            .iter()
            .map(|column| column.iter().map(|x| 10.0 * x).collect())
            .collect();
        let target: Vec<f64> = far[0].iter().zip(&far[1]).map(|(a, b)| a * b + 3.0).collect();
        assert!(r2(&model.predict(&far), &target) < 0.9);
    }

    #[test]
    fn the_same_seed_gives_the_same_network() {
        let sample = sample();
        let train = |seed| mlp(&sample, seed, &StopSignal::never());
        assert_eq!(train(1), train(1));
        assert_ne!(train(1), train(2));
    }

    #[test]
    fn a_constant_target_has_no_network() {
        let mut sample = sample();
        sample.target.fill(2.0);
        assert_eq!(mlp(&sample, 0, &StopSignal::never()), None);
    }
}
