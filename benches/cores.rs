//! What a second thread gains: one ensemble of restarts on one and on two
//! threads.
//!
//! `cargo bench --bench cores`. The two take turns, and each pair gives a
//! ratio. Other work on the machine takes from two threads more than from one,
//! so the best pair is nearest to what two idle cores would give; the median is
//! what this machine gave. The row *machine* is the same for two loops that share
//! nothing: what the machine has to give.

use std::time::Instant;

use nalu_discover::dataset::Sample;
use nalu_discover::nalu::Cell;
use nalu_discover::stop::StopSignal;
use nalu_discover::train::{train, Architecture, TrainSettings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const PAIRS: usize = 15;

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        // Under `cargo test --all-targets` there is nothing to test here.
        return;
    }
    println!("64 restarts of two layers, 256 rows: seconds on one thread / two\n");
    report("machine", loops);
    for cell in [Cell::Gated, Cell::Nalu] {
        report(cell.name(), |threads| seconds(cell, threads));
    }
}

fn report(name: &str, seconds: impl Fn(usize) -> f64) {
    let mut pairs: Vec<(f64, f64)> = (0..PAIRS).map(|_| (seconds(1), seconds(2))).collect();
    pairs.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let describe = |(one, two): (f64, f64)| format!("{:.2} ({one:.3} / {two:.3})", one / two);
    println!(
        "{name:8} best pair {}, median pair {}",
        describe(pairs[PAIRS - 1]),
        describe(pairs[PAIRS / 2])
    );
}

/// Two loops that share nothing, one after the other or side by side.
fn loops(threads: usize) -> f64 {
    let work = || {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        (0..20_000_000).fold(0, |sum: u32, _| sum.wrapping_add(random.gen()))
    };
    let start = Instant::now();
    let sums = std::thread::scope(|scope| {
        let second = (threads == 2).then(|| scope.spawn(work));
        let first = work();
        (
            first,
            second.map_or_else(work, |second| second.join().expect("it only adds")),
        )
    });
    assert_eq!(sums.0, sums.1);
    start.elapsed().as_secs_f64()
}

fn seconds(cell: Cell, threads: usize) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool of so few threads");
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let inputs: Vec<Vec<f64>> = (0..4)
        .map(|_| (0..256).map(|_| rng.gen_range(1.0..5.0)).collect())
        .collect();
    let target = (0..256)
        .map(|row| inputs[0][row] * inputs[1][row] + inputs[2][row] / (inputs[3][row] + 7.0))
        .collect();
    let sample = Sample { inputs, target };
    let architecture = Architecture {
        layers: 2,
        units: 4,
        cell,
    };
    let settings = TrainSettings {
        restarts: 64,
        // A step of the published cells takes many times as long.
        steps: if cell == Cell::Gated { 1000 } else { 50 },
        ..TrainSettings::for_cell(cell)
    };
    let start = Instant::now();
    let stacks = pool.install(|| train(&sample, &architecture, &settings, 1, &StopSignal::never()));
    assert!(!stacks.is_empty());
    start.elapsed().as_secs_f64()
}
