//! What a caller may choose of a published cell's settings.

use super::cell_settings::{Initialiser, PenaltyRamp};
use super::settings::{Decay, TrainSettings};

/// Settings of the published cells; what is `None` stays as published.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellTuning {
    /// ε of the logarithm.
    pub epsilon: Option<f64>,
    /// First values of Ŵ and M̂; of W where a cell has no such.
    pub init: Option<Initialiser>,
    /// First values of the gate's G.
    pub gate_init: Option<Initialiser>,
    /// Strength of the penalty.
    pub penalty: Option<f64>,
    /// Between which shares of the steps the penalty grows.
    pub penalty_ramp: Option<PenaltyRamp>,
    /// Steps of a training.
    pub steps: Option<usize>,
    /// Adam's learning rate.
    pub learning_rate: Option<f64>,
    /// How the learning rate changes.
    pub decay: Option<Decay>,
}

impl CellTuning {
    /// `settings` with what was chosen.
    pub fn applied_to(&self, settings: TrainSettings) -> TrainSettings {
        let mut cell = settings.cell;
        cell.epsilon = self.epsilon.or(cell.epsilon);
        cell.weights = self.init.or(cell.weights);
        cell.squash = self.init.or(cell.squash);
        cell.gates = self.gate_init.or(cell.gates);
        cell.penalty = self.penalty.or(cell.penalty);
        cell.penalty_ramp = self.penalty_ramp.unwrap_or(cell.penalty_ramp);
        TrainSettings {
            steps: self.steps.unwrap_or(settings.steps),
            learning_rate: self.learning_rate.unwrap_or(settings.learning_rate),
            decay: self.decay.unwrap_or(settings.decay),
            cell,
            ..settings
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::Cell;

    #[test]
    fn nothing_chosen_changes_nothing() {
        for cell in Cell::ALL {
            let published = TrainSettings::for_cell(cell);
            assert_eq!(CellTuning::default().applied_to(published.clone()), published);
        }
    }
}
