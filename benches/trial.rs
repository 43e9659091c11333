//! Measures how often one ensemble, and one restart, finds a known formula.
//!
//! `cargo bench --bench trial -- [--cell NAME] [--only NAME] [--seeds N] [--steps N] …`
//! prints, per formula: seeds whose ensemble holds the exact formula, share of
//! restarts that round to it, mean seconds of an ensemble; and in the last row
//! all formulas together, with the steps of all restarts for each ensemble that
//! holds the exact formula.

use std::time::Instant;

use nalu_discover::dataset::Sample;
use nalu_discover::extract::{round, Extracted};
use nalu_discover::nalu::Cell;
use nalu_discover::stop::StopSignal;
use nalu_discover::train::{train, Architecture, Gates, InputScaling, TrainSettings};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

struct Case {
    name: &'static str,
    width: usize,
    signed: bool,
    layers: usize,
    formula: fn(&[f64]) -> f64,
}

const fn case(name: &'static str, width: usize, layers: usize, formula: fn(&[f64]) -> f64) -> Case {
    Case {
        name,
        width,
        signed: false,
        layers,
        formula,
    }
}

const fn signed(name: &'static str, width: usize, layers: usize, formula: fn(&[f64]) -> f64) -> Case {
    Case {
        name,
        width,
        signed: true,
        layers,
        formula,
    }
}

const CASES: &[Case] = &[
    case("a+b", 2, 1, |x| x[0] + x[1]),
    case("a-b", 2, 1, |x| x[0] - x[1]),
    case("a*b", 2, 1, |x| x[0] * x[1]),
    case("a/b", 2, 1, |x| x[0] / x[1]),
    case("a^2", 1, 1, |x| x[0] * x[0]),
    case("sqrt(a)", 1, 1, |x| x[0].sqrt()),
    case("9.81*m*h", 2, 1, |x| 9.81 * x[0] * x[1]),
    case("0.5*m*v^2", 2, 1, |x| 0.5 * x[0] * x[1] * x[1]),
    case("1.8*c+32", 1, 1, |x| 1.8 * x[0] + 32.0),
    case("a*b+c*d", 4, 1, |x| x[0] * x[1] + x[2] * x[3]),
    case("a*b/c^2+d", 4, 1, |x| x[0] * x[1] / (x[2] * x[2]) + x[3]),
    case("(a+b)*c", 3, 2, |x| (x[0] + x[1]) * x[2]),
    case("a/(b+c)", 3, 2, |x| x[0] / (x[1] + x[2])),
    case("a*b/(a+b)", 2, 2, |x| x[0] * x[1] / (x[0] + x[1])),
    case("(a-b)/(c+d)", 4, 2, |x| (x[0] - x[1]) / (x[2] + x[3])),
    case("(a*b+c)/(d+a)", 4, 2, |x| (x[0] * x[1] + x[2]) / (x[3] + x[0])),
    case("sqrt(a^2+b^2)", 2, 3, |x| x[0].hypot(x[1])),
    signed("±a*b", 2, 1, |x| x[0] * x[1]),
    signed("±a*b+c", 3, 1, |x| x[0] * x[1] + x[2]),
    signed("±(a+b)*c", 3, 2, |x| (x[0] + x[1]) * x[2]),
    signed("±(a-b)*(c+d)", 4, 2, |x| (x[0] - x[1]) * (x[2] + x[3])),
];

fn draw(case: &Case, rng: &mut ChaCha8Rng, rows: usize, outside: bool) -> Sample {
    let inputs: Vec<Vec<f64>> = (0..case.width)
        .map(|_| {
            (0..rows)
                .map(|_| match (case.signed, outside) {
                    (false, false) => rng.gen_range(1.0..5.0),
                    (false, true) => rng.gen_range(5.0..9.0),
                    (true, false) => rng.gen_range(-2.0..2.0),
                    (true, true) => rng.gen_range(2.0..6.0),
                })
                .collect()
        })
        .collect();
    let target = (0..rows)
        .map(|row| {
            let x: Vec<f64> = inputs.iter().map(|column| column[row]).collect();
            (case.formula)(&x)
        })
        .collect();
    Sample { inputs, target }
}

/// Residual over variance below 1e-8 outside the training range.
fn is_exact(extracted: &Extracted, outside: &Sample) -> bool {
    let predicted = extracted.stack.evaluate(&outside.inputs);
    let mean = outside.target.iter().sum::<f64>() / outside.rows() as f64;
    let residual: f64 = predicted
        .iter()
        .zip(&outside.target)
        .map(|(p, y)| (p - y).powi(2))
        .sum();
    let variance: f64 = outside.target.iter().map(|y| (y - mean).powi(2)).sum();
    residual / variance < 1e-8
}

struct Options {
    only: Option<String>,
    seeds: u64,
    units: usize,
    layers: Option<usize>,
    verbose: bool,
    settings: TrainSettings,
    cell: Cell,
}

/// No restart is dropped, so that shares are those of all restarts.
fn undropped(cell: Cell) -> TrainSettings {
    TrainSettings {
        halving: Vec::new(),
        ..TrainSettings::for_cell(cell)
    }
}

