//! Lesson 4: From weights to a formula: every weight to the nearest grid point, every
//! gate to add or multiply, then the formula is judged, not the network.
//!
//! `cargo run --example 04_rounding`

use nalu_discover::dataset::Sample;
use nalu_discover::extract::round_all;
use nalu_discover::nalu::Cell;
use nalu_discover::stop::StopSignal;
use nalu_discover::train::{train, Architecture, TrainSettings};

pub fn main() {
    let mass: Vec<f64> = (0..60).map(|i| 1.0 + 0.07 * f64::from(i)).collect();
    let speed: Vec<f64> = (0..60).map(|i| 1.0 + f64::from(i * 17 % 60) * 0.1).collect();
    let energy = mass.iter().zip(&speed).map(|(m, v)| 0.5 * m * v * v).collect();
    let sample = Sample {
        inputs: vec![mass, speed],
        target: energy,
    };

    // Sixteen restarts of one layer of two units; the readout (here the ½) is
    // solved by least squares at every step.
    let architecture = Architecture {
        layers: 1,
        units: 2,
        cell: Cell::Gated,
    };
    let settings = TrainSettings {
        restarts: 16,
        ..TrainSettings::default()
    };
    let trained = train(&sample, &architecture, &settings, 0, &StopSignal::never());
    let best = &trained[0];
    println!("trained: loss {:.1e}", best.loss);
    println!("  W     {:.3?}", best.layers[0].w_mul);
    println!("  gates {:.3?} (1 adds, 0 multiplies)", best.layers[0].gates);

    let names = ["m".to_owned(), "v".to_owned()];
    println!("rounded, best first:");
    let formulas = round_all(&trained, &sample, false);
    for formula in formulas.iter().take(3) {
        println!(
            "  {:<24} error {:.1e}",
            formula.expr.text(&names),
            formula.rounded_error
        );
    }
    let found = &formulas[0];
    println!(
        "margins of the best: {:.3?}",
        found.stack.layers[0].weight_margins
    );
    let far = found.stack.evaluate(&[vec![100.0], vec![30.0]]);
    println!("at m = 100, v = 30: {}", far[0]);
    assert!((far[0] - 45_000.0).abs() < 1e-6);
}
