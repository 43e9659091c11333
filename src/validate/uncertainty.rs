//! What uncertain constants add to the error of a prediction.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::dataset::Sample;
use crate::formula::Expr;

/// Directions of the constants that carry less than this share of the largest
/// eigenvalue cannot be told from the others and add nothing.
const RANK_TOLERANCE: f64 = 1e-10;

/// By how much the uncertainty of the constants adds to the variance of a
/// prediction on the rows `outside`, as a share of the noise's: the mean of
/// h = j (JᵀJ)⁻¹ jᵀ, where J holds a row of derivatives by the constants for
/// each row of `train` and j is that of a row outside. With `relative`, all
/// are divided by the row's target. Constants that are `fixed` (an empty slice
/// fixes none) are certain.
pub(super) fn added_variance(
    expr: &Expr,
    train: &Sample,
    outside: &Sample,
    relative: bool,
    fixed: &[bool],
) -> f64 {
    let inside = derivatives(expr, train, relative, fixed);
    let outside = derivatives(expr, outside, relative, fixed);
    if inside.ncols() == 0 || outside.nrows() == 0 {
        return 0.0;
    }
    // Constants come in all sizes: each column by its own length.
    let lengths: Vec<f64> = inside.column_iter().map(|column| column.norm()).collect();
    let scaled = |matrix: &DMatrix<f64>| {
        DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |row, column| {
            match matrix[(row, column)] / lengths[column] {
                share if share.is_finite() => share,
                _ => 0.0,
            }
        })
    };
    let (inside, outside) = (scaled(&inside), scaled(&outside));
    let eigen = SymmetricEigen::new(inside.tr_mul(&inside));
    let cutoff = RANK_TOLERANCE * eigen.eigenvalues.max();
    let along = outside * &eigen.eigenvectors;
    let total: f64 = along
        .column_iter()
        .zip(eigen.eigenvalues.iter())
        .filter(|(_, &eigenvalue)| eigenvalue > cutoff)
        .map(|(column, eigenvalue)| column.norm_squared() / eigenvalue)
        .sum();
    total / along.nrows() as f64
}

fn derivatives(expr: &Expr, sample: &Sample, relative: bool, fixed: &[bool]) -> DMatrix<f64> {
    let (_, columns) = expr.evaluate_with_gradient(&sample.inputs);
    let is_fixed = |place: &usize| fixed.get(*place).copied().unwrap_or(false);
    let free: Vec<usize> = (0..columns.len()).filter(|place| !is_fixed(place)).collect();
    let columns: Vec<&Vec<f64>> = free.iter().map(|&place| &columns[place]).collect();
    DMatrix::from_fn(sample.rows(), columns.len(), |row, column| {
        let size = if relative { sample.target[row] } else { 1.0 };
        columns[column][row] / size
    })
}
