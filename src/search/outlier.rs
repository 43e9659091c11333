//! Rows that no smooth function of the inputs goes through.
//!
//! Quadratic models are fitted by least absolute deviations, which a few wild
//! rows cannot bend: of log|y| (y where its sign varies) in the logarithms of
//! the inputs (themselves where their sign varies), and of y, y² and 1/y in the
//! inputs. By the one that fits best, a row many typical deviations off is an
//! outlier, unless there are many such: then it is the model that is wrong.

use crate::dataset::Sample;
use crate::formula::Expr;
use crate::polish::least_squares;
use crate::statistics::{median, standardised};

use super::problem::Problem;

/// A row is wild beyond this many robust standard deviations.
const WILD: f64 = 9.0;

/// By this factor a wild row is further off than any that is not.
const GAP: f64 = 2.0;

/// More wild rows than this share are no outliers.
const MOST: f64 = 0.06;

/// With fewer rows nothing can be told.
const FEWEST_ROWS: usize = 25;

/// Rounds of reweighting; each brings the fit nearer to least absolute deviations.
const ROUNDS: usize = 15;

/// A residual this many robust standard deviations out is an outlier's.
const FAR: f64 = 9.0;

/// Weighted residuals below this are arithmetic.
const ARITHMETIC: f64 = 1e-9;

/// Rows taken for outliers, by place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Outliers {
    pub(super) train: Vec<usize>,
    pub(super) validation: Vec<usize>,
}

impl Outliers {
    /// Rows that no smooth function goes through. None are looked for among
    /// more than `most` rows, where a fit of such a function takes long; those
    /// come to light in what the best formula leaves.
    pub(super) fn unlike_the_rest(problem: &Problem, most: usize) -> Outliers {
        let (train, validation) = (&problem.train, &problem.validation);
        if problem.leave_one_out || train.rows() + validation.rows() > most {
            return Outliers::default();
        }
        let inputs = train.inputs.iter().zip(&validation.inputs);
        let inside = Sample {
            inputs: inputs
                .map(|(a, b)| a.iter().chain(b).copied().collect())
                .collect(),
            target: train.target.iter().chain(&validation.target).copied().collect(),
        };
        let rows = train.rows();
        let found = outliers(&inside);
        Outliers {
            train: found.iter().copied().filter(|&row| row < rows).collect(),
            validation: found.iter().filter_map(|row| row.checked_sub(rows)).collect(),
        }
    }

