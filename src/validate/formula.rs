//! Judging a formula by the rows that lie outside in what it reads.

use super::every_row::{every_row_sums, EveryRowMetrics, EveryRowSums, Far};
use super::judge::{weigh, Inside, Outside};
use super::uncertainty::added_variance;
use super::{Basis, Fitted, Judgement, Pattern, Verdict};
use crate::dataset::{DatasetError, Sample};
use crate::formula::Expr;
use crate::split::{Split, SplitMethod};
use crate::stop::StopSignal;

/// Chance of noise looking like a pattern, below which it is one.
const PATTERN_CHANCE: f64 = 1e-3;

/// The same in standard deviations, for the likeness of neighbours.
const PATTERN_LIKENESS: f64 = 3.5;

/// An outlier outside is further off than this many times the level inside.
const FAR: f64 = 9.0;

/// Judges `expr` on the rows of `split`, as [`judge`](super::judge) has it;
/// `parameters` counts the constants and exponents that were fitted.
///
/// An outer shell holds out rows for every input, and those that are extreme
/// only in inputs which the formula does not read say nothing about it outside
/// its range: they are left aside. Rows that the user chose all count.
///
/// An error within the noise is no confirmation where what the formula leaves
/// on the rows inside follows the inputs, for then it is no noise.
///
/// `outliers` are the places of the training and of the validation rows that
/// were not fitted because they are far off: they do not count, and outside as
/// large a share of the rows, within chance, need not count either.
pub fn judge_formula(expr: &Expr, split: &Split, parameters: usize, outliers: [&[usize]; 2]) -> Judgement {
    Judge::new(expr, split, parameters, outliers).on_held_rows()
}

/// The same with every row of a table of which `split` holds a sample: they are
/// read once more, and the verdict rests on all rows outside. `None` where
/// there is no such table, or when interrupted.
///
/// # Errors
/// When the table can't be read again.
pub fn judge_on_every_row(
    expr: &Expr,
    split: &Split,
    parameters: usize,
    outliers: [&[usize]; 2],
    stop: &StopSignal,
) -> Result<Option<(Judgement, EveryRowMetrics)>, DatasetError> {
    let Some(every) = &split.every_row else {
        return Ok(None);
    };
    let judge = Judge::new(expr, split, parameters, outliers);
    let sampled = judge.on_held_rows();
    let far = (judge.outliers_inside > 0).then(|| far(&sampled));
    let sums = every_row_sums(expr, split, every, far, stop)?;
    Ok(sums.map(|sums| (judge.on_every_row(&sums), sums.metrics())))
}

/// A formula before the rows of a split.
struct Judge<'a> {
    expr: &'a Expr,
    split: &'a Split,
    parameters: usize,
    train: Sample,
    validation: Sample,
    outliers_inside: usize,
}

