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

/// The same where coefficients are round, and the highest degree then.
const FEW_SPARE_ROWS: usize = 3;
const HIGHEST_SEPARATE_DEGREE: usize = 9;

/// How near a round coefficient is to its decimal.
const ROUND: f64 = 1e-6;

/// What arithmetic leaves of the target.
const EXACT: f64 = 1e-10;

/// Terms that come to less than this share of the largest are arithmetic.
const SHARE: f64 = 1e-6;

/// Terms beyond which a polynomial explains nothing.
const MOST_TERMS: usize = 12;

/// The polynomial of the highest degree that the rows allow, if it goes
/// through all of them; else one that adds a polynomial of each input.
pub(super) fn exact_polynomial(task: &Task) -> Option<Expr> {
    let rows = task.rows();
    let whole = || {
        let most = MOST_PRODUCTS.min(rows.saturating_sub(SPARE_ROWS + 1));
        (LOWEST_DEGREE..=HIGHEST_DEGREE)
            .rev()
            .find_map(|degree| Dictionary::Degree(degree).monomials(&task.features, most))
    };
    let found = whole().and_then(|monomials| through_all_rows(task, monomials));
    found.or_else(|| through_all_rows(task, separate(task)?))
}

/// Powers of single inputs, up to the highest degree that the rows allow.
fn separate(task: &Task) -> Option<Vec<Monomial>> {
    let inputs = task.features.len();
    let most = task.rows().checked_sub(FEW_SPARE_ROWS + 1)?;
    let degree = (most / inputs.max(1)).min(HIGHEST_SEPARATE_DEGREE);
    if degree < LOWEST_DEGREE {
        return None;
    }
    let powers = |input: usize| (1..=degree).map(move |power| vec![(input, 2 * power as i32)]);
    Some((0..inputs).flat_map(powers).collect())
}

/// The sum of these products that goes through all rows, if there is one. Where
/// it hardly leaves rows to spare, round coefficients have to speak for it.
fn through_all_rows(task: &Task, monomials: Vec<Monomial>) -> Option<Expr> {
    let rows = task.rows();
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
    let coefficients = fit(&kept)?;
    let spare = rows.saturating_sub(columns.len()) >= SPARE_ROWS;
    if !spare && !coefficients.iter().all(|c| is_round(*c)) {
        return None;
    }
    let terms = coefficients.into_iter().zip(&kept).map(|(c, &k)| {
        let monomial = monomial_expr(&monomials[k], &task.features);
        Expr::product(vec![Expr::Constant(c), monomial])
    });
    Some(task.wrapped(Expr::sum(terms.collect())))
}

/// Whether a coefficient is a decimal of two digits but for arithmetic: by chance
/// one in ten thousand is.
fn is_round(coefficient: f64) -> bool {
    let short = format!("{coefficient:.1e}").parse::<f64>();
    short.is_ok_and(|short| (short - coefficient).abs() <= ROUND * coefficient.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::search::fixture::error_outside;
    use crate::search::problem::Problem;

    #[test]
    fn a_polynomial_of_degree_four_is_found_in_exact_data() {
        for formula in ["(a - b*c)^2 + (c*d)^2", "a^2*b*c - 3*d^4 + 0.5"] {
            let error = error_outside(formula, 0.0, exact_polynomial).expect(formula);
            assert!(error < 1e-6, "{formula}: {error}");
        }
    }

    /// The law on so many rows in 0..1: what is found, as text.
    fn of_few_rows(law: impl Fn(f64, f64) -> f64, rows: u32) -> Option<String> {
        let x: Vec<f64> = (1..=rows).map(|i| f64::from(i * 7 % 19) / 19.0).collect();
        let y: Vec<f64> = (1..=rows).map(|i| f64::from(i * 11 % 23) / 23.0).collect();
        let target = x.iter().zip(&y).map(|(&x, &y)| law(x, y)).collect();
        let train = Sample {
            inputs: vec![x, y],
            target,
        };
        let problem = Problem::new(train.clone(), train, false);
        let found = exact_polynomial(&Task::plain(&problem))?;
        let mut constants = found.constants();
        constants.sort_by(f64::total_cmp);
        Some(constants.iter().map(|c| format!("{c:.3} ")).collect())
    }

    #[test]
    fn few_rows_do_where_inputs_stand_apart_and_coefficients_are_round() {
        let round = of_few_rows(
            |x, y| 3.0 * x.powi(4) - 2.0 * x.powi(3) + 0.5 * y * y - 4.0 * y,
            13,
        );
        assert_eq!(round.as_deref(), Some("-4.000 -2.000 0.500 3.000 "));
        assert_eq!(of_few_rows(|x, y| 3.0123 * x.powi(4) - 2.0 * y, 13), None);
        assert_eq!(of_few_rows(|x, y| x.sin() + y.exp(), 13), None);
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
