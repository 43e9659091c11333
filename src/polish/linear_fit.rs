//! Weighted linear least squares over subsets of columns.
//!
//! `min_c Σ_r w_r² (y_r − Σ_k c_k φ_k(r))²`. The rows are folded into a small
//! triangular matrix once (QR of `[Φ y]`); every subset of columns is then
//! solved from that, without looking at the rows again and without squaring
//! the condition number as normal equations would.

use nalgebra::{DMatrix, DVector};

/// Columns whose remainder after projection on the others is below this share
/// of their length count as dependent.
const DEPENDENT: f64 = 1e-11;

/// With more columns than this, elimination takes several at a time.
const MANY: usize = 24;

/// A combination of columns of length 1 that is shorter than this share of the
/// longest vanishes.
const VANISHING: f64 = 1e-12;

/// How much shorter it must be than the next.
const GAP: f64 = 30.0;

/// A combination of columns that vanishes.
#[derive(Debug, Clone)]
pub struct NullVector {
    /// What each column is multiplied by.
    pub coefficients: Vec<f64>,
    /// The same for columns scaled to length 1.
    pub sizes: Vec<f64>,
}

/// The least squares problem `[Φ y]` folded to a triangle.
#[derive(Debug, Clone)]
pub struct Reduced {
    triangle: DMatrix<f64>,
    lengths: Vec<f64>,
    target_length: f64,
    rows: usize,
}

/// The solution for one subset of the columns.
#[derive(Debug, Clone)]
pub struct SubsetFit {
    /// One coefficient per column of the subset, in its order.
    pub coefficients: Vec<f64>,
    /// Weighted sum of squared residuals.
    pub rss: f64,
    /// Variance of each coefficient in units of the residual variance.
    pub unit_variances: Vec<f64>,
}

impl Reduced {
    /// Folds the rows. `None` when a value is not finite or a column is zero.
    pub fn new(columns: &[&[f64]], target: &[f64], weight: &[f64]) -> Option<Reduced> {
        let (rows, count) = (target.len(), columns.len());
        let mut matrix = DMatrix::<f64>::zeros(rows.max(count + 1), count + 1);
        let mut lengths = Vec::with_capacity(count);
        let mut target_length = 0.0;
        for (index, column) in columns.iter().copied().chain([target]).enumerate() {
            let length = column
                .iter()
                .zip(weight)
                .map(|(v, w)| (v * w).powi(2))
                .sum::<f64>()
                .sqrt();
            if !length.is_finite() || (length == 0.0 && index < count) {
                return None;
            }
            let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
            for (row, (v, w)) in column.iter().zip(weight).enumerate() {
                matrix[(row, index)] = v * w * scale;
            }
            if index < count {
                lengths.push(length);
            } else {
                target_length = length;
            }
        }
        let triangle = matrix.qr().r();
        Some(Reduced {
            triangle,
            lengths,
            target_length,
            rows,
        })
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.lengths.len()
    }

    /// Number of rows folded in.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Weighted sum of squares of the target.
    pub fn target_square(&self) -> f64 {
        self.target_length.powi(2)
    }

    /// The least squares fit on the columns of `subset`; `None` when they are
    /// linearly dependent.
    pub fn fit(&self, subset: &[usize]) -> Option<SubsetFit> {
        let count = subset.len();
        let height = self.triangle.nrows();
        let mut matrix = DMatrix::<f64>::zeros(height, count + 1);
        for (to, &from) in subset.iter().enumerate() {
            matrix.set_column(to, &self.triangle.column(from));
        }
        matrix.set_column(count, &self.triangle.column(self.width()));
        let r = matrix.qr().r();
        let size = r.nrows().min(count);
        if size < count || (0..count).any(|i| r[(i, i)].abs() < DEPENDENT) {
            return None;
        }
        let upper = r.view((0, 0), (count, count)).into_owned();
        let right = DVector::from_iterator(count, (0..count).map(|i| r[(i, count)]));
        let solution = upper.solve_upper_triangular(&right)?;
        let inverse = upper.solve_upper_triangular(&DMatrix::identity(count, count))?;
        let coefficient_scale = |k: usize| self.target_length / self.lengths[subset[k]];
        let rest = if r.nrows() > count {
            r[(count, count)].abs()
        } else {
            0.0
        };
        Some(SubsetFit {
            coefficients: (0..count).map(|k| solution[k] * coefficient_scale(k)).collect(),
            rss: (rest * self.target_length).powi(2),
            unit_variances: (0..count)
                .map(|k| inverse.row(k).norm_squared() / self.lengths[subset[k]].powi(2))
                .collect(),
        })
    }

    /// The direction in which the columns, each scaled to length 1, vanish
    /// best: the right singular vector of the smallest singular value.
    pub fn weakest_direction(&self) -> Vec<f64> {
        let count = self.width();
        let square = self.triangle.columns(0, count).into_owned();
        let svd = square.svd(false, true);
        let Some(v_t) = svd.v_t else {
            return vec![0.0; count];
        };
        let weakest = svd.singular_values.imin();
        v_t.row(weakest).iter().copied().collect()
    }

