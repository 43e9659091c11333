//! Which of the formulas met is the answer.
//!
//! By minimum description length: with errors e on n rows that the constants
//! were not fitted to, `n ln(mean e²) + λ · symbols` is the length of saying
//! the errors and the formula, up to a constant. A longer formula has to pay
//! for each symbol by what it takes off the errors; where nothing but the
//! target's own precision is left, the fewest symbols win.

use super::pool::Candidate;

/// Twice the nats that a symbol costs: it is one of seven or eight operators
/// and names that could have stood there.
pub(super) const COST_OF_A_SYMBOL: f64 = 4.0;

/// Formulas whose description is longer by less than this (a likelihood ratio
/// of e³) are rivals of the best.
pub(super) const RIVAL: f64 = 6.0;

/// Length of saying the formula and the errors it leaves. `floor` is the mean
/// square below which differences mean nothing.
pub(super) fn description_length(candidate: &Candidate, floor: f64) -> f64 {
    let rows = candidate.unseen.len() as f64;
    let error = if candidate.exact {
        floor
    } else {
        candidate.error.max(floor)
    };
    // With few rows a fitted constant takes up more by chance (the correction of
    // the information criterion by Hurvich & Tsai 1989); a symbol costs the same.
    let fitted = candidate.fitted as f64 + 1.0;
    let correction = 2.0 * fitted * (fitted + 1.0) / (rows - fitted - 1.0).max(0.5);
    rows * error.max(f64::MIN_POSITIVE).ln() + COST_OF_A_SYMBOL * candidate.cost + correction
}

/// Places of the best candidate and those whose description is longer by at
/// most `margin`, best first.
pub(super) fn near_best(candidates: &[Candidate], floor: f64, margin: f64) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> = candidates
        .iter()
        .enumerate()
        .map(|(place, candidate)| (description_length(candidate, floor), place))
        .collect();
    order.sort_by(|a, b| {
        a.0.total_cmp(&b.0)
            .then(candidates[a.1].error.total_cmp(&candidates[b.1].error))
    });
    let Some(&(least, _)) = order.first() else {
        return Vec::new();
    };
    order
        .into_iter()
        .take_while(|(length, _)| *length <= least + margin)
        .map(|(_, place)| place)
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::parse;
    use crate::search::problem::Problem;

    /// The candidate for a formula on rows of 2·a + 1 with errors of ±0.01.
    fn candidates(formulas: &[&str], noise: f64) -> (Vec<Candidate>, Problem) {
        let a: Vec<f64> = (1..=40).map(|i| f64::from(i) / 4.0).collect();
        let sign = |i: usize| {
            if (i * i / 3).is_multiple_of(2) {
                noise
            } else {
                -noise
            }
        };
        let sample = Sample {
            target: a
                .iter()
                .enumerate()
                .map(|(i, a)| 2.0 * a + 1.0 + sign(i))
                .collect(),
            inputs: vec![a],
        };
        let problem = Problem::new(sample.clone(), sample, false);
        let of = |text: &&str| {
            let expr = parse(text, &["a".to_owned()]).expect(text);
            Candidate::new(expr, &problem, false).expect(text)
        };
        (formulas.iter().map(of).collect(), problem)
    }

    #[test]
    fn a_longer_formula_has_to_pay() {
        let (all, problem) = candidates(&["3*a", "2*a + 1", "2*a + 1 + 0.001*a^2"], 0.01);
        let floor = problem.exact_mean_square();
        assert_eq!(near_best(&all, floor, 0.0), [1]);
        assert!(description_length(&all[2], floor) > description_length(&all[1], floor));
    }

    #[test]
    fn without_errors_the_fewest_symbols_win() {
        let (all, problem) = candidates(&["a + a + 1 + 0*a^2", "2*a + 1"], 0.0);
        assert_eq!(near_best(&all, problem.exact_mean_square(), 0.0)[0], 1);
    }

    #[test]
    fn the_front_falls() {
        let (all, _) = candidates(&["2*a + 1", "3*a", "11 + 0.01*a^3", "5*a^0.7"], 0.01);
        let front = pareto_front(&all);
        for pair in front.windows(2) {
            assert!(all[pair[0]].complexity <= all[pair[1]].complexity);
            assert!(all[pair[0]].error > all[pair[1]].error);
        }
        assert_eq!(front.last(), Some(&0));
    }
}
