//! Is there anything left to explain? A lack-of-fit test on the residuals.

use crate::formula::Expr;
use crate::validate::Pattern;

use super::pool::{fitted_constants, Candidate};
use super::problem::Problem;

/// Chance of noise looking like structure, below which structure is believed.
const SIGNIFICANT: f64 = 0.01;

/// The same in standard deviations, for the correlation of neighbours.
const SIGNIFICANT_DEVIATIONS: f64 = 3.0;

/// A formula with more fitted constants than this describes, but does not explain.
pub(super) const MOST_CONSTANTS: usize = 5;

/// Whether `candidate` explains at least this share of the target's square.
pub(super) fn explains(candidate: &Candidate, problem: &Problem, share: f64) -> bool {
    let target: f64 = problem
        .train
        .target
        .iter()
        .zip(&problem.train_weight)
        .map(|(y, w)| (y * w).powi(2))
        .sum();
    candidate.train.iter().map(|r| r * r).sum::<f64>() <= (1.0 - share) * target
}

/// Whether `candidate` is plain and its residuals show no pattern over the
/// inputs, on all rows inside the range: neither an F test of their
/// regression on the inputs' values or logarithms and products of two and
/// three of them, nor the correlation between nearest neighbours finds any.
pub(super) fn only_noise_left(candidate: &Candidate, problem: &Problem) -> bool {
    let expr = &candidate.expr;
    let mut residuals = candidate.train.clone();
    let mut columns: Vec<Vec<f64>> = problem.train.inputs.clone();
    if !problem.leave_one_out {
        residuals.extend(problem.validation_residuals(expr));
        for (column, more) in columns.iter_mut().zip(&problem.validation.inputs) {
            column.extend(more);
        }
    }
    if !is_plain(expr) {
        return false;
    }
    let pattern = Pattern::of(&columns, &residuals);
    if pattern.likeness > SIGNIFICANT_DEVIATIONS {
        return false;
    }
    pattern.chance > SIGNIFICANT
}

/// Whether the formula has few fitted constants, or is a plain linear sum.
fn is_plain(expr: &Expr) -> bool {
    let linear = match expr {
        Expr::Sum(terms) => terms.iter().all(|term| match term {
            Expr::Product(factors) => {
                matches!(factors.as_slice(), [Expr::Constant(_), Expr::Variable(_)])
            }
            Expr::Constant(_) | Expr::Variable(_) => true,
            _ => false,
        }),
        _ => false,
    };
    fitted_constants(expr) <= MOST_CONSTANTS || linear
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::parse;

    /// 2·a·b with an error of this size for each row.
    fn problem(error: impl Fn(usize, f64) -> f64) -> Problem {
        let a: Vec<f64> = (0..80).map(|i| 1.0 + f64::from(i * 37 % 80) / 20.0).collect();
        let b: Vec<f64> = (0..80).map(|i| 1.0 + f64::from(i * 53 % 80) / 20.0).collect();
        let sample = Sample {
            target: (0..80).map(|i| 2.0 * a[i] * b[i] + error(i, a[i])).collect(),
            inputs: vec![a, b],
        };
        Problem::new(sample.clone(), sample, true)
    }

    fn candidate(text: &str, problem: &Problem) -> Candidate {
        let expr = parse(text, &["a".to_owned(), "b".to_owned()]).expect(text);
        Candidate::new(expr, problem, false).expect(text)
    }

    #[test]
    fn errors_that_follow_an_input_are_no_noise() {
        // A fixed scramble of ±0.1 that no input explains.
        let noise = |i: usize, _: f64| if (i * i * 7 + i * 3) % 11 < 5 { 0.1 } else { -0.1 };
        let clean = problem(noise);
        assert!(only_noise_left(&candidate("2*a*b", &clean), &clean));
        let bent = problem(|i, a| noise(i, a) + 0.2 * (a - 3.0).powi(2));
        assert!(!only_noise_left(&candidate("2*a*b", &bent), &bent));
    }

    #[test]
    fn many_constants_describe_but_do_not_explain() {
        let problem = problem(|i, _| if i.is_multiple_of(2) { 0.1 } else { -0.1 });
        let long = "0.13*a + 0.17*b^2 + 2.03*a*b + 0.11*a^3 + 0.19*a^2*b + 0.23*sqrt(b)";
        let long = candidate(long, &problem);
        assert!(long.fitted > MOST_CONSTANTS && !only_noise_left(&long, &problem));
        assert!(explains(&long, &problem, 0.5));
    }
}
