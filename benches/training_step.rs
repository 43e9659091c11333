//! What one step of training costs, fused and operation by operation, and what
//! share of the machine's vector throughput it reaches.
//!
//! `cargo bench --bench training_step`. All figures are on one thread and from
//! one run: the ways of computing a step take turns, and of each the fastest
//! round counts, since other work on the machine only ever adds time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use nalu_discover::dataset::Sample;
use nalu_discover::nalu::Cell;
use nalu_discover::stop::StopSignal;
use nalu_discover::train::{train, Architecture, Gates, Passes, TrainSettings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ROWS: usize = 256;
const INPUTS: usize = 4;
const UNITS: usize = 4;
const RESTARTS: usize = 8;
const ROUNDS: usize = 40;
/// How long each way runs in one round.
const SLICE: Duration = Duration::from_millis(10);

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        // Under `cargo test --all-targets` there is nothing to test here.
        return;
    }
    println!("{ROWS} rows, {INPUTS} inputs, {UNITS} units a layer, {RESTARTS} restarts, one thread");
    println!("ns per row, restart and layer:\n");
    println!(
        "{:34} {:>8} {:>10} {:>8} {:>7} {:>7} {:>7} {:>9}",
        "", "by op", "by op,", "fused,", "fused", "ratio", "", "share of"
    );
    println!(
        "{:34} {:>8} {:>10} {:>8} {:>7} {:>7} {:>7} {:>9}",
        "", "", "cached", "training", "pass", "by op", "cached", "the bound"
    );
    let bound = operations_per_second();
    for layers in [1, 2, 3] {
        for (signed, data) in [(false, "positive"), (true, "signed")] {
            for (gates, name) in [(Gates::Drawn, "drawn"), (Gates::Learnt, "learnt")] {
                let case = Case {
                    layers,
                    signed,
                    gates,
                };
                println!(
                    "{:34} {}",
                    format!("{layers} layers, {data} inputs, gates {name}"),
                    case.measure(bound)
                );
            }
        }
    }
    println!(
        "\nbound: {:.1} f32 operations per ns, separate multiplications and additions in cache",
        bound * 1e-9
    );
}

struct Case {
    layers: usize,
    signed: bool,
    gates: Gates,
}

impl Case {
    fn measure(&self, bound: f64) -> String {
        let sample = self.sample();
        let architecture = Architecture {
            layers: self.layers,
            units: UNITS,
            cell: Cell::Gated,
        };
        let settings = TrainSettings {
            restarts: RESTARTS,
            gates: self.gates,
            halving: Vec::new(),
            ..TrainSettings::default()
        };
        let passes =
            Passes::new(&sample, &architecture, &settings, RESTARTS, 1).expect("a target that varies");
        let steps = 100;
        let short = TrainSettings { steps, ..settings };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .expect("a pool of one thread");
        let training = || {
            pool.install(|| train(&sample, &architecture, &short, 1, &StopSignal::never()));
        };
        let mut fastest = [f64::INFINITY; 4];
        for _ in 0..ROUNDS {
            let round = [
                seconds(|| drop(black_box(passes.by_operation(false)))),
                seconds(|| drop(black_box(passes.by_operation(true)))),
                seconds(training) / steps as f64,
                seconds(|| drop(black_box(passes.fused()))),
            ];
            for (fastest, seconds) in fastest.iter_mut().zip(round) {
                *fastest = fastest.min(seconds);
            }
        }
        let nanoseconds = fastest.map(|s| s * 1e9 / (ROWS * RESTARTS * self.layers) as f64);
        let [plain, cached, training, fused] = nanoseconds;
        let share = self.operations() / (ROWS * RESTARTS * self.layers) as f64 / (fused * bound * 1e-9);
        format!(
            "{plain:>8.1} {cached:>10.1} {training:>8.2} {fused:>7.2} {:>7.1} {:>7.1} {:>7.0} %",
            plain / fused,
            cached / fused,
            100.0 * share
        )
    }

