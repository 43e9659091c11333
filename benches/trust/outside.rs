//! Laws that the language can't say.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::drawn::{columns, one_of, values, with_noise, Drawn, Truth};

/// Terms of a series.
const TERMS: usize = 200;

/// A function of a row that is no formula of the language.
type Function = fn(&[f64]) -> f64;

/// What is drawn, how many inputs it has, and the function.
const SORTS: &[(&str, usize, Function)] = &[
    ("two lines", 1, |x| {
        if x[0] < 3.0 {
            1.3 * x[0]
        } else {
            3.9 + 0.2 * (x[0] - 3.0)
        }
    }),
    ("|x - c|", 1, |x| (x[0] - 2.7).abs()),
    ("min(x, c)", 1, |x| 2.0 * x[0].min(3.1)),
    ("sawtooth", 1, |x| x[0] - x[0].floor()),
    ("steps on a line", 1, |x| 2.0 * x[0] + (1.7 * x[0]).floor()),
    ("x mod c", 1, |x| x[0] % 1.3),
    ("Bessel J0", 1, |x| 3.0 * bessel_j0(x[0])),
    ("decay and Bessel J0", 1, |x| {
        (-x[0]).exp() + bessel_j0(3.0 * x[0])
    }),
    ("erf", 1, |x| 2.0 * statrs::function::erf::erf(x[0] - 2.0)),
    ("erf of a product", 2, |x| {
        statrs::function::erf::erf(0.4 * x[0]) * x[1]
    }),
    ("gamma", 1, |x| statrs::function::gamma::gamma(x[0])),
    ("logistic map", 1, |x| {
        (0..3).fold(x[0] / 7.0, |z, _| 3.7 * z * (1.0 - z))
    }),
    ("max(x*y, c)", 2, |x| (x[0] * x[1]).max(4.0)),
    ("|x - y| + x", 2, |x| (x[0] - x[1]).abs() + x[0]),
    ("floor(x)*y", 2, |x| x[0].floor() * x[1]),
];

/// A table of one of them, of a sum of five exponentials, or of two hidden regimes.
pub fn table(rng: &mut ChaCha8Rng) -> Drawn {
    let pick = rng.gen_range(0..SORTS.len() + 3);
    let high = one_of(rng, &[3.6, 6.0]);
    let rows = one_of(rng, &[30, 60, 100, 200]);
    let noise = one_of(rng, &[0.0, 0.0, 0.01, 0.05]);
    let width = SORTS.get(pick).map_or(1, |sort| sort.1);
    let ranges = vec![(1.0, high); width];
    let inputs = columns(rng, &ranges, rows);
    let (sort, truth, clean): (&str, Option<Truth>, Vec<f64>) =
        if let Some((sort, _, function)) = SORTS.get(pick) {
            let truth: Truth = Box::new(function);
            let clean = values(&truth, &inputs);
            (sort, Some(truth), clean)
        } else if pick == SORTS.len() {
            let terms: Vec<(f64, f64)> = (0..5)
                .map(|_| (rng.gen_range(0.3..2.0), rng.gen_range(0.05..2.5)))
                .collect();
            let truth: Truth = Box::new(move |x| terms.iter().map(|(a, k)| a * (-k * x[0]).exp()).sum());
            let clean = values(&truth, &inputs);
            ("five exponentials", Some(truth), clean)
        } else {
            // A state that no column tells: in turns, or drawn.
            let in_turns = pick == SORTS.len() + 1;
            let clean = inputs[0]
                .iter()
                .enumerate()
                .map(|(row, x)| {
                    let state = if in_turns { row % 2 == 0 } else { rng.gen_bool(0.5) };
                    if state {
                        2.5 * x + 1.0
                    } else {
                        1.2 * x + 1.0
                    }
                })
                .collect();
            ("hidden regimes", None, clean)
        };
    let (target, level) = with_noise(rng, &clean, noise);
    Drawn {
        sort: sort.to_string(),
        noise,
        columns: inputs,
        target,
        truth,
        ranges,
        level,
        constants: Vec::new(),
    }
}

/// J0(x) = (1/π) ∫ cos(x sin t) dt over 0..π, by the midpoint rule, which is
/// exact to rounding for a periodic integrand.
fn bessel_j0(x: f64) -> f64 {
    let at = |k: usize| std::f64::consts::PI * (k as f64 + 0.5) / TERMS as f64;
    (0..TERMS).map(|k| (x * at(k).sin()).cos()).sum::<f64>() / TERMS as f64
}
