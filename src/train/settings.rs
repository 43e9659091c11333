//! What to train and how.

use crate::nalu::Cell;

use super::cell_settings::CellSettings;

/// Shape of the stacks of one ensemble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Architecture {
    /// Layers before the readout, 1 to 3.
    pub layers: usize,
    /// Units of every layer, at least 1.
    pub units: usize,
    /// The cell of every layer.
    pub cell: Cell,
}

/// How inputs are divided before the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputScaling {
    /// As they are, unless some column's median magnitude is outside
    /// [0.01, 100]; then as [`InputScaling::PerColumn`].
    Automatic,
    /// As they are: sums of columns keep weights −1, 0, 1.
    Raw,
    /// Each column by its median magnitude: products keep their exponents,
    /// sums of unlike-scaled columns get real weights.
    PerColumn,
}

/// What a residual is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    /// Every row alike: mean squared error over variance.
    Uniform,
    /// Each row divided by its target's magnitude, for targets over decades.
    Relative,
}

/// How the gates of [`Cell::Gated`] get their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gates {
    /// Trained with the weights, clamped to [0, 1].
    Learnt,
    /// Drawn once a restart and kept: the ensemble enumerates them.
    Drawn,
}

/// How the learning rate changes over the training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// Half a cosine, down to 0.
    Cosine,
    /// Not at all, as in the papers.
    Constant,
}

/// Settings of one ensemble; the defaults are what measured best (docs/method.md).
#[derive(Debug, Clone, PartialEq)]
pub struct TrainSettings {
    /// Trainings from different random weights.
    pub restarts: usize,
    /// Adam steps of a restart that is never dropped.
    pub steps: usize,
    /// Adam's learning rate at the start.
    pub learning_rate: f64,
    /// See [`Decay`]; [`Cell::Gated`] always takes the cosine.
    pub decay: Decay,
    /// How much of Adam's second moment is kept from step to step (β₂);
    /// [`Cell::Gated`] in the search always takes 0.99.
    pub second_moment: f64,
    /// Limit of each restart's gradient norm.
    pub gradient_clip: f64,
    /// Strength of the pull onto the grid at the end of training.
    pub discreteness: f64,
    /// Share of the steps after which that pull starts to ramp up.
    pub discreteness_start: f64,
    /// Largest exponent of the product path: 1 (strict) or 2.
    pub exponent_bound: f64,
    /// Distance of the exponents' grid points: 1 (strict) or ½.
    pub exponent_step: f64,
    /// Ridge of the readout, relative to the units' variance.
    pub ridge: f64,
    /// See [`Gates`]; only [`Cell::Gated`] looks at it.
    pub gates: Gates,
    /// See [`InputScaling`].
    pub scaling: InputScaling,
    /// See [`Weighting`].
    pub weighting: Weighting,
    /// At these shares of the steps the worse half of the restarts is dropped;
    /// only [`Cell::Gated`] looks at it.
    pub halving: Vec<f64>,
    /// At most this many rows are trained on, spread evenly over the sample.
    pub max_rows: usize,
    /// What the cells of the literature leave to choose.
    pub cell: CellSettings,
}

impl Default for TrainSettings {
    fn default() -> TrainSettings {
        TrainSettings {
            restarts: 64,
            steps: 1000,
            learning_rate: 0.05,
            decay: Decay::Cosine,
            second_moment: 0.999,
            gradient_clip: 1.0,
            discreteness: 0.02,
            discreteness_start: 0.5,
            exponent_bound: 2.0,
            exponent_step: 0.5,
            ridge: 1e-7,
            gates: Gates::Drawn,
            scaling: InputScaling::Automatic,
            weighting: Weighting::Uniform,
            halving: vec![0.05, 0.15],
            max_rows: 256,
            cell: CellSettings::published(Cell::Gated),
        }
    }
}

impl TrainSettings {
    /// Settings to train `cell` with: the defaults for [`Cell::Gated`]; for the
    /// cells of the literature their published initialisation, ε and penalties,
    /// and Adam at a rate that suits the few steps.
    pub fn for_cell(cell: Cell) -> TrainSettings {
        match cell {
            Cell::Gated => TrainSettings::default(),
            _ => TrainSettings {
                steps: 3000,
                learning_rate: 0.02,
                gradient_clip: f64::INFINITY,
                cell: CellSettings::published(cell),
                ..TrainSettings::default()
            },
        }
    }

    /// Steps of all restarts together, those that are dropped included.
    pub fn restart_steps(&self) -> usize {
        let (mut from, mut restarts, mut total) = (0, self.restarts, 0);
        for (to, drops) in self.stretches() {
            total += restarts * (to - from);
            if drops {
                restarts = restarts.div_ceil(2);
            }
            from = to;
        }
        total
    }

    /// Ends of the stretches between two droppings, and whether to drop there.
    pub(super) fn stretches(&self) -> Vec<(usize, bool)> {
        let mut ends: Vec<(usize, bool)> = self
            .halving
            .iter()
            .map(|share| ((share * self.steps as f64) as usize, true))
            .filter(|&(end, _)| end > 0 && end < self.steps)
            .collect();
        ends.sort_unstable();
        ends.push((self.steps, false));
        ends
    }

    /// Settings under which every weight rounds to −1, 0 or 1.
    pub fn strict() -> TrainSettings {
        TrainSettings {
            exponent_bound: 1.0,
            exponent_step: 1.0,
            ..TrainSettings::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_restarts_cost_the_steps_they_took() {
        let settings = TrainSettings {
            restarts: 5,
            steps: 100,
            halving: vec![0.5, 0.2, 1.0],
            ..TrainSettings::default()
        };
        assert_eq!(settings.stretches(), vec![(20, true), (50, true), (100, false)]);
        assert_eq!(settings.restart_steps(), 5 * 20 + 3 * 30 + 2 * 50);
    }
}