impl<'a> Judge<'a> {
    fn new(expr: &'a Expr, split: &'a Split, parameters: usize, outliers: [&[usize]; 2]) -> Judge<'a> {
        let train = without(&split.train, outliers[0]);
        // Rows left out in turn are the training rows once more.
        let validation = match split.leave_one_out {
            true => split.validation.select(&[]),
            false => without(&split.validation, outliers[1]),
        };
        let outliers_inside =
            split.train.rows() - train.rows() + if split.leave_one_out { 0 } else { outliers[1].len() };
        Judge {
            expr,
            split,
            parameters,
            train,
            validation,
            outliers_inside,
        }
    }

    fn on_held_rows(&self) -> Judgement {
        let mut outside = judged_rows(self.expr, self.split);
        let mut judgement = self.weighed(&outside);
        if self.outliers_inside > 0 {
            let far = far(&judgement);
            let values = self.expr.evaluate(&outside.inputs);
            let rows = (0..outside.rows()).filter(|&row| far.is_passed(values[row], outside.target[row]));
            let far: Vec<usize> = rows.collect();
            if self.may_be_outliers(far.len(), outside.rows()) {
                outside = without(&outside, &far);
                judgement = self.weighed(&outside);
                judgement.outliers_outside = far.len();
            }
        }
        judgement.rows_held = self.split.extrapolation.rows();
        judgement.undefined = [&self.train, &self.validation, &self.split.extrapolation]
            .map(|sample| undefined(self.expr, sample))
            .iter()
            .sum();
        self.settled(judgement)
    }

    fn on_every_row(&self, sums: &EveryRowSums) -> Judgement {
        let sampled = judged_rows(self.expr, self.split);
        let (all, near) = (sums.outside(), sums.near());
        let far = all.rows - near.rows;
        let drop_far = self.may_be_outliers(far, all.rows);
        let outside = if drop_far { near } else { all };
        // Inexact rows among those that were not drawn count too.
        let outside = Outside {
            is_exact: outside.is_exact && sums.is_exact_inside(),
            ..outside
        };
        let mut judgement = self.weighed_against(&outside, &sampled);
        judgement.outliers_outside = if drop_far { far } else { 0 };
        judgement.rows_inside = sums.rows_inside();
        judgement.rows_held = outside.rows + judgement.outliers_outside;
        judgement.undefined = sums.undefined();
        self.settled(judgement)
    }

    /// Whether `far` of `rows` outside are no larger a share, within chance,
    /// than the outliers inside.
    fn may_be_outliers(&self, far: usize, rows: usize) -> bool {
        let inside = (self.train.rows() + self.validation.rows() + 2) as f64;
        let expected = (self.outliers_inside + 1) as f64 / inside * rows as f64;
        self.outliers_inside > 0 && far > 0 && far as f64 <= expected + 2.0 * expected.sqrt()
    }

    fn weighed(&self, outside: &Sample) -> Judgement {
        let predictions = self.expr.evaluate(&outside.inputs);
        self.with_inside(|inside| {
            let fitted = fitted(outside, &predictions);
            weigh(inside, &inside.beside(fitted), |relative| {
                added_variance(self.expr, &self.train, outside, relative)
            })
        })
    }

    /// The same for rows outside of which `sampled` are some.
    fn weighed_against(&self, outside: &Outside, sampled: &Sample) -> Judgement {
        self.with_inside(|inside| {
            weigh(inside, outside, |relative| {
                added_variance(self.expr, &self.train, sampled, relative)
            })
        })
    }

    fn with_inside<T>(&self, weigh: impl FnOnce(&Inside) -> T) -> T {
        let train = self.expr.evaluate(&self.train.inputs);
        let validation = self.expr.evaluate(&self.validation.inputs);
        weigh(&Inside {
            parts: [fitted(&self.train, &train), fitted(&self.validation, &validation)],
            parameters: self.parameters,
        })
    }

    /// Where values are missing, or what is left is no noise, the verdict
    /// changes.
    fn settled(&self, mut judgement: Judgement) -> Judgement {
        judgement.outliers_inside = self.outliers_inside;
        if judgement.undefined > 0 {
            (judgement.verdict, judgement.basis) = (Verdict::Refuted, Basis::Undefined);
        } else if judgement.basis == Basis::WithinNoise && self.leaves_a_pattern(judgement.relative) {
            (judgement.verdict, judgement.basis) = (Verdict::Approximate, Basis::Pattern);
        }
        judgement
    }

    /// Whether what the formula leaves is no noise.
    fn leaves_a_pattern(&self, relative: bool) -> bool {
        let columns = self.train.inputs.iter().zip(&self.validation.inputs);
        let columns: Vec<Vec<f64>> = columns.map(|(a, b)| [a.as_slice(), b].concat()).collect();
        let targets = self.train.target.iter().chain(&self.validation.target);
        let values = self.expr.evaluate(&columns);
        let residuals: Vec<f64> = values
            .iter()
            .zip(targets)
            .map(|(f, y)| if relative { (f - y) / y } else { f - y })
            .collect();
        let pattern = Pattern::of(&columns, &residuals);
        pattern.chance < PATTERN_CHANCE || pattern.likeness > PATTERN_LIKENESS
    }
}