    /// The one combination of the columns that vanishes on every row up to
    /// arithmetic; `None` when there is none, or more than one.
    pub fn null_vector(&self) -> Option<NullVector> {
        let count = self.width();
        let svd = self.triangle.columns(0, count).into_owned().svd(false, true);
        let mut order: Vec<usize> = (0..svd.singular_values.len()).collect();
        order.sort_by(|&a, &b| svd.singular_values[a].total_cmp(&svd.singular_values[b]));
        let &[least, next, ..] = order.as_slice() else {
            return None;
        };
        let (size, gap) = (svd.singular_values[least], svd.singular_values[next]);
        if size > VANISHING * svd.singular_values.max() || gap < GAP * size {
            return None;
        }
        let sizes: Vec<f64> = svd.v_t?.row(least).iter().copied().collect();
        let coefficients = sizes.iter().zip(&self.lengths);
        Some(NullVector {
            coefficients: coefficients.map(|(size, length)| size / length).collect(),
            sizes,
        })
    }

    /// Backward elimination: starting from `start`, the column whose removal
    /// raises the error least goes, again and again. Columns in `keep` stay.
    /// Returns every subset on the way with its fit, largest first.
    pub fn eliminate(&self, start: &[usize], keep: &[usize]) -> Vec<(Vec<usize>, SubsetFit)> {
        let mut subset = start.to_vec();
        let mut path = Vec::new();
        while !subset.is_empty() {
            let Some(fit) = self.fit(&subset) else {
                // Dependent columns: one of them has to go before anything can be said.
                match self.dependent_column(&subset, keep) {
                    Some(place) => {
                        subset.remove(place);
                        continue;
                    }
                    None => break,
                }
            };
            let mut removable: Vec<(usize, f64)> = (0..subset.len())
                .filter(|&k| !keep.contains(&subset[k]))
                .map(|k| (k, fit.coefficients[k].powi(2) / fit.unit_variances[k]))
                .collect();
            removable.sort_by(|a, b| a.1.total_cmp(&b.1));
            // Of many columns, several that plainly don't matter go at once.
            let freedom = self.rows.saturating_sub(subset.len()).max(1) as f64;
            let variance = fit.rss / freedom;
            let idle = removable.iter().take_while(|(_, t)| *t < 2.0 * variance).count();
            let several = if subset.len() > MANY {
                (subset.len() / 6).min(idle)
            } else {
                0
            };
            path.push((subset.clone(), fit));
            let mut going: Vec<usize> = removable.iter().take(several.max(1)).map(|&(k, _)| k).collect();
            if going.is_empty() {
                break;
            }
            going.sort_unstable();
            for place in going.into_iter().rev() {
                subset.remove(place);
            }
        }
        path
    }

    /// Place in `subset` of a column that the ones before it determine.
    fn dependent_column(&self, subset: &[usize], keep: &[usize]) -> Option<usize> {
        let mut matrix = DMatrix::<f64>::zeros(self.triangle.nrows(), subset.len());
        for (to, &from) in subset.iter().enumerate() {
            matrix.set_column(to, &self.triangle.column(from));
        }
        let r = matrix.qr().r();
        let rank_lost = |k: &usize| *k >= r.nrows() || r[(*k, *k)].abs() < DEPENDENT;
        (0..subset.len())
            .rev()
            .filter(rank_lost)
            .find(|&k| !keep.contains(&subset[k]))
    }
}

/// Plain weighted least squares on all columns.
pub fn least_squares(columns: &[&[f64]], target: &[f64], weight: &[f64]) -> Option<SubsetFit> {
    let all: Vec<usize> = (0..columns.len()).collect();
    Reduced::new(columns, target, weight)?.fit(&all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_of_a_subset_is_that_of_its_columns_alone() {
        let x: Vec<f64> = (0..20).map(|i| f64::from(i) * 0.3 - 1.0).collect();
        let square: Vec<f64> = x.iter().map(|x| x * x).collect();
        let one = vec![1.0; 20];
        let y: Vec<f64> = x.iter().map(|x| 3.0 * x - 2.0).collect();
        let weight: Vec<f64> = (0..20).map(|i| 1.0 + f64::from(i % 3)).collect();
        let reduced = Reduced::new(&[&square, &x, &one], &y, &weight).expect("finite");
        let fit = reduced.fit(&[1, 2]).expect("independent");
        assert!((fit.coefficients[0] - 3.0).abs() < 1e-12);
        assert!((fit.coefficients[1] + 2.0).abs() < 1e-12);
        assert!(fit.rss < 1e-20);
        let path = reduced.eliminate(&[0, 1, 2], &[]);
        assert_eq!(path[1].0, [1, 2], "the square goes first");
    }

    #[test]
    fn unit_variances_are_those_of_the_inverse_gram_matrix() {
        // Σ x² = 14 for x = 1, 2, 3: the slope through 0 has variance σ²/14.
        let x = [1.0, 2.0, 3.0];
        let fit = least_squares(&[&x], &[1.1, 1.9, 3.2], &[1.0; 3]).expect("one column");
        assert!((fit.unit_variances[0] - 1.0 / 14.0).abs() < 1e-12);
    }

    #[test]
    fn dependent_columns_have_no_fit_but_elimination_goes_on() {
        let x = [1.0, 2.0, 4.0, 5.0];
        let twice = [2.0, 4.0, 8.0, 10.0];
        let y = [3.0, 6.0, 12.0, 15.0];
        let reduced = Reduced::new(&[&x, &twice], &y, &[1.0; 4]).expect("finite");
        assert!(reduced.fit(&[0, 1]).is_none());
        let path = reduced.eliminate(&[0, 1], &[]);
        assert_eq!(path.len(), 1);
        assert!((path[0].1.coefficients[0] - 3.0).abs() < 1e-12);
    }
}
