//! Which of the formulas met is the answer: the simplest of those whose error
//! on unseen rows is within noise of the smallest.

use super::pool::Candidate;

/// A formula is within noise of the best when its mean excess error, row by
/// row, is at most this many of its own standard errors.
const STANDARD_ERRORS: f64 = 1.0;

/// Places of the candidates that are within noise of the best, cheapest first.
/// `floor` is the mean square below which differences mean nothing.
pub(super) fn near_best(candidates: &[Candidate], floor: f64) -> Vec<usize> {
    let Some(best) = candidates
        .iter()
        .min_by(|a, b| a.error.total_cmp(&b.error).then(a.cost.total_cmp(&b.cost)))
    else {
        return Vec::new();
    };
    let mut near: Vec<usize> = (0..candidates.len())
        .filter(|&i| {
            let candidate = &candidates[i];
            if best.exact {
                candidate.exact
            } else {
                candidate.error <= floor || within_noise(candidate, best)
            }
        })
        .collect();
    near.sort_by(|&i, &j| {
        let (a, b) = (&candidates[i], &candidates[j]);
        a.cost.total_cmp(&b.cost).then(a.error.total_cmp(&b.error))
    });
    near
}

/// Whether the excess of `candidate`'s squared errors over `best`'s could be chance.
pub(super) fn within_noise(candidate: &Candidate, best: &Candidate) -> bool {
    let excess: Vec<f64> = candidate
        .unseen
        .iter()
        .zip(&best.unseen)
        .map(|(a, b)| a * a - b * b)
        .collect();
    let rows = excess.len() as f64;
    let mean = excess.iter().sum::<f64>() / rows;
    let variance = excess.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (rows - 1.0).max(1.0);
    mean <= STANDARD_ERRORS * (variance / rows).sqrt()
}

/// Places of the candidates on the Pareto front of complexity against error
/// on unseen rows, simplest first.
pub(super) fn pareto_front(candidates: &[Candidate]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&i, &j| {
        let (a, b) = (&candidates[i], &candidates[j]);
        a.complexity
            .cmp(&b.complexity)
            .then(a.error.total_cmp(&b.error))
            .then(a.cost.total_cmp(&b.cost))
    });
    let mut least = f64::INFINITY;
    order.retain(|&i| {
        let better = candidates[i].error < least * (1.0 - 1e-9);
        if better {
            least = candidates[i].error;
        }
        better
    });
    order
}
