//! Ensembles of NALU stacks trained by gradient descent and rounded.

use std::sync::Arc;

use crate::dataset::Sample;
use crate::extract;
use crate::formula::Expr;
use crate::nalu::Cell;
use crate::stop::StopSignal;
use crate::train::{train, Architecture, CellTuning, TrainSettings, Weighting as TrainWeighting};

use super::origin::Origin;
use super::problem::Weighting;
use super::searcher::Searcher;
use super::shapes::{divided_tasks, raised};
use super::task::Task;

/// Units of a layer: 4 are enough for all formulas of two terms and some to spare.
const UNITS: usize = 4;

/// What one ensemble is made of.
#[derive(Debug, Clone, Copy)]
struct Ensemble<'a> {
    cell: Cell,
    chosen: &'a CellTuning,
    layers: usize,
    restarts: usize,
    strict: bool,
    weighting: Weighting,
}

/// Formulas of the rounded stacks, best first, each over the table's inputs,
/// of which there are `width`, and with the stack it came from.
fn ensemble(
    task: &Task,
    width: usize,
    ensemble: Ensemble<'_>,
    seed: u64,
    stop: &StopSignal,
) -> Vec<(Expr, Option<Arc<Origin>>)> {
    let sample = Sample {
        inputs: task.features.iter().map(|f| f.values.clone()).collect(),
        target: task.target.clone(),
    };
    let base = match ensemble.cell {
        Cell::Gated if ensemble.strict => TrainSettings::strict(),
        cell => ensemble.chosen.applied_to(TrainSettings::for_cell(cell)),
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
            let stack = trained.iter().find(|stack| stack.restart == extracted.restart);
            let origin = stack.map(|stack| Origin {
                stack: stack.clone(),
                inputs: task.features.iter().map(|feature| feature.expr.clone()).collect(),
                target: task.target_of(width),
                moved: extracted.moved,
            });
            (task.wrapped(expr), origin.map(Arc::new))
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
    let cell = searcher.options.cell;
    let mut tasks = vec![plain.clone()];
    if cell == Cell::Gated {
        tasks.extend(raised(&plain, false));
        // The likeliest factor only: trainings are dear.
        tasks.extend(divided_tasks(searcher).into_iter().take(1));
    }
    for task in tasks {
        let what = Ensemble {
            cell,
            chosen: &searcher.options.cell_tuning,
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
        let width = searcher.pool.problem.width();
        let found = ensemble(&task, width, what, seed, searcher.stop);
        searcher.pool.offer(found);
        if searcher.done() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::finish::finish;
    use crate::search::outlier::Outliers;
    use crate::search::problem::Problem;
    use crate::search::{SearchOptions, StopReason};

    /// The origin of the best formula for a + b, `known` before training or not.
    fn origin(known: bool) -> Option<Arc<Origin>> {
        let a: Vec<f64> = (0..40).map(|i| 1.0 + 0.1 * f64::from(i)).collect();
        let b: Vec<f64> = (0..40).map(|i| 1.0 + f64::from(i * 7 % 11)).collect();
        let sample = Sample {
            target: a.iter().zip(&b).map(|(a, b)| a + b).collect(),
            inputs: vec![a, b],
        };
        let problem = Problem::new(sample.clone(), sample, false);
        let options = SearchOptions::default();
        let stop = StopSignal::never();
        let mut searcher = Searcher::new(problem.clone(), &options, &stop);
        let sum = Expr::sum(vec![Expr::Variable(0), Expr::Variable(1)]);
        if known {
            searcher.offer(vec![sum.clone()]);
        }
        one_layer(&mut searcher);
        let outcome = finish(&searcher, problem, Outliers::default(), StopReason::Exact);
        assert_eq!(outcome.best.map(|best| best.simplify()), Some(sum.simplify()));
        outcome.origin
    }

    #[test]
    fn the_trained_stack_stays_with_its_formula_up_to_the_end() {
        let origin = origin(false).expect("the sum was trained");
        assert_eq!(origin.target, Expr::Variable(2));
        assert_eq!(origin.stack.layers[0].w_add.len(), 2);
    }

    #[test]
    fn a_formula_that_was_known_before_owes_nothing_to_training() {
        assert_eq!(origin(true), None);
    }
}
