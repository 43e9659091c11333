//! Gradients of every cell, as dfdx's tape gives them, against differences of
//! the same loss computed from the plain-number cells.

use nalgebra::{DMatrix, DVector};
use nalu_discover::dataset::Sample;
use nalu_discover::nalu::{layer, Cell};
use nalu_discover::train::{
    loss_and_gradient, parameter_blocks, Architecture, Gates, InputScaling, ParameterBlock, TrainSettings,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn settings(cell: Cell) -> TrainSettings {
    TrainSettings {
        gates: Gates::Learnt,
        scaling: InputScaling::Raw,
        ..TrainSettings::for_cell(cell)
    }
}

/// Two inputs; with `special`, zeros and negative numbers among them.
fn sample(special: bool) -> Sample {
    drawn(special, special)
}

fn drawn(negatives: bool, zeros: bool) -> Sample {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut inputs: Vec<Vec<f64>> = (0..2)
        .map(|_| (0..24).map(|_| rng.gen_range(0.5..3.0)).collect())
        .collect();
    if negatives {
        for (column, every) in inputs.iter_mut().zip([3, 5]) {
            column.iter_mut().step_by(every).for_each(|x| *x = -*x);
        }
    }
    if zeros {
        inputs[0][4] = 0.0;
        inputs[1][7] = 0.0;
    }
    let target = inputs[0]
        .iter()
        .zip(&inputs[1])
        .map(|(a, b)| a * b - 0.3 * b + 0.1 * (7.0 * a).sin())
        .collect();
    Sample { inputs, target }
}

/// ε as published.
fn epsilon(cell: Cell) -> f64 {
    match cell {
        Cell::Inalu => 1e-7,
        Cell::RealNpu => f64::from(f32::EPSILON),
        _ => 1e-6,
    }
}

/// The loss at `parameters` from the equations on plain numbers.
fn plain_loss(sample: &Sample, cell: Cell, blocks: &[ParameterBlock], parameters: &[f64]) -> f64 {
    let mut layers: Vec<Vec<Vec<Vec<f64>>>> = Vec::new();
    let mut rest = parameters;
    for block in blocks {
        let (own, after) = rest.split_at(block.numbers());
        let matrix = own.chunks(block.columns).map(<[f64]>::to_vec).collect();
        if block.layer == layers.len() {
            layers.push(Vec::new());
        }
        layers[block.layer].push(matrix);
        rest = after;
    }
    let outputs: Vec<Vec<f64>> = (0..sample.rows())
        .map(|row| {
            let x: Vec<f64> = sample.inputs.iter().map(|column| column[row]).collect();
            let mut values: Vec<f64> = Vec::new();
            for (depth, parameters) in layers.iter().enumerate() {
                let inputs = match (cell, depth) {
                    (_, 0) => x.clone(),
                    (Cell::Gated, _) => x.iter().chain(&values).copied().collect(),
                    _ => values,
                };
                values = layer(cell.at_depth(depth), parameters, &inputs, epsilon(cell));
            }
            values
        })
        .collect();
    let y = DVector::from_column_slice(&sample.target);
    let variance = y.add_scalar(-y.mean()).norm_squared();
    if cell == Cell::Gated {
        // The readout solved: least squares on the units and a constant.
        let units = outputs[0].len();
        let columns = DMatrix::from_fn(y.len(), units + 1, |row, unit| {
            outputs[row].get(unit).copied().unwrap_or(1.0)
        });
        let solution = columns
            .clone()
            .svd(true, true)
            .solve(&y, 1e-12)
            .expect("both factors");
        let mse = (columns * solution - y).norm_squared() / variance;
        (mse + 1e-10).ln()
    } else {
        let squares = outputs
            .iter()
            .zip(&sample.target)
            .map(|(o, y)| (o[0] - y).powi(2));
        squares.sum::<f64>() / variance
    }
}

/// Where one-sided differences agree the gradient must equal them; at a kink
/// it must lie between them. Returns the largest difference, at least 1e-3.
fn check(
    cell: Cell,
    layers: usize,
    sample: &Sample,
    point: impl Fn(&ParameterBlock, usize) -> f64,
    what: &str,
) -> f64 {
    let architecture = Architecture {
        layers,
        units: 2,
        cell,
    };
    let settings = settings(cell);
    let blocks = parameter_blocks(&architecture, sample.width(), &settings);
    let parameters: Vec<f64> = blocks
        .iter()
        .flat_map(|block| (0..block.numbers()).map(|index| point(block, index)))
        .collect();
    let (loss, gradient) =
        loss_and_gradient(sample, &architecture, &settings, &parameters).expect("a varying target");
    let plain = |parameters: &[f64]| plain_loss(sample, cell, &blocks, parameters);
    // The default cell is trained in f32, the others in f64.
    let precision = if cell == Cell::Gated { 2e-3 } else { 1e-5 };
    let expected = plain(&parameters);
    assert!(
        (loss - expected).abs() <= precision * expected.abs().max(1e-3),
        "{what}: loss {loss}, from plain numbers {expected}"
    );
    let step = 1e-6;
    let differences: Vec<(f64, f64)> = (0..parameters.len())
        .map(|index| {
            let moved = |by: f64| {
                let mut moved = parameters.clone();
                moved[index] += by;
                plain(&moved)
            };
            ((expected - moved(-step)) / step, (moved(step) - expected) / step)
        })
        .collect();
    let largest = differences.iter().fold(1e-3, |largest: f64, (left, right)| {
        largest.max(left.abs()).max(right.abs())
    });
    for (index, (&g, &(left, right))) in gradient.iter().zip(&differences).enumerate() {
        let slack = precision * largest;
        let within = left.min(right) - slack <= g && g <= left.max(right) + slack;
        assert!(
            within,
            "{what}: parameter {index} has gradient {g}, differences {left} and {right}"
        );
    }
    largest
}

fn ordinary(block: &ParameterBlock, index: usize) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(11 + block.layer as u64);
    rng.set_stream((block.name.len() * 100 + index) as u64);
    match block.name {
        "gate_value" => rng.gen_range(0.2..0.8),
        _ => rng.gen_range(0.1..0.45) * if index % 3 == 1 { -1.0 } else { 1.0 },
    }
}

