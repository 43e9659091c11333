//! One cell, two inputs, one operation, nine ranges.
//!
//! Mistry, Farrahi & Hare 2022, "A Primer for Neural Arithmetic Logic
//! Modules", JMLR 23(185): fresh batches of 128, Adam at 1e-3 (real NPU
//! 5e-3), 50,000 iterations, 25 seeds. A training succeeds when its error
//! outside the training range is below what the right weights, each off by
//! 1e-5 towards 0, would leave.

use rayon::prelude::*;

use crate::nalu::{Cell, TrainedLayer};
use crate::train::{CellSettings, Copies, Decay, LayerKind, LayerSpec, TrainSettings};

use super::sampling::{mean, mean_squared_error, stream, Range};
use super::{Column, Experiment, Options, Reproduction, Value};

/// Training range and the range beyond it.
const RANGES: [(Range, Range); 9] = [
    (Range::new(-20.0, -10.0), Range::new(-40.0, -20.0)),
    (Range::new(-2.0, -1.0), Range::new(-6.0, -2.0)),
    (Range::new(-1.2, -1.1), Range::new(-6.1, -1.2)),
    (Range::new(-0.2, -0.1), Range::new(-2.0, -0.2)),
    (Range::new(-2.0, 2.0), Range::two((-6.0, -2.0), (2.0, 6.0))),
    (Range::new(0.1, 0.2), Range::new(0.2, 2.0)),
    (Range::new(1.0, 2.0), Range::new(2.0, 6.0)),
    (Range::new(1.1, 1.2), Range::new(1.2, 6.0)),
    (Range::new(10.0, 20.0), Range::new(20.0, 40.0)),
];

const BATCH: usize = 128;

/// Rows outside that a training is judged on.
const TEST_ROWS: usize = 1000;

/// How far the weights of the threshold are off.
const OFF_BY: f64 = 1e-5;

/// The benchmark's penalty for the real NPU is a hundredth on quotients.
const NPU_DIVISION_PENALTY: f64 = 1e-7;

/// How often in a training success is looked for.
const CHECKS: usize = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operation {
    const ALL: [Operation; 4] = [
        Operation::Add,
        Operation::Subtract,
        Operation::Multiply,
        Operation::Divide,
    ];

    fn name(self) -> &'static str {
        match self {
            Operation::Add => "a + b",
            Operation::Subtract => "a - b",
            Operation::Multiply => "a * b",
            Operation::Divide => "a / b",
        }
    }

    fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Operation::Add => a + b,
            Operation::Subtract => a - b,
            Operation::Multiply => a * b,
            Operation::Divide => a / b,
        }
    }

    /// What the right cell with weights `OFF_BY` nearer 0 would say: a NAC for
    /// sums, an NMU for the product, a power for the quotient.
    fn almost(self, a: f64, b: f64) -> f64 {
        let w = 1.0 - OFF_BY;
        match self {
            Operation::Add | Operation::Subtract => w * self.of(a, b),
            Operation::Multiply => (w * a + OFF_BY) * (w * b + OFF_BY),
            Operation::Divide => (a / b).signum() * (a / b).abs().powf(w),
        }
    }

    /// The right gate (1 adds) and weights.
    fn solution(self) -> (f64, [f64; 2]) {
        match self {
            Operation::Add => (1.0, [1.0, 1.0]),
            Operation::Subtract => (1.0, [1.0, -1.0]),
            Operation::Multiply => (0.0, [1.0, 1.0]),
            Operation::Divide => (0.0, [1.0, -1.0]),
        }
    }

    /// The published success rate in percent that comes nearest. None was
    /// found in numbers for this very test: NAU, NMU and NALU are those of
    /// Madsen & Johansen 2020 (100 inputs, two layers; NALU from the runs of
    /// stable-nalu), the real NPU that of Mistry et al. 2022, TMLR (nine
    /// ranges, ten inputs of which eight do not matter).
    fn published(self, cell: Cell) -> Option<f64> {
        match (self, cell) {
            (Operation::Add | Operation::Subtract, Cell::Nau) => Some(100.0),
            (Operation::Multiply, Cell::Nmu) => Some(98.0),
            (Operation::Add | Operation::Subtract, Cell::Nalu) => Some(14.0),
            (Operation::Multiply | Operation::Divide, Cell::Nalu) => Some(0.0),
            (Operation::Divide, Cell::NacMul) => Some(0.0),
            (Operation::Divide, Cell::RealNpu) => Some(70.2),
            _ => None,
        }
    }

    /// Whether a cell has weights for it at all.
    fn is_in_reach_of(self, cell: Cell) -> bool {
        let (gate, weights) = self.solution();
        match cell {
            Cell::Nac | Cell::Nau => gate == 1.0,
            Cell::NacMul | Cell::RealNpu => gate == 0.0,
            Cell::Nmu => gate == 0.0 && weights[1] == 1.0,
            _ => true,
        }
    }
}

/// How one training ended.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    solved: bool,
    /// The iteration at which success was first seen.
    solved_at: Option<usize>,
    /// Largest distance of a weight or gate from its grid.
    sparsity_error: f64,
    /// Whether the rounded weights and gate are the right ones.
    rounds_right: bool,
}

