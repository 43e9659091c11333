//! From the formulas met to the answer: constants made round, the form a
//! person would write, the choice.

use rayon::prelude::*;

use crate::formula::Expr;
use crate::polish::{snap, without_dust};

use super::choose::{near_best, pareto_front, RIVAL};
use super::options::Loss;
use super::outlier::Outliers;
use super::pool::Candidate;
use super::problem::Problem;
use super::searcher::Searcher;
use super::spelling::{spellings, written_length};
use super::{Outcome, StopReason};

/// Formulas whose constants are made round before the choice is made, and how
/// far from the best in description length they may be: round constants and
/// a factored form can take many symbols off.
const SHORTLIST: usize = 24;
const LONG_SHORTLIST: f64 = 60.0;

/// Characters beyond which a constant says more than data does.
const LONG_CONSTANT: usize = 12;

/// How often outliers are looked for.
const MOST_OUTLIER_ROUNDS: usize = 3;

/// Rows that constants are fitted to, at most.
const FINISH_ROWS: usize = 20_000;

/// With `--loss huber`: how often rows are weighed by what is left of them.
const HUBER_ROUNDS: usize = 3;

/// Formulas that are reported as equally good, at most.
const MOST_RIVALS: usize = 8;

/// Formulas with their constants made round.
struct Finished {
    /// The rows that they were fitted to.
    problem: Problem,
    /// Those to choose from.
    near: Vec<Candidate>,
    /// The front as well.
    all: Vec<Candidate>,
    /// Constants that were recognised.
    round_constants: Vec<f64>,
}

impl Finished {
    /// Places in `near` of the best and its rivals, best first.
    fn chosen(&self) -> Vec<usize> {
        near_best(&self.near, self.problem.exact_mean_square(), RIVAL)
    }

    /// Rows that the best formula leaves far out.
    fn outliers(&self, whole: &Problem) -> Outliers {
        match self.chosen().first() {
            Some(&best) => Outliers::beside(&self.near[best].expr, whole),
            None => Outliers::default(),
        }
    }
}

/// Makes constants round on more rows than were searched on, brings formulas
/// into the form a person would write, and chooses. When rows then stand out
/// as outliers that did not before, that is done again without them.
pub(super) fn finish(
    searcher: &Searcher<'_>,
    mut whole: Problem,
    mut outliers: Outliers,
    stop_reason: StopReason,
) -> Outcome {
    whole.weigh(searcher.pool.problem.weighting);
    let mut finished = finish_without(searcher, &whole, &Outliers::default());
    if finished.outliers(&whole).is_empty() {
        // Rows that a formula fitted to all of them goes through are none.
        outliers = Outliers::default();
    } else if !outliers.is_empty() {
        finished = finish_without(searcher, &whole, &outliers);
    }
    for _ in 0..MOST_OUTLIER_ROUNDS {
        let found = finished.outliers(&whole);
        if found == outliers || found.is_empty() {
            break;
        }
        outliers = found;
        finished = finish_without(searcher, &whole, &outliers);
    }
    if searcher.options.loss == Loss::Huber {
        (whole, finished) = finish_by_huber(searcher, whole, &outliers, finished);
    }
    let places = finished.chosen();
    let origin = places
        .first()
        .and_then(|&best| finished.near[best].origin.clone());
    let mut chosen = places.into_iter().map(|i| finished.near[i].expr.clone());
    let mut train_weight = whole.train_weight;
    for &row in &outliers.train {
        train_weight[row] = 0.0;
    }
    Outcome {
        best: chosen.next(),
        origin,
        rivals: chosen.take(MOST_RIVALS).collect(),
        front: pareto_front(&finished.all)
            .into_iter()
            .map(|i| finished.all[i].expr.clone())
            .collect(),
        round_constants: finished.round_constants.clone(),
        train_weight,
        train_outliers: outliers.train,
        validation_outliers: outliers.validation,
        restarts: searcher.restarts,
        steps: searcher.steps.clone(),
        stop_reason,
    }
}

/// Weighs the rows by what the chosen formula leaves of them, and chooses
/// again, until that has settled.
fn finish_by_huber(
    searcher: &Searcher<'_>,
    whole: Problem,
    outliers: &Outliers,
    mut finished: Finished,
) -> (Problem, Finished) {
    let mut weighed = whole.clone();
    for _ in 0..HUBER_ROUNDS {
        let Some(&best) = finished.chosen().first() else {
            break;
        };
        let expr = finished.near[best].expr.clone();
        weighed = whole.by_huber(&expr);
        finished = finish_on(searcher, whole.without(outliers, FINISH_ROWS).by_huber(&expr));
    }
    (weighed, finished)
}