    /// Rows that a formula leaves far out.
    pub(super) fn beside(expr: &Expr, problem: &Problem) -> Outliers {
        if problem.leave_one_out {
            return Outliers::default();
        }
        Outliers {
            train: far_out(&problem.train_residuals(expr)),
            validation: far_out(&problem.validation_residuals(expr)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.train.is_empty() && self.validation.is_empty()
    }
}

/// Places of residuals far beyond the others, when they are few.
fn far_out(residuals: &[f64]) -> Vec<usize> {
    let deviation = 1.4826
        * median(residuals.iter().map(|r| r.abs()).collect())
            .unwrap_or(0.0)
            .max(ARITHMETIC);
    let far: Vec<usize> = (0..residuals.len())
        .filter(|&row| residuals[row].abs() > FAR * deviation)
        .collect();
    if far.len() as f64 > MOST * residuals.len() as f64 {
        Vec::new()
    } else {
        far
    }
}

/// Places of the outliers among the sample's rows.
fn outliers(sample: &Sample) -> Vec<usize> {
    let rows = sample.rows();
    if rows < FEWEST_ROWS {
        return Vec::new();
    }
    let views = views(sample);
    let fits = views
        .iter()
        .filter_map(|(target, inputs)| robust_fit(target, inputs));
    let Some(best) = fits.min_by(|a, b| a.typical.total_cmp(&b.typical)) else {
        return Vec::new();
    };
    // What a perfect model leaves is arithmetic.
    let deviation = (1.4826 * best.typical).max(ARITHMETIC);
    let wild = beyond_a_gap(&best.residuals, WILD * deviation);
    if wild.len() as f64 > MOST * rows as f64 {
        Vec::new()
    } else {
        wild
    }
}

type View = (Vec<f64>, Vec<Vec<f64>>);

/// The target and the inputs as a quadratic model may see them.
fn views(sample: &Sample) -> Vec<View> {
    let y = &sample.target;
    let powered = |power: i32| y.iter().map(|y| y.powi(power)).collect::<Vec<f64>>();
    let logarithms = sample.inputs.iter().map(|c| logarithm_if_one_sign(c)).collect();
    let mut views = vec![(logarithm_if_one_sign(y), logarithms)];
    for power in [1, 2, -1] {
        views.push((powered(power), sample.inputs.clone()));
    }
    views.retain(|(target, _)| target.iter().all(|value| value.is_finite()));
    views
}

/// What a model by least absolute deviations leaves.
struct RobustFit {
    /// As shares of the target's median distance from its median.
    residuals: Vec<f64>,
    /// Median of their magnitude.
    typical: f64,
}

fn robust_fit(target: &[f64], inputs: &[Vec<f64>]) -> Option<RobustFit> {
    let rows = target.len();
    let mut columns = vec![vec![1.0; rows]];
    columns.extend(inputs.iter().map(|c| standardised(c)));
    let width = inputs.len();
    let mut products = Vec::new();
    for i in 1..=width {
        for j in i..=width {
            products.push(columns[i].iter().zip(&columns[j]).map(|(a, b)| a * b).collect());
        }
    }
    if (1 + width + products.len()) * 4 <= rows {
        columns.extend(products);
    } else if (1 + width) * 4 > rows {
        return None;
    }
    let centre = median(target.to_vec()).unwrap_or(0.0);
    let spread = median(target.iter().map(|t| (t - centre).abs()).collect()).unwrap_or(0.0);
    if spread == 0.0 {
        return None;
    }
    let target: Vec<f64> = target.iter().map(|t| (t - centre) / spread).collect();
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut weight = vec![1.0; rows];
    let mut residuals = target.clone();
    let mut typical = 0.0;
    for _ in 0..ROUNDS {
        let fit = least_squares(&views, &target, &weight)?;
        residuals.copy_from_slice(&target);
        for (column, c) in views.iter().zip(&fit.coefficients) {
            residuals.iter_mut().zip(*column).for_each(|(r, v)| *r -= c * v);
        }
        typical = median(residuals.iter().map(|r| r.abs()).collect()).unwrap_or(0.0);
        if typical < ARITHMETIC {
            break;
        }
        for (w, r) in weight.iter_mut().zip(&residuals) {
            *w = (1.0 / r.abs().max(0.1 * typical)).sqrt();
        }
    }
    Some(RobustFit { residuals, typical })
}

/// Places of the residuals above `least` that a gap parts from all smaller
/// ones. In the corners of smooth data the model errs most, but there errors
/// rise gradually.
fn beyond_a_gap(residuals: &[f64], least: f64) -> Vec<usize> {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let gap = sizes
        .windows(2)
        .find(|pair| pair[1] > least && pair[1] > GAP * pair[0]);
    match gap {
        Some(pair) => (0..residuals.len())
            .filter(|&row| residuals[row].abs() >= pair[1])
            .collect(),
        None => Vec::new(),
    }
}

fn logarithm_if_one_sign(values: &[f64]) -> Vec<f64> {
    if values.iter().all(|&v| v > 0.0) || values.iter().all(|&v| v < 0.0) {
        values.iter().map(|v| v.abs().ln()).collect()
    } else {
        values.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(f: impl Fn(usize, f64, f64) -> f64) -> Sample {
        let a: Vec<f64> = (0..120).map(|i| 1.0 + f64::from(i * 37 % 101) / 25.0).collect();
        let b: Vec<f64> = (0..120).map(|i| 1.0 + f64::from(i * 53 % 97) / 25.0).collect();
        Sample {
            target: (0..120).map(|i| f(i, a[i], b[i])).collect(),
            inputs: vec![a, b],
        }
    }

    #[test]
    fn a_slipped_decimal_point_is_found() {
        let slipped = sample(|i, a, b| a / (a + b) * if i == 7 || i == 60 { 10.0 } else { 1.0 });
        assert_eq!(outliers(&slipped), [7, 60]);
    }

    #[test]
    fn a_root_of_squares_is_smooth_once_squared() {
        let root = |a: f64, b: f64| ((a - 2.0).powi(2) + (b - 3.0).powi(2)).sqrt();
        let slipped = sample(|i, a, b| root(a, b) * if i == 7 || i == 60 { 10.0 } else { 1.0 });
        assert_eq!(outliers(&slipped), [7, 60]);
    }

    #[test]
    fn smooth_data_has_none() {
        assert!(outliers(&sample(|_, a, b| (a * a + b * b).sqrt())).is_empty());
        assert!(outliers(&sample(|_, a, b| a * b / (a + b))).is_empty());
        assert!(outliers(&sample(|_, a, b| a - b)).is_empty());
    }
}
