//! Ensembles of NALU stacks trained by gradient descent and rounded.

use crate::cli::CellKind;
use crate::dataset::Sample;
use crate::extract;
use crate::formula::Expr;
use crate::nalu::Cell;
use crate::stop::StopSignal;
use crate::train::{train, Architecture, TrainSettings, Weighting as TrainWeighting};

use super::problem::Weighting;
use super::searcher::Searcher;
use super::shapes::{divided_task, raised};
use super::task::Task;

/// Units of a layer: 4 are enough for all formulas of two terms and some to spare.
const UNITS: usize = 4;

/// The cell as the trainer names it.
fn cell_of(kind: CellKind) -> Cell {
    kind.cell()
}

/// What one ensemble is made of.
#[derive(Debug, Clone, Copy)]
struct Ensemble {
    cell: Cell,
    layers: usize,
    restarts: usize,
    strict: bool,
    weighting: Weighting,
}

/// Formulas of the rounded stacks, best first, each over the inputs.
fn ensemble(task: &Task, ensemble: Ensemble, seed: u64, stop: &StopSignal) -> Vec<Expr> {
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

pub(super) fn one_layer(searcher: &mut Searcher<'_>) {
    trained(searcher, 1, 32);
}

pub(super) fn two_layers(searcher: &mut Searcher<'_>) {
    trained(searcher, 2, 64);
}

pub(super) fn three_layers(searcher: &mut Searcher<'_>) {
    trained(searcher, 3, 64);
}

fn trained(searcher: &mut Searcher<'_>, layers: usize, restarts: usize) {
    let plain = searcher.plain();
    let cell = cell_of(searcher.options.cell);
    let mut tasks = vec![plain.clone()];
    if cell == Cell::Gated {
        tasks.extend(raised(&plain, false));
        tasks.extend(divided_task(searcher));
    }
    for task in tasks {
        let what = Ensemble {
            cell,
            layers,
            restarts: searcher
                .options
                .restarts
                .map_or(restarts << searcher.round, usize::from),
            strict: searcher.options.strict,
            weighting: searcher.pool.problem.weighting,
        };
        searcher.restarts += what.restarts;
        let seed = searcher.next_seed();
        let found = ensemble(&task, what, seed, searcher.stop);
        searcher.offer(found);
        if searcher.done() {
            return;
        }
    }
}