fn options() -> Options {
    let mut options = Options {
        only: None,
        seeds: 5,
        units: 3,
        layers: None,
        verbose: false,
        settings: undropped(Cell::Gated),
        cell: Cell::Gated,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(key) = arguments.next() {
        match key.as_str() {
            "-v" => {
                options.verbose = true;
                continue;
            }
            // What cargo adds itself.
            "--bench" => continue,
            _ => {}
        }
        let value = arguments.next().unwrap_or_default();
        let number = || {
            value
                .parse::<f64>()
                .unwrap_or_else(|_| panic!("{key} {value}: not a number"))
        };
        let settings = &mut options.settings;
        match key.as_str() {
            "--only" => options.only = Some(value),
            "--seeds" => options.seeds = number() as u64,
            "--units" => options.units = number() as usize,
            "--layers" => options.layers = Some(number() as usize),
            "--restarts" => settings.restarts = number() as usize,
            "--steps" => settings.steps = number() as usize,
            "--rate" => settings.learning_rate = number(),
            "--clip" => settings.gradient_clip = number(),
            "--pull" => settings.discreteness = number(),
            "--pull-start" => settings.discreteness_start = number(),
            "--ridge" => settings.ridge = number(),
            "--bound" => settings.exponent_bound = number(),
            "--halving" => settings.halving = value.split(',').filter_map(|part| part.parse().ok()).collect(),
            "--gates" => {
                settings.gates = if value == "learnt" {
                    Gates::Learnt
                } else {
                    Gates::Drawn
                }
            }
            "--scaling" => {
                settings.scaling = if value == "column" {
                    InputScaling::PerColumn
                } else {
                    InputScaling::Raw
                }
            }
            "--cell" => {
                options.cell = Cell::ALL
                    .into_iter()
                    .find(|cell| cell.name() == value)
                    .unwrap_or_else(|| panic!("no cell {value}"));
                // Before the settings that change single values of it.
                *settings = undropped(options.cell);
            }
            _ => panic!("unknown option {key}"),
        }
    }
    options
}

fn main() {
    let options = options();
    println!(
        "{:16} {:>7} {:>8} {:>8} {:>9} {:>9}",
        "formula", "seeds", "share", "plain", "train s", "extract s"
    );
    let mut all = (0, 0, 0, 0, 0);
    let (mut all_train, mut all_extract) = (0.0, 0.0);
    for case in CASES {
        if options.only.as_ref().is_some_and(|only| only != case.name) {
            continue;
        }
        let architecture = Architecture {
            layers: options.layers.unwrap_or(case.layers),
            units: options.units,
            cell: options.cell,
        };
        let (mut seeds, mut restarts, mut exact, mut plain) = (0, 0, 0, 0);
        let (mut train_seconds, mut extract_seconds) = (0.0, 0.0);
        for seed in 0..options.seeds {
            let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
            let inside = draw(case, &mut rng, 200, false);
            let outside = draw(case, &mut rng, 200, true);
            let start = Instant::now();
            let trained = train(
                &inside,
                &architecture,
                &options.settings,
                seed,
                &StopSignal::never(),
            );
            train_seconds += start.elapsed().as_secs_f64();
            let start = Instant::now();
            let rounded: Vec<Vec<Extracted>> =
                trained.iter().map(|stack| round(stack, &inside, false)).collect();
            extract_seconds += start.elapsed().as_secs_f64();
            let hits = rounded
                .iter()
                .filter(|found| found.first().is_some_and(|found| is_exact(found, &outside)))
                .count();
            plain += rounded
                .iter()
                .filter(|found| found.len() == 1 && is_exact(&found[0], &outside))
                .count();
            if options.verbose {
                for (stack, found) in trained.iter().zip(&rounded) {
                    let exact = found.first().is_some_and(|found| is_exact(found, &outside));
                    println!(
                        "{exact} {:.2e} -> {:?}",
                        stack.loss,
                        found.iter().map(|f| f.rounded_error).collect::<Vec<_>>()
                    );
                    println!("   {:?}", found.first().map(|found| &found.expr));
                    for layer in &stack.layers {
                        println!("   {:.2?} {:.2?}", layer.gates, layer.w_mul);
                    }
                }
            }
            restarts += options.settings.restarts;
            exact += hits;
            seeds += usize::from(hits > 0);
        }
        let runs = options.seeds as f64;
        println!(
            "{:16} {:>4}/{:<2} {:>8.3} {:>8.3} {:>9.3} {:>9.3}",
            case.name,
            seeds,
            options.seeds,
            exact as f64 / restarts as f64,
            plain as f64 / restarts as f64,
            train_seconds / runs,
            extract_seconds / runs
        );
        all = (
            all.0 + seeds,
            all.1 + options.seeds,
            all.2 + exact,
            all.3 + plain,
            all.4 + restarts,
        );
        all_train += train_seconds;
        all_extract += extract_seconds;
    }
    let (seeds, ensembles, exact, plain, restarts) = all;
    println!(
        "{:16} {seeds:>4}/{ensembles:<2} {:>8.3} {:>8.3} {:>9.3} {:>9.3}   {:.0} restart-steps a find",
        "all",
        exact as f64 / restarts as f64,
        plain as f64 / restarts as f64,
        all_train / ensembles as f64,
        all_extract / ensembles as f64,
        (options.settings.restart_steps() as u64 * ensembles) as f64 / seeds as f64
    );
}
