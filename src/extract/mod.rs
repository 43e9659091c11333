//! From a trained stack to a formula: weights to the grid, gates to 0 or 1,
//! the readout refitted, what does not matter pruned.

mod lattice;
mod neighbours;
mod refit;
mod rounding;

use std::collections::HashSet;

use rayon::prelude::*;

use crate::dataset::Sample;
use crate::formula::Expr;
use crate::nalu::{DiscreteStack, TrainedStack};

use lattice::{Grid, Lattice};
use refit::Rows;

/// A formula taken out of a trained stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// The rounded stack, the readout as its last layer, with the margin of
    /// every decision.
    pub stack: DiscreteStack,
    /// The formula it stands for, in canonical form.
    pub expr: Expr,
    /// Mean squared error of the formula over the sample it was refitted on.
    pub rounded_mse: f64,
    /// The same over the target's variance, weighted as the training was.
    pub rounded_error: f64,
    /// Which restart it came from.
    pub restart: usize,
    /// Whether a weight was moved to another value of the grid after rounding.
    pub moved: bool,
}

/// Most rows the search among neighbours looks at; the refit sees all.
const SEARCH_ROWS: usize = 128;

/// An error above this is not worth a search among neighbours.
const HOPELESS: f64 = 0.9;

/// The formulas of one trained stack, best first: the stack rounded weight by
/// weight and, where that is not exact, the best found among its neighbours
/// on the grid. With `strict` all weights and exponents are −1, 0 or 1.
///
/// Empty when the rounded stack is not finite on the sample.
pub fn round(trained: &TrainedStack, sample: &Sample, strict: bool) -> Vec<Extracted> {
    let grid = Grid::new(strict);
    let plain = rounding::round_stack(trained, grid);
    let mut lattices = vec![(plain.clone(), false)];

    let subset = search_rows(sample);
    let weights = root_weights(&subset.target, trained.relative);
    let rows = rows_of(&subset.target, &weights);
    let mut moved = plain.clone();
    let error = neighbours::descend(&mut moved, &rows, &subset.inputs);
    if moved != plain && error < HOPELESS {
        lattices.insert(0, (moved, true));
    }

    let weights = root_weights(&sample.target, trained.relative);
    let rows = rows_of(&sample.target, &weights);
    let mut found: Vec<Extracted> = lattices
        .into_iter()
        .filter_map(|(lattice, moved)| finish(lattice, moved, sample, &rows, trained.restart))
        .collect();
    found.sort_by(|a, b| a.rounded_error.total_cmp(&b.rounded_error));
    found.dedup_by(|a, b| a.expr == b.expr);
    found
}

/// [`round`] for a whole ensemble, in parallel; best first, and of formulas
/// that differ in their constants only, the best.
pub fn round_all(trained: &[TrainedStack], sample: &Sample, strict: bool) -> Vec<Extracted> {
    let mut found: Vec<Extracted> = trained
        .par_iter()
        .map(|stack| round(stack, sample, strict))
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect();
    found.sort_by(|a, b| a.rounded_error.total_cmp(&b.rounded_error));
    let mut seen = HashSet::new();
    found.retain(|extracted| seen.insert(extracted.expr.structure()));
    found
}

fn finish(
    lattice: Lattice,
    moved: bool,
    sample: &Sample,
    rows: &Rows<'_>,
    restart: usize,
) -> Option<Extracted> {
    let values = lattice.evaluate(&sample.inputs);
    let readout = refit::fit_and_prune(rows, values.last()?)?;
    let stack = lattice.into_stack(&readout.coefficients, readout.offset);
    let predicted = stack.evaluate(&sample.inputs);
    let squares = predicted
        .iter()
        .zip(&sample.target)
        .map(|(predicted, target)| (predicted - target).powi(2));
    Some(Extracted {
        rounded_mse: squares.sum::<f64>() / sample.rows().max(1) as f64,
        rounded_error: readout.error,
        expr: stack.to_expr(sample.width()).simplify(),
        stack,
        restart,
        moved,
    })
}

fn search_rows(sample: &Sample) -> Sample {
    let count = sample.rows();
    if count <= SEARCH_ROWS {
        return sample.clone();
    }
    let rows: Vec<usize> = (0..SEARCH_ROWS).map(|i| i * count / SEARCH_ROWS).collect();
    sample.select(&rows)
}

fn root_weights(target: &[f64], relative: bool) -> Vec<f64> {
    let weights = if relative {
        crate::train::relative_weights(target)
    } else {
        vec![1.0; target.len()]
    };
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / total).sqrt()).collect()
}

fn rows_of<'a>(target: &'a [f64], root_weight: &'a [f64]) -> Rows<'a> {
    let weighted = || target.iter().zip(root_weight);
    let mean: f64 = weighted().map(|(y, v)| y * v * v).sum();
    Rows {
        target,
        root_weight,
        variance: weighted()
            .map(|(y, v)| ((y - mean) * v).powi(2))
            .sum::<f64>()
            .max(f64::MIN_POSITIVE),
    }
}
