//! What the seed article's repository fits, with its settings.
//!
//! faizan2786/nalu_implementation: three scripts that print their errors; no
//! results are stored. `Ŵ, M̂ ~ U(−2, 2)`, `G ~ N(0, 1)`, ε = 1e-6, full
//! batches of 2,000 rows, Adam on the mean squared error.

use rayon::prelude::*;

use crate::nalu::Cell;
use crate::train::{Copies, Decay, LayerKind, LayerSpec, TrainSettings};

use super::sampling::{mean_squared_error, stream, Range};
use super::{Column, Experiment, Options, Reproduction, Value};
use crate::statistics::median;

/// One script.
struct Script {
    name: &'static str,
    cell: Cell,
    formula: fn(&[f64]) -> f64,
    /// First value and step of each column, 2,000 rows.
    columns: &'static [(f64, f64)],
    /// The columns of the rows it calls its test.
    test: fn() -> Vec<Vec<f64>>,
    rate: f64,
    epochs: usize,
}

const ROWS: usize = 2000;

const SCRIPTS: [Script; 4] = [
    Script {
        name: "x1 + x2",
        cell: Cell::Nac,
        formula: |x| x[0] + x[1],
        columns: &[(0.0, 5.0), (5.0, 5.0)],
        test: two_columns,
        rate: 0.05,
        epochs: 22_000,
    },
    Script {
        name: "x1 * x2",
        cell: Cell::NacMul,
        formula: |x| x[0] * x[1],
        columns: &[(0.0, 5.0), (5.0, 5.0)],
        test: two_columns,
        rate: 0.5,
        epochs: 36_000,
    },
    Script {
        name: "x1/4 + x2/2 + x3^2",
        cell: Cell::NaluSeparate,
        formula: last_formula,
        columns: LAST_COLUMNS,
        test: three_columns,
        rate: 0.005,
        epochs: 30_000,
    },
    // Not in the repository: the cell of the paper on the same rows.
    Script {
        name: "x1/4 + x2/2 + x3^2",
        cell: Cell::Nalu,
        formula: last_formula,
        columns: LAST_COLUMNS,
        test: three_columns,
        rate: 0.005,
        epochs: 30_000,
    },
];

const LAST_COLUMNS: &[(f64, f64)] = &[(1000.0, 5.0), (500.0, 3.0), (0.0, 1.0)];

fn last_formula(x: &[f64]) -> f64 {
    x[0] / 4.0 + x[1] / 2.0 + x[2] * x[2]
}

fn progression(first: f64, step: f64, rows: usize) -> Vec<f64> {
    (0..rows).map(|row| first + step * row as f64).collect()
}

fn two_columns() -> Vec<Vec<f64>> {
    vec![progression(1000.0, 8.0, 125), progression(1000.0, 4.0, 125)]
}

/// Integers drawn at random, as the script does.
fn three_columns() -> Vec<Vec<f64>> {
    let mut rng = stream(0, u64::MAX);
    [(0.0, 1000.0), (1.0, 500.0), (50.0, 150.0)]
        .map(|(low, high)| {
            let numbers = Range::new(low, high).sample(200, &mut rng);
            numbers.into_iter().map(f64::floor).collect()
        })
        .to_vec()
}

/// Ten times further than the training rows, where the script never looks.
fn beyond(script: &Script) -> Vec<Vec<f64>> {
    let columns = script.columns.iter().enumerate();
    columns
        .map(|(index, &(first, step))| {
            let last = first + step * ROWS as f64;
            let mut rng = stream(1, index as u64);
            Range::new(last, 10.0 * last).sample(200, &mut rng)
        })
        .collect()
}

fn rows_of(columns: &[Vec<f64>]) -> Vec<f64> {
    let rows = columns.first().map_or(0, Vec::len);
    (0..rows)
        .flat_map(|row| columns.iter().map(move |column| column[row]))
        .collect()
}

/// How the seeds of one script ended.
struct Outcome {
    /// Median over the seeds of the root of the error over the target's mean
    /// square: on the training rows, the script's test, and beyond.
    errors: [Option<f64>; 3],
    /// Seeds with an error below 1e-3 in all three.
    right: usize,
    /// The layer of the best seed.
    weights: String,
}