#[test]
fn every_cell_at_ordinary_points() {
    for cell in Cell::ALL {
        for layers in [1, 2] {
            let what = format!("{} with {layers} layers", cell.name());
            let largest = check(cell, layers, &sample(false), ordinary, &what);
            assert!(largest > 1e-2, "{what}: nothing to compare");
        }
    }
}

#[test]
fn every_cell_with_zero_and_negative_inputs() {
    for cell in Cell::ALL {
        let what = format!("{} at special inputs", cell.name());
        check(cell, 1, &sample(true), ordinary, &what);
    }
}

#[test]
fn the_default_cell_at_weights_on_the_grid() {
    for (weights, what) in [
        ([0.0, 1.0, -1.0, 0.0], "0 and ±1"),
        ([2.0, -2.0, 1.0, -1.0], "±1 and ±2"),
        ([-1.0, 0.0, 2.0, 1.0], "-1, 0, 1, 2"),
    ] {
        let point = |block: &ParameterBlock, index: usize| match block.name {
            "gate_value" => 0.25,
            _ => weights[index % 4],
        };
        for special in [false, true] {
            check(Cell::Gated, 1, &sample(special), point, what);
        }
        check(Cell::Gated, 2, &sample(false), point, what);
    }
}

/// At the bounds of NAU and NMU, where all but one factor of an NMU may vanish,
/// and at the ends of the real NPU's relevance gate.
#[test]
fn linear_weights_on_the_grid() {
    for (weights, what) in [
        ([0.0, 1.0, 1.0, 0.0], "0 and 1"),
        ([1.0, 1.0, 1.0, 1.0], "all 1"),
        ([0.0, 0.0, 0.0, 0.0], "all 0"),
        ([-1.0, 1.0, 2.0, -2.0], "±1 and ±2"),
    ] {
        for cell in [Cell::Nau, Cell::Nmu, Cell::NauNmu, Cell::RealNpu] {
            for relevance in [0.0, 0.5, 1.0] {
                let point = |block: &ParameterBlock, index: usize| match block.name {
                    "relevance" => relevance,
                    _ => weights[index % 4],
                };
                let what = format!("{}, weights {what}, relevance {relevance}", cell.name());
                // A fully relevant 0 is ε: finer than the differences can resolve.
                let zeros = cell != Cell::RealNpu || relevance < 1.0;
                check(cell, 1, &drawn(true, zeros), point, &what);
                if cell != Cell::RealNpu {
                    check(cell, 2, &sample(true), point, &what);
                }
            }
        }
    }
}

/// iNALU's gates and weights at 0 and saturated.
#[test]
fn inalu_at_saturated_gates() {
    for gate in [-20.0, 0.0, 20.0] {
        for w_hat in [[0.0, 20.0, -20.0, 0.0], [1.0, -1.0, 0.5, 20.0]] {
            let point = |block: &ParameterBlock, index: usize| match block.name {
                "gate" => gate,
                name if name.starts_with('w') => w_hat[index % 4],
                _ => 0.7,
            };
            check(
                Cell::Inalu,
                1,
                &sample(true),
                point,
                &format!("gate {gate}, {w_hat:?}"),
            );
        }
    }
}

/// tanh·σ weights reach the grid only in the limit: ±1 at Ŵ = ±20 and
/// M̂ = 20, 0 at Ŵ = 0 or M̂ = −20.
#[test]
fn squashed_weights_on_the_grid() {
    for cell in [Cell::Nac, Cell::NacMul, Cell::Nalu, Cell::NaluSeparate] {
        for (w_hat, what) in [
            ([0.0, 0.0, 0.0, 0.0], "all weights 0"),
            ([20.0, -20.0, 0.0, 20.0], "weights 1, -1, 0"),
        ] {
            let point = |block: &ParameterBlock, index: usize| match block.name {
                "gate" => 0.3,
                name if name.starts_with('w') => w_hat[index % 4],
                _ => [20.0, 1.0, 0.5][index % 3],
            };
            let what = format!("{}, {what}", cell.name());
            check(cell, 1, &sample(true), point, &what);
        }
    }
}
