//! Which inputs matter at all, where there are many.
//!
//! y, and log|y| where y keeps its sign, is regressed on a straight and a
//! curved part of each input; then, as long as one is significant, on products
//! of two inputs, the one first that the residual leans on most. An input
//! matters when a part or a product of it is significant.

use rayon::prelude::*;

use crate::polish::{Reduced, SubsetFit};
use crate::statistics::standardised;

use super::problem::Problem;
use super::task::{Feature, Task};

/// With fewer inputs than this nothing is screened out.
const FEW: usize = 11;

/// t² above which a part is significant: 2e-4. One input too many does less
/// harm than one too few.
const SIGNIFICANT: f64 = 14.0;

/// The same for one of all products of two inputs.
const SIGNIFICANT_PRODUCT: f64 = 14.0;

/// Products of two inputs that are looked for at most.
const MOST_PRODUCTS: usize = 16;

/// The task's features that matter; all of them when they are few, none when
/// no input stands out.
pub(super) fn relevant(task: &Task, problem: &Problem) -> Vec<Feature> {
    let width = task.features.len();
    if width < FEW {
        return task.features.clone();
    }
    let rows = task.rows();
    let one = vec![1.0; rows];
    let centred: Vec<Vec<f64>> = task.features.iter().map(|f| standardised(&f.values)).collect();
    let mut parts: Vec<Part> = centred
        .iter()
        .enumerate()
        .map(|(place, values)| Part {
            inputs: vec![place],
            values: values.clone(),
        })
        .collect();
    if (2 * width + 1) * 2 < rows {
        parts.extend(centred.iter().enumerate().map(|(place, values)| Part {
            inputs: vec![place],
            values: values.iter().map(|v| v * v).collect(),
        }));
    }
    if parts.len() + 2 > rows {
        return Vec::new();
    }
    let mut targets = vec![(task.target.clone(), problem.train_weight.clone())];
    if task.one_sign() {
        targets.push((task.target.iter().map(|z| z.abs().ln()).collect(), one));
    }
    let mut matters = vec![false; width];
    for (target, weight) in &targets {
        for input in significant_inputs(parts.clone(), &centred, target, weight) {
            matters[input] = true;
        }
    }
    let chosen: Vec<usize> = (0..width).filter(|&place| matters[place]).collect();
    chosen
        .into_iter()
        .map(|place| task.features[place].clone())
        .collect()
}

/// A regressor and the inputs it is made of.
#[derive(Clone)]
struct Part {
    inputs: Vec<usize>,
    values: Vec<f64>,
}

fn significant_inputs(
    mut parts: Vec<Part>,
    centred: &[Vec<f64>],
    target: &[f64],
    weight: &[f64],
) -> Vec<usize> {
    let rows = target.len();
    let mut latest = Vec::new();
    for _ in 0..=MOST_PRODUCTS {
        let Some((subset, fit)) = regression(&parts, target, weight) else {
            break;
        };
        let variance = fit.rss / rows.saturating_sub(subset.len()).max(1) as f64;
        latest = subset
            .iter()
            .enumerate()
            .filter(|(k, _)| fit.coefficients[*k].powi(2) > SIGNIFICANT * variance * fit.unit_variances[*k])
            .filter_map(|(_, &part)| parts.get(part))
            .flat_map(|part| part.inputs.clone())
            .collect();
        if parts.len() + 8 > rows {
            break;
        }
        let mut residual: Vec<f64> = target.to_vec();
        for (&part, c) in subset.iter().zip(&fit.coefficients) {
            match parts.get(part) {
                Some(part) => residual
                    .iter_mut()
                    .zip(&part.values)
                    .for_each(|(r, v)| *r -= c * v),
                None => residual.iter_mut().for_each(|r| *r -= c),
            }
        }
        match leaning_product(&parts, centred, &residual, weight) {
            Some((part, strength)) if strength > SIGNIFICANT_PRODUCT => parts.push(part),
            _ => break,
        }
    }
    latest
}

/// The fit on all parts and a constant, or on as many as are independent; the
/// constant comes after the last part.
fn regression(parts: &[Part], target: &[f64], weight: &[f64]) -> Option<(Vec<usize>, SubsetFit)> {
    let one = vec![1.0; target.len()];
    let views: Vec<&[f64]> = parts
        .iter()
        .map(|part| part.values.as_slice())
        .chain([one.as_slice()])
        .collect();
    let reduced = Reduced::new(&views, target, weight)?;
    let all: Vec<usize> = (0..views.len()).collect();
    match reduced.fit(&all) {
        Some(fit) => Some((all, fit)),
        None => reduced.eliminate(&all, &[]).into_iter().next(),
    }
}

/// The product of two inputs that correlates most with the residual, and n r².
fn leaning_product(
    parts: &[Part],
    centred: &[Vec<f64>],
    residual: &[f64],
    weight: &[f64],
) -> Option<(Part, f64)> {
    let weighted: Vec<f64> = residual.iter().zip(weight).map(|(r, w)| r * w).collect();
    let total: f64 = weighted.iter().map(|r| r * r).sum();
    let strength = |i: usize, j: usize| {
        let (mut together, mut alone) = (0.0, 0.0);
        let rows = centred[i]
            .iter()
            .zip(&centred[j])
            .zip(weighted.iter().zip(weight));
        for ((a, b), (r, w)) in rows {
            let v = a * b * w;
            together += v * r;
            alone += v * v;
        }
        residual.len() as f64 * together * together / (alone * total)
    };
    let strongest_of = |i: usize| {
        let others = (i + 1..centred.len()).filter(|&j| parts.iter().all(|part| part.inputs != [i, j]));
        others
            .map(|j| (strength(i, j), [i, j]))
            .filter(|(strength, _)| strength.is_finite())
            .max_by(|a, b| a.0.total_cmp(&b.0))
    };
    let strongest: Vec<(f64, [usize; 2])> = (0..centred.len())
        .into_par_iter()
        .filter_map(strongest_of)
        .collect();
    let (strength, [i, j]) = strongest.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let part = Part {
        inputs: vec![i, j],
        values: centred[i].iter().zip(&centred[j]).map(|(a, b)| a * b).collect(),
    };
    Some((part, strength))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::Expr;

    #[test]
    fn inputs_that_matter_stay() {
        let column = |k: i32| -> Vec<f64> { (0..200).map(|i| 1.0 + f64::from(i * k % 199) / 50.0).collect() };
        let inputs: Vec<Vec<f64>> = (0..30).map(|k| column(2 * k + 3)).collect();
        let target = (0..200).map(|row| inputs[4][row] * inputs[17][row]).collect();
        let sample = Sample { inputs, target };
        let problem = Problem::new(sample.clone(), sample, false);
        let kept = relevant(&Task::plain(&problem), &problem);
        for input in [4, 17] {
            assert!(kept.iter().any(|feature| feature.expr == Expr::Variable(input)));
        }
        assert!(kept.len() < 30, "{}", kept.len());
    }
}
