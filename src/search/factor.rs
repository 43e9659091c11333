//! Powers of single inputs that multiply everything else.
//!
//! When `y = Π_i x_i^{e_i} · h(rest)`, `log|y|` is linear in the `log x_i` and
//! has no products of them with anything. Each input is tested for that by an
//! F test within a quadratic model of `log|y|`; what passes is divided off, and
//! only `h` has to be searched for.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::formula::{Exponent, Expr};
use crate::polish::Reduced;

use super::problem::Problem;
use super::task::Task;

/// Chances below which an input's cross terms are believed. Of many inputs one
/// may well pass the first by chance, so the second is tried after it.
const SIGNIFICANT: [f64; 2] = [0.02, 1e-4];

/// The exponent must be this near a half, or within so many standard errors.
const NEAR_GRID: f64 = 0.12;

/// A product of powers that may be divided off, and which inputs it uses up.
#[derive(Debug, Clone)]
pub(super) struct Factor {
    pub(super) expr: Expr,
    pub(super) inputs: Vec<usize>,
}

/// The factors that the plain target may have, the likeliest first.
pub(super) fn factors(task: &Task, problem: &Problem) -> Vec<Factor> {
    let mut found: Vec<Factor> = Vec::new();
    for significant in SIGNIFICANT {
        if let Some(factor) = factor(task, problem, significant) {
            if found.iter().all(|known| known.inputs != factor.inputs) {
                found.push(factor);
            }
        }
    }
    found
}

fn factor(task: &Task, problem: &Problem, significant: f64) -> Option<Factor> {
    if !task.one_sign() {
        return None;
    }
    let width = problem.width();
    let rows = task.rows();
    let positive: Vec<usize> = (0..width).filter(|&i| problem.positive[i]).collect();
    if width < 2 || positive.is_empty() {
        return None;
    }
    // log x where it can be taken, x itself elsewhere; all centred.
    let columns: Vec<Vec<f64>> = (0..width)
        .map(|i| {
            let column = &problem.train.inputs[i];
            let values: Vec<f64> = if problem.positive[i] {
                column.iter().map(|x| x.ln()).collect()
            } else {
                column.clone()
            };
            centred(values)
        })
        .collect();
    let target: Vec<f64> = task.target.iter().map(|z| z.abs().ln()).collect();
    let one = vec![1.0; rows];
    let mut regressors: Vec<(Vec<usize>, Vec<f64>)> = vec![(vec![], one.clone())];
    for (i, column) in columns.iter().enumerate() {
        regressors.push((vec![i], column.clone()));
    }
    for i in 0..width {
        for j in i..width {
            let product = columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).collect();
            regressors.push((vec![i, j], product));
        }
    }
    if regressors.len() * 2 > rows {
        return None;
    }
    let views: Vec<&[f64]> = regressors.iter().map(|(_, values)| values.as_slice()).collect();
    let reduced = Reduced::new(&views, &target, &one)?;
    let all: Vec<usize> = (0..views.len()).collect();
    let full = reduced.fit(&all)?;
    let freedom = (rows - all.len()) as f64;
    let mut chosen: Vec<(usize, Exponent)> = Vec::new();
    for &i in &positive {
        let without: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&k| regressors[k].0.len() < 2 || !regressors[k].0.contains(&i))
            .collect();
        let Some(fit) = reduced.fit(&without) else {
            continue;
        };
        let dropped = (all.len() - without.len()) as f64;
        let ratio = ((fit.rss - full.rss) / dropped) / (full.rss / freedom).max(f64::MIN_POSITIVE);
        let pure =
            FisherSnedecor::new(dropped, freedom).is_ok_and(|f| 1.0 - f.cdf(ratio.max(0.0)) > significant);
        let place = without.iter().position(|&k| regressors[k].0 == [i])?;
        let exponent = fit.coefficients[place];
        let deviation = (fit.rss / freedom * fit.unit_variances[place]).sqrt();
        let rounded = (exponent * 2.0).round();
        let near = (exponent - rounded / 2.0).abs() <= NEAR_GRID.min(0.02 + 4.0 * deviation);
        if pure && near && rounded != 0.0 && rounded.abs() <= 12.0 {
            chosen.push((i, Exponent::new(rounded as i32, 2)));
        }
    }
    if chosen.is_empty() || chosen.len() == width {
        return None;
    }
    Some(Factor {
        expr: Expr::product(
            chosen
                .iter()
                .map(|&(i, exponent)| Expr::power(Expr::Variable(i), exponent))
                .collect(),
        ),
        inputs: chosen.into_iter().map(|(i, _)| i).collect(),
    })
}

fn centred(values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.into_iter().map(|v| v - mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;

    #[test]
    fn what_multiplies_everything_is_found() {
        let a: Vec<f64> = (0..150).map(|i| 1.0 + f64::from(i * 37 % 150) / 40.0).collect();
        let b: Vec<f64> = (0..150).map(|i| 1.0 + f64::from(i * 53 % 150) / 40.0).collect();
        let target = a
            .iter()
            .zip(&b)
            .map(|(a, b)| a.powi(3) * (b + b.powi(2) + 1.0))
            .collect();
        let sample = Sample {
            inputs: vec![a, b],
            target,
        };
        let problem = Problem::new(sample.clone(), sample, false);
        let found = factors(&Task::plain(&problem), &problem);
        let cube = Expr::power(Expr::Variable(0), Exponent::integer(3));
        assert!(
            found.iter().any(|factor| factor.expr.simplify() == cube),
            "{found:?}"
        );
    }
}
