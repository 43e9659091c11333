//! Adam (Kingma & Ba 2015) on the parameters of a module, each restart alone.

use super::module::{Module, Slope};
use super::settings::TrainSettings;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// First and second moments of one parameter, shaped as its values.
#[derive(Debug, Clone)]
struct Moments {
    first: Vec<f64>,
    second: Vec<f64>,
}

/// The optimiser's memory.
#[derive(Debug, Clone)]
pub(super) struct Adam {
    moments: Vec<Vec<Moments>>,
}

/// What changes from step to step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    learning_rate: f64,
    clip: f64,
    first_correction: f64,
    second_correction: f64,
}

impl Rates {
    /// Before step `step` (from 0): cosine decay of the learning rate to 0.
    pub fn at(step: usize, settings: &TrainSettings) -> Rates {
        let progress = step as f64 / settings.steps.max(1) as f64;
        let t = step as i32 + 1;
        Rates {
            learning_rate: settings.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
            clip: settings.gradient_clip,
            first_correction: 1.0 / (1.0 - BETA_1.powi(t)),
            second_correction: 1.0 / (1.0 - BETA_2.powi(t)),
        }
    }
}

impl Adam {
    pub fn new(module: &Module) -> Adam {
        let moments = module
            .layers
            .iter()
            .map(|placed| {
                let parameters = placed.parameters.iter();
                parameters
                    .map(|parameter| Moments {
                        first: vec![0.0; parameter.values.len()],
                        second: vec![0.0; parameter.values.len()],
                    })
                    .collect()
            })
            .collect();
        Adam { moments }
    }

    /// One step of every restart. A restart's gradient is clipped by its
    /// norm; one that is not finite counts as 0.
    pub fn step(&mut self, module: &mut Module, slope: &mut Slope, rates: &Rates) {
        for restart in 0..module.restarts {
            clip(module, slope, restart, rates.clip);
        }
        let parameters = module.layers.iter_mut().flat_map(|placed| &mut placed.parameters);
        let gradients = slope.gradients.iter().flatten();
        let moments = self.moments.iter_mut().flatten();
        for ((parameter, gradient), moments) in parameters.zip(gradients).zip(moments) {
            let Moments { first, second } = moments;
            for (((value, m), v), &g) in parameter.values.iter_mut().zip(first).zip(second).zip(gradient) {
                *m = BETA_1 * *m + (1.0 - BETA_1) * g;
                *v = BETA_2 * *v + (1.0 - BETA_2) * g * g;
                let denominator = (*v * rates.second_correction).sqrt() + EPSILON;
                *value -= rates.learning_rate * *m * rates.first_correction / denominator;
            }
            parameter.publish();
        }
    }
}

fn clip(module: &Module, slope: &mut Slope, restart: usize, limit: f64) {
    let parameters = module.layers.iter().flat_map(|placed| &placed.parameters);
    let own: Vec<std::ops::Range<usize>> = parameters
        .map(|parameter| restart * parameter.len()..(restart + 1) * parameter.len())
        .collect();
    let gradients = || slope.gradients.iter().flatten().zip(&own);
    let square: f64 = gradients()
        .flat_map(|(gradient, own)| &gradient[own.clone()])
        .map(|g| g * g)
        .sum();
    let norm = square.sqrt();
    for (gradient, own) in slope.gradients.iter_mut().flatten().zip(&own) {
        let gradient = &mut gradient[own.clone()];
        if !norm.is_finite() {
            gradient.fill(0.0);
        } else if norm > limit {
            gradient.iter_mut().for_each(|g| *g *= limit / norm);
        }
    }
}
