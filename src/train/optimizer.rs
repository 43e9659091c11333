//! Adam on one restart, with the pull onto the grid.

use crate::nalu::gated::WEIGHT_BOUND;

use super::network::Network;
use super::settings::{Gates, TrainSettings};

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.99;
const EPSILON: f32 = 1e-8;

/// One restart between two steps.
#[derive(Debug, Clone)]
pub(super) struct Restart {
    pub index: usize,
    pub parameters: Vec<f32>,
    first_moment: Vec<f32>,
    second_moment: Vec<f32>,
    /// Mean squared error over variance at the last step taken.
    pub error: f32,
}

impl Restart {
    pub fn new(index: usize, parameters: Vec<f32>) -> Restart {
        let zeros = vec![0.0; parameters.len()];
        Restart {
            index,
            parameters,
            first_moment: zeros.clone(),
            second_moment: zeros,
            error: f32::INFINITY,
        }
    }

    /// One step of Adam (Kingma & Ba 2015) on a gradient clipped by its norm.
    /// A gradient that is not finite counts as 0.
    pub fn step(
        &mut self,
        gradient: &mut [f32],
        schedule: &Schedule,
        network: &Network,
        settings: &TrainSettings,
    ) {
        let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
        if !norm.is_finite() {
            gradient.fill(0.0);
        } else if norm > settings.gradient_clip as f32 {
            let scale = settings.gradient_clip as f32 / norm;
            gradient.iter_mut().for_each(|g| *g *= scale);
        }
        if schedule.pull > 0.0 {
            pull_to_grid(&self.parameters, gradient, schedule.pull, network, settings);
        }
        for (((p, m), v), &g) in self
            .parameters
            .iter_mut()
            .zip(&mut self.first_moment)
            .zip(&mut self.second_moment)
            .zip(gradient.iter())
        {
            *m = BETA_1 * *m + (1.0 - BETA_1) * g;
            *v = BETA_2 * *v + (1.0 - BETA_2) * g * g;
            let m_hat = *m * schedule.first_correction;
            let v_hat = *v * schedule.second_correction;
            *p -= schedule.learning_rate * m_hat / (v_hat.sqrt() + EPSILON);
        }
        clamp(&mut self.parameters, network, settings);
    }
}

/// What changes from step to step, alike for all restarts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    learning_rate: f32,
    pull: f32,
    first_correction: f32,
    second_correction: f32,
}

impl Schedule {
    /// Before step `step` (from 0): cosine decay of the rate, the pull ramped
    /// up linearly from `discreteness_start` to the end.
    pub fn at(step: usize, settings: &TrainSettings) -> Schedule {
        let progress = step as f64 / settings.steps.max(1) as f64;
        let rate = settings.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
        let ramp = (progress - settings.discreteness_start) / (1.0 - settings.discreteness_start);
        let t = step as i32 + 1;
        Schedule {
            learning_rate: rate as f32,
            pull: (settings.discreteness * ramp.max(0.0)) as f32,
            first_correction: 1.0 / (1.0 - BETA_1.powi(t)),
            second_correction: 1.0 / (1.0 - BETA_2.powi(t)),
        }
    }
}

/// Adds the slope of the distance to the nearest grid point. Exponents have a
/// fixed grid. The scale of an adding unit is free (a product or the readout
/// takes it up), so its weights are pulled to 0 or to its largest magnitude.
fn pull_to_grid(
    parameters: &[f32],
    gradient: &mut [f32],
    pull: f32,
    network: &Network,
    settings: &TrainSettings,
) {
    let step = settings.exponent_step as f32;
    for layer in &network.layers {
        let (w, gates) = (layer.blocks[0], layer.blocks[1]);
        let weights = w.of(parameters);
        for (unit, &gate) in gates.of(parameters).iter().enumerate() {
            let largest = (0..layer.inputs)
                .map(|input| weights[input * layer.units + unit].abs())
                .fold(0.0, f32::max);
            for input in 0..layer.inputs {
                let at = input * layer.units + unit;
                let weight = weights[at];
                let off_grid = weight - (weight / step).round() * step;
                let magnitude = weight.abs();
                let off_sum = if magnitude < 0.5 * largest {
                    weight
                } else if magnitude < largest {
                    -weight
                } else {
                    0.0
                };
                let slope = (1.0 - gate) * direction(off_grid) + gate * direction(off_sum);
                w.of_mut(gradient)[at] += pull * slope;
            }
            if settings.gates == Gates::Learnt {
                gates.of_mut(gradient)[unit] += pull * direction(0.5 - gate);
            }
        }
    }
}

/// Sign of `x`, fading to 0 within 0.01 so that the pull does not rattle.
fn direction(x: f32) -> f32 {
    (x * 100.0).clamp(-1.0, 1.0)
}

fn clamp(parameters: &mut [f32], network: &Network, settings: &TrainSettings) {
    for layer in &network.layers {
        let (w, gates) = (layer.blocks[0], layer.blocks[1]);
        let gate_values = gates.of(parameters).to_vec();
        for row in w.of_mut(parameters).chunks_exact_mut(layer.units) {
            for (weight, &gate) in row.iter_mut().zip(&gate_values) {
                let bound = if gate == 1.0 {
                    WEIGHT_BOUND as f32
                } else {
                    settings.exponent_bound as f32
                };
                *weight = weight.clamp(-bound, bound);
            }
        }
        if settings.gates == Gates::Learnt {
            for gate in gates.of_mut(parameters) {
                *gate = gate.clamp(0.0, 1.0);
            }
        }
    }
}
