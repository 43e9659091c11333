//! A running search: its pool, and when to stop.

use std::sync::OnceLock;
use std::time::Instant;

use crate::formula::Expr;
use crate::nalu::Cell;
use crate::stop::StopSignal;

use super::choose::{near_best, RIVAL};
use super::leftover::{explains, only_noise_left, MOST_CONSTANTS};
use super::options::SearchOptions;
use super::plan::{Milestone, Step, ALL, TRAINED};
use super::pool::{Candidate, Pool};
use super::problem::{Problem, Weighting};
use super::record::{Progress, StepRecord};
use super::screen::relevant;
use super::task::{Feature, Task};
use super::StopReason;

/// Times that the plan is gone through, with twice the restarts each time.
const ROUNDS: usize = 3;

/// A formula of fewer symbols that leaves only noise is believed at once;
/// longer ones first have to stand against more shapes.
const SHORT: f64 = 10.0;

/// On fewer rows it has to stand against functions as well: they tell noise from a
/// pattern badly, and trying costs little.
const FEW_ROWS: usize = 40;

/// Share of the target's square that such a formula explains at least.
const EXPLAINED: f64 = 0.5;

/// Symbols of a formula whose neighbours are worth trying, at most.
const LONGEST_LAW: usize = 40;

/// The state of a running search.
pub(super) struct Searcher<'a> {
    pub(super) pool: Pool<'a>,
    pub(super) options: &'a SearchOptions,
    pub(super) stop: &'a StopSignal,
    pub(super) restarts: usize,
    pub(super) round: usize,
    /// What each step came to, in order.
    pub(super) steps: Vec<StepRecord>,
    seeds: u64,
    /// The inputs that seem to matter, by weighting.
    relevant: [OnceLock<Vec<Feature>>; 2],
    /// Every simple shape has been tried.
    simple_shapes_done: bool,
    /// Every shape of two sums has been tried.
    all_shapes_done: bool,
    /// Simple functions have been tried, or may not be.
    functions_done: bool,
}

impl<'a> Searcher<'a> {
    pub(super) fn new(problem: Problem, options: &'a SearchOptions, stop: &'a StopSignal) -> Searcher<'a> {
        let stages_end = options.cell != Cell::Gated;
        Searcher {
            pool: Pool::new(problem, options, stop.clone()),
            options,
            stop,
            restarts: 0,
            round: 0,
            steps: Vec::new(),
            seeds: 0,
            relevant: Default::default(),
            simple_shapes_done: stages_end,
            all_shapes_done: stages_end,
            functions_done: stages_end || options.strict || !options.language.has_functions(),
        }
    }

    /// Runs the plan until something ends it.
    pub(super) fn run(&mut self, tell: &dyn Fn(Progress<'_>)) -> StopReason {
        let plan = match self.options.cell {
            Cell::Gated => ALL,
            _ => TRAINED,
        };
        for round in 0..ROUNDS {
            self.round = round;
            for step in plan {
                if self.allows(step) {
                    self.run_step(step, tell);
                }
                // Left out or not, nothing more of this kind is to come.
                self.simple_shapes_done |= step.completes == Some(Milestone::SimpleShapes);
                self.functions_done |= step.completes == Some(Milestone::SimpleFunctions);
                self.all_shapes_done |= step.completes == Some(Milestone::AllShapes);
                if let Some(reason) = self.reason_to_stop() {
                    return reason;
                }
            }
        }
        StopReason::Exhausted
    }

    fn allows(&self, step: &Step) -> bool {
        let options = self.options;
        let functions = options.language.has_functions() && !options.strict;
        options.max_layers.is_none_or(|most| step.layers <= most)
            && (!step.functions || functions)
            && !options.without.iter().any(|key| key == step.key)
    }

    /// Runs one step and records what it came to.
    fn run_step(&mut self, step: &Step, tell: &dyn Fn(Progress<'_>)) {
        tell(Progress::Begins(step.name));
        let started = Instant::now();
        let (tried, kept) = (self.pool.tried, self.pool.candidates.len());
        let error_before = self.least_error();
        (step.run)(self);
        let record = StepRecord {
            step: step.key,
            round: self.round + 1,
            tried: self.pool.tried - tried,
            kept: self.pool.candidates.len() - kept,
            error_before,
            error_after: self.least_error(),
            seconds: started.elapsed().as_secs_f64(),
        };
        tell(Progress::Ended(&record));
        self.steps.push(record);
    }

    fn reason_to_stop(&mut self) -> Option<StopReason> {
        if self.done() && !self.stop.should_stop() {
            return Some(StopReason::Exact);
        }
        if self.stop.is_interrupted() {
            return Some(StopReason::Interrupted);
        }
        if self.stop.is_past_deadline() {
            return Some(StopReason::TimeLimit);
        }
        self.reconsider_weighting();
        (self.simple_shapes_done && self.noise_left()).then_some(StopReason::OnlyNoiseLeft)
    }

    fn least_error(&self) -> Option<f64> {
        let error = self.pool.best_error();
        error.is_finite().then(|| error.sqrt())
    }

    /// Whether to end the present step: a formula is exact, and so plain
    /// that it is no mere interpolation, or simple shapes have all been tried.
    pub(super) fn done(&self) -> bool {
        let mut exact = self.pool.candidates.iter().filter(|c| c.exact);
        exact.any(|c| (self.simple_shapes_done && self.functions_done) || c.fitted <= MOST_CONSTANTS)
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
            let simple = self.functions_done || problem.train.rows() >= FEW_ROWS;
            (self.all_shapes_done || (short && simple)) && only_noise_left(candidate, problem)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;

    fn searcher_of<'a>(options: &'a SearchOptions, stop: &'a StopSignal) -> Searcher<'a> {
        let a: Vec<f64> = (1..=60).map(|i| f64::from(i) / 10.0).collect();
        let sample = Sample {
            target: a.iter().map(|a| 3.0 * a * a).collect(),
            inputs: vec![a],
        };
        Searcher::new(Problem::new(sample.clone(), sample, false), options, stop)
    }

    #[test]
    fn each_step_is_recorded_until_one_is_exact() {
        let (options, stop) = (SearchOptions::default(), StopSignal::never());
        let mut searcher = searcher_of(&options, &stop);
        assert_eq!(searcher.run(&|_| {}), StopReason::Exact);
        let first = &searcher.steps[0];
        assert_eq!(
            (first.step, first.round, first.error_before),
            ("one-product", 1, None)
        );
        assert!(first.kept > 0 && first.kept <= first.tried);
        assert!(searcher.steps.last().and_then(|step| step.error_after) < Some(1e-12));
    }

    #[test]
    fn a_step_can_be_left_out_and_layers_bounded() {
        let options = SearchOptions {
            without: vec!["one-product".to_owned()],
            max_layers: Some(1),
            ..SearchOptions::default()
        };
        let stop = StopSignal::never();
        let mut searcher = searcher_of(&options, &stop);
        searcher.run(&|_| {});
        assert!(
            searcher.steps.iter().all(|step| step.step == "one-sum"),
            "{:?}",
            searcher.steps
        );
        // No sum of the input is the square; what is printed has one layer.
        assert!(searcher.pool.candidates.iter().all(|found| !found.exact));
    }
}
