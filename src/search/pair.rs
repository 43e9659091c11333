//! Two or three products from a grid, all pairs and triples of them.
//!
//! With few rows there is nothing to train exponents on; but a sum of two
//! products has few enough shapes to go through. For unit columns u, v and the
//! target z the squared error of the best `c u + d v` is
//! `|z|² − ((u·z)² + (v·z)² − 2 (u·z)(v·z)(u·v)) / (1 − (u·v)²)`.

use rayon::prelude::*;

use crate::formula::Expr;
use crate::polish::least_squares;
use crate::statistics::spread_evenly;

use super::sum_cell::{monomial_expr, monomial_values, Monomial};
use super::task::{Feature, Task};

/// Products in the grid at most.
const MOST_PRODUCTS: usize = 3200;

/// Products of which all triples are tried, at most.
const MOST_IN_TRIPLES: usize = 150;

/// Rows looked at when pairs are compared.
const MOST_ROWS: usize = 24;

/// Pairs returned at most.
const MOST: usize = 8;

/// Columns more alike than this are one.
const ALIKE: f64 = 1.0 - 1e-9;

/// Sums of two products, or of a product and a constant, that fit the task's
/// target best.
pub(super) fn pairs(task: &Task) -> Vec<Expr> {
    let rows = task.rows();
    let picked = spread_evenly(rows, MOST_ROWS);
    let columns: Vec<(Monomial, Vec<f64>)> = grid(&task.features)
        .into_iter()
        .filter_map(|monomial| {
            let values = monomial_values(&monomial, &task.features, rows);
            let weighted: Vec<f64> = picked.iter().map(|&r| values[r] * task.weight[r]).collect();
            let length = weighted.iter().map(|v| v * v).sum::<f64>().sqrt();
            let unit: Vec<f64> = weighted.into_iter().map(|v| v / length).collect();
            unit.iter().all(|v| v.is_finite()).then_some((monomial, unit))
        })
        .collect();
    let target: Vec<f64> = picked.iter().map(|&r| task.target[r] * task.weight[r]).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let along: Vec<f64> = columns.iter().map(|(_, unit)| dot(unit, &target)).collect();
    let mut best: Vec<(f64, usize, usize)> = (0..columns.len())
        .into_par_iter()
        .flat_map_iter(|i| {
            let mut row: Vec<(f64, usize, usize)> = Vec::new();
            for j in i + 1..columns.len() {
                let alike = dot(&columns[i].1, &columns[j].1);
                if alike.abs() > ALIKE {
                    continue;
                }
                let (a, b) = (along[i], along[j]);
                let explained = (a * a + b * b - 2.0 * a * b * alike) / (1.0 - alike * alike);
                if row.len() < MOST || explained > row[MOST - 1].0 {
                    let place = row.partition_point(|known| known.0 > explained);
                    row.insert(place, (explained, i, j));
                    row.truncate(MOST);
                }
            }
            row
        })
        .collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    best.truncate(MOST);
    best.into_iter()
        .filter_map(|(_, i, j)| {
            let monomials = [&columns[i].0, &columns[j].0];
            let values = monomials.map(|m| monomial_values(m, &task.features, rows));
            let fit = least_squares(&[&values[0], &values[1]], &task.target, &task.weight)?;
            let terms = monomials
                .iter()
                .zip(&fit.coefficients)
                .map(|(m, &c)| Expr::product(vec![Expr::Constant(c), monomial_expr(m, &task.features)]));
            Some(task.wrapped(Expr::sum(terms.collect())))
        })
        .collect()
}

/// Products of whole powers of the features: squares of up to two of them,
/// and whatever richer grid there is room for.
fn grid(features: &[Feature]) -> Vec<Monomial> {
    let mut monomials = products(features, 2, 2).unwrap_or_default();
    let richer = [
        (2, usize::MAX),
        (2, 4),
        (1, usize::MAX),
        (2, 3),
        (1, 4),
        (1, 3),
        (1, 2),
    ];
    if let Some(more) = richer.iter().find_map(|&(e, f)| products(features, e, f)) {
        for monomial in more {
            if !monomials.contains(&monomial) {
                monomials.push(monomial);
            }
        }
    }
    monomials
}

/// All products of up to `most_factors` features to powers up to ±`largest`;
/// `None` when there are too many.
fn products(features: &[Feature], largest: i32, most_factors: usize) -> Option<Vec<Monomial>> {
    let mut monomials: Vec<Monomial> = vec![vec![]];
    for (i, feature) in features.iter().enumerate() {
        let nonzero = feature.values.iter().all(|&v| v != 0.0);
        let longer: Vec<Monomial> = monomials
            .iter()
            .filter(|m| m.len() < most_factors)
            .flat_map(|m| {
                (-largest..=largest)
                    .filter(|&e| e > 0 || (e < 0 && nonzero))
                    .map(move |e| {
                        let mut longer = m.clone();
                        longer.push((i, 2 * e));
                        longer
                    })
            })
            .collect();
        monomials.extend(longer);
        if monomials.len() > MOST_PRODUCTS {
            return None;
        }
    }
    Some(monomials)
}

