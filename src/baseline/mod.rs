//! What the formula is compared with: models that fit without understanding.
//!
//! A linear fit ([`Linear`]) and a small network ([`crate::train::mlp`]), on
//! the same rows as the formula.

mod linear;

pub use linear::Linear;

use crate::dataset::Sample;
use crate::split::Split;
use crate::stop::StopSignal;
use crate::train::mlp;
use crate::validate::{Fitted, Metrics, SplitMetrics};

/// The figures of the models that the formula is compared with.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Baselines {
    /// The linear fit.
    pub linear: SplitMetrics,
    /// The small network.
    pub mlp: SplitMetrics,
}

/// A fitted model: a prediction for each row.
type Model = Box<dyn Fn(&Sample) -> Vec<f64>>;

/// Fits the baselines to the training rows and measures them on all three
/// parts. Where rows are left out in turn, each is predicted by a model that
/// was fitted without it.
pub fn baselines(split: &Split, seed: u64, stop: &StopSignal) -> Baselines {
    let linear = |sample: &Sample| -> Model {
        let linear = Linear::fit(sample);
        Box::new(move |rows| linear.predict(rows))
    };
    // A target that does not vary on the training rows has no network.
    let network = |sample: &Sample| -> Model {
        match mlp(sample, seed, stop) {
            Some(network) => Box::new(move |rows| network.predict(&rows.inputs)),
            None => Box::new(|rows| vec![f64::NAN; rows.rows()]),
        }
    };
    Baselines {
        linear: measure(split, &linear),
        mlp: measure(split, &network),
    }
}

fn measure(split: &Split, fit: &dyn Fn(&Sample) -> Model) -> SplitMetrics {
    let model = fit(&split.train);
    let metrics = SplitMetrics::measure(model, &split.train, &split.validation, &split.extrapolation);
    if !split.leave_one_out {
        return metrics;
    }
    let rows = split.train.rows();
    let without = |row: usize| (0..rows).filter(|&other| other != row).collect::<Vec<_>>();
    let predictions: Vec<f64> = (0..rows)
        .flat_map(|row| fit(&split.train.select(&without(row)))(&split.train.select(&[row])))
        .collect();
    let validation = Metrics::of(Fitted {
        target: &split.train.target,
        predictions: &predictions,
    });
    SplitMetrics {
        validation,
        ..metrics
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::SplitDescription;

    fn line(rows: std::ops::Range<usize>) -> Sample {
        let x: Vec<f64> = rows.map(|i| i as f64).collect();
        Sample {
            target: x.iter().map(|x| 3.0 * x + (x * 7.0).sin()).collect(),
            inputs: vec![x],
        }
    }

    #[test]
    fn rows_left_out_are_predicted_without_them() {
        let split = |leave_one_out| Split {
            train: line(0..6),
            validation: line(0..6),
            extrapolation: line(0..0),
            train_rows: vec![],
            validation_rows: vec![],
            extrapolation_rows: vec![],
            leave_one_out,
            description: SplitDescription::default(),
            every_row: None,
            seed: 0,
        };
        let fitted = baselines(&split(false), 0, &StopSignal::never());
        let left_out = baselines(&split(true), 0, &StopSignal::never());
        assert_eq!(fitted.linear.validation, fitted.linear.train);
        for (model, with) in [(left_out.linear, fitted.linear), (left_out.mlp, fitted.mlp)] {
            assert_eq!(model.train, with.train);
            assert!(model.validation.rmse > 1.2 * model.train.rmse, "{model:?}");
        }
    }
}
