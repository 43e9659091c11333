//! Finds formulas, from cheap to dear, and chooses between them.
//!
//! Every engine fits NALU layers: a single product or sum cell in closed form
//! (`product_cell`, `sum_cell`), product units under an adding unit with the
//! readout solved (`product_sum`), a ratio of two adding units (`rational`),
//! stacks trained by gradient descent (`ensemble`). Around them the target's
//! outer power or factor is taken off first (`task`, `factor`), and sums of
//! two columns are offered as columns (`inner_sum`).
//!
//! All formulas go into one `pool`; the search ends at the first that leaves
//! nothing but the target's own precision, or nothing but noise (`leftover`).

mod addend;
mod choose;
mod ensemble;
mod factor;
mod inner_sum;
mod leftover;
mod neighbour;
mod outlier;
mod pair;
mod pool;
mod problem;
mod product_cell;
mod product_sum;
mod rational;
mod screen;
mod stages;
mod sum_cell;
mod sum_product;
mod task;

use rayon::prelude::*;

use crate::cli::{CellKind, SearchOptions};
use crate::dataset::Sample;
use crate::formula::Expr;
use crate::polish::snap;
use crate::split::Split;
use crate::stop::StopSignal;

use choose::{near_best, pareto_front, RIVAL};
use leftover::{explains, only_noise_left, MOST_CONSTANTS};
use pool::{Candidate, Pool};
use problem::Problem;
use screen::relevant;
use stages::{all_stages, ensemble_stages, LAST_NEIGHBOURS, NEIGHBOURS};
use task::Task;

/// Times that the stages are gone through, with twice the restarts each time.
const ROUNDS: usize = 3;

/// Formulas whose constants are made round before the choice is made, and how
/// far from the best in description length they may be: round constants and
/// a factored form can take many symbols off.
const SHORTLIST: usize = 24;
const LONG_SHORTLIST: f64 = 60.0;

/// A residual this many robust standard deviations out is an outlier's, if
/// at most this share of the rows is; how often they are looked for.
const FAR: f64 = 9.0;
const MOST_OUTLIERS: f64 = 0.06;
const MOST_OUTLIER_ROUNDS: usize = 3;

const NO_OUTLIERS: [Vec<usize>; 2] = [Vec::new(), Vec::new()];

/// Rows that are searched on, and rows that constants are fitted to, at most.
const SEARCH_ROWS: usize = 1500;
const FINISH_ROWS: usize = 20_000;

/// A formula of fewer symbols that leaves only noise is believed at once;
/// longer ones first have to stand against more shapes.
const SHORT: f64 = 10.0;

/// Share of the target's square that such a formula explains at least.
const EXPLAINED: f64 = 0.5;

/// Symbols of a formula whose neighbours are worth trying, at most.
const LONGEST_LAW: usize = 40;

/// Formulas that are reported as equally good, at most.
const MOST_RIVALS: usize = 8;

/// Why a search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// A formula fits the validation rows to the target's own precision.
    Exact,
    /// What a formula leaves shows no pattern.
    OnlyNoiseLeft,
    /// Nothing was left to try.
    Exhausted,
    /// The time limit.
    TimeLimit,
    /// The user.
    Interrupted,
}

impl std::fmt::Display for StopReason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            StopReason::Exact => "exact on the validation rows",
            StopReason::OnlyNoiseLeft => "only noise left",
            StopReason::Exhausted => "everything was tried",
            StopReason::TimeLimit => "time limit",
            StopReason::Interrupted => "interrupted",
        })
    }
}

/// What a search came to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The formula of choice.
    pub best: Option<Expr>,
    /// Others that are within noise of it on the rows it was chosen by,
    /// cheapest first.
    pub rivals: Vec<Expr>,
    /// Complexity against error on unseen rows, simplest first.
    pub front: Vec<Expr>,
    /// Constants that were recognised, in any of these formulas.
    pub round_constants: Vec<f64>,
    /// √ of the weight of each training row, as fitted.
    pub train_weight: Vec<f64>,
    /// Training rows, by place, that were taken for outliers and not fitted.
    pub train_outliers: Vec<usize>,
    /// Validation rows, by place, that were taken for outliers.
    pub validation_outliers: Vec<usize>,
    /// Trainings run.
    pub restarts: usize,
    /// Why it ended.
    pub stop_reason: StopReason,
}

