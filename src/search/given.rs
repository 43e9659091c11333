//! What a search would have come to had it found this formula: for a formula that is
//! given, not looked for.

use crate::formula::Expr;
use crate::split::Split;

use super::outlier::Outliers;
use super::pool::likelihood_length;
use super::problem::{Problem, Weighting};
use super::{Outcome, StopReason};

impl Outcome {
    /// Of the formula as it stands: nothing is fitted. Errors count by whichever is
    /// likelier of one deviation for all rows and one proportional to the value.
    pub fn given(expr: &Expr, split: &Split) -> Outcome {
        let mut problem = Problem::new(split.train.clone(), split.validation.clone(), split.leave_one_out);
        let by = |weighting: Weighting| {
            let mut weighed = problem.clone();
            weighed.weigh(weighting);
            likelihood_length(expr, &weighed)
        };
        let has_zeros = problem.train.target.contains(&0.0);
        let relative = match (by(Weighting::Uniform), by(Weighting::Relative)) {
            (Some(uniform), Some(relative)) => !has_zeros && relative < uniform,
            _ => false,
        };
        problem.weigh(if relative {
            Weighting::Relative
        } else {
            Weighting::Uniform
        });
        let outliers = Outliers::beside(expr, &problem);
        let (mut train_weight, mut validation_weight) = (problem.train_weight, problem.validation_weight);
        outliers.train.iter().for_each(|&row| train_weight[row] = 0.0);
        outliers
            .validation
            .iter()
            .for_each(|&row| validation_weight[row] = 0.0);
        Outcome {
            best: Some(expr.clone()),
            origin: None,
            rivals: Vec::new(),
            alternatives: Vec::new(),
            front: Vec::new(),
            round_constants: expr.constants(),
            relative,
            train_weight,
            validation_weight,
            train_outliers: outliers.train,
            validation_outliers: outliers.validation,
            restarts: 0,
            steps: Vec::new(),
            stop_reason: StopReason::Given,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Sample;
    use crate::formula::parse;
    use crate::split::SplitDescription;

    fn split_of(target: impl Fn(f64) -> f64) -> Split {
        let rows = |from: usize| {
            let x: Vec<f64> = (from..from + 40).map(|i| 1.0 + i as f64 / 4.0).collect();
            Sample {
                target: x.iter().map(|&x| target(x)).collect(),
                inputs: vec![x],
            }
        };
        Split {
            train: rows(0),
            validation: rows(1),
            extrapolation: rows(2),
            train_rows: Vec::new(),
            validation_rows: Vec::new(),
            extrapolation_rows: Vec::new(),
            leave_one_out: false,
            description: SplitDescription::default(),
            every_row: None,
            seed: 0,
        }
    }

    fn given(formula: &str, target: impl Fn(f64) -> f64) -> Outcome {
        let expr = parse(formula, &["x".to_owned()]).unwrap();
        Outcome::given(&expr, &split_of(target))
    }

    #[test]
    fn errors_count_as_they_grow() {
        let sign = |x: f64| if (4.0 * x) as i64 % 2 == 0 { 1.0 } else { -1.0 };
        assert!(given("3*x^2", |x| 3.0 * x * x * (1.0 + 0.01 * sign(x))).relative);
        assert!(!given("3*x^2", |x| 3.0 * x * x + 0.5 * sign(x)).relative);
    }

    #[test]
    fn a_row_that_is_far_off_has_no_weight() {
        let off = |x: f64| if x == 5.0 { 700.0 } else { 3.0 * x * x };
        let outcome = given("3*x^2", off);
        assert_eq!(outcome.train_outliers, [16]);
        assert_eq!(outcome.train_weight[16], 0.0);
        assert_eq!(outcome.round_constants, [3.0]);
    }
}
