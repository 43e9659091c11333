//! Six operations on sums of slices of a hundred inputs.
//!
//! Trask et al. 2018, table 1 ("static" tasks), in the form Madsen & Johansen
//! 2020 made precise: x ∈ R^100, a and b the sums of two contiguous slices of
//! 25 that share 12, inputs from (1, 2), judged on (2, 6), hidden size 2,
//! batches of 128, Adam at 1e-3, 5,000,000 iterations. Errors are relative to
//! the same network untrained: 100 is no better than that, 0 is perfect.

use rayon::prelude::*;

use crate::dataset::Sample;
use crate::extract::round_all;
use crate::nalu::Cell;
use crate::train::{
    train as train_ensemble, Activation, Architecture, Copies, Decay, LayerKind, LayerSpec, TrainSettings,
};

use super::sampling::{mean_squared_error, stream, Range};
use super::{Column, Experiment, Options, Reproduction, Value};
use crate::statistics::median;

const WIDTH: usize = 100;
const SLICE: usize = 25;
const SHARED: usize = 12;
const HIDDEN: usize = 2;
const BATCH: usize = 128;
const TEST_ROWS: usize = 256;
const INSIDE: Range = Range::new(1.0, 2.0);
const OUTSIDE: Range = Range::new(2.0, 6.0);

/// A task with the published errors outside: ReLU6, no activation, NAC, NALU.
struct Task {
    name: &'static str,
    formula: fn(f64, f64) -> f64,
    published: [f64; 4],
}

const TASKS: [Task; 6] = [
    Task {
        name: "a + b",
        formula: |a, b| a + b,
        published: [42.6, 0.0, 0.0, 0.0],
    },
    Task {
        name: "a - b",
        formula: |a, b| a - b,
        published: [29.0, 0.0, 0.0, 0.0],
    },
    Task {
        name: "a * b",
        formula: |a, b| a * b,
        published: [10.1, 29.5, 33.3, 0.0],
    },
    Task {
        name: "a / b",
        formula: |a, b| a / b,
        published: [37.2, 52.3, 61.3, 0.7],
    },
    Task {
        name: "a^2",
        formula: |a, _| a * a,
        published: [47.0, 25.1, 53.3, 0.0],
    },
    Task {
        name: "sqrt(a)",
        formula: |a, _| a.sqrt(),
        published: [10.3, 20.0, 16.4, 0.0],
    },
];

/// Models in the order of [`Task::published`]; the last two are ours: the
/// cell trained like the others, and the formula that the search's ensemble
/// rounds to.
const MODELS: [(&str, LayerKind); 6] = [
    ("ReLU6", LayerKind::Dense(Activation::Relu6)),
    ("linear", LayerKind::Dense(Activation::None)),
    ("nac", LayerKind::Cell(Cell::Nac)),
    ("nalu", LayerKind::Cell(Cell::Nalu)),
    ("gated", LayerKind::Cell(Cell::Gated)),
    (ROUNDED, LayerKind::Cell(Cell::Gated)),
];

const ROUNDED: &str = "gated, rounded";

/// Rows an ensemble is trained on.
const SEARCH_ROWS: usize = 256;

pub(super) fn run(options: &Options, progress: &(dyn Fn(usize, usize) + Sync)) -> Reproduction {
    let seeds = options.seeds.unwrap_or(if options.full { 11 } else { 3 });
    let (steps, rate) = if options.full {
        (5_000_000, 1e-3)
    } else {
        (2_000, 1e-2)
    };
    let jobs: Vec<(&Task, usize)> = TASKS
        .iter()
        .flat_map(|task| (0..MODELS.len()).map(move |model| (task, model)))
        .collect();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let results: Vec<Option<[f64; 2]>> = jobs
        .par_iter()
        .map(|&(task, model)| {
            let result = train(task, MODELS[model], seeds, steps, rate, options);
            progress(
                1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                jobs.len(),
            );
            result
        })
        .collect();
    let rows = jobs.iter().zip(&results).filter_map(|(&(task, model), result)| {
        let [inside, outside] = (*result)?;
        Some(vec![
            Value::Text(task.name.to_owned()),
            Value::Text(MODELS[model].0.to_owned()),
            Value::number(Some(inside)),
            Value::number(Some(outside)),
            Value::number(task.published.get(model).copied()),
        ])
    });
    Reproduction {
        experiment: Experiment::Arithmetic,
        caption: "Mean squared error, in percent of the untrained network's (100 = untrained, 0 = perfect), \
                  median over the seeds"
            .to_owned(),
        settings: vec![
            ("seeds", seeds.to_string()),
            ("iterations", steps.to_string()),
            ("learning rate", rate.to_string()),
            ("inputs", format!("{WIDTH} from {INSIDE}, judged on {OUTSIDE}")),
        ],
        columns: [
            ("<operation", "operation"),
            ("<model", "model"),
            ("inside", "interpolation"),
            ("outside", "extrapolation"),
            ("published outside", "published_extrapolation"),
        ]
        .map(|(title, key)| Column { title, key })
        .to_vec(),
        rows: rows.collect(),
        curves: Vec::new(),
        complete: results.iter().all(Option::is_some),
    }
}