fn finish_without(searcher: &Searcher<'_>, whole: &Problem, outliers: &Outliers) -> Finished {
    finish_on(searcher, whole.without(outliers, FINISH_ROWS))
}

fn finish_on(searcher: &Searcher<'_>, problem: Problem) -> Finished {
    let candidates = &searcher.pool.candidates;
    let floor = searcher.pool.problem.exact_mean_square();
    let mut shortlist: Vec<usize> = near_best(candidates, floor, LONG_SHORTLIST);
    shortlist.truncate(SHORTLIST);
    let near = shortlist.len();
    for place in pareto_front(candidates) {
        if !shortlist.contains(&place) {
            shortlist.push(place);
        }
    }
    let results: Vec<Option<(Candidate, Vec<f64>)>> = shortlist
        .par_iter()
        .map(|&place| {
            let candidate = &candidates[place];
            let (finished, round) = finish_one(searcher, candidate, &problem)?;
            Some((finished.rounded_from(candidate.origin.clone()), round))
        })
        .collect();
    let mut finished = Finished {
        problem,
        near: Vec::new(),
        all: Vec::new(),
        round_constants: Vec::new(),
    };
    for (rank, result) in results.into_iter().enumerate() {
        let Some((candidate, round)) = result else {
            continue;
        };
        finished.round_constants.extend(round);
        if finished.all.iter().all(|known| known.expr != candidate.expr) {
            if rank < near {
                finished.near.push(candidate.clone());
            }
            finished.all.push(candidate);
        }
    }
    finished
}

/// The candidate with round constants in its best form, and which
/// constants were recognised.
fn finish_one(
    searcher: &Searcher<'_>,
    candidate: &Candidate,
    problem: &Problem,
) -> Option<(Candidate, Vec<f64>)> {
    let mut best = Candidate::new(candidate.expr.clone(), problem, true)?;
    let mut round = Vec::new();
    if !searcher.options.strict {
        let clean = swept(&candidate.expr, problem);
        if let Some((rounded, constants)) = made_round(searcher, &clean, problem) {
            if rounded.exact || !best.exact {
                (best, round) = (rounded, constants);
            }
        }
    }
    let presented = Candidate::new(best.expr.present(&problem.positive), problem, true);
    if let Some(presented) = presented.filter(|presented| presented.exact || !best.exact) {
        best = presented;
        // A form of other constants, scaled from those made round.
        let is_long = |c: &f64| format!("{c:e}").len() > LONG_CONSTANT;
        if !searcher.options.strict && best.expr.constants().iter().any(is_long) {
            if let Some((rounded, constants)) = made_round(searcher, &best.expr, problem) {
                if rounded.cost < best.cost && (rounded.exact || !best.exact) {
                    (best, round) = (rounded, constants);
                }
            }
        }
    }
    if !searcher.options.strict {
        for spelling in spellings(&best.expr) {
            let Some((spelled, constants)) = made_round(searcher, &spelling, problem) else {
                continue;
            };
            let shorter = written_length(&spelled.expr) < written_length(&best.expr);
            if shorter && (spelled.exact || !best.exact) {
                (best, round) = (spelled, constants);
            }
        }
    }
    Some((best, round))
}

/// With constants made round, and those that were recognised.
fn made_round(searcher: &Searcher<'_>, expr: &Expr, problem: &Problem) -> Option<(Candidate, Vec<f64>)> {
    let known = &searcher.options.known;
    let snapped = snap(expr, &problem.train, &problem.train_weight, known);
    let candidate = Candidate::new(snapped.expr.simplify_for(&problem.positive), problem, true)?;
    let constants = snapped.expr.constants().into_iter().zip(snapped.round);
    let recognised = constants.filter_map(|(c, round)| round.then_some(c)).collect();
    Some((candidate, recognised))
}

/// Without the terms that only arithmetic holds up. They come to light once
/// sums are scaled so that a term has the coefficient 1, which simplifying
/// does; the constants are then no more than the data can tell.
fn swept(expr: &Expr, problem: &Problem) -> Expr {
    let scaled = expr.simplify_for(&problem.positive);
    match without_dust(&scaled, &problem.train, &problem.train_weight) {
        Some(clean) => clean.simplify_for(&problem.positive),
        None => scaled,
    }
}