fn fitted<'a>(sample: &'a Sample, predictions: &'a [f64]) -> Fitted<'a> {
    Fitted {
        target: &sample.target,
        predictions,
    }
}

fn undefined(expr: &Expr, sample: &Sample) -> usize {
    let values = expr.evaluate(&sample.inputs);
    values.iter().filter(|value| !value.is_finite()).count()
}

/// What counts as far off beside the level inside.
fn far(judgement: &Judgement) -> Far {
    Far {
        level: FAR * judgement.error_inside,
        relative: judgement.relative,
    }
}

fn without(sample: &Sample, rows: &[usize]) -> Sample {
    if rows.is_empty() {
        return sample.clone();
    }
    let kept: Vec<usize> = (0..sample.rows()).filter(|row| !rows.contains(row)).collect();
    sample.select(&kept)
}

/// The extrapolation rows that the verdict rests on.
fn judged_rows(expr: &Expr, split: &Split) -> Sample {
    let chosen_by_user = matches!(
        split.description.method,
        SplitMethod::Regions | SplitMethod::TestFile
    );
    if chosen_by_user {
        return split.extrapolation.clone();
    }
    let range = |input: usize| {
        let fitted = [&split.train, &split.validation];
        let seen = fitted.into_iter().flat_map(|sample| &sample.inputs[input]);
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        seen.fold(bounds, |(low, high), &x| (low.min(x), high.max(x)))
    };
    let used: Vec<(&[f64], (f64, f64))> = expr
        .variables_used()
        .into_iter()
        .map(|input| (split.extrapolation.inputs[input].as_slice(), range(input)))
        .collect();
    let is_beyond = |row: &usize| {
        used.iter()
            .any(|(values, (low, high))| values[*row] < *low || values[*row] > *high)
    };
    let rows: Vec<usize> = (0..split.extrapolation.rows()).filter(is_beyond).collect();
    split.extrapolation.select(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;
    use crate::split::SplitDescription;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    const NAMES: [&str; 2] = ["a", "b"];

    type Truth = fn(f64, f64) -> f64;

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
                Basis::Pattern,
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
                let judgement = judge_formula(&expr(text), &split, 1, [&[], &[]]);
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
            &expr("2*a*b"),
            &split([5.0, 8.0], 40, |a, b| 2.0 * a * b, 0.05, 0),
            1,
            [&[], &[]],
        );
        assert!(judgement.relative, "{judgement:?}");
        for error in [judgement.error_inside, judgement.error_outside] {
            assert!((0.035..0.065).contains(&error), "{judgement:?}");
        }
    }

    #[test]
    fn rows_that_the_user_chose_count_even_inside_the_range() {
        let mut split = split([2.0, 3.0], 20, |a, _| a * a, 0.0, 0);
        assert_eq!(judge_formula(&expr("a^2"), &split, 1, [&[], &[]]).rows_outside, 0);
        split.description.method = SplitMethod::Regions;
        let judgement = judge_formula(&expr("a^2"), &split, 1, [&[], &[]]);
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
            let judgement = judge_formula(&expr("a*b"), &split, 1, [&outliers, &[]]);
            assert_eq!(judgement.verdict, verdict, "{judgement:?}");
            assert_eq!(judgement.outliers_inside, inside);
        }
    }

    #[test]
    fn rows_left_out_in_turn_count_once() {
        let mut split = split([5.0, 8.0], 20, |a, _| a * a, 0.0, 0);
        split.validation = split.train.clone();
        split.leave_one_out = true;
        assert_eq!(judge_formula(&expr("a^2"), &split, 1, [&[], &[]]).rows_inside, 64);
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
            let judgement = judge_formula(&fitted, &split, 2, [&[], &[]]);
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
}
