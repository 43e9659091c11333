//! A ratio of two polynomials through data without noise.
//!
//! `z = N/D` with `N = Σ n_i φ_i`, `D = Σ d_j φ_j` over all products of inputs
//! up to a degree says that `Σ n_i φ_i − Σ d_j z φ_j` vanishes on every row. On
//! data without noise the columns `[φ, −z φ]` are then dependent, in one way
//! only when the degree is the lowest possible, and their null vector is the
//! formula; with noise they are independent, and nothing is found. Unlike the
//! fits of `rational` nothing is searched, so the degree may be high.

use crate::formula::Expr;
use crate::polish::{NullVector, Reduced};

use super::sum_cell::{monomial_expr, monomial_values, Dictionary, Monomial};
use super::task::Task;

/// The highest degree tried.
const HIGHEST_DEGREE: usize = 8;

/// Most products in the numerator, and in the denominator.
const MOST_PRODUCTS: usize = 60;

/// Rows there must be beyond the number of columns.
const SPARE_ROWS: usize = 8;

/// Parts of a null vector below this share of the largest are arithmetic.
const SHARE: f64 = 1e-6;

/// The ratio of the lowest degree that goes through all rows, if there is one.
pub(super) fn exact_ratio(task: &Task) -> Option<Expr> {
    let rows = task.rows();
    for degree in 2..=HIGHEST_DEGREE {
        let mut monomials = Dictionary::Degree(degree).monomials(&task.features, MOST_PRODUCTS - 1)?;
        monomials.insert(0, Monomial::new());
        if 2 * monomials.len() + SPARE_ROWS > rows {
            return None;
        }
        let above = monomials.iter().map(|m| monomial_values(m, &task.features, rows));
        let mut columns: Vec<Vec<f64>> = above.collect();
        for place in 0..monomials.len() {
            let timed = columns[place].iter().zip(&task.target).map(|(v, z)| -v * z);
            columns.push(timed.collect());
        }
        if columns.iter().flatten().any(|v| !v.is_finite()) {
            return None;
        }
        let all: Vec<usize> = (0..columns.len()).collect();
        let Some(rough) = null_vector(&columns, &all) else {
            continue;
        };
        let largest = rough
            .sizes
            .iter()
            .fold(0.0_f64, |largest, part| largest.max(part.abs()));
        let kept: Vec<usize> = all
            .into_iter()
            .filter(|&k| rough.sizes[k].abs() > SHARE * largest)
            .collect();
        let vector = null_vector(&columns, &kept)?;
        return ratio(task, &monomials, &kept, &vector.coefficients);
    }
    None
}

/// How the columns `kept` vanish together: coefficients, and what each comes
/// to over all rows. Every row is scaled to the size of what it holds.
fn null_vector(columns: &[Vec<f64>], kept: &[usize]) -> Option<NullVector> {
    let rows = columns.first()?.len();
    let weight: Vec<f64> = (0..rows)
        .map(|row| {
            columns
                .iter()
                .fold(0.0_f64, |size, column| size.max(column[row].abs()))
        })
        .map(f64::recip)
        .collect();
    let columns: Vec<&[f64]> = kept.iter().map(|&k| columns[k].as_slice()).collect();
    Reduced::new(&columns, &vec![0.0; rows], &weight)?.null_vector()
}

fn ratio(task: &Task, monomials: &[Monomial], kept: &[usize], vector: &[f64]) -> Option<Expr> {
    let count = monomials.len();
    // The largest coefficient below becomes 1.
    let below = kept.iter().zip(vector).filter(|(&k, _)| k >= count);
    let unit = below
        .map(|(_, &c)| c)
        .max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let (mut above, mut under) = (Vec::new(), Vec::new());
    for (&k, &c) in kept.iter().zip(vector) {
        let monomial = monomial_expr(&monomials[k % count], &task.features);
        let term = Expr::product(vec![Expr::Constant(c / unit), monomial]);
        if k < count {
            above.push(term);
        } else {
            under.push(term);
        }
    }
    (!above.is_empty()).then(|| task.wrapped(Expr::quotient(Expr::sum(above), Expr::sum(under))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fixture::error_outside;

    #[test]
    fn ratios_of_high_degree_are_found_in_exact_data() {
        for formula in [
            "(c + a^3*b)/(a + c^2)",
            "(0.5*a^3 + a*b)/(b + 1/(a*b))",
            "(1.5*b^3 + 3*a)/(a + b^3)",
        ] {
            let error = error_outside(formula, 0.0, exact_ratio).expect(formula);
            assert!(error < 1e-6, "{formula}: {error}");
        }
    }

    #[test]
    fn noise_has_no_null_vector() {
        assert_eq!(error_outside("(c + a^3*b)/(a + c^2)", 1e-6, exact_ratio), None);
    }
}