pub(super) fn run(options: &Options, progress: &(dyn Fn(usize, usize) + Sync)) -> Reproduction {
    let seeds = options.seeds.unwrap_or(if options.full { 20 } else { 3 });
    let done = std::sync::atomic::AtomicUsize::new(0);
    let outcomes: Vec<Option<Outcome>> = SCRIPTS
        .par_iter()
        .map(|script| {
            let outcome = train(script, seeds, script.epochs, options);
            progress(
                1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                SCRIPTS.len(),
            );
            outcome
        })
        .collect();
    let rows = SCRIPTS.iter().zip(&outcomes).filter_map(|(script, outcome)| {
        let outcome = outcome.as_ref()?;
        let [train, test, beyond] = outcome.errors.map(Value::number);
        Some(vec![
            Value::Text(script.name.to_owned()),
            Value::Text(script.cell.name().to_owned()),
            Value::Number(script.epochs as f64),
            train,
            test,
            beyond,
            Value::Rate {
                successes: outcome.right,
                trials: seeds,
            },
            Value::Text(outcome.weights.clone()),
        ])
    });
    Reproduction {
        experiment: Experiment::Functions,
        caption: "Root of the mean squared error over that of the target, median over the seeds: on the \
                  training rows, on the rows the scripts call their test, and ten times beyond; seeds below \
                  1e-3 in all three; the best seed's weights and mean gate"
            .to_owned(),
        settings: vec![("seeds", seeds.to_string()), ("rows", ROWS.to_string())],
        columns: [
            ("<function", "function"),
            ("<cell", "cell"),
            ("epochs", "epochs"),
            ("train", "train"),
            ("test", "test"),
            ("beyond", "beyond"),
            ("right", "right"),
            ("<weights", "weights"),
        ]
        .map(|(title, key)| Column { title, key })
        .to_vec(),
        rows: rows.collect(),
        curves: Vec::new(),
        complete: outcomes.iter().all(Option::is_some),
    }
}

/// None when stopped.
fn train(script: &Script, seeds: usize, epochs: usize, options: &Options) -> Option<Outcome> {
    let settings = TrainSettings {
        steps: epochs,
        learning_rate: script.rate,
        decay: Decay::Constant,
        ..TrainSettings::for_cell(script.cell)
    };
    let layer = LayerSpec {
        kind: LayerKind::Cell(script.cell),
        units: 1,
    };
    let width = script.columns.len();
    let seeds: Vec<u64> = (0..seeds as u64).collect();
    let mut copies = Copies::new(&[layer], width, &settings, &seeds);
    let columns: Vec<Vec<f64>> = script
        .columns
        .iter()
        .map(|&(first, step)| progression(first, step, ROWS))
        .collect();
    let target = |x: &[f64]| -> Vec<f64> { x.chunks(width).map(script.formula).collect() };
    let one = rows_of(&columns);
    let (x, y) = (one.repeat(seeds.len()), target(&one).repeat(seeds.len()));
    for epoch in 0..epochs {
        if epoch % 16 == 0 && options.stop.should_stop() {
            return None;
        }
        copies.step(&x, &y);
    }
    let errors = [one, rows_of(&(script.test)()), rows_of(&beyond(script))].map(|rows| {
        let target = target(&rows);
        let zeros = vec![0.0; target.len()];
        let size = mean_squared_error(&zeros, &target).sqrt();
        let outputs = copies.outputs(&rows.repeat(seeds.len()));
        let relative = outputs
            .iter()
            .map(|outputs| mean_squared_error(outputs, &target).sqrt() / size);
        relative.collect::<Vec<f64>>()
    });
    let right = (0..seeds.len())
        .filter(|&copy| errors.iter().all(|errors| errors[copy] < 1e-3))
        .count();
    let best = (0..seeds.len()).min_by(|&a, &b| errors[0][a].total_cmp(&errors[0][b]));
    let layers = copies.layers(&x);
    let weights = best
        .and_then(|best| layers[best].first())
        .map_or(String::new(), |layer| {
            let column = |matrix: &[Vec<f64>]| {
                let numbers: Vec<String> = matrix.iter().map(|row| format!("{:.3}", row[0])).collect();
                numbers.join(", ")
            };
            match script.cell {
                Cell::Nac => format!("W {}", column(&layer.w_add)),
                Cell::NacMul => format!("W {}", column(&layer.w_mul)),
                _ => format!(
                    "W+ {}; W* {}; g {:.2}",
                    column(&layer.w_add),
                    column(&layer.w_mul),
                    layer.gates[0]
                ),
            }
        });
    Some(Outcome {
        errors: errors.map(median),
        right,
        weights,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::StopSignal;

    #[test]
    fn the_rows_are_the_scripts() {
        let script = &SCRIPTS[2];
        let last: Vec<f64> = script
            .columns
            .iter()
            .map(|&(first, step)| *progression(first, step, ROWS).last().expect("rows"))
            .collect();
        assert_eq!(last, vec![10_995.0, 6_497.0, 1_999.0]);
        assert_eq!((script.formula)(&[4.0, 2.0, 3.0]), 11.0);
        assert!((script.test)()[2]
            .iter()
            .all(|x| (50.0..150.0).contains(x) && x.fract() == 0.0));
    }

    #[test]
    fn a_nac_goes_towards_the_sum() {
        let options = Options {
            seeds: None,
            full: false,
            stop: StopSignal::never(),
        };
        let outcome = train(&SCRIPTS[0], 1, 300, &options).expect("not stopped");
        assert!(
            outcome.errors[0].is_some_and(|error| error < 0.3),
            "{:?}",
            outcome.errors
        );
    }
}
