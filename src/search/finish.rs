//! From the formulas met to the answer: constants made round, the form a
//! person would write, the choice.

use rayon::prelude::*;

use crate::formula::Expr;
use crate::nalu::Cell;
use crate::polish::{snap, without_dust};
use crate::validate::Rival;

use super::choose::{description_length, near_best, pareto_front, COST_OF_A_SYMBOL, RIVAL};
use super::options::Loss;
use super::other_curves::other_curves;
use super::outlier::Outliers;
use super::pool::{allowed, Candidate};
use super::problem::{mean_square, Problem, Weighting};
use super::scaled::scalings;
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

/// Two constants are one where that raises χ² by less than this, two standard errors.
const SAME_CONSTANT: f64 = 4.0;

/// How often outliers are looked for.
const MOST_OUTLIER_ROUNDS: usize = 3;

/// Rows that constants are fitted to, at most.
const FINISH_ROWS: usize = 20_000;

/// With `--loss huber`: how often rows are weighed by what is left of them.
const HUBER_ROUNDS: usize = 3;

/// Formulas that are reported as equally good, at most.
const MOST_RIVALS: usize = 8;

/// Formulas with an input bent that are finished, and how much longer than the
/// best they may be.
const MOST_BENT: usize = 6;
const BENT_ROWS: usize = 400;

/// How much longer than the best an alternative may be, and how many there are.
const ALTERNATIVE: f64 = 12.0;
const MOST_ALTERNATIVES: usize = 16;

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

    /// What is of another shape than the best and little longer.
    fn alternatives(&self) -> Vec<Rival> {
        let floor = self.problem.exact_mean_square();
        let places = near_best(&self.near, floor, ALTERNATIVE);
        let Some((&best, others)) = places.split_first() else {
            return Vec::new();
        };
        let best = &self.near[best];
        others
            .iter()
            .map(|&place| &self.near[place])
            .filter(|other| !other.expr.same_structure(&best.expr))
            .take(MOST_ALTERNATIVES)
            .map(|other| Rival {
                expr: other.expr.clone(),
                length: COST_OF_A_SYMBOL * (other.cost - best.cost),
            })
            .collect()
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
    weigh_other_curves(searcher, &mut finished);
    let places = finished.chosen();
    let alternatives = finished.alternatives();
    let origin = places
        .first()
        .and_then(|&best| finished.near[best].origin.clone());
    let front: Vec<Candidate> = pareto_front(&finished.all)
        .into_iter()
        .map(|i| finished.all[i].clone())
        .collect();
    let chosen: Vec<Candidate> = places
        .into_iter()
        .take(1 + MOST_RIVALS)
        .map(|i| finished.near[i].clone())
        .collect();
    let fitted = finished.problem.with_all_fitted();
    let mut on_all_rows = |formulas: Vec<Candidate>| {
        let (formulas, round) = fitted_to_all(searcher, formulas, &fitted);
        finished.round_constants.extend(round);
        formulas
    };
    let (chosen, front) = (on_all_rows(chosen), on_all_rows(front));
    let mut chosen = chosen.into_iter();
    let (mut train_weight, mut validation_weight) = (whole.train_weight, whole.validation_weight);
    for (weight, rows) in [
        (&mut train_weight, &outliers.train),
        (&mut validation_weight, &outliers.validation),
    ] {
        rows.iter().for_each(|&row| weight[row] = 0.0);
    }
    Outcome {
        best: chosen.next(),
        origin,
        rivals: chosen.collect(),
        alternatives,
        front,
        round_constants: finished.round_constants,
        relative: searcher.pool.problem.weighting == Weighting::Relative,
        train_weight,
        validation_weight,
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

/// Adds what the best formula becomes with an input bent, where that describes
/// the rows about as well.
fn weigh_other_curves(searcher: &Searcher<'_>, finished: &mut Finished) {
    let Some(&place) = finished.chosen().first() else {
        return;
    };
    if finished.near[place].exact || searcher.options.strict || searcher.options.cell != Cell::Gated {
        return;
    }
    // Few rows: this is done even where the time is over.
    let problem = &searcher.pool.problem.without(&Outliers::default(), BENT_ROWS);
    let floor = problem.exact_mean_square();
    let length_of = |expr: Expr| {
        let candidate = Candidate::new(expr, problem, false)?;
        let length = description_length(&candidate, floor);
        length.is_finite().then_some((length, candidate))
    };
    let Some((own, _)) = length_of(finished.near[place].expr.clone()) else {
        return;
    };
    let known: Vec<&Expr> = finished.near.iter().map(|candidate| &candidate.expr).collect();
    let mut bent = other_curves(&finished.near[place].expr, problem);
    bent.retain(|expr| {
        allowed(expr, searcher.options, &problem.positive)
            && known.iter().all(|other| !other.same_structure(expr))
    });
    let mut bent: Vec<(f64, Candidate)> = bent
        .into_par_iter()
        .filter_map(length_of)
        .filter(|(length, _)| *length <= own + ALTERNATIVE)
        .collect();
    bent.sort_by(|a, b| a.0.total_cmp(&b.0));
    bent.dedup_by(|a, b| a.1.expr.same_structure(&b.1.expr));
    bent.truncate(MOST_BENT);
    let results: Vec<(Candidate, Vec<f64>)> = bent
        .par_iter()
        .filter_map(|(_, candidate)| finish_one(searcher, candidate, &finished.problem))
        .collect();
    for (candidate, round) in results {
        finished.round_constants.extend(round);
        if finished.all.iter().all(|known| known.expr != candidate.expr) {
            finished.near.push(candidate.clone());
            finished.all.push(candidate);
        }
    }
}

/// The formulas once more, fitted to all rows inside: after the choice none need
/// be kept from the fit. What is exact already stays; and the constants that
/// were recognised.
fn fitted_to_all(
    searcher: &Searcher<'_>,
    formulas: Vec<Candidate>,
    fitted: &Problem,
) -> (Vec<Expr>, Vec<f64>) {
    let again = |candidate: Candidate| {
        let settled = candidate.exact || fitted.leave_one_out;
        let finished = (!settled)
            .then(|| finish_one(searcher, &candidate, fitted))
            .flatten();
        finished.map_or((candidate.expr, Vec::new()), |(fitted, round)| {
            (fitted.expr, round)
        })
    };
    let results: Vec<(Expr, Vec<f64>)> = formulas.into_par_iter().map(again).collect();
    let mut exprs: Vec<Expr> = Vec::new();
    let mut constants = Vec::new();
    for (expr, round) in results {
        constants.extend(round);
        if !exprs.contains(&expr) {
            exprs.push(expr);
        }
    }
    (exprs, constants)
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
    if !best.exact && !searcher.options.strict {
        let square = |candidate: &Candidate| mean_square(&candidate.train);
        let rows = problem.train.rows() as f64;
        for scaled in scalings(&best.expr) {
            let Some((rounded, constants)) = made_round(searcher, &scaled, problem) else {
                continue;
            };
            let rise = rows * (square(&rounded) / square(&best) - 1.0);
            if rounded.fitted < best.fitted && rounded.cost <= best.cost && rise < SAME_CONSTANT {
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
            // Factors that a change of base brings in are merged, or no constant is determined.
            let spelling = spelling.simplify_for(&problem.positive);
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