/// Sums of three products of up to two features, or of two and a constant,
/// that fit the task's target best.
pub(super) fn triples(task: &Task) -> Vec<Expr> {
    let rows = task.rows();
    let Some(monomials) = products(&task.features, 2, 2) else {
        return Vec::new();
    };
    let whole = |m: &Monomial| m.iter().all(|&(_, e)| e > 0);
    let (positive, other): (Vec<Monomial>, Vec<Monomial>) = monomials.into_iter().partition(whole);
    let mut columns: Vec<(Monomial, Vec<f64>)> = positive
        .into_iter()
        .chain(other)
        .filter_map(|monomial| {
            let values = monomial_values(&monomial, &task.features, rows);
            let weighted: Vec<f64> = values.iter().zip(&task.weight).map(|(v, w)| v * w).collect();
            let length = weighted.iter().map(|v| v * v).sum::<f64>().sqrt();
            let unit: Vec<f64> = weighted.into_iter().map(|v| v / length).collect();
            unit.iter().all(|v| v.is_finite()).then_some((monomial, unit))
        })
        .collect();
    columns.truncate(MOST_IN_TRIPLES);
    let target: Vec<f64> = task.target.iter().zip(&task.weight).map(|(z, w)| z * w).collect();
    let mut best: Vec<(f64, [usize; 3])> = (0..columns.len())
        .into_par_iter()
        .flat_map_iter(|i| best_with(&columns, &target, i))
        .collect();
    best.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    best.truncate(MOST);
    best.into_iter()
        .filter_map(|(_, places)| {
            let monomials = places.map(|k| &columns[k].0);
            let values = monomials.map(|m| monomial_values(m, &task.features, rows));
            let views: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
            let fit = least_squares(&views, &task.target, &task.weight)?;
            let terms = monomials
                .iter()
                .zip(&fit.coefficients)
                .map(|(m, &c)| Expr::product(vec![Expr::Constant(c), monomial_expr(m, &task.features)]));
            Some(task.wrapped(Expr::sum(terms.collect())))
        })
        .collect()
}

/// The triples with column `i` first that leave least, with what they leave:
/// everything is projected off column i, then off column j.
fn best_with(columns: &[(Monomial, Vec<f64>)], target: &[f64], i: usize) -> Vec<(f64, [usize; 3])> {
    let first = &columns[i].1;
    let rest: Vec<Option<Vec<f64>>> = columns[i + 1..].iter().map(|(_, v)| off(v, first)).collect();
    let left = off_unscaled(target, first);
    let mut best: Vec<(f64, [usize; 3])> = Vec::new();
    for (j, second) in rest.iter().enumerate() {
        let Some(second) = second else { continue };
        let left = off_unscaled(&left, second);
        let total: f64 = left.iter().map(|v| v * v).sum();
        for (k, third) in rest.iter().enumerate().skip(j + 1) {
            let Some(third) = third else { continue };
            let (mut along, mut alike) = (0.0, 0.0);
            for ((t, l), s) in third.iter().zip(&left).zip(second) {
                along += t * l;
                alike += t * s;
            }
            let own = 1.0 - alike * alike;
            if own < 1.0 - ALIKE {
                continue;
            }
            let rss = total - along * along / own;
            if best.len() < MOST || rss < best[MOST - 1].0 {
                let place = best.partition_point(|known| known.0 < rss);
                best.insert(place, (rss, [i, i + 1 + j, i + 1 + k]));
                best.truncate(MOST);
            }
        }
    }
    best
}

fn off_unscaled(values: &[f64], unit: &[f64]) -> Vec<f64> {
    let along: f64 = values.iter().zip(unit).map(|(v, u)| v * u).sum();
    values.iter().zip(unit).map(|(v, u)| v - along * u).collect()
}

fn off(values: &[f64], unit: &[f64]) -> Option<Vec<f64>> {
    let rest = off_unscaled(values, unit);
    let length = rest.iter().map(|v| v * v).sum::<f64>().sqrt();
    (length > 1e-6).then(|| rest.into_iter().map(|v| v / length).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn pairs_of_simple_products_are_all_tried() {
        let best = |task: &Task| pairs(task).into_iter().next();
        assert!(error_outside("2*a^2/b + 3*b", 0.0, best).expect("a pair") < 1e-6);
        let best = |task: &Task| triples(task).into_iter().next();
        assert!(error_outside("2*a^2 + 3*b + 4/a", 0.0, best).expect("three") < 1e-6);
    }
}
