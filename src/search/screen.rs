//! Which inputs matter at all, where there are many.
//!
//! An additive model with a straight and a curved part for each input is
//! fitted to y, and to log|y| where y keeps its sign. An input matters when
//! one of its parts is significant in one of them.

use crate::polish::Reduced;

use super::problem::Problem;
use super::task::{Feature, Task};

/// With fewer inputs than this nothing is screened out.
const FEW: usize = 11;

/// t² above which a part is significant: 1e-5, for many inputs at once.
const SIGNIFICANT: f64 = 20.0;

/// The task's features that matter; all of them when they are few, none when
/// no input stands out.
pub(super) fn relevant(task: &Task, problem: &Problem) -> Vec<Feature> {
    let width = task.features.len();
    if width < FEW {
        return task.features.clone();
    }
    let rows = task.rows();
    let curved = (2 * width + 1) * 2 < rows;
    let one = vec![1.0; rows];
    let mut columns: Vec<(usize, Vec<f64>)> = Vec::new();
    for (place, feature) in task.features.iter().enumerate() {
        let mean = feature.values.iter().sum::<f64>() / rows as f64;
        let centred: Vec<f64> = feature.values.iter().map(|v| v - mean).collect();
        if curved {
            columns.push((place, centred.iter().map(|v| v * v).collect()));
        }
        columns.push((place, centred));
    }
    if columns.len() + 2 > rows {
        return Vec::new();
    }
    let views: Vec<&[f64]> = columns
        .iter()
        .map(|(_, values)| values.as_slice())
        .chain([one.as_slice()])
        .collect();
    let all: Vec<usize> = (0..views.len()).collect();
    let mut targets = vec![(task.target.clone(), problem.train_weight.clone())];
    if task.one_sign() {
        targets.push((task.target.iter().map(|z| z.abs().ln()).collect(), one.clone()));
    }
    let mut matters = vec![false; width];
    for (target, weight) in &targets {
        let Some(reduced) = Reduced::new(&views, target, weight) else {
            continue;
        };
        // Inputs that others determine have no fit of their own; the first
        // subset of the elimination that has one is taken.
        let path = match reduced.fit(&all) {
            Some(fit) => vec![(all.clone(), fit)],
            None => reduced.eliminate(&all, &[]),
        };
        let Some((subset, fit)) = path.first() else {
            continue;
        };
        let variance = fit.rss / rows.saturating_sub(subset.len()).max(1) as f64;
        for (k, &column) in subset.iter().enumerate() {
            let significant = fit.coefficients[k].powi(2) > SIGNIFICANT * variance * fit.unit_variances[k];
            if significant && column < columns.len() {
                matters[columns[column].0] = true;
            }
        }
    }
    let matter = |place: &usize| matters[*place];
    let chosen: Vec<usize> = (0..width).filter(matter).collect();
    chosen
        .into_iter()
        .map(|place| task.features[place].clone())
        .collect()
}
