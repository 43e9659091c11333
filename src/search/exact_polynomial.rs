//! A polynomial of high degree through data without noise.
//!
//! With more rows than products of inputs up to a degree, least squares over
//! all of them leaves nothing but arithmetic only where the target is such a
//! polynomial; the products that it does not have then get coefficients of
//! 1e-10, not of noise, and nothing needs to be searched for.

use crate::formula::Expr;
use crate::polish::Reduced;

use super::sum_cell::{monomial_expr, monomial_values, Dictionary, Monomial};
use super::task::Task;

/// Degrees tried, highest first.
const HIGHEST_DEGREE: usize = 6;
const LOWEST_DEGREE: usize = 3;

/// Most products.
const MOST_PRODUCTS: usize = 140;

/// Rows there must be beyond the number of products.
const SPARE_ROWS: usize = 8;

/// What arithmetic leaves of the target.
const EXACT: f64 = 1e-10;

/// Terms that come to less than this share of the largest are arithmetic.
const SHARE: f64 = 1e-6;

/// Terms beyond which a polynomial explains nothing.
const MOST_TERMS: usize = 12;

/// The polynomial of the highest degree that the rows allow, if it goes
/// through all of them.
pub(super) fn exact_polynomial(task: &Task) -> Option<Expr> {
    let rows = task.rows();
    let monomials = (LOWEST_DEGREE..=HIGHEST_DEGREE).rev().find_map(|degree| {
        let most = MOST_PRODUCTS.min(rows.saturating_sub(SPARE_ROWS + 1));
        Dictionary::Degree(degree).monomials(&task.features, most)
    })?;
    let monomials: Vec<Monomial> = std::iter::once(Monomial::new()).chain(monomials).collect();
    let columns: Vec<Vec<f64>> = monomials
        .iter()
        .map(|m| monomial_values(m, &task.features, rows))
        .collect();
    let fit = |kept: &[usize]| -> Option<Vec<f64>> {
        let views: Vec<&[f64]> = kept.iter().map(|&k| columns[k].as_slice()).collect();
        let reduced = Reduced::new(&views, &task.target, &task.weight)?;
        let all: Vec<usize> = (0..kept.len()).collect();
        let fit = reduced.fit(&all)?;
        (fit.rss <= EXACT * EXACT * reduced.target_square()).then_some(fit.coefficients)
    };
    let all: Vec<usize> = (0..columns.len()).collect();
    let rough = fit(&all)?;
    let size = |k: &usize| {
        let values = columns[*k].iter().zip(&task.weight);
        let squares = values.map(|(v, w)| (v * w * rough[*k]).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let largest = all.iter().map(size).fold(0.0, f64::max);
    let kept: Vec<usize> = all.into_iter().filter(|k| size(k) > SHARE * largest).collect();
    if kept.len() > MOST_TERMS {
        return None;
    }
    let terms = fit(&kept)?.into_iter().zip(&kept).map(|(c, &k)| {
        let monomial = monomial_expr(&monomials[k], &task.features);
        Expr::product(vec![Expr::Constant(c), monomial])
    });
    Some(task.wrapped(Expr::sum(terms.collect())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn a_polynomial_of_degree_four_is_found_in_exact_data() {
        for formula in ["(a - b*c)^2 + (c*d)^2", "a^2*b*c - 3*d^4 + 0.5"] {
            let error = error_outside(formula, 0.0, exact_polynomial).expect(formula);
            assert!(error < 1e-6, "{formula}: {error}");
        }
    }

    #[test]
    fn nothing_is_found_in_noise() {
        assert_eq!(
            error_outside("(a - b*c)^2 + (c*d)^2", 1e-7, exact_polynomial),
            None
        );
        assert_eq!(error_outside("sqrt(a + b)*c/d", 0.0, exact_polynomial), None);
    }
}
