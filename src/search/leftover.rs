//! Is there anything left to explain? A lack-of-fit test on the residuals.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::formula::Expr;
use crate::polish::Reduced;

use super::pool::{fitted_constants, Candidate};
use super::problem::Problem;

/// Chance of noise looking like structure, below which structure is believed.
const SIGNIFICANT: f64 = 0.01;

/// The same in standard deviations, for the correlation of neighbours.
const SIGNIFICANT_DEVIATIONS: f64 = 3.0;

/// Rows looked at for neighbours, at most.
const MOST_NEIGHBOURS: usize = 600;

/// A formula with more fitted constants than this describes, but does not explain.
pub(super) const MOST_CONSTANTS: usize = 5;

/// Share of the target's variation that must be explained before what is left
/// may be called noise.
const EXPLAINED: f64 = 0.5;

/// Whether `candidate` explains the target and its residuals show no pattern
/// over the inputs, on all rows inside the range: neither an F test of their
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
    let rows = residuals.len();
    if !is_plain(expr) || neighbours_agree(&columns, &residuals) {
        return false;
    }
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
    let squares: Vec<Vec<f64>> = regressors[scaled.len()..].to_vec();
    for column in &scaled {
        for square in &squares {
            regressors.push(column.iter().zip(square).map(|(x, s)| x * s).collect());
        }
    }
    regressors.truncate(most.max(1));
    regressors
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

/// Whether residuals of nearest neighbours are alike: their correlation is
/// above what noise gives.
fn neighbours_agree(columns: &[Vec<f64>], residuals: &[f64]) -> bool {
    let step = residuals.len().div_ceil(MOST_NEIGHBOURS).max(1);
    let rows: Vec<usize> = (0..residuals.len()).step_by(step).collect();
    if rows.len() < 12 {
        return false;
    }
    let scaled: Vec<Vec<f64>> = columns.iter().map(|c| standardised(c.clone())).collect();
    let distance = |a: usize, b: usize| scaled.iter().map(|c| (c[a] - c[b]).powi(2)).sum::<f64>();
    let mean = rows.iter().map(|&r| residuals[r]).sum::<f64>() / rows.len() as f64;
    let (mut together, mut alone) = (0.0, 0.0);
    for &row in &rows {
        let nearest = rows
            .iter()
            .filter(|&&other| other != row)
            .min_by(|&&a, &&b| distance(row, a).total_cmp(&distance(row, b)));
        if let Some(&nearest) = nearest {
            together += (residuals[row] - mean) * (residuals[nearest] - mean);
            alone += (residuals[row] - mean).powi(2);
        }
    }
    // Mutual neighbours count twice, hence a little above 1/√n.
    together > SIGNIFICANT_DEVIATIONS * 1.25 / (rows.len() as f64).sqrt() * alone
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
