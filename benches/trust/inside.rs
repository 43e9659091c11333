//! Laws inside the language, drawn at random.

use nalu_discover::formula::{parse, Expr};
use rand::seq::SliceRandom;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::drawn::{beyond, columns, normal, one_of, row, spread, values, with_noise, Drawn, Truth};

/// Largest value that a law may take, and least share of the spread that each
/// input must move it by.
const LARGEST: f64 = 1e9;
const LEAST_EFFECT: f64 = 0.05;

/// Rows that a drawn law is tried on.
const TRIED: usize = 60;

/// A law with the ranges of its inputs.
pub struct Law {
    pub text: String,
    pub ranges: Vec<(f64, f64)>,
    expr: Expr,
}

impl Law {
    /// The law as a function of a row.
    pub fn truth(&self) -> Truth {
        let expr = self.expr.clone();
        Box::new(move |row| expr.evaluate_row(row))
    }
}

/// Names of as many inputs.
pub fn names(count: usize) -> Vec<String> {
    (0..count).map(|input| format!("x{input}")).collect()
}

/// A table of a law, with distractors.
pub fn table(rng: &mut ChaCha8Rng) -> Drawn {
    let law = law(rng);
    let rows = one_of(rng, &[30, 60, 100, 200]);
    let noise = one_of(rng, &[0.0, 0.01, 0.05, 0.2]);
    let mut inputs = columns(rng, &law.ranges, rows);
    let truth = law.truth();
    let clean = values(&truth, &inputs);
    let (target, level) = with_noise(rng, &clean, noise);
    let distractors = one_of(rng, &[0, 0, 1, 3]);
    inputs.extend(columns(rng, &vec![(0.0, 3.0); distractors], rows));
    Drawn {
        sort: law.text.clone(),
        noise,
        columns: inputs,
        target,
        truth: Some(truth),
        ranges: law.ranges,
        level,
        constants: Vec::new(),
    }
}

/// A law that has a value inside its ranges and one width beyond, and that
/// each of its inputs moves.
pub fn law(rng: &mut ChaCha8Rng) -> Law {
    loop {
        let count = one_of(rng, &[1, 1, 2, 2, 3, 4, 5]);
        let text = text(rng, count);
        let ranges: Vec<(f64, f64)> = (0..count).map(|_| range(rng)).collect();
        let Ok(expr) = parse(&text, &names(count)) else {
            continue;
        };
        let law = Law { text, ranges, expr };
        if is_sound(&law, rng) {
            return law;
        }
    }
}

fn is_sound(law: &Law, rng: &mut ChaCha8Rng) -> bool {
    let truth = law.truth();
    let inside = columns(rng, &law.ranges, TRIED);
    let outside = columns(rng, &beyond(&law.ranges), TRIED);
    let (inner, outer) = (values(&truth, &inside), values(&truth, &outside));
    let bounded = |all: &[f64]| all.iter().all(|y| y.is_finite() && y.abs() < LARGEST);
    let deviation = spread(&inner);
    let mean = inner.iter().sum::<f64>() / TRIED as f64;
    if !bounded(&inner) || !bounded(&outer) || deviation < 1e-3 * mean.abs() + 1e-9 {
        return false;
    }
    let middle = row(&inside, 0);
    (0..law.ranges.len()).all(|input| {
        let (low, high) = law.ranges[input];
        let at = |x: f64| {
            let mut row = middle.clone();
            row[input] = x;
            truth(&row)
        };
        let all = [at(low), at(0.5 * (low + high)), at(high)];
        let most = all.iter().fold(f64::NEG_INFINITY, |m, y| m.max(*y));
        let least = all.iter().fold(f64::INFINITY, |m, y| m.min(*y));
        most - least > LEAST_EFFECT * deviation
    })
}

fn range(rng: &mut ChaCha8Rng) -> (f64, f64) {
    match rng.gen_range(0..10) {
        0..=3 => (1.0, 5.0),
        4 => (-4.0, 4.0),
        5 => {
            let low = rng.gen_range(1.0..5.0);
            (low, 1.5 * low)
        }
        6 | 7 => (0.1, one_of(rng, &[10.0, 100.0])),
        _ => {
            let low = rng.gen_range(0.2..3.0);
            (low, low + rng.gen_range(2.0..20.0))
        }
    }
}

