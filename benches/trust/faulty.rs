//! Laws inside the language in tables with a fault.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::drawn::{columns, normal, one_of, row, spread, values, Drawn};
use crate::inside::law;

/// Faults that hide no law: the law is right still.
const HARMLESS: &[&str] = &[
    "hidden input",
    "noise that grows",
    "outliers",
    "rounded to 2 digits",
    "rounded to 3 digits",
    "integers",
    "noise in the inputs",
    "rows twice",
    "autocorrelated noise",
];

/// Faults that make any formula of the columns wrong.
const HARMFUL: &[&str] = &["a cause that follows inside", "saturated", "drift", "two regimes"];

/// Range of an input that is still one when rounded to whole numbers.
const WIDE: f64 = 10.0;

pub fn table(rng: &mut ChaCha8Rng) -> Drawn {
    let mut law = law(rng);
    let all: Vec<&str> = HARMLESS.iter().chain(HARMFUL).copied().collect();
    let fault = one_of(rng, &all);
    // Of four whole numbers nothing is left to fit a law to.
    while fault == "integers" && law.ranges.iter().any(|(low, high)| high - low < WIDE) {
        law = crate::inside::law(rng);
    }
    let rows = one_of(rng, &[60, 100, 200]);
    let noise = one_of(rng, &[0.0, 0.01, 0.05]);
    let mut inputs = columns(rng, &law.ranges, rows);
    if fault == "integers" {
        for x in inputs.iter_mut().flatten() {
            *x = if x.round() == 0.0 { 1.0 } else { x.round() };
        }
    }
    let truth = law.truth();
    let clean = values(&truth, &inputs);
    let deviation = spread(&clean);
    let mut level = noise * deviation;
    let mut target: Vec<f64> = clean.iter().map(|y| y + level * normal(rng)).collect();
    let (low, high) = law.ranges[0];
    match fault {
        "hidden input" => {
            level = level.hypot(0.4 * deviation);
            target
                .iter_mut()
                .for_each(|y| *y += 0.4 * deviation * normal(rng));
        }
        "noise that grows" => {
            target = clean.iter().map(|y| y * (1.0 + 0.05 * normal(rng))).collect();
            level = 0.05 * (clean.iter().map(|y| y * y).sum::<f64>() / rows as f64).sqrt();
        }
        "outliers" => target
            .iter_mut()
            .for_each(|y| *y *= if rng.gen_bool(0.02) { 3.0 } else { 1.0 }),
        "rounded to 2 digits" | "rounded to 3 digits" => {
            let digits = if fault.contains('2') { 1 } else { 2 };
            target.iter_mut().for_each(|y| *y = rounded(*y, digits));
            level = level.max(error(&target, &clean));
        }
        "noise in the inputs" => {
            inputs
                .iter_mut()
                .flatten()
                .for_each(|x| *x *= 1.0 + 0.01 * normal(rng));
            level = level.max(error(&values(&truth, &inputs), &clean));
        }
        "rows twice" => {
            inputs.iter_mut().for_each(|column| column.extend_from_within(..));
            target.extend_from_within(..);
        }
        "autocorrelated noise" => {
            let mut state = 0.0;
            for (y, clean) in target.iter_mut().zip(&clean) {
                state = 0.8 * state + 0.03 * deviation * normal(rng);
                *y = clean + state;
            }
            level = 0.05 * deviation;
        }
        "a cause that follows inside" => {
            let edge = low + 0.8 * (high - low);
            for (place, y) in target.iter_mut().enumerate() {
                let x = row(&inputs, place)[0];
                let follows = (x - low) / (high - low);
                *y += 0.6
                    * deviation
                    * if x < edge {
                        follows
                    } else {
                        rng.gen_range(0.0..2.0)
                    };
            }
        }
        "saturated" => {
            let mut sorted = target.clone();
            sorted.sort_by(f64::total_cmp);
            let most = sorted[rows * 4 / 5];
            target.iter_mut().for_each(|y| *y = y.min(most));
        }
        "drift" => target
            .iter_mut()
            .enumerate()
            .for_each(|(place, y)| *y += 1.2 * deviation * place as f64 / rows as f64),
        // Done above.
        "integers" => {}
        _ => {
            for (y, x) in target.iter_mut().zip(&inputs[0]) {
                if *x > 0.5 * (low + high) {
                    *y = 1.5 * *y + deviation;
                }
            }
        }
    }
    let harmless = HARMLESS.contains(&fault);
    Drawn {
        sort: fault.to_string(),
        noise,
        columns: inputs,
        target,
        truth: harmless.then_some(truth),
        ranges: law.ranges,
        level,
        constants: Vec::new(),
    }
}

fn rounded(y: f64, digits: usize) -> f64 {
    format!("{y:.digits$e}").parse().unwrap_or(y)
}

fn error(one: &[f64], other: &[f64]) -> f64 {
    let squares = one.iter().zip(other).map(|(a, b)| (a - b).powi(2));
    (squares.sum::<f64>() / one.len().max(1) as f64).sqrt()
}