    fn sample(&self) -> Sample {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let range = if self.signed { -2.0..2.0 } else { 1.0..5.0 };
        let inputs: Vec<Vec<f64>> = (0..INPUTS)
            .map(|_| (0..ROWS).map(|_| rng.gen_range(range.clone())).collect())
            .collect();
        let target = (0..ROWS)
            .map(|row| inputs[0][row] * inputs[1][row] + inputs[2][row] / (inputs[3][row] + 7.0))
            .collect();
        Sample { inputs, target }
    }

    /// Arithmetic that a pass over all rows and restarts cannot do without,
    /// in f32 operations; comparisons, signs and bit operations are not counted.
    fn operations(&self) -> f64 {
        const EXP: usize = 18;
        const LN: usize = 17;
        let paths = match self.gates {
            Gates::Learnt => 2.0,
            // On average; a unit takes one of them.
            Gates::Drawn => 1.0,
        };
        let mut operations = 0.0;
        for layer in 0..self.layers {
            let inputs = if layer == 0 { INPUTS } else { INPUTS + UNITS };
            // Forward one multiplication and addition a weight; backward one
            // for the weight's slope, and one for the slope of an earlier unit.
            let below = if layer == 0 { 0 } else { UNITS };
            operations += paths * (UNITS * (4 * inputs + 2 * below)) as f64;
            let multiplying = if paths == 2.0 || layer + 1 < self.layers {
                paths / 2.0
            } else {
                // A unit of the last layer adds in one case of four only.
                0.75
            };
            operations += multiplying * (UNITS * EXP) as f64;
            if layer + 1 < self.layers {
                operations += (UNITS * LN) as f64;
            }
        }
        // The readout: means, centring, Gram matrix, residual, slopes.
        operations += (UNITS * (3 + 2 + 2 * (UNITS + 1) / 2 + 2 + 2 + 2)) as f64;
        operations * (ROWS * RESTARTS) as f64
    }
}

/// Mean seconds of one call, over a slice of time.
fn seconds(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut calls = 0;
    while calls == 0 || start.elapsed() < SLICE {
        call();
        calls += 1;
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}

/// Multiplications and additions a second, eight numbers at a time where the
/// machine can, over buffers as long as a unit's rows. Without fusing the two,
/// as in the pass, whose results are to have the same bits on every machine.
fn operations_per_second() -> f64 {
    let mut values = vec![1.0f32; ROWS];
    let factors = vec![0.999f32; ROWS];
    let repeats = 1000;
    let fastest = (0..ROUNDS)
        .map(|_| {
            seconds(|| {
                multiply_and_add(&mut values, &factors, repeats);
                black_box(&mut values);
            })
        })
        .fold(f64::INFINITY, f64::min);
    (2 * ROWS * repeats) as f64 / fastest
}

/// `v ← f v + f`, `repeats` times; sixty-four numbers stay in registers, so
/// that nothing but arithmetic limits it.
fn multiply_and_add(values: &mut [f32], factors: &[f32], repeats: usize) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found.
        return unsafe { multiply_and_add_avx2(values, factors, repeats) };
    }
    multiply_and_add_portable(values, factors, repeats);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn multiply_and_add_avx2(values: &mut [f32], factors: &[f32], repeats: usize) {
    multiply_and_add_portable(values, factors, repeats);
}

#[inline(always)]
fn multiply_and_add_portable(values: &mut [f32], factors: &[f32], repeats: usize) {
    const BLOCK: usize = 64;
    for (values, factors) in values.chunks_exact_mut(BLOCK).zip(factors.chunks_exact(BLOCK)) {
        let mut block = [0.0f32; BLOCK];
        block.copy_from_slice(values);
        let factor = factors[0];
        for _ in 0..repeats {
            for value in &mut block {
                *value = factor * *value + factor;
            }
        }
        values.copy_from_slice(&block);
    }
}
