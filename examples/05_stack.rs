//! Lesson 5: Stacks: a second layer computes with what the first found. Depth costs:
//! fewer restarts find the formula, so one trains an ensemble and keeps what
//! still fits once it is rounded.
//!
//! `cargo run --example 05_stack`

use nalu_discover::dataset::Sample;
use nalu_discover::extract::round;
use nalu_discover::nalu::Cell;
use nalu_discover::stop::StopSignal;
use nalu_discover::train::{train, Architecture, TrainSettings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many of 32 stacks round to a formula that fits exactly.
fn exact(layers: usize, sample: &Sample) -> (usize, Option<String>) {
    let architecture = Architecture {
        layers,
        units: 3,
        cell: Cell::Gated,
    };
    let settings = TrainSettings {
        restarts: 32,
        ..TrainSettings::default()
    };
    let trained = train(sample, &architecture, &settings, 0, &StopSignal::never());
    let names = ["a", "b", "c"].map(str::to_owned);
    let exact: Vec<String> = trained
        .iter()
        .filter_map(|stack| round(stack, sample, false).into_iter().next())
        .filter(|formula| formula.rounded_error < 1e-12)
        .map(|formula| formula.expr.text(&names))
        .collect();
    (exact.len(), exact.into_iter().next())
}

pub fn main() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut column = || (0..100).map(|_| rng.gen_range(1.0..5.0)).collect::<Vec<f64>>();
    let (a, b, c) = (column(), column(), column());
    let target = (0..100).map(|i| a[i] / (b[i] + c[i])).collect();
    let sample = Sample {
        inputs: vec![a, b, c],
        target,
    };
    for layers in [1, 2] {
        let (count, formula) = exact(layers, &sample);
        let formula = formula.unwrap_or_else(|| "none".to_owned());
        println!("{layers} layer(s): {count} of 32 stacks are exact once rounded: {formula}");
        // One layer has no quotient by a sum; two have.
        assert_eq!(count > 0, layers == 2);
    }
}