/// Looks for the formula of the split's target; held-out rows are not looked
/// at. `tell` hears of each stage before it is run.
pub fn search(split: &Split, options: &SearchOptions, stop: &StopSignal, tell: &dyn Fn(&str)) -> Outcome {
    let whole = Problem::new(split.train.clone(), split.validation.clone(), split.leave_one_out);
    let outliers = outliers(&whole);
    let [train, validation] = rows_to_search(&whole, &outliers, SEARCH_ROWS);
    let problem = whole.on_rows(&train, &validation);
    let mut searcher = Searcher {
        pool: Pool::new(problem, options.strict, stop.clone()),
        options,
        stop,
        restarts: 0,
        round: 0,
        seeds: 0,
        cheap_done: options.cell != CellKind::Gated,
        shapes_done: options.cell != CellKind::Gated,
    };
    let stop_reason = searcher.run(tell);
    searcher.finish(whole, outliers, stop_reason)
}

/// Places of the training and of the validation rows that are outliers.
fn outliers(whole: &Problem) -> [Vec<usize>; 2] {
    if whole.leave_one_out {
        return [Vec::new(), Vec::new()];
    }
    let inside = joined(&whole.train, &whole.validation);
    let rows = whole.train.rows();
    let step = inside.rows().div_ceil(SEARCH_ROWS).max(1);
    if step > 1 {
        // Among so many rows a few wild ones do no harm.
        return [Vec::new(), Vec::new()];
    }
    let (train, validation) = outlier::outliers(&inside)
        .into_iter()
        .partition(|&row| row < rows);
    let validation: Vec<usize> = validation;
    [train, validation.into_iter().map(|row| row - rows).collect()]
}

fn joined(a: &Sample, b: &Sample) -> Sample {
    let inputs = a.inputs.iter().zip(&b.inputs);
    Sample {
        inputs: inputs
            .map(|(a, b)| a.iter().chain(b).copied().collect())
            .collect(),
        target: a.target.iter().chain(&b.target).copied().collect(),
    }
}

/// Rows to search on: at most `most` for training and half as many for
/// validation, spread evenly, without the outliers.
fn rows_to_search(whole: &Problem, outliers: &[Vec<usize>; 2], most: usize) -> [Vec<usize>; 2] {
    let spread = |rows: usize, most: usize, outliers: &[usize]| -> Vec<usize> {
        let step = rows.div_ceil(most).max(1);
        (0..rows)
            .step_by(step)
            .filter(|row| !outliers.contains(row))
            .collect()
    };
    [
        spread(whole.train.rows(), most, &outliers[0]),
        spread(
            whole.validation.rows(),
            most / if whole.leave_one_out { 1 } else { 2 },
            &outliers[1],
        ),
    ]
}

/// Formulas with their constants made round.
#[derive(Default)]
struct Finished {
    /// Those to choose from.
    near: Vec<Candidate>,
    /// The front as well.
    all: Vec<Candidate>,
    /// Constants that were recognised.
    round_constants: Vec<f64>,
}

/// Places of residuals far beyond the others, when they are few.
fn stand_out(residuals: &[f64]) -> Vec<usize> {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    let far: Vec<usize> = (0..residuals.len())
        .filter(|&row| residuals[row].abs() > FAR * 1.4826 * typical.max(1e-9))
        .collect();
    if far.len() as f64 > MOST_OUTLIERS * residuals.len() as f64 {
        Vec::new()
    } else {
        far
    }
}

/// The state of a running search.
struct Searcher<'a> {
    pool: Pool,
    options: &'a SearchOptions,
    stop: &'a StopSignal,
    restarts: usize,
    round: usize,
    seeds: u64,
    /// Every simple shape has been tried.
    cheap_done: bool,
    /// Every shape of two sums has been tried.
    shapes_done: bool,
}

