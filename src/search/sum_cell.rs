//! A sum cell over products of features, in closed form: least squares over a
//! dictionary of products, then the terms that don't matter pruned.
//!
//! With a product layer below, this is a two-layer NALU whose first layer's
//! exponents are taken from a list instead of trained.

use crate::formula::{Exponent, Expr};
use crate::polish::{least_squares, Reduced, SubsetFit};

use super::task::{Feature, Task};

/// Larger dictionaries, or ones with more columns than this share of the rows,
/// are searched forward instead of backward.
const MOST_BACKWARD: usize = 220;
const SHARE_OF_ROWS: f64 = 0.7;

/// Terms that a forward search adds at most.
const MOST_FORWARD: usize = 14;

/// Residuals below this share of the target are arithmetic.
const FLOOR: f64 = 1e-12;

/// A product of powers of features, as (feature, exponent in halves).
pub(super) type Monomial = Vec<(usize, i32)>;

/// Which products make up a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dictionary {
    /// The features themselves.
    Linear,
    /// All products of whole powers up to this total degree.
    Degree(usize),
    /// Products of two features, each to ±1 or ±2, and each alone.
    Ratios,
    /// Powers from −3 to 4 and roots of single features.
    Powers,
}

impl Dictionary {
    /// The products, without the constant. `None` when there would be more than `most`.
    pub(super) fn monomials(self, features: &[Feature], most: usize) -> Option<Vec<Monomial>> {
        let count = features.len();
        let nonzero: Vec<bool> = features
            .iter()
            .map(|f| f.values.iter().all(|&v| v != 0.0))
            .collect();
        let mut found: Vec<Monomial> = Vec::new();
        match self {
            Dictionary::Linear => found.extend((0..count).map(|i| vec![(i, 2)])),
            Dictionary::Degree(degree) => {
                let mut frontier: Vec<Monomial> = vec![vec![]];
                for _ in 0..degree {
                    let mut next = Vec::new();
                    for monomial in &frontier {
                        let last = monomial.last().map_or(0, |&(i, _)| i);
                        for i in last..count {
                            let mut longer = monomial.clone();
                            match longer.last_mut() {
                                Some((j, exponent)) if *j == i => *exponent += 2,
                                _ => longer.push((i, 2)),
                            }
                            next.push(longer);
                        }
                        if found.len() + next.len() > most {
                            return None;
                        }
                    }
                    found.extend(next.iter().cloned());
                    frontier = next;
                }
            }
            Dictionary::Ratios => {
                for (i, &nonzero) in nonzero.iter().enumerate() {
                    for e in [2, -2, 4, -4] {
                        if e > 0 || nonzero {
                            found.push(vec![(i, e)]);
                        }
                    }
                }
                for i in 0..count {
                    for j in i + 1..count {
                        for (a, b) in [
                            (2, 2),
                            (2, -2),
                            (-2, 2),
                            (-2, -2),
                            (4, 2),
                            (2, 4),
                            (4, -2),
                            (-2, 4),
                            (4, -4),
                            (-4, 4),
                            (4, 4),
                        ] {
                            if (a > 0 || nonzero[i]) && (b > 0 || nonzero[j]) {
                                found.push(vec![(i, a), (j, b)]);
                            }
                        }
                    }
                    if found.len() > most {
                        return None;
                    }
                }
            }
            Dictionary::Powers => {
                for (i, feature) in features.iter().enumerate() {
                    for e in [2, 4, 6, 8, -2, -4, -6, 1, -1, 3, -3, 5] {
                        if (e > 0 || nonzero[i]) && (e % 2 == 0 || feature.positive) {
                            found.push(vec![(i, e)]);
                        }
                    }
                }
            }
        }
        (found.len() <= most).then_some(found)
    }
}

/// The monomial as an expression of the inputs.
pub(super) fn monomial_expr(monomial: &Monomial, features: &[Feature]) -> Expr {
    let factor = |&(i, e): &(usize, i32)| Expr::power(features[i].expr.clone(), Exponent::new(e, 2));
    Expr::product(monomial.iter().map(factor).collect())
}

/// The monomial's values on every row.
pub(super) fn monomial_values(monomial: &Monomial, features: &[Feature], rows: usize) -> Vec<f64> {
    let mut values = vec![1.0; rows];
    for &(i, e) in monomial {
        crate::nalu::multiply_by_power(&mut values, &features[i].values, Exponent::new(e, 2));
    }
    values
}

/// Sums of products from the dictionary that fit the task's target.
pub(super) fn sum_cell(task: &Task, dictionary: Dictionary, most: usize) -> Vec<Expr> {
    let Some(monomials) = dictionary.monomials(&task.features, most) else {
        return Vec::new();
    };
    sum_of(task, &monomials)
}

/// Sums of some of these products, and a constant, that fit the task's target.
pub(super) fn sum_of(task: &Task, monomials: &[Monomial]) -> Vec<Expr> {
    let rows = task.rows();
    let mut columns: Vec<(Expr, Vec<f64>)> = monomials
        .iter()
        .map(|m| {
            (
                monomial_expr(m, &task.features),
                monomial_values(m, &task.features, rows),
            )
        })
        .filter(|(_, values)| values.iter().all(|v| v.is_finite()))
        .collect();
    columns.push((Expr::Constant(1.0), vec![1.0; rows]));
    let views: Vec<&[f64]> = columns.iter().map(|(_, values)| values.as_slice()).collect();
    terms_that_matter(&views, &task.target, &task.weight)
        .into_iter()
        .map(|(subset, fit)| {
            let terms = subset
                .iter()
                .zip(&fit.coefficients)
                .map(|(&k, &c)| Expr::product(vec![Expr::Constant(c), columns[k].0.clone()]));
            task.wrapped(Expr::sum(terms.collect()))
        })
        .collect()
}

