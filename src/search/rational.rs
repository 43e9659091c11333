//! A ratio of two sums in closed form.
//!
//! `z = N/D` with `N = Σ n_i φ_i`, `D = φ_0 + Σ d_j φ_j` is linear in the
//! coefficients once multiplied out: `z φ_0 = Σ n_i φ_i − Σ d_j z φ_j`.
//! Multiplying by D weighs the rows wrongly, and noise in z then stands on both
//! sides. So the fit is repeated from the last one, `ẑ = N/D`, as a
//! Gauss–Newton step: `N − Σ d_j ẑ φ_j = (z − ẑ) D + ẑ φ_0`, with the weights
//! divided by D. The product φ_0 that takes the
//! coefficient 1 must be one that D has; the likeliest few are tried.

use crate::formula::Expr;
use crate::polish::Reduced;

use super::sum_cell::{monomial_expr, monomial_values, terms_that_matter, Dictionary, Monomial};
use super::task::Task;

/// Most products in numerator and denominator together.
const MOST_PRODUCTS: usize = 240;

/// Times the fit is repeated from the last one.
const ROUNDS: usize = 3;

/// Most products tried with the coefficient 1.
const MOST_PIVOTS: usize = 3;

/// Ratios of sums over the dictionary that fit the task's target.
pub(super) fn rational(task: &Task, dictionary: Dictionary) -> Vec<Expr> {
    let Some(mut monomials) = dictionary.monomials(&task.features, MOST_PRODUCTS / 2) else {
        return Vec::new();
    };
    if 2 * monomials.len() + 3 > task.rows() {
        return Vec::new();
    }
    monomials.insert(0, Monomial::new());
    let rows = task.rows();
    let values: Vec<Vec<f64>> = monomials
        .iter()
        .map(|m| monomial_values(m, &task.features, rows))
        .collect();
    if values.iter().flatten().any(|v| !v.is_finite()) {
        return Vec::new();
    }
    let timed: Vec<Vec<f64>> = values
        .iter()
        .map(|v| v.iter().zip(&task.target).map(|(v, z)| -v * z).collect())
        .collect();
    pivots(task, &values, &timed)
        .into_iter()
        .flat_map(|pivot| with_pivot(task, &monomials, &values, &timed, pivot))
        .collect()
}

/// Products that the denominator leans on most, in the direction in which
/// `Σ n_i φ_i − z Σ d_j φ_j` vanishes best: the last right singular vector.
fn pivots(task: &Task, values: &[Vec<f64>], timed: &[Vec<f64>]) -> Vec<usize> {
    let columns: Vec<&[f64]> = values.iter().chain(timed).map(Vec::as_slice).collect();
    let nothing = vec![0.0; task.rows()];
    let Some(reduced) = Reduced::new(&columns, &nothing, &task.weight) else {
        return Vec::new();
    };
    let direction = reduced.weakest_direction();
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|&a, &b| {
        let lean = |j: usize| direction[values.len() + j].abs();
        lean(b).total_cmp(&lean(a))
    });
    places.truncate(MOST_PIVOTS);
    if !places.contains(&0) {
        places.push(0);
    }
    places
}

fn with_pivot(
    task: &Task,
    monomials: &[Monomial],
    values: &[Vec<f64>],
    timed: &[Vec<f64>],
    pivot: usize,
) -> Vec<Expr> {
    let count = monomials.len();
    let below: Vec<usize> = (0..count).filter(|&j| j != pivot).collect();
    let mut target: Vec<f64> = timed[pivot].iter().map(|v| -v).collect();
    let mut under: Vec<Vec<f64>> = below.iter().map(|&j| timed[j].clone()).collect();
    let mut weight: Vec<f64> = task
        .weight
        .iter()
        .zip(&values[pivot])
        .map(|(w, v)| w / v.abs().max(f64::MIN_POSITIVE))
        .collect();
    for round in 0..=ROUNDS {
        if weight.iter().any(|w| !w.is_finite()) {
            break;
        }
        let columns: Vec<&[f64]> = values.iter().chain(&under).map(Vec::as_slice).collect();
        let fits = terms_that_matter(&columns, &target, &weight);
        if round == ROUNDS {
            return fits
                .into_iter()
                .filter_map(|(subset, fit)| ratio(task, monomials, &below, pivot, &subset, &fit.coefficients))
                .collect();
        }
        let Some((subset, fit)) = fits.first() else { break };
        let mut numerator = vec![0.0; task.rows()];
        let mut denominator = values[pivot].clone();
        for (&k, &c) in subset.iter().zip(&fit.coefficients) {
            let (sum, column) = if k < count {
                (&mut numerator, &values[k])
            } else {
                (&mut denominator, &values[below[k - count]])
            };
            sum.iter_mut().zip(column).for_each(|(s, v)| *s += c * v);
        }
        for row in 0..task.rows() {
            let (d, fitted) = (denominator[row], numerator[row] / denominator[row]);
            weight[row] = task.weight[row] / d.abs().max(f64::MIN_POSITIVE);
            target[row] = (task.target[row] - fitted) * d + fitted * values[pivot][row];
            for (column, &j) in under.iter_mut().zip(&below) {
                column[row] = -fitted * values[j][row];
            }
        }
    }
    Vec::new()
}

/// The ratio with the given coefficients; `None` when it has no numerator or
/// no sum below.
fn ratio(
    task: &Task,
    monomials: &[Monomial],
    below: &[usize],
    pivot: usize,
    subset: &[usize],
    coefficients: &[f64],
) -> Option<Expr> {
    let count = monomials.len();
    let term = |c: f64, j: usize| {
        Expr::product(vec![
            Expr::Constant(c),
            monomial_expr(&monomials[j], &task.features),
        ])
    };
    let (mut above, mut under) = (Vec::new(), vec![term(1.0, pivot)]);
    for (&k, &c) in subset.iter().zip(coefficients) {
        if k < count {
            above.push(term(c, k));
        } else {
            under.push(term(c, below[k - count]));
        }
    }
    (!above.is_empty() && under.len() > 1)
        .then(|| task.wrapped(Expr::quotient(Expr::sum(above), Expr::sum(under))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn a_ratio_of_sums_holds_with_noise() {
        let best = |task: &Task| rational(task, Dictionary::Linear).into_iter().next();
        assert!(error_outside("(a + 2*b)/(a + 7)", 0.0, best).expect("a ratio") < 1e-6);
        assert!(error_outside("(a + 2*b)/(a + 7)", 0.01, best).expect("a ratio") < 0.05);
    }
}