impl Searcher<'_> {
    fn run(&mut self, tell: &dyn Fn(&str)) -> StopReason {
        let stages = match self.options.cell {
            CellKind::Gated => all_stages(),
            _ => ensemble_stages(),
        };
        for round in 0..ROUNDS {
            self.round = round;
            for stage in stages.iter().filter(|s| s.layers <= self.options.max_layers) {
                tell(&format!("{} ({})", stage.name, self.standing()));
                (stage.run)(self);
                self.cheap_done |= stage.name == NEIGHBOURS;
                self.shapes_done |= stage.name == LAST_NEIGHBOURS;
                if self.done() && !self.stop.should_stop() {
                    return StopReason::Exact;
                }
                if self.stop.is_interrupted() {
                    return StopReason::Interrupted;
                }
                if self.stop.is_past_deadline() {
                    return StopReason::TimeLimit;
                }
                self.reconsider_weighting();
                if self.cheap_done && self.noise_left() {
                    return StopReason::OnlyNoiseLeft;
                }
            }
        }
        StopReason::Exhausted
    }

    /// For `-v`: the best so far.
    fn standing(&self) -> String {
        let best = self.pool.best_error();
        if best.is_finite() {
            format!(
                "{} formulas, least error {:.2e}",
                self.pool.candidates.len(),
                best.sqrt()
            )
        } else {
            "nothing yet".to_owned()
        }
    }

    /// Whether to end the present stage: a formula is exact, and so plain
    /// that it is no mere interpolation, or simple shapes have all been tried.
    fn done(&self) -> bool {
        let mut exact = self.pool.candidates.iter().filter(|c| c.exact);
        exact.any(|c| self.cheap_done || c.fitted <= MOST_CONSTANTS) || self.stop.should_stop()
    }

    fn offer(&mut self, formulas: Vec<Expr>) {
        self.pool.offer(formulas);
    }

    /// The target as it is, against the inputs that seem to matter; from the
    /// second round on against all.
    fn plain(&self) -> Task {
        let task = Task::plain(&self.pool.problem);
        if self.round > 0 {
            return task;
        }
        let features = relevant(&task, &self.pool.problem);
        if features.is_empty() {
            task
        } else {
            task.against(features)
        }
    }

    /// A new seed for each engine run, the same in every run of the program.
    fn next_seed(&mut self) -> u64 {
        self.seeds += 1;
        self.options.seed.wrapping_mul(1_000_003).wrapping_add(self.seeds)
    }

    fn chosen(&self) -> Option<&Candidate> {
        let floor = self.pool.problem.exact_mean_square();
        let near = near_best(&self.pool.candidates, floor, RIVAL);
        near.first().map(|&i| &self.pool.candidates[i])
    }

    /// The best formulas that are not too long to be laws, best first.
    fn best(&self, count: usize) -> Vec<Expr> {
        let floor = self.pool.problem.exact_mean_square();
        near_best(&self.pool.candidates, floor, f64::INFINITY)
            .into_iter()
            .map(|i| &self.pool.candidates[i])
            .filter(|candidate| candidate.fitted <= MOST_CONSTANTS && candidate.complexity <= LONGEST_LAW)
            .take(count)
            .map(|candidate| candidate.expr.clone())
            .collect()
    }

    fn reconsider_weighting(&mut self) {
        if let Some(weighting) = self.pool.likelier_weighting() {
            self.pool.reweigh(weighting);
        }
    }

    fn noise_left(&self) -> bool {
        self.chosen().is_some_and(|candidate| {
            let problem = &self.pool.problem;
            let short = candidate.cost <= SHORT && explains(candidate, problem, EXPLAINED);
            (self.shapes_done || short) && only_noise_left(candidate, problem)
        })
    }

    /// Makes constants round on more rows than were searched on, brings
    /// formulas into the form a person would write, and chooses. When rows
    /// then stand out as outliers that did not before, that is done again
    /// without them.
    fn finish(self, mut whole: Problem, mut outliers: [Vec<usize>; 2], stop_reason: StopReason) -> Outcome {
        whole.weigh(self.pool.problem.weighting);
        // Rows that a formula fitted to all of them goes through are no outliers.
        let (mut finished, mut problem) = self.finished_without(&whole, &NO_OUTLIERS);
        let all_fit = near_best(&finished.near, problem.exact_mean_square(), RIVAL)
            .first()
            .is_some_and(|&best| {
                let expr = &finished.near[best].expr;
                stand_out(&whole.train_residuals(expr)).is_empty()
                    && stand_out(&whole.validation_residuals(expr)).is_empty()
            });
        if all_fit {
            outliers = NO_OUTLIERS;
        } else if outliers != NO_OUTLIERS {
            (finished, problem) = self.finished_without(&whole, &outliers);
        }
        for _ in 0..MOST_OUTLIER_ROUNDS {
            let Some(&best) = near_best(&finished.near, problem.exact_mean_square(), RIVAL).first() else {
                break;
            };
            let expr = &finished.near[best].expr;
            let found = [
                stand_out(&whole.train_residuals(expr)),
                stand_out(&whole.validation_residuals(expr)),
            ];
            if whole.leave_one_out || found == outliers || found.iter().all(Vec::is_empty) {
                break;
            }
            outliers = found;
            (finished, problem) = self.finished_without(&whole, &outliers);
        }
        let chosen = near_best(&finished.near, problem.exact_mean_square(), RIVAL);
        let mut chosen = chosen.into_iter().map(|i| finished.near[i].expr.clone());
        let best = chosen.next();
        let mut train_weight = whole.train_weight;
        for &row in &outliers[0] {
            train_weight[row] = 0.0;
        }
        let [train_outliers, validation_outliers] = outliers;
        Outcome {
            rivals: chosen.take(MOST_RIVALS).collect(),
            front: pareto_front(&finished.all)
                .into_iter()
                .map(|i| finished.all[i].expr.clone())
                .collect(),
            best,
            round_constants: finished.round_constants,
            train_weight,
            train_outliers,
            validation_outliers,
            restarts: self.restarts,
            stop_reason,
        }
    }

    fn finished_without(&self, whole: &Problem, outliers: &[Vec<usize>; 2]) -> (Finished, Problem) {
        let candidates = &self.pool.candidates;
        let mut shortlist: Vec<usize> =
            near_best(candidates, self.pool.problem.exact_mean_square(), LONG_SHORTLIST);
        shortlist.truncate(SHORTLIST);
        let near = shortlist.len();
        for place in pareto_front(candidates) {
            if !shortlist.contains(&place) {
                shortlist.push(place);
            }
        }
        let [train, validation] = rows_to_search(whole, outliers, FINISH_ROWS);
        let mut problem = whole.on_rows(&train, &validation);
        problem.weigh(self.pool.problem.weighting);
        let results: Vec<Option<(Candidate, Vec<f64>)>> = shortlist
            .par_iter()
            .map(|&place| self.finished(&candidates[place], &problem))
            .collect();
        let mut finished = Finished::default();
        for (rank, (candidate, round)) in results.into_iter().enumerate().filter_map(|(r, f)| Some((r, f?))) {
            finished.round_constants.extend(round);
            if finished.all.iter().all(|known| known.expr != candidate.expr) {
                if rank < near {
                    finished.near.push(candidate.clone());
                }
                finished.all.push(candidate);
            }
        }
        (finished, problem)
    }

    /// The candidate with round constants in its best form, and which
    /// constants were recognised.
    fn finished(&self, candidate: &Candidate, problem: &Problem) -> Option<(Candidate, Vec<f64>)> {
        let mut best = Candidate::new(candidate.expr.clone(), problem, true)?;
        let mut round = Vec::new();
        if !self.options.strict {
            let snapped = snap(
                &candidate.expr,
                &problem.train,
                &problem.train_weight,
                &self.options.known,
            );
            let simplified = snapped.expr.simplify_for(&problem.positive);
            if let Some(made_round) = Candidate::new(simplified, problem, true) {
                if made_round.exact || !best.exact {
                    best = made_round;
                    let constants = snapped.expr.constants();
                    round = constants
                        .into_iter()
                        .zip(snapped.round)
                        .filter_map(|(c, round)| round.then_some(c))
                        .collect();
                }
            }
        }
        let presented = best.expr.present(&problem.positive);
        match Candidate::new(presented, problem, true) {
            Some(presented) if presented.exact || !best.exact => Some((presented, round)),
            _ => Some((best, round)),
        }
    }
}
