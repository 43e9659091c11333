//! Lesson 2: A NALU: the NAC beside a NAC on logarithms, which multiplies, and a gate
//! that mixes the two: `y = g⊙xW + (1−g)⊙exp(log(|x| + ε) W)`, `g = σ(xG)`.
//!
//! The published cell, and its weak points: which path it ends on depends on
//! the first values, the gate mixes a little of the other path in, and weights
//! near 1 are not 1. Inside the training range that hardly shows; outside it
//! does.
//!
//! `cargo run --example 02_nalu`

use nalu_discover::nalu::Cell;
use nalu_discover::train::{Copies, LayerKind, LayerSpec, TrainSettings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub fn main() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let rows: Vec<f64> = (0..2 * 100).map(|_| rng.gen_range(1.0..5.0)).collect();
    let sums: Vec<f64> = rows.chunks(2).map(|row| row[0] + row[1]).collect();

    let settings = TrainSettings {
        steps: 2000,
        ..TrainSettings::for_cell(Cell::Nalu)
    };
    let nalu = LayerSpec {
        kind: LayerKind::Cell(Cell::Nalu),
        units: 1,
    };
    let seeds: Vec<u64> = (0..8).collect();
    let mut copies = Copies::new(&[nalu], 2, &settings, &seeds);
    // Every copy sees the same rows.
    let (x, y) = (rows.repeat(seeds.len()), sums.repeat(seeds.len()));
    let mut errors = Vec::new();
    for _ in 0..settings.steps {
        errors = copies.step(&x, &y);
    }

    let far = copies.outputs(&[20.0, 30.0].repeat(seeds.len()));
    println!("seed     loss  gate  W                   20 + 30");
    for (seed, layers) in copies.layers(&x).iter().enumerate() {
        let layer = &layers[0];
        println!(
            "{seed:>4} {:>8.4} {:>5.2}  [{:>5.2}, {:>5.2}] {:>14.1}",
            errors[seed], layer.gates[0], layer.w_add[0][0], layer.w_add[1][0], far[seed][0]
        );
    }
    let off = |output: f64| (output - 50.0).abs() / 50.0;
    let near = far.iter().filter(|output| off(output[0]) < 0.1).count();
    let exact = far.iter().filter(|output| off(output[0]) < 0.001).count();
    println!(
        "{near} of {} seeds are within 10 % of 50, {exact} within 0.1 %",
        seeds.len()
    );
    assert!(near > 0 && exact == 0);
}
