//! Ensembles of NALU stacks trained by gradient descent and rounded.

use crate::cli::CellKind;
use crate::dataset::Sample;
use crate::extract;
use crate::formula::Expr;
use crate::nalu::Cell;
use crate::stop::StopSignal;
use crate::train::{train, Architecture, TrainSettings, Weighting as TrainWeighting};

use super::problem::Weighting;
use super::task::Task;

/// Units of a layer: 4 are enough for all formulas of two terms and some to spare.
const UNITS: usize = 4;

/// The cell as the trainer names it.
pub(super) fn cell_of(kind: CellKind) -> Cell {
    kind.cell()
}

/// What one ensemble is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ensemble {
    pub(super) cell: Cell,
    pub(super) layers: usize,
    pub(super) restarts: usize,
    pub(super) strict: bool,
    pub(super) weighting: Weighting,
}

/// Formulas of the rounded stacks, best first, each over the inputs.
pub(super) fn ensemble(task: &Task, ensemble: Ensemble, seed: u64, stop: &StopSignal) -> Vec<Expr> {
    let sample = Sample {
        inputs: task.features.iter().map(|f| f.values.clone()).collect(),
        target: task.target.clone(),
    };
    let base = match ensemble.cell {
        Cell::Gated if ensemble.strict => TrainSettings::strict(),
        cell => TrainSettings::for_cell(cell),
    };
    let settings = TrainSettings {
        restarts: ensemble.restarts,
        weighting: match ensemble.weighting {
            Weighting::Uniform => TrainWeighting::Uniform,
            Weighting::Relative => TrainWeighting::Relative,
        },
        ..base
    };
    let architecture = Architecture {
        layers: ensemble.layers,
        units: UNITS,
        cell: ensemble.cell,
    };
    let trained = train(&sample, &architecture, &settings, seed, stop);
    extract::round_all(&trained, &sample, ensemble.strict)
        .into_iter()
        .take(24)
        .map(|extracted| {
            let expr = extracted
                .expr
                .map_variables(&mut |i| task.features[i].expr.clone());
            task.wrapped(expr)
        })
        .collect()
}
