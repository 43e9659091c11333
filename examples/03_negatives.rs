//! Lesson 3: Why a NALU fails on negative numbers: its product path sees `log |x|`,
//! and the sign is gone. Later cells bring it back, each in a way of its own.
//!
//! `cargo run --example 03_negatives`

use nalu_discover::nalu::Cell;
use nalu_discover::train::{Copies, LayerKind, LayerSpec, TrainSettings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The best of 8 seeds on `a * b`, both from −2 to 2: error and what it makes
/// of −1.5 · 1.2.
fn best(cell: Cell) -> (f64, f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let rows: Vec<f64> = (0..2 * 100).map(|_| rng.gen_range(-2.0..2.0)).collect();
    let products: Vec<f64> = rows.chunks(2).map(|row| row[0] * row[1]).collect();
    let settings = TrainSettings {
        steps: 1500,
        ..TrainSettings::for_cell(cell)
    };
    let layer = LayerSpec {
        kind: LayerKind::Cell(cell),
        units: 1,
    };
    let seeds: Vec<u64> = (0..8).collect();
    let mut copies = Copies::new(&[layer], 2, &settings, &seeds);
    let (x, y) = (rows.repeat(8), products.repeat(8));
    let mut errors = Vec::new();
    for _ in 0..settings.steps {
        errors = copies.step(&x, &y);
    }
    let outputs = copies.outputs(&[-1.5, 1.2].repeat(8));
    let best = (0..8)
        .min_by(|&i, &j| errors[i].total_cmp(&errors[j]))
        .unwrap_or(0);
    (errors[best], outputs[best][0])
}

pub fn main() {
    println!("cell        error   -1.5 * 1.2 = -1.8");
    let mut errors = Vec::new();
    for cell in [Cell::NacMul, Cell::Nalu, Cell::Inalu, Cell::Nmu, Cell::RealNpu] {
        let (error, value) = best(cell);
        println!("{:<9} {error:>7.4}   {value:>6.2}", cell.name());
        errors.push(error);
    }
    let [nac_mul, nalu, _, nmu, _] = errors[..] else {
        unreachable!("five cells")
    };
    // A product of signs is not a function of magnitudes.
    assert!(nac_mul > 0.5 && nalu > 0.5);
    // The NMU multiplies the numbers themselves.
    assert!(nmu < 1e-3);
}