/// The pair's one layer is its NAU, and both forms of NALU are listed.
fn cells() -> impl Iterator<Item = Cell> {
    Cell::ALL.into_iter().filter(|cell| *cell != Cell::NauNmu)
}

pub(super) fn run(options: &Options, progress: &(dyn Fn(usize, usize) + Sync)) -> Reproduction {
    let seeds = options.seeds.unwrap_or(if options.full { 25 } else { 5 });
    let steps = if options.full { 50_000 } else { 8_000 };
    let jobs: Vec<(Operation, Cell, usize)> = Operation::ALL
        .into_iter()
        .flat_map(|operation| {
            cells()
                .filter(move |cell| operation.is_in_reach_of(*cell))
                .flat_map(move |cell| (0..RANGES.len()).map(move |range| (operation, cell, range)))
        })
        .collect();
    let done = std::sync::atomic::AtomicUsize::new(0);
    let outcomes: Vec<Option<Vec<Outcome>>> = jobs
        .par_iter()
        .map(|&(operation, cell, range)| {
            let outcomes = train(operation, cell, RANGES[range], seeds, steps, options);
            progress(
                1 + done.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                jobs.len(),
            );
            outcomes
        })
        .collect();
    let rows = jobs
        .chunks(RANGES.len())
        .zip(outcomes.chunks(RANGES.len()))
        .filter_map(|(jobs, outcomes)| {
            let reached: Vec<&Vec<Outcome>> = outcomes.iter().flatten().collect();
            (reached.len() == RANGES.len()).then(|| row(jobs[0].0, jobs[0].1, &reached))
        })
        .collect();
    Reproduction {
        experiment: Experiment::SingleModule,
        caption: "One cell, two inputs, success outside the training range, by range and over all. \
                  `rounds right`: the share whose weights and gate, rounded, are the operation. `published \
                  %`: on other tasks, with 100 inputs (real-npu: 10)"
            .to_owned(),
        settings: vec![
            ("seeds", seeds.to_string()),
            ("iterations", steps.to_string()),
            (
                "learning rate",
                format!(
                    "{} (real-npu {})",
                    rate(Cell::Nac, steps),
                    rate(Cell::RealNpu, steps)
                ),
            ),
            ("batch", BATCH.to_string()),
        ],
        columns: columns(),
        complete: outcomes.iter().all(Option::is_some),
        rows,
        curves: Vec::new(),
    }
}

fn columns() -> Vec<Column> {
    let titles = [
        "-20..-10",
        "-2..-1",
        "-1.2..-1.1",
        "-.2..-.1",
        "-2..2",
        ".1...2",
        "1..2",
        "1.1..1.2",
        "10..20",
    ];
    let fixed = |title, key| Column { title, key };
    [fixed("<operation", "operation"), fixed("<cell", "cell")]
        .into_iter()
        .chain(titles.map(|title| fixed(title, title)))
        .chain([
            fixed("solved", "solved"),
            fixed("rounds right", "rounds_right"),
            fixed("at iteration", "iteration"),
            fixed("sparsity error", "sparsity_error"),
            fixed("published %", "published_percent"),
        ])
        .collect()
}

fn row(operation: Operation, cell: Cell, reached: &[&Vec<Outcome>]) -> Vec<Value> {
    let all: Vec<Outcome> = reached
        .iter()
        .flat_map(|outcomes| outcomes.iter().copied())
        .collect();
    let rate = |outcomes: &[Outcome], hit: fn(&Outcome) -> bool| Value::Rate {
        successes: outcomes.iter().filter(|outcome| hit(outcome)).count(),
        trials: outcomes.len(),
    };
    let solved: Vec<&Outcome> = all.iter().filter(|outcome| outcome.solved).collect();
    let iterations: Vec<f64> = solved
        .iter()
        .filter_map(|o| o.solved_at)
        .map(|at| at as f64)
        .collect();
    let sparsity: Vec<f64> = solved.iter().map(|outcome| outcome.sparsity_error).collect();
    [
        Value::Text(operation.name().to_owned()),
        Value::Text(cell.name().to_owned()),
    ]
    .into_iter()
    .chain(
        reached
            .iter()
            .map(|outcomes| rate(outcomes, |outcome| outcome.solved)),
    )
    .chain([
        rate(&all, |outcome| outcome.solved),
        rate(&all, |outcome| outcome.rounds_right),
        Value::number(mean(&iterations)),
        Value::number(mean(&sparsity)),
        Value::number(operation.published(cell)),
    ])
    .collect()
}

/// As published for 50,000 steps; ten times that for fewer.
fn rate(cell: Cell, steps: usize) -> f64 {
    let published = if cell == Cell::RealNpu { 5e-3 } else { 1e-3 };
    if steps < 50_000 {
        10.0 * published
    } else {
        published
    }
}

/// Our cell's rate always decays, as in the search. At ten times its rate the
/// real NPU would not settle without.
fn decay(cell: Cell, full: bool) -> Decay {
    match cell {
        Cell::Gated => Decay::Cosine,
        Cell::RealNpu if !full => Decay::Cosine,
        _ => Decay::Constant,
    }
}