/// Errors inside and outside in percent of the untrained ones; None when
/// stopped.
fn train(
    task: &Task,
    (name, kind): (&str, LayerKind),
    seeds: usize,
    steps: usize,
    rate: f64,
    options: &Options,
) -> Option<[f64; 2]> {
    let cell = match kind {
        LayerKind::Cell(cell) => cell,
        LayerKind::Dense(_) => Cell::Nac,
    };
    let settings = TrainSettings {
        steps,
        learning_rate: rate,
        decay: Decay::Constant,
        ..TrainSettings::for_cell(cell)
    };
    let last = match kind {
        LayerKind::Dense(_) => LayerKind::Dense(Activation::None),
        cell => cell,
    };
    let layers = [
        LayerSpec { kind, units: HIDDEN },
        LayerSpec { kind: last, units: 1 },
    ];
    let seeds: Vec<u64> = (0..seeds as u64).collect();
    let mut copies = Copies::new(&layers, WIDTH, &settings, &seeds);
    let target = |x: &[f64]| -> Vec<f64> { x.chunks(WIDTH).map(|x| answer(task, x)).collect() };

    let mut rng = stream(0, u64::MAX);
    let tests = [INSIDE, OUTSIDE].map(|range| {
        let x = range.sample(WIDTH * TEST_ROWS, &mut rng);
        (x.repeat(seeds.len()), target(&x))
    });
    let errors = |copies: &Copies| {
        [0, 1].map(|range| {
            let (x, y) = &tests[range];
            let outputs = copies.outputs(x);
            outputs
                .iter()
                .map(|outputs| mean_squared_error(outputs, y))
                .collect::<Vec<f64>>()
        })
    };
    let untrained = errors(&copies);
    let trained = if name == ROUNDED {
        rounded(task, &seeds, &tests, options)?
    } else {
        let mut rngs: Vec<_> = seeds.iter().map(|&seed| stream(seed, 1)).collect();
        for step in 0..steps {
            if step % 16 == 0 && options.stop.should_stop() {
                return None;
            }
            let x: Vec<f64> = rngs
                .iter_mut()
                .flat_map(|rng| INSIDE.sample(WIDTH * BATCH, rng))
                .collect();
            copies.step(&x, &target(&x));
        }
        errors(&copies)
    };
    let relative = |range: usize| {
        let before = median(untrained[range].clone()).unwrap_or(f64::NAN);
        let after = median(trained[range].clone()).unwrap_or(f64::NAN);
        100.0 * after / before
    };
    Some([relative(0), relative(1)])
}

/// Errors on the tests of the best formula of an ensemble, for each seed;
/// None when stopped.
fn rounded(
    task: &Task,
    seeds: &[u64],
    tests: &[(Vec<f64>, Vec<f64>); 2],
    options: &Options,
) -> Option<[Vec<f64>; 2]> {
    let columns = |x: &[f64]| -> Vec<Vec<f64>> {
        let column = |index| x.iter().skip(index).step_by(WIDTH).copied().collect();
        (0..WIDTH).map(column).collect()
    };
    let architecture = Architecture {
        layers: 2,
        units: HIDDEN,
        cell: Cell::Gated,
    };
    let mut errors = [Vec::new(), Vec::new()];
    for &seed in seeds {
        let x = INSIDE.sample(WIDTH * SEARCH_ROWS, &mut stream(seed, 1));
        let sample = Sample {
            target: x.chunks(WIDTH).map(|x| answer(task, x)).collect(),
            inputs: columns(&x),
        };
        let stacks = train_ensemble(
            &sample,
            &architecture,
            &TrainSettings::default(),
            seed,
            &options.stop,
        );
        if options.stop.should_stop() {
            return None;
        }
        let found = round_all(&stacks, &sample, false);
        for (errors, (x, y)) in errors.iter_mut().zip(tests) {
            let rows = &x[..y.len() * WIDTH];
            let error = found.first().map_or(f64::INFINITY, |best| {
                mean_squared_error(&best.stack.evaluate(&columns(rows)), y)
            });
            errors.push(error);
        }
    }
    Some(errors)
}

/// The operation on the sums of the two slices, which lie in the middle.
fn answer(task: &Task, x: &[f64]) -> f64 {
    let first = (WIDTH - (2 * SLICE - SHARED)) / 2;
    let second = first + SLICE - SHARED;
    let sum = |from: usize| x[from..from + SLICE].iter().sum();
    (task.formula)(sum(first), sum(second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::StopSignal;

    #[test]
    fn the_slices_share_twelve() {
        let mut x = vec![0.0; WIDTH];
        let first = (WIDTH - (2 * SLICE - SHARED)) / 2;
        x[first..first + SLICE].fill(1.0);
        assert_eq!(answer(&TASKS[0], &x), 25.0 + 12.0);
        assert_eq!(answer(&TASKS[4], &x), 625.0);
    }

    #[test]
    fn a_linear_network_learns_a_sum() {
        let options = Options {
            seeds: None,
            full: false,
            stop: StopSignal::never(),
        };
        let linear = ("linear", LayerKind::Dense(Activation::None));
        let [inside, outside] = train(&TASKS[0], linear, 1, 400, 1e-2, &options).expect("not stopped");
        assert!(inside < 1.0 && outside < 5.0, "{inside}, {outside}");
    }
}
