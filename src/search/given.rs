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