/// Subsets of the columns worth a closer look, with their least squares fits.
pub(super) fn terms_that_matter(
    columns: &[&[f64]],
    target: &[f64],
    weight: &[f64],
) -> Vec<(Vec<usize>, SubsetFit)> {
    let rows = target.len();
    let start: Vec<usize> =
        if columns.len() <= MOST_BACKWARD && columns.len() as f64 <= SHARE_OF_ROWS * rows as f64 {
            (0..columns.len()).collect()
        } else {
            forward(columns, target, weight, MOST_FORWARD.min(rows / 3))
        };
    let chosen: Vec<&[f64]> = start.iter().map(|&k| columns[k]).collect();
    let Some(reduced) = Reduced::new(&chosen, target, weight) else {
        return Vec::new();
    };
    let all: Vec<usize> = (0..chosen.len()).collect();
    let path = reduced.eliminate(&all, &[]);
    subsets_worth_trying(&path, &reduced, 3)
        .into_iter()
        .filter_map(|subset| {
            let fit = reduced.fit(&subset)?;
            Some((subset.iter().map(|&k| start[k]).collect(), fit))
        })
        .collect()
}

/// Orthogonal matching pursuit: the column that the residual leans on most is
/// added, all coefficients are refitted, and so on.
fn forward(columns: &[&[f64]], target: &[f64], weight: &[f64], most: usize) -> Vec<usize> {
    let lengths: Vec<f64> = columns
        .iter()
        .map(|c| {
            c.iter()
                .zip(weight)
                .map(|(v, w)| (v * w).powi(2))
                .sum::<f64>()
                .sqrt()
        })
        .collect();
    let mut chosen: Vec<usize> = Vec::new();
    let mut residual = target.to_vec();
    let total: f64 = target.iter().zip(weight).map(|(y, w)| (y * w).powi(2)).sum();
    while chosen.len() < most {
        let lean = |k: &usize| -> f64 {
            let rows = columns[*k].iter().zip(&residual).zip(weight);
            rows.map(|((v, r), w)| v * r * w * w).sum::<f64>().abs() / lengths[*k]
        };
        let next = (0..columns.len())
            .filter(|k| !chosen.contains(k) && lengths[*k] > 0.0)
            .map(|k| (k, lean(&k)))
            .filter(|(_, lean)| lean.is_finite())
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((next, _)) = next else { break };
        chosen.push(next);
        let views: Vec<&[f64]> = chosen.iter().map(|&k| columns[k]).collect();
        let Some(fit) = least_squares(&views, target, weight) else {
            chosen.pop();
            break;
        };
        residual.copy_from_slice(target);
        for (column, c) in views.iter().zip(&fit.coefficients) {
            for (r, v) in residual.iter_mut().zip(*column) {
                *r -= c * v;
            }
        }
        if fit.rss <= total * FLOOR * FLOOR {
            break;
        }
    }
    chosen
}

/// Of the subsets met in a backward elimination those worth a closer look:
/// the best by the Bayesian information criterion, by one three times as
/// strict, and the ones just before the steepest rises in error.
pub(super) fn subsets_worth_trying(
    path: &[(Vec<usize>, SubsetFit)],
    reduced: &Reduced,
    most: usize,
) -> Vec<Vec<usize>> {
    let rows = reduced.rows() as f64;
    let floor = reduced.target_square() * FLOOR * FLOOR;
    let fit_of = |rss: f64| rows * ((rss + floor) / rows).ln();
    let mut places: Vec<usize> = Vec::new();
    for penalty in [1.0, 3.0] {
        let best = (0..path.len()).min_by(|&i, &j| {
            let score = |k: usize| fit_of(path[k].1.rss) + penalty * path[k].0.len() as f64 * rows.ln();
            score(i).total_cmp(&score(j))
        });
        places.extend(best);
    }
    let mut rises: Vec<(f64, usize)> = path
        .windows(2)
        .enumerate()
        .map(|(k, pair)| (fit_of(pair[1].1.rss) - fit_of(pair[0].1.rss), k))
        .collect();
    rises.sort_by(|a, b| b.0.total_cmp(&a.0));
    places.extend(rises.iter().take(most).map(|&(_, k)| k));
    let mut distinct: Vec<usize> = Vec::new();
    for place in places {
        if !distinct.contains(&place) {
            distinct.push(place);
        }
    }
    distinct.truncate(most);
    distinct.into_iter().map(|k| path[k].0.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn terms_that_do_not_matter_go() {
        let best = |task: &Task| sum_cell(task, Dictionary::Linear, 800).into_iter().next();
        assert!(error_outside("2*a - 3*b + 0*c + 40", 0.0, best).expect("a sum") < 1e-9);
        let ratios = |task: &Task| sum_cell(task, Dictionary::Ratios, 800).into_iter().next();
        assert!(error_outside("2*a/b + 3*c", 0.0, ratios).expect("a sum") < 1e-9);
    }
}