fn constant(rng: &mut ChaCha8Rng) -> String {
    let drawn: f64 = rng.gen_range(0.3..9.0);
    match rng.gen_range(0..5) {
        0 | 1 => one_of(rng, &["1", "2", "3", "5", "0.5"]).to_string(),
        2 => format!("{drawn}"),
        3 => format!("{drawn:.1}"),
        _ => format!("{drawn:.2}"),
    }
}

/// A sum of terms, in which each input occurs once.
fn text(rng: &mut ChaCha8Rng, inputs: usize) -> String {
    let mut order: Vec<usize> = (0..inputs).collect();
    order.shuffle(rng);
    let terms = rng.gen_range(1..=inputs.min(3));
    let mut parts: Vec<String> = Vec::new();
    for place in 0..terms {
        let of_term: Vec<usize> = order.iter().copied().skip(place).step_by(terms).collect();
        let scale = if rng.gen_bool(0.7) {
            format!("{}*", constant(rng))
        } else {
            String::new()
        };
        parts.push(format!("{scale}{}", term(rng, &of_term)));
    }
    let mut text = parts.join(" + ");
    if rng.gen_bool(0.4) {
        let sign = one_of(rng, &["+", "-"]);
        text = format!("{text} {sign} {}", constant(rng));
    }
    text
}

fn term(rng: &mut ChaCha8Rng, inputs: &[usize]) -> String {
    let first = format!("x{}", inputs[0]);
    let rate = format!("{:.2}", rng.gen_range(0.1..0.9));
    let mut text = match rng.gen_range(0..100) {
        0..=19 => format!("{first}^2"),
        20..=27 => format!("sqrt({first})"),
        28..=35 => format!("exp(-{rate}*{first})"),
        36..=41 => format!("ln({first} + {})", one_of(rng, &[1, 2])),
        42..=49 => format!("sin({}*{first})", one_of(rng, &["1", "2", rate.as_str()])),
        _ => first,
    };
    for input in &inputs[1..] {
        text = match rng.gen_range(0..100) {
            0..=64 => format!("{text}*x{input}"),
            65..=75 => format!("{text}/(x{input} + {})", one_of(rng, &[2, 3, 7])),
            _ => format!("{text}/x{input}"),
        };
    }
    text
}

/// Laws whose constants are read off: truths up to a tenth off round numbers.
pub fn constants(rng: &mut ChaCha8Rng) -> Drawn {
    let near = |rng: &mut ChaCha8Rng| {
        let round = one_of(rng, &[1.0, 2.0, 3.0, 5.0, 0.5]);
        match rng.gen_range(0..3) {
            0 => round,
            _ => round * (1.0 + rng.gen_range(0.0..0.1)),
        }
    };
    let (a, b) = (near(rng), near(rng));
    let form = rng.gen_range(0..4);
    let (sort, truth): (&str, Truth) = match form {
        0 => ("a*x + b", Box::new(move |x| a * x[0] + b)),
        1 => ("a*exp(-b*x)", Box::new(move |x| a * (-0.3 * b * x[0]).exp())),
        2 => ("a*x^b", Box::new(move |x| a * x[0].powf(b))),
        _ => ("a*sin(b*x)", Box::new(move |x| a * (b * x[0]).sin())),
    };
    let ranges = vec![(0.5, 6.0)];
    let inputs = columns(rng, &ranges, 100);
    let noise = one_of(rng, &[0.005, 0.02, 0.05]);
    let clean = values(&truth, &inputs);
    let level = noise * spread(&clean);
    let target = clean.iter().map(|y| y + level * normal(rng)).collect();
    Drawn {
        sort: sort.to_string(),
        noise,
        columns: inputs,
        target,
        truth: Some(truth),
        ranges,
        level,
        constants: vec![a, if form == 1 { -0.3 * b } else { b }],
    }
}
