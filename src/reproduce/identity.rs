//! `f(x) = x` learnt by small dense networks, and how they fail beyond.
//!
//! Trask et al. 2018, figure 1, which the seed article shows first: three
//! hidden layers of eight units, trained on [−5, 5], judged from −20 to 20;
//! the mean over many networks.

use rayon::prelude::*;

use crate::nalu::Cell;
use crate::train::{Activation, Copies, Decay, LayerKind, LayerSpec, TrainSettings};

use super::sampling::{stream, Range};
use super::{Column, Experiment, Options, Reproduction, Value};

const HIDDEN: usize = 8;
const BATCH: usize = 64;
const INSIDE: Range = Range::new(-5.0, 5.0);

/// Points from −20 to 20.
const POINTS: usize = 81;

/// Mean absolute error of one kind of network at each point.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Name of the activation or cell.
    pub name: String,
    /// Input and error.
    pub points: Vec<(f64, f64)>,
}

impl Curve {
    /// The mean of the errors at ±x, where both were measured.
    fn at(&self, x: f64) -> Option<f64> {
        let errors: Vec<f64> = self
            .points
            .iter()
            .filter(|point| point.0.abs() == x)
            .map(|point| point.1)
            .collect();
        super::sampling::mean(&errors)
    }
}

/// The error at ±20 read off a reproduction of the figure.
fn published(activation: Activation) -> Option<f64> {
    match activation {
        Activation::Hardtanh => Some(15.0),
        Activation::Tanh => Some(14.0),
        Activation::Sigmoid => Some(13.5),
        Activation::Relu6 => Some(13.0),
        Activation::Hardshrink => Some(10.0),
        Activation::Softsign => Some(4.2),
        Activation::LeakyRelu => Some(3.3),
        Activation::PRelu => Some(2.6),
        Activation::Softplus => Some(2.4),
        Activation::Softshrink => Some(1.7),
        Activation::Relu => Some(1.0),
        Activation::Elu | Activation::Selu => Some(0.45),
        Activation::None | Activation::Tanhshrink => None,
    }
}

pub(super) fn run(options: &Options, progress: &(dyn Fn(usize, usize) + Sync)) -> Reproduction {
    let seeds = options.seeds.unwrap_or(if options.full { 100 } else { 10 });
    let (steps, rate) = if options.full {
        (10_000, 1e-3)
    } else {
        (2_000, 5e-3)
    };
    let mut models: Vec<(&str, LayerKind, Option<f64>)> = Activation::ALL
        .into_iter()
        .map(|activation| {
            (
                activation.name(),
                LayerKind::Dense(activation),
                published(activation),
            )
        })
        .collect();
    for cell in [Cell::Nac, Cell::Nalu] {
        models.push((cell.name(), LayerKind::Cell(cell), None));
    }
    let done = std::sync::atomic::AtomicUsize::new(0);
    let curves: Vec<Option<Curve>> = models
        .par_iter()
        .map(|&(name, kind, _)| {
            let curve = train(name, kind, seeds, steps, rate, options);
            progress(
                1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                models.len(),
            );
            curve
        })
        .collect();
    let complete = curves.iter().all(Option::is_some);
    let rows = models
        .iter()
        .zip(&curves)
        .filter_map(|(&(name, _, published), curve)| {
            let curve = curve.as_ref()?;
            let measured = [0.0, 5.0, 10.0, 20.0].map(|x| Value::number(curve.at(x)));
            let row = [Value::Text(name.to_owned())].into_iter().chain(measured);
            Some(row.chain([Value::number(published)]).collect())
        });
    Reproduction {
        experiment: Experiment::Identity,
        caption: "f(x) = x: mean absolute error at 0, ±5 (the end of the training range), ±10 and ±20"
            .to_owned(),
        settings: vec![
            ("networks", seeds.to_string()),
            ("iterations", steps.to_string()),
            ("learning rate", rate.to_string()),
            ("shape", format!("3 hidden layers of {HIDDEN}")),
        ],
        columns: [
            ("<layers", "layers"),
            ("at 0", "at_0"),
            ("at 5", "at_5"),
            ("at 10", "at_10"),
            ("at 20", "at_20"),
            ("published at 20", "published_at_20"),
        ]
        .map(|(title, key)| Column { title, key })
        .to_vec(),
        rows: rows.collect(),
        curves: curves.into_iter().flatten().collect(),
        complete,
    }
}

/// None when stopped.
fn train(
    name: &str,
    kind: LayerKind,
    seeds: usize,
    steps: usize,
    rate: f64,
    options: &Options,
) -> Option<Curve> {
    let settings = TrainSettings {
        steps,
        learning_rate: rate,
        decay: Decay::Constant,
        ..TrainSettings::for_cell(Cell::Nac)
    };
    let last = match kind {
        LayerKind::Dense(_) => LayerKind::Dense(Activation::None),
        cell => cell,
    };
    let hidden = LayerSpec { kind, units: HIDDEN };
    let layers = [hidden, hidden, hidden, LayerSpec { kind: last, units: 1 }];
    let seeds: Vec<u64> = (0..seeds as u64).collect();
    let mut copies = Copies::new(&layers, 1, &settings, &seeds);
    let mut rngs: Vec<_> = seeds.iter().map(|&seed| stream(seed, 1)).collect();
    for step in 0..steps {
        if step % 16 == 0 && options.stop.should_stop() {
            return None;
        }
        let x: Vec<f64> = rngs
            .iter_mut()
            .flat_map(|rng| INSIDE.sample(BATCH, rng))
            .collect();
        copies.step(&x, &x);
    }
    let points: Vec<f64> = (0..POINTS).map(|i| -20.0 + 0.5 * i as f64).collect();
    let outputs = copies.outputs(&points.repeat(seeds.len()));
    let error = |index: usize, x: f64| {
        let sum: f64 = outputs.iter().map(|outputs| (outputs[index] - x).abs()).sum();
        sum / outputs.len() as f64
    };
    Some(Curve {
        name: name.to_owned(),
        points: points
            .iter()
            .enumerate()
            .map(|(i, &x)| (x, error(i, x)))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::StopSignal;

    #[test]
    fn a_bounded_activation_fails_outside_and_a_linear_network_does_not() {
        let options = Options {
            seeds: None,
            full: false,
            stop: StopSignal::never(),
        };
        let error = |activation: Activation| {
            let kind = LayerKind::Dense(activation);
            let curve = train("", kind, 2, 600, 1e-2, &options).expect("not stopped");
            (
                curve.at(0.0).expect("measured"),
                curve.at(20.0).expect("measured"),
            )
        };
        let (_, linear) = error(Activation::None);
        let (inside, tanh) = error(Activation::Tanh);
        assert!(
            linear < 0.1 && inside < 1.0 && tanh > 5.0,
            "{linear}, {inside}, {tanh}"
        );
    }
}
