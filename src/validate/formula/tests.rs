//! Tests of [`super`].

use super::*;
use crate::formula::parse;
use crate::split::SplitDescription;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const NAMES: [&str; 2] = ["a", "b"];

type Truth = fn(f64, f64) -> f64;

fn claim(expr: &Expr, fitted: usize) -> Claim<'_> {
    Claim {
        expr,
        fitted,
        recognised: &[],
    }
}

/// Rows with `a` and `b` in these ranges, relative noise in the target.
fn rows(ranges: [[f64; 2]; 2], count: usize, truth: Truth, noise: f64, rng: &mut ChaCha8Rng) -> Sample {
    let [a_range, b_range] = ranges;
    let mut sample = Sample {
        inputs: vec![vec![], vec![]],
        target: vec![],
    };
    for _ in 0..count {
        let (a, b) = (
            rng.gen_range(a_range[0]..a_range[1]),
            rng.gen_range(b_range[0]..b_range[1]),
        );
        let error: f64 = rng.sample(StandardNormal);
        sample.inputs[0].push(a);
        sample.inputs[1].push(b);
        sample.target.push(truth(a, b) * (1.0 + noise * error));
    }
    sample
}

/// `a` in 1..5 inside, in `outside` beyond; `b` never leaves 1..3.
fn split(outside: [f64; 2], count: usize, truth: Truth, noise: f64, seed: u64) -> Split {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Split {
        train: rows([[1.0, 5.0], [1.0, 3.0]], 64, truth, noise, &mut rng),
        validation: rows([[1.0, 5.0], [1.0, 3.0]], 16, truth, noise, &mut rng),
        extrapolation: rows([outside, [1.5, 2.5]], count, truth, noise, &mut rng),
        train_rows: vec![],
        validation_rows: vec![],
        extrapolation_rows: vec![],
        leave_one_out: false,
        description: SplitDescription::default(),
        every_row: None,
        seed,
    }
}

fn expr(text: &str) -> Expr {
    parse(text, &NAMES.map(String::from)).expect(text)
}

#[test]
fn verdicts_on_formulas() {
    use Basis::*;
    use Verdict::*;
    let square: Truth = |a, _| a * a;
    let product: Truth = |a, b| 2.0 * a * b;
    let bends: Truth = |a, _| a * a + (a - 5.0).max(0.0);
    let breaks: Truth = |a, _| a * a - (a - 5.0).max(0.0).powi(3);
    let other: Truth = |_, b| b * b;
    let root: Truth = |a, b| a * b.sqrt();
    let table: &[(&str, Truth, f64, usize, &str, Verdict, Basis)] = &[
        ("exact", square, 0.0, 20, "a^2", Confirmed, Exact),
        ("5 % noise", product, 0.05, 20, "2*a*b", Confirmed, WithinNoise),
        ("10 % noise", product, 0.1, 20, "2*a*b", Confirmed, WithinNoise),
        (
            "a line through a curve",
            square,
            0.0,
            20,
            "6*a - 7.5",
            Refuted,
            Grows,
        ),
        ("under noise", square, 0.05, 20, "6*a - 7.5", Refuted, Grows),
        (
            "a line where b never leaves",
            root,
            0.0,
            20,
            "a*(0.365*b + 0.66)",
            Approximate,
            Basis::Follows(1),
        ),
        ("drifts away", bends, 0.01, 20, "a^2", Approximate, Grows),
        ("leaves", breaks, 0.01, 20, "a^2", Refuted, Grows),
        (
            "no value",
            square,
            0.0,
            20,
            "a^2 + 0*sqrt(6 - a)",
            Refuted,
            Undefined,
        ),
        ("one row", square, 0.0, 1, "a^2", Approximate, TooFewRows),
        ("no row", square, 0.0, 0, "a^2", Approximate, NothingOutside),
        (
            "outside in another",
            other,
            0.0,
            20,
            "b^2",
            Approximate,
            NothingOutside,
        ),
    ];
    for (name, truth, noise, count, text, verdict, basis) in table {
        for seed in 0..10 {
            let split = split([5.0, 8.0], *count, *truth, *noise, seed);
            let judgement = judge_formula(
                &Claim {
                    recognised: &[true; 4],
                    ..claim(&expr(text), 1)
                },
                &split,
                [&[], &[]],
                &[],
            );
            assert_eq!(
                (judgement.verdict, judgement.basis),
                (*verdict, *basis),
                "{name}, seed {seed}: {judgement:?}"
            );
            assert_eq!(judgement.rows_held, *count, "{name}");
        }
    }
}

