//! Adam (Kingma & Ba 2015) on the parameters of a module, each restart alone.

use super::cell_settings::CellSettings;
use super::layers::Role;
use super::module::{Module, Parameter, Slope};

const BETA_1: f64 = 0.9;
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
    moments: Vec<Moments>,
}

/// What changes from step to step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    /// Steps taken before this one.
    pub step: usize,
    /// The same as a share of all.
    pub progress: f64,
    pub learning_rate: f64,
    /// β₂.
    pub second_moment: f64,
    /// Limit of each restart's gradient norm.
    pub norm_clip: f64,
}

impl Adam {
    pub fn new(module: &Module) -> Adam {
        let moments = module
            .parameters()
            .map(|parameter| Moments {
                first: vec![0.0; parameter.values.len()],
                second: vec![0.0; parameter.values.len()],
            })
            .collect();
        Adam { moments }
    }

    /// One step of every restart: penalties added, the gradient clipped (one
    /// that is not finite counts as 0), parameters clamped to their bounds.
    pub fn step(&mut self, module: &mut Module, slope: &mut Slope, rates: &Rates, settings: &CellSettings) {
        for (parameter, gradient) in module.parameters().zip(slope.gradients.iter_mut()) {
            add_penalty(parameter, gradient, &slope.losses, rates, settings);
        }
        for restart in 0..module.restarts {
            clip(
                module,
                &mut slope.gradients,
                restart,
                rates.norm_clip,
                settings.value_clip,
            );
        }
        let t = rates.step as i32 + 1;
        let beta_2 = rates.second_moment;
        let first_correction = 1.0 / (1.0 - BETA_1.powi(t));
        let second_correction = 1.0 / (1.0 - beta_2.powi(t));
        let turn = settings.weight_turns.map(|weights| {
            if rates.step % 10 < weights {
                Role::Weight
            } else {
                Role::Gate
            }
        });
        for ((parameter, gradient), moments) in module
            .parameters_mut()
            .zip(&slope.gradients)
            .zip(&mut self.moments)
        {
            if turn.is_some_and(|role| role != parameter.declared.role) {
                continue;
            }
            let (low, high) = parameter.declared.bounds;
            let Moments { first, second } = moments;
            for (((value, m), v), &g) in parameter.values.iter_mut().zip(first).zip(second).zip(gradient) {
                *m = BETA_1 * *m + (1.0 - BETA_1) * g;
                *v = beta_2 * *v + (1.0 - beta_2) * g * g;
                let denominator = (*v * second_correction).sqrt() + EPSILON;
                *value -= rates.learning_rate * *m * first_correction / denominator;
                *value = value.clamp(low, high);
            }
            parameter.publish();
        }
    }

    /// Forgets what it knows of one restart.
    pub fn forget(&mut self, restart: usize, restarts: usize) {
        for Moments { first, second } in &mut self.moments {
            let numbers = first.len() / restarts;
            first[restart * numbers..(restart + 1) * numbers].fill(0.0);
            second[restart * numbers..(restart + 1) * numbers].fill(0.0);
        }
    }
}

fn add_penalty(
    parameter: &Parameter,
    gradient: &mut [f64],
    losses: &[f64],
    rates: &Rates,
    settings: &CellSettings,
) {
    let declared = &parameter.declared;
    let numbers = parameter.len();
    let strength =
        declared.strength * settings.penalty_ramp.at(rates.progress) * declared.penalty.share(numbers);
    if strength == 0.0 {
        return;
    }
    for ((values, gradient), &loss) in parameter
        .values
        .chunks(numbers)
        .zip(gradient.chunks_mut(numbers))
        .zip(losses)
    {
        if loss < settings.penalty_below {
            for (g, &value) in gradient.iter_mut().zip(values) {
                *g += strength * declared.penalty.slope(value);
            }
        }
    }
}

fn clip(module: &Module, gradients: &mut [Vec<f64>], restart: usize, norm_clip: f64, value_clip: f64) {
    let own: Vec<std::ops::Range<usize>> = module
        .parameters()
        .map(|parameter| restart * parameter.len()..(restart + 1) * parameter.len())
        .collect();
    let square: f64 = gradients
        .iter()
        .zip(&own)
        .flat_map(|(gradient, own)| &gradient[own.clone()])
        .map(|g| g * g)
        .sum();
    let norm = square.sqrt();
    for (gradient, own) in gradients.iter_mut().zip(own) {
        for g in &mut gradient[own] {
            if !norm.is_finite() {
                *g = 0.0;
            } else if norm > norm_clip {
                *g *= norm_clip / norm;
            }
            *g = g.clamp(-value_clip, value_clip);
        }
    }
}
