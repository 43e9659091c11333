//! Is there anything left to explain? A lack-of-fit test on the residuals.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::polish::Reduced;

use super::pool::Candidate;
use super::problem::Problem;

/// Chance of noise looking like structure, below which structure is believed.
const SIGNIFICANT: f64 = 0.01;

/// Share of the target's variation that must be explained before what is left
/// may be called noise.
const EXPLAINED: f64 = 0.5;

/// Whether the residuals of `candidate` show no pattern over the inputs: an F
/// test of their regression on the inputs' logarithms or values, squares and
/// products, on all rows inside the range.
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
    let rows = residuals.len();
    let target: f64 = problem
        .train
        .target
        .iter()
        .zip(&problem.train_weight)
        .map(|(y, w)| (y * w).powi(2))
        .sum();
    let left: f64 = candidate.train.iter().map(|r| r * r).sum();
    if left > (1.0 - EXPLAINED) * target {
        return false;
    }
    let regressors = regressors(&columns, rows / 3);
    let count = regressors.len();
    if rows < count + 4 {
        return true;
    }
    let one = vec![1.0; rows];
    let views: Vec<&[f64]> = std::iter::once(one.as_slice())
        .chain(regressors.iter().map(Vec::as_slice))
        .collect();
    let all: Vec<usize> = (0..views.len()).collect();
    let Some(reduced) = Reduced::new(&views, &residuals, &one) else {
        return true;
    };
    // Columns that depend on others are left out by the elimination's first step.
    let path = reduced.eliminate(&all, &[]);
    let Some((subset, fit)) = path.first() else {
        return true;
    };
    let mean_only = reduced.target_square();
    let (explained, freedom) = (subset.len() as f64, (rows - subset.len()) as f64);
    let ratio = ((mean_only - fit.rss) / explained) / (fit.rss / freedom).max(f64::MIN_POSITIVE);
    FisherSnedecor::new(explained, freedom).is_ok_and(|f| 1.0 - f.cdf(ratio.max(0.0)) > SIGNIFICANT)
}

/// Standardised values (logarithms where they can be taken and vary over more
/// than a factor of 3), their squares and products, at most `most`.
fn regressors(columns: &[Vec<f64>], most: usize) -> Vec<Vec<f64>> {
    let scaled: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let low = column.iter().fold(f64::INFINITY, |m, &x| m.min(x));
            let high = column.iter().fold(f64::NEG_INFINITY, |m, &x| m.max(x));
            let wide = low > 0.0 && high > 3.0 * low;
            standardised(column.iter().map(|&x| if wide { x.ln() } else { x }).collect())
        })
        .collect();
    let mut regressors = scaled.clone();
    for column in &scaled {
        regressors.push(column.iter().map(|x| x * x).collect());
    }
    for (i, a) in scaled.iter().enumerate() {
        for b in &scaled[i + 1..] {
            regressors.push(a.iter().zip(b).map(|(a, b)| a * b).collect());
        }
    }
    regressors.truncate(most.max(1));
    regressors
}

fn standardised(column: Vec<f64>) -> Vec<f64> {
    let rows = column.len().max(1) as f64;
    let mean = column.iter().sum::<f64>() / rows;
    let spread = (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / rows).sqrt();
    column
        .iter()
        .map(|x| (x - mean) / spread.max(f64::MIN_POSITIVE))
        .collect()
}
