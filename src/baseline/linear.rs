//! Ordinary least squares: ŷ = b₀ + Σ b_i x_i.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::dataset::Sample;

/// Directions of the standardised inputs with less than this share of the
/// largest variance are left out, so that repeated columns do no harm.
const RANK_TOLERANCE: f64 = 1e-12;

/// A linear fit with an offset.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Mean of each input over the fitted rows.
    centres: Vec<f64>,
    /// b_i, one per input.
    coefficients: Vec<f64>,
    /// The prediction where every input is at its mean.
    centre: f64,
}

impl Linear {
    /// Minimises Σ (ŷ − y)² over the rows of `train`; of all minimisers, takes
    /// the one with the least norm on standardised inputs. Never fails: a
    /// constant or repeated column gets no more than its share, and without
    /// rows the prediction is 0.
    pub fn fit(train: &Sample) -> Linear {
        let rows = train.rows();
        let centres: Vec<f64> = train.inputs.iter().map(|column| mean(column)).collect();
        let scales: Vec<f64> = train
            .inputs
            .iter()
            .zip(&centres)
            .map(|(column, centre)| {
                let largest = column.iter().fold(0.0_f64, |max, x| max.max((x - centre).abs()));
                if largest > 0.0 {
                    largest
                } else {
                    1.0
                }
            })
            .collect();
        let design = DMatrix::from_fn(rows, train.width(), |row, column| {
            (train.inputs[column][row] - centres[column]) / scales[column]
        });
        let mut centre = mean(&train.target);
        let mut residual = DVector::from_iterator(rows, train.target.iter().map(|y| y - centre));
        let mut coefficients = DVector::zeros(train.width());

        // The normal equations halve the digits; a second pass over what the
        // first left gives them back.
        let eigen = SymmetricEigen::new(design.tr_mul(&design));
        let cutoff = RANK_TOLERANCE * eigen.eigenvalues.iter().fold(0.0_f64, |max, &l| max.max(l));
        for _ in 0..2 {
            let mut projected = eigen.eigenvectors.tr_mul(&design.tr_mul(&residual));
            for (component, &eigenvalue) in projected.iter_mut().zip(eigen.eigenvalues.iter()) {
                *component = if eigenvalue > cutoff {
                    *component / eigenvalue
                } else {
                    0.0
                };
            }
            let step = &eigen.eigenvectors * projected;
            residual -= &design * &step;
            coefficients += step;
        }
        centre += if rows > 0 { residual.mean() } else { 0.0 };
        Linear {
            centres,
            coefficients: coefficients
                .iter()
                .zip(&scales)
                .map(|(b, scale)| b / scale)
                .collect(),
            centre,
        }
    }

    /// ŷ for each row of `sample`, which has the columns of the fitted one.
    pub fn predict(&self, sample: &Sample) -> Vec<f64> {
        let mut predictions = vec![self.centre; sample.rows()];
        for ((column, centre), coefficient) in sample.inputs.iter().zip(&self.centres).zip(&self.coefficients)
        {
            for (prediction, x) in predictions.iter_mut().zip(column) {
                *prediction += coefficient * (x - centre);
            }
        }
        predictions
    }
}

fn mean(values: &[f64]) -> f64 {
    let rows = values.len() as f64;
    values.iter().map(|v| v / rows).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::SplitMetrics;

    fn sample(inputs: Vec<Vec<f64>>, target: impl Fn(&[f64]) -> f64) -> Sample {
        let rows = inputs[0].len();
        let target = (0..rows)
            .map(|row| target(&inputs.iter().map(|column| column[row]).collect::<Vec<f64>>()))
            .collect();
        Sample { inputs, target }
    }

    fn columns(scales: &[f64]) -> Vec<Vec<f64>> {
        let column = |i: usize| move |row: usize| ((row * (7 + 4 * i) + i) % 23) as f64;
        scales
            .iter()
            .enumerate()
            .map(|(i, scale)| (0..23).map(column(i)).map(|x| scale * (1.0 + x)).collect())
            .collect()
    }

    #[test]
    fn a_linear_law_is_reproduced_at_any_scale() {
        for scale in [1e-20, 1.0, 1e20] {
            let law = |x: &[f64]| 3.0 * x[0] / scale - 2.0 * x[1] + 7.0;
            let train = sample(columns(&[scale, 1.0]), law);
            let elsewhere = sample(columns(&[5.0 * scale, 5.0]), law);
            let linear = Linear::fit(&train);
            let metrics = SplitMetrics::measure(|s| linear.predict(s), &train, &train, &elsewhere);
            assert!(metrics.train.max_relative_error < 1e-11, "{metrics:?}");
            assert!(metrics.extrapolation.max_relative_error < 1e-11, "{metrics:?}");
        }
    }

    #[test]
    fn repeated_and_constant_columns_do_no_harm() {
        let mut inputs = columns(&[1.0]);
        inputs.push(inputs[0].iter().map(|x| 1000.0 * x).collect());
        inputs.push(vec![4.0; 23]);
        let train = sample(inputs, |x| 2.0 * x[0] - 1.0);
        for (prediction, y) in Linear::fit(&train).predict(&train).iter().zip(&train.target) {
            assert!((prediction - y).abs() < 1e-9, "{prediction} for {y}");
        }
    }

    #[test]
    fn a_product_is_not_linear_outside() {
        let law = |x: &[f64]| x[0] * x[1];
        let train = sample(columns(&[1.0, 1.0]), law);
        let outside = sample(columns(&[4.0, 4.0]), law);
        let linear = Linear::fit(&train);
        let metrics = SplitMetrics::measure(|s| linear.predict(s), &train, &train, &outside);
        assert!(
            metrics.extrapolation.rmse > 10.0 * metrics.train.rmse,
            "{metrics:?}"
        );
    }

    #[test]
    fn without_rows_it_predicts_zero() {
        let empty = Sample {
            inputs: vec![vec![]],
            target: vec![],
        };
        let one = Sample {
            inputs: vec![vec![3.0]],
            target: vec![1.0],
        };
        assert_eq!(Linear::fit(&empty).predict(&one), vec![0.0]);
    }
}
