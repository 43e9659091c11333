//! A small dense network: the baseline shown beside the formula.
//!
//! `ŷ = w_3·tanh(W_2 tanh(W_1 x + b_1) + b_2) + b_3`, inputs and target
//! standardised over the training rows, full-batch Adam on the mean squared
//! error. It fits well inside the training range and, being bounded, cannot
//! follow a formula far outside of it.

mod pass;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::dataset::Sample;
use crate::statistics::spread_evenly;
use crate::stop::StopSignal;

use pass::{Layout, Pass};

/// Most rows trained on, spread evenly over the sample.
const MAX_ROWS: usize = 256;

const STEPS: i32 = 400;

// Adam's settings (Kingma & Ba 2015).
const LEARNING_RATE: f64 = 0.01;
const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// A trained network with its standardisation.
#[derive(Debug, Clone, PartialEq)]
pub struct MlpModel {
    input_means: Vec<f64>,
    input_deviations: Vec<f64>,
    target_mean: f64,
    target_deviation: f64,
    /// Unit after unit: hidden × inputs, hidden × hidden, hidden.
    weights: [Vec<f64>; 3],
    biases: [Vec<f64>; 3],
}

/// Trains the network on the sample. None when there are no rows, no
/// inputs, or the target does not vary. A stop signal ends training early.
pub fn mlp(sample: &Sample, seed: u64, stop: &StopSignal) -> Option<MlpModel> {
    let sample = sample.select(&spread_evenly(sample.rows(), MAX_ROWS));
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
    if sample.width() == 0 {
        return None;
    }
    let columns: Vec<Vec<f32>> = (0..sample.width())
        .map(|input| model.standardised(&sample.inputs[input], input))
        .collect();
    let target: Vec<f32> = sample
        .target
        .iter()
        .map(|y| ((y - target_mean) / target_deviation) as f32)
        .collect();
    let pass = Pass::new(&columns, &target);
    let layout = pass.layout();
    let parameters: Vec<f64> = fitted(pass, seed, stop).into_iter().map(f64::from).collect();
    let layers = layout.split(&parameters);
    model.weights = layers.map(|(weights, _)| weights.to_vec());
    model.biases = layers.map(|(_, biases)| biases.to_vec());
    Some(model)
}

impl MlpModel {
    /// The network's output on every row; `inputs` has one column per input.
    pub fn predict(&self, inputs: &[Vec<f64>]) -> Vec<f64> {
        let rows = inputs.first().map_or(0, Vec::len);
        (0..rows)
            .map(|row| {
                let x: Vec<f64> = (0..inputs.len())
                    .map(|input| self.standardise(inputs[input][row], input))
                    .collect();
                let first = dense(&x, &self.weights[0], &self.biases[0], f64::tanh);
                let second = dense(&first, &self.weights[1], &self.biases[1], f64::tanh);
                let output = dense(&second, &self.weights[2], &self.biases[2], |y| y);
                self.target_mean + self.target_deviation * output[0]
            })
            .collect()
    }

    fn standardised(&self, column: &[f64], input: usize) -> Vec<f32> {
        column
            .iter()
            .map(|&value| self.standardise(value, input) as f32)
            .collect()
    }

    fn standardise(&self, value: f64, input: usize) -> f64 {
        (value - self.input_means[input]) / self.input_deviations[input]
    }
}

fn dense(x: &[f64], weights: &[f64], biases: &[f64], activation: fn(f64) -> f64) -> Vec<f64> {
    biases
        .iter()
        .zip(weights.chunks(x.len().max(1)))
        .map(|(bias, row)| activation(row.iter().zip(x).fold(*bias, |sum, (w, x)| sum + w * x)))
        .collect()
}

/// Mean and standard deviation; None for no values or no variation.
fn moments(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let deviation = variance.sqrt();
    (deviation > 1e-12 * mean.abs() && deviation.is_finite()).then_some((mean, deviation))
}

/// The parameters after [`STEPS`] steps of Adam, or fewer when stopped.
fn fitted(mut pass: Pass, seed: u64, stop: &StopSignal) -> Vec<f32> {
    let mut parameters = initial(pass.layout(), seed);
    let mut gradient = vec![0.0; parameters.len()];
    let mut moments = vec![(0.0, 0.0); parameters.len()];
    for step in 0..STEPS {
        if step % 16 == 0 && stop.should_stop() {
            break;
        }
        pass.run(&parameters, &mut gradient);
        let progress = f64::from(step) / f64::from(STEPS);
        let rate = LEARNING_RATE * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
        let first_correction = rate as f32 / (1.0 - BETA_1.powi(step + 1));
        let second_correction = 1.0 / (1.0 - BETA_2.powi(step + 1));
        for ((p, (m, v)), &g) in parameters.iter_mut().zip(&mut moments).zip(&gradient) {
            *m = BETA_1 * *m + (1.0 - BETA_1) * g;
            *v = BETA_2 * *v + (1.0 - BETA_2) * g * g;
            *p -= first_correction * *m / ((*v * second_correction).sqrt() + EPSILON);
        }
    }
    parameters
}

/// Weights uniform with the variance of Glorot & Bengio 2010, biases 0.
fn initial(layout: Layout, seed: u64) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut parameters = Vec::with_capacity(layout.parameters());
    for (inputs, units) in layout.layers() {
        let bound = (6.0 / (inputs + units) as f32).sqrt();
        parameters.extend((0..inputs * units).map(|_| rng.gen_range(-bound..bound)));
        parameters.extend(vec![0.0; units]);
    }
    parameters
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