#[test]
fn the_noise_level_is_found() {
    let judgement = judge_formula(
        &claim(&expr("2*a*b"), 1),
        &split([5.0, 8.0], 40, |a, b| 2.0 * a * b, 0.05, 0),
        [&[], &[]],
        &[],
    );
    assert!(judgement.relative, "{judgement:?}");
    for error in [judgement.error_inside, judgement.error_outside] {
        assert!((0.035..0.065).contains(&error), "{judgement:?}");
    }
}

#[test]
fn rows_that_the_user_chose_count_even_inside_the_range() {
    let mut split = split([2.0, 3.0], 20, |a, _| a * a, 0.0, 0);
    assert_eq!(
        judge_formula(&claim(&expr("a^2"), 1), &split, [&[], &[]], &[]).rows_outside,
        0
    );
    split.description.method = SplitMethod::Regions;
    let judgement = judge_formula(&claim(&expr("a^2"), 1), &split, [&[], &[]], &[]);
    assert_eq!(
        (judgement.rows_outside, judgement.verdict),
        (20, Verdict::Confirmed)
    );
}

#[test]
fn outliers_may_be_as_many_outside_as_inside() {
    for (inside, outside, verdict) in [
        (4, 1, Verdict::Confirmed),
        (0, 1, Verdict::Refuted),
        (4, 10, Verdict::Refuted),
    ] {
        let mut split = split([5.0, 8.0], 20, |a, b| a * b, 0.01, 0);
        let outliers: Vec<usize> = (0..inside).collect();
        for row in &outliers {
            split.train.target[*row] *= 100.0;
        }
        for y in &mut split.extrapolation.target[..outside] {
            *y *= 100.0;
        }
        let judgement = judge_formula(&claim(&expr("a*b"), 1), &split, [&outliers, &[]], &[]);
        assert_eq!(judgement.verdict, verdict, "{judgement:?}");
        assert_eq!(judgement.outliers_inside, inside);
    }
}

#[test]
fn beside_exact_rows_one_may_be_an_outlier_unless_it_is_the_last() {
    let mut split = split([5.0, 8.0], 20, |a, b| a * b, 0.0, 0);
    let column = &split.extrapolation.inputs[0];
    let furthest = (0..20).max_by(|&i, &j| column[i].total_cmp(&column[j])).unwrap();
    for (row, verdict) in [
        ((furthest + 1) % 20, Verdict::Confirmed),
        (furthest, Verdict::Refuted),
    ] {
        let right = split.extrapolation.target[row];
        split.extrapolation.target[row] *= 100.0;
        let judgement = judge_formula(&claim(&expr("a*b"), 1), &split, [&[], &[]], &[]);
        assert_eq!(judgement.verdict, verdict, "{judgement:?}");
        split.extrapolation.target[row] = right;
    }
}

#[test]
fn rows_held_out_twice_count_once() {
    let mut split = split([5.0, 8.0], 20, |a, b| a * b, 0.01, 0);
    split.extrapolation = split.extrapolation.joined(&split.extrapolation);
    let judgement = judge_formula(&claim(&expr("a*b"), 1), &split, [&[], &[]], &[]);
    assert_eq!((judgement.rows_outside, judgement.rows_held), (20, 20));
}

#[test]
fn rows_left_out_in_turn_count_once() {
    let mut split = split([5.0, 8.0], 20, |a, _| a * a, 0.0, 0);
    split.validation = split.train.clone();
    split.leave_one_out = true;
    assert_eq!(
        judge_formula(&claim(&expr("a^2"), 1), &split, [&[], &[]], &[]).rows_inside,
        64
    );
}

/// Far outside, the error of a right formula is that of its constants.
#[test]
fn uncertain_constants_may_miss_far_outside() {
    let mut uncertain = 0;
    for seed in 0..40 {
        let mut split = split([60.0, 80.0], 20, |a, _| 3.0 * a, 0.0, seed);
        let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
        for sample in [&mut split.train, &mut split.validation, &mut split.extrapolation] {
            for y in &mut sample.target {
                *y += rng.sample::<f64, _>(StandardNormal) * 0.5;
            }
        }
        let (slope, offset) = line(&split.train);
        let fitted = expr(&format!("{slope}*a + {offset}"));
        let judgement = judge_formula(&claim(&fitted, 2), &split, [&[], &[]], &[]);
        assert_ne!(judgement.verdict, Verdict::Refuted, "seed {seed}: {judgement:?}");
        uncertain += u32::from(judgement.basis == Basis::Uncertain);
    }
    assert!(uncertain >= 30, "{uncertain} of 40");
}

fn line(sample: &Sample) -> (f64, f64) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (x, y) = (&sample.inputs[0], &sample.target);
    let (x_mean, y_mean) = (mean(x), mean(y));
    let covariance: f64 = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let slope = covariance / x.iter().map(|x| (x - x_mean).powi(2)).sum::<f64>();
    (slope, y_mean - slope * x_mean)
}