/// None when stopped.
fn train(
    operation: Operation,
    cell: Cell,
    (inside, outside): (Range, Range),
    seeds: usize,
    steps: usize,
    options: &Options,
) -> Option<Vec<Outcome>> {
    let settings = TrainSettings {
        steps,
        learning_rate: rate(cell, steps),
        decay: decay(cell, options.full),
        // In fewer steps Adam's memory must be shorter too.
        second_moment: if options.full { 0.999 } else { 0.99 },
        cell: CellSettings {
            penalty: (cell == Cell::RealNpu && operation == Operation::Divide)
                .then_some(NPU_DIVISION_PENALTY),
            ..CellSettings::published(cell)
        },
        ..TrainSettings::for_cell(cell)
    };
    let layer = LayerSpec {
        kind: LayerKind::Cell(cell),
        units: 1,
    };
    let seeds: Vec<u64> = (0..seeds as u64).collect();
    let mut copies = Copies::new(&[layer], 2, &settings, &seeds);
    let target = |x: &[f64]| -> Vec<f64> { x.chunks(2).map(|x| operation.of(x[0], x[1])).collect() };

    let test = outside.sample(2 * TEST_ROWS, &mut stream(0, u64::MAX));
    let test_target = target(&test);
    let almost: Vec<f64> = test.chunks(2).map(|x| operation.almost(x[0], x[1])).collect();
    let threshold = mean_squared_error(&almost, &test_target);
    let test = test.repeat(copies.count());

    let mut rngs: Vec<_> = seeds.iter().map(|&seed| stream(seed, 1)).collect();
    let mut solved_at = vec![None; seeds.len()];
    let mut solved = vec![false; seeds.len()];
    let mut x = Vec::new();
    for step in 1..=steps {
        if step % 16 == 0 && options.stop.should_stop() {
            return None;
        }
        x.clear();
        for rng in &mut rngs {
            x.extend(inside.sample(2 * BATCH, rng));
        }
        copies.step(&x, &target(&x));
        if step % (steps / CHECKS).max(1) == 0 || step == steps {
            for (copy, outputs) in copies.outputs(&test).iter().enumerate() {
                solved[copy] = mean_squared_error(outputs, &test_target) < threshold;
                if solved[copy] && solved_at[copy].is_none() {
                    solved_at[copy] = Some(step);
                }
            }
        }
    }
    let layers = copies.layers(&x);
    let outcomes = layers
        .iter()
        .zip(solved)
        .zip(solved_at)
        .map(|((layers, solved), solved_at)| {
            let (sparsity_error, rounds_right) = layers.first().map_or((f64::NAN, false), |layer| {
                (sparsity_error(layer), rounds_to(layer, operation))
            });
            Outcome {
                solved,
                solved_at,
                sparsity_error,
                rounds_right,
            }
        });
    Some(outcomes.collect())
}

/// The weights of the path that the gate of the only unit takes.
fn taken(layer: &TrainedLayer) -> (f64, Vec<f64>) {
    let gate = layer.gates[0];
    let matrix = if gate > 0.5 { &layer.w_add } else { &layer.w_mul };
    (gate, matrix.iter().map(|row| row[0]).collect())
}

/// `max min(|w|, |1 − |w||)` over the weights of the taken path and the gate.
fn sparsity_error(layer: &TrainedLayer) -> f64 {
    let (gate, weights) = taken(layer);
    let off = |w: f64| w.abs().min((1.0 - w.abs()).abs());
    weights.into_iter().chain([gate]).map(off).fold(0.0, f64::max)
}

fn rounds_to(layer: &TrainedLayer, operation: Operation) -> bool {
    let (gate, weights) = taken(layer);
    let (right_gate, right_weights) = operation.solution();
    gate.round() == right_gate && weights.iter().map(|w| w.round()).eq(right_weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::StopSignal;

    #[test]
    fn a_nau_adds_in_every_sense() {
        let options = Options {
            seeds: None,
            full: false,
            stop: StopSignal::never(),
        };
        let outcomes = train(Operation::Add, Cell::Nau, RANGES[6], 2, 1500, &options).expect("not stopped");
        for outcome in outcomes {
            assert!(outcome.solved && outcome.rounds_right, "{outcome:?}");
            assert!(outcome.solved_at.is_some() && outcome.sparsity_error < 1e-4);
        }
    }

    #[test]
    fn a_stop_leaves_rows_out_and_says_so() {
        let options = Options {
            seeds: Some(1),
            full: false,
            stop: StopSignal::after(std::time::Duration::ZERO),
        };
        let reproduction = run(&options, &|_, _| {});
        assert!(!reproduction.complete && reproduction.rows.is_empty());
    }

    #[test]
    fn almost_right_is_not_right() {
        for operation in Operation::ALL {
            let off = (operation.almost(3.0, -5.0) - operation.of(3.0, -5.0)).abs();
            assert!(off > 1e-7 && off < 1e-3, "{}: {off}", operation.name());
        }
    }
}
