//! A term beside a root or a ratio.
//!
//! `y = c·Π_i x_i^{e_i} + h(x)` where an outer power of `h` is simple, such as
//! `√(p²c² + m²c⁴) + qV`: no outer power of y itself is. An input that occurs
//! in the term alone gives it away: there the second difference of y is 0, so
//! a regression finds y linear in it, with a slope that is a product of the
//! others.

use crate::formula::{Exponent, Expr};
use crate::polish::Reduced;

use super::problem::Problem;
use super::sum_cell::Monomial;
use super::task::Task;

/// Least share of the full model's explained variation that a term must carry.
const LEAST_SHARE: f64 = 1e-4;

/// Terms returned at most.
const MOST: usize = 6;

/// Products of one or two inputs, with a coefficient of ±1 or a fitted one,
/// that the target may have as a term; likeliest first.
pub(super) fn addends(task: &Task, problem: &Problem) -> Vec<Expr> {
    let width = problem.width();
    let rows = task.rows();
    // A full quadratic model in everything but the term's own input.
    let mut found: Vec<(f64, Expr)> = Vec::new();
    for own in 0..width {
        let others: Vec<usize> = (0..width).filter(|&i| i != own).collect();
        let rest = quadratic(&others);
        let mut columns: Vec<Vec<f64>> = rest.iter().map(|m| values(m, problem)).collect();
        let known = columns.len();
        let slopes: Vec<Monomial> = std::iter::once(vec![(own, 2)])
            .chain(
                others
                    .iter()
                    .flat_map(|&i| [vec![(own, 2), (i, 2)], vec![(own, 2), (i, -2)]]),
            )
            .filter(|m| values(m, problem).iter().all(|v| v.is_finite()))
            .collect();
        columns.extend(slopes.iter().map(|m| values(m, problem)));
        if columns.len() * 2 > rows {
            continue;
        }
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let Some(reduced) = Reduced::new(&views, &task.target, &task.weight) else {
            continue;
        };
        let base: Vec<usize> = (0..known).collect();
        let Some(without) = reduced.fit(&base) else {
            continue;
        };
        for (k, slope) in slopes.iter().enumerate() {
            let mut with = base.clone();
            with.push(known + k);
            let Some(fit) = reduced.fit(&with) else { continue };
            let gain = (without.rss - fit.rss) / reduced.target_square();
            let coefficient = fit.coefficients[known];
            if gain < LEAST_SHARE {
                continue;
            }
            let product = Expr::product(
                slope
                    .iter()
                    .map(|&(i, e)| Expr::power(Expr::Variable(i), Exponent::new(e, 2)))
                    .collect(),
            );
            let unit = coefficient.round();
            let coefficient = if unit != 0.0 && (coefficient - unit).abs() < 0.2 * unit.abs() {
                unit
            } else {
                continue;
            };
            found.push((fit.rss, Expr::product(vec![Expr::Constant(coefficient), product])));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.truncate(MOST);
    found.into_iter().map(|(_, expr)| expr).collect()
}

fn quadratic(inputs: &[usize]) -> Vec<Monomial> {
    let mut monomials: Vec<Monomial> = vec![vec![]];
    for (place, &i) in inputs.iter().enumerate() {
        monomials.push(vec![(i, 2)]);
        monomials.push(vec![(i, 4)]);
        for &j in &inputs[place + 1..] {
            monomials.push(vec![(i, 2), (j, 2)]);
        }
    }
    monomials
}

fn values(monomial: &Monomial, problem: &Problem) -> Vec<f64> {
    let mut values = vec![1.0; problem.train.rows()];
    for &(i, e) in monomial {
        crate::nalu::multiply_by_power(&mut values, &problem.train.inputs[i], Exponent::new(e, 2));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::drawn;

    #[test]
    fn a_term_beside_a_root_is_found() {
        let (train, _) = drawn("sqrt(a^2*b + 3*b^2) + c*d", 0.0);
        let problem = Problem::new(train.clone(), train, false);
        let term = Expr::product(vec![Expr::Variable(2), Expr::Variable(3)]);
        let found = addends(&Task::plain(&problem), &problem);
        assert!(found.iter().any(|addend| addend.simplify() == term), "{found:?}");
    }
}
