//! A running search: its pool, and when to stop.

use std::sync::OnceLock;

use crate::cli::{CellKind, SearchOptions};
use crate::formula::Expr;
use crate::stop::StopSignal;

use super::choose::{near_best, RIVAL};
use super::leftover::{explains, only_noise_left, MOST_CONSTANTS};
use super::pool::{Candidate, Pool};
use super::problem::{Problem, Weighting};
use super::screen::relevant;
use super::stages::{all_stages, ensemble_stages, LAST_NEIGHBOURS, LAST_SIMPLE_FUNCTIONS, NEIGHBOURS};
use super::task::{Feature, Task};
use super::StopReason;

/// Times that the stages are gone through, with twice the restarts each time.
const ROUNDS: usize = 3;

/// A formula of fewer symbols that leaves only noise is believed at once;
/// longer ones first have to stand against more shapes.
const SHORT: f64 = 10.0;

/// Share of the target's square that such a formula explains at least.
const EXPLAINED: f64 = 0.5;

/// Symbols of a formula whose neighbours are worth trying, at most.
const LONGEST_LAW: usize = 40;

/// The state of a running search.
pub(super) struct Searcher<'a> {
    pub(super) pool: Pool,
    pub(super) options: &'a SearchOptions,
    pub(super) stop: &'a StopSignal,
    pub(super) restarts: usize,
    pub(super) round: usize,
    seeds: u64,
    /// The inputs that seem to matter, by weighting.
    relevant: [OnceLock<Vec<Feature>>; 2],
    /// Every simple shape has been tried.
    cheap_done: bool,
    /// Every shape of two sums has been tried.
    shapes_done: bool,
    /// Simple functions have been tried, or may not be.
    functions_done: bool,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(problem: Problem, options: &'a SearchOptions, stop: &'a StopSignal) -> Searcher<'a> {
        let stages_end = options.cell != CellKind::Gated;
        Searcher {
            pool: Pool::new(problem, options.strict, options.language.clone(), stop.clone()),
            options,
            stop,
            restarts: 0,
            round: 0,
            seeds: 0,
            relevant: Default::default(),
            cheap_done: stages_end,
            shapes_done: stages_end,
            functions_done: stages_end || options.strict || !options.language.has_functions(),
        }
    }

    pub(super) fn run(&mut self, tell: &dyn Fn(&str)) -> StopReason {
        let stages = match self.options.cell {
            CellKind::Gated => all_stages(),
            _ => ensemble_stages(),
        };
        let functions = self.options.language.has_functions() && !self.options.strict;
        for round in 0..ROUNDS {
            self.round = round;
            for stage in stages
                .iter()
                .filter(|s| s.layers <= self.options.max_layers)
                .filter(|s| !s.functions || functions)
            {
                tell(&format!("{} ({})", stage.name, self.standing()));
                (stage.run)(self);
                self.cheap_done |= stage.name == NEIGHBOURS;
                self.shapes_done |= stage.name == LAST_NEIGHBOURS;
                self.functions_done |= stage.name == LAST_SIMPLE_FUNCTIONS;
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
    pub(super) fn done(&self) -> bool {
        let mut exact = self.pool.candidates.iter().filter(|c| c.exact);
        exact.any(|c| (self.cheap_done && self.functions_done) || c.fitted <= MOST_CONSTANTS)
            || self.stop.should_stop()
    }

    pub(super) fn offer(&mut self, formulas: Vec<Expr>) {
        let closed_forms = formulas.into_iter().map(|expr| (expr, None));
        self.pool.offer(closed_forms.collect());
    }

    /// The target as it is, against the inputs that seem to matter; from the
    /// second round on against all.
    pub(super) fn plain(&self) -> Task {
        let task = Task::plain(&self.pool.problem);
        if self.round > 0 {
            return task;
        }
        let problem = &self.pool.problem;
        let known = &self.relevant[usize::from(problem.weighting == Weighting::Relative)];
        let features = known.get_or_init(|| relevant(&task, problem));
        if features.is_empty() {
            task
        } else {
            task.against(features.clone())
        }
    }

    /// A new seed for each engine run, the same in every run of the program.
    pub(super) fn next_seed(&mut self) -> u64 {
        self.seeds += 1;
        self.options.seed.wrapping_mul(1_000_003).wrapping_add(self.seeds)
    }

    fn chosen(&self) -> Option<&Candidate> {
        let floor = self.pool.problem.exact_mean_square();
        let near = near_best(&self.pool.candidates, floor, RIVAL);
        near.first().map(|&i| &self.pool.candidates[i])
    }

    /// The best formulas that are not too long to be laws, best first.
    pub(super) fn best(&self, count: usize) -> Vec<Expr> {
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
}
