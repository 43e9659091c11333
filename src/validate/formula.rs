//! Judging a formula by the rows that lie outside in what it reads.

use std::collections::HashSet;

use super::beyond::range;
use super::doubts::{Evidence, Rival};
use super::every_row::{every_row_sums, EveryRowMetrics, EveryRowSums, Far};
use super::judge::{weigh, Inside, Outside};
use super::noise::Kinds;
use super::outside_rows::{are_surrounded, is_noise, ROWS_THAT_TELL};
use super::resolution::{Exactness, InputRounding, Resolution};
use super::uncertainty::added_variance;
use super::{Basis, Fitted, Judgement, Verdict};
use crate::dataset::{DatasetError, Sample};
use crate::formula::Expr;
use crate::split::{Split, SplitMethod};
use crate::stop::StopSignal;

/// An outlier outside is further off than this many times the level inside.
const FAR: f64 = 9.0;

/// A formula to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The formula.
    pub expr: &'a Expr,
    /// Constants and exponents that were fitted.
    pub fitted: usize,
    /// Which of its constants were recognised, in the order of
    /// [`Expr::constants`]; an empty slice for none.
    pub recognised: &'a [bool],
}

/// Judges a formula on the rows of `split`, as [`judge`](super::judge) has it.
///
/// An outer shell holds out rows for every input, and those that are extreme
/// only in inputs which the formula does not read say nothing about it outside
/// its range: they are left aside. Rows that the user chose all count.
///
/// An error within the noise is no confirmation where there is a sign that the
/// formula is a fit and no law: see [`Basis`]. `rivals` are formulas that
/// describe the rows inside about as well. Rows that are there twice count once.
///
/// `outliers` are the places of the training and of the validation rows that
/// were not fitted because they are far off: they do not count, and outside as
/// large a share of the rows, within chance, need not count either.
pub fn judge_formula(claim: &Claim, split: &Split, outliers: [&[usize]; 2], rivals: &[Rival]) -> Judgement {
    Judge::new(claim, split, outliers, rivals).on_held_rows()
}

/// The same with every row of a table of which `split` holds a sample: they are
/// read once more, and the verdict rests on all rows outside. `None` where
/// there is no such table, or when interrupted.
///
/// # Errors
/// When the table can't be read again.
pub fn judge_on_every_row(
    claim: &Claim,
    split: &Split,
    outliers: [&[usize]; 2],
    rivals: &[Rival],
    stop: &StopSignal,
) -> Result<Option<(Judgement, EveryRowMetrics)>, DatasetError> {
    let Some(every) = &split.every_row else {
        return Ok(None);
    };
    let judge = Judge::new(claim, split, outliers, rivals);
    let sampled = judge.on_held_rows();
    let far = (judge.outliers_inside > 0).then(|| far(&sampled));
    let sums = every_row_sums(claim.expr, split, every, far, stop)?;
    Ok(sums.map(|sums| (judge.on_every_row(&sums), sums.metrics())))
}

/// A formula before the rows of a split.
struct Judge<'a> {
    expr: &'a Expr,
    split: &'a Split,
    parameters: usize,
    recognised: &'a [bool],
    rivals: &'a [Rival],
    train: Sample,
    validation: Sample,
    /// Numbers in the file of both.
    order: Vec<usize>,
    outliers_inside: usize,
    resolution: Resolution,
    rounding: InputRounding,
}

impl<'a> Judge<'a> {
    fn new(claim: &Claim<'a>, split: &'a Split, outliers: [&[usize]; 2], rivals: &'a [Rival]) -> Judge<'a> {
        let mut seen = HashSet::new();
        let (train, train_places) = single_rows(&split.train, outliers[0], &mut seen);
        // Rows left out in turn are the training rows once more.
        let (validation, validation_places) = match split.leave_one_out {
            true => (split.validation.select(&[]), Vec::new()),
            false => single_rows(&split.validation, outliers[1], &mut seen),
        };
        let outliers_inside = outliers[0].len() + if split.leave_one_out { 0 } else { outliers[1].len() };
        let number = |rows: &[usize], place: usize| rows.get(place).copied().unwrap_or(place);
        let order = train_places
            .iter()
            .map(|&place| number(&split.train_rows, place))
            .chain(
                validation_places
                    .iter()
                    .map(|&place| number(&split.validation_rows, place)),
            )
            .collect();
        let targets = [&split.train, &split.validation, &split.extrapolation];
        let rounding = InputRounding::of(&targets);
        let targets: Vec<f64> = targets
            .iter()
            .flat_map(|sample| &sample.target)
            .copied()
            .collect();
        Judge {
            expr: claim.expr,
            split,
            parameters: claim.fitted,
            recognised: claim.recognised,
            rivals,
            train,
            validation,
            order,
            outliers_inside,
            resolution: Resolution::of(&targets),
            rounding,
        }
    }

    fn on_held_rows(&self) -> Judgement {
        let outside = judged_rows(self.expr, self.split);
        let (mut outside, _) = single_rows(&outside, &[], &mut HashSet::new());
        let mut judgement = self.weighed(&outside);
        if judgement.verdict != Verdict::Confirmed {
            let far = self.far_rows(&outside, &judgement);
            if self.may_be_outliers(far.len(), outside.rows())
                && are_surrounded(self.expr, &self.inside(), &outside, &far)
            {
                outside = without(&outside, &far);
                judgement = self.weighed(&outside);
                judgement.outliers_outside = far.len();
            }
        }
        let (held, _) = single_rows(&self.split.extrapolation, &[], &mut HashSet::new());
        judgement.rows_held = held.rows();
        judgement.undefined = [&self.train, &self.validation, &held]
            .map(|sample| undefined(self.expr, sample))
            .iter()
            .sum();
        self.settled(judgement, &outside)
    }

    fn on_every_row(&self, sums: &EveryRowSums) -> Judgement {
        let sampled = judged_rows(self.expr, self.split);
        let (all, near) = (sums.outside(), sums.near());
        let far = all.rows - near.rows;
        let drop_far = self.may_be_outliers(far, all.rows);
        let outside = if drop_far { near } else { all };
        // Inexact rows among those that were not drawn count too.
        let outside = Outside {
            exactness: outside.exactness.min(sums.exactness_inside()),
            ..outside
        };
        let mut judgement = self.weighed_against(&outside, &sampled);
        judgement.outliers_outside = if drop_far { far } else { 0 };
        judgement.rows_inside = sums.rows_inside();
        judgement.rows_held = outside.rows + judgement.outliers_outside;
        judgement.undefined = sums.undefined();
        self.settled(judgement, &sampled)
    }

    /// Rows that are far off, beside the level inside; where all rows inside are
    /// exact, those that are not.
    fn far_rows(&self, outside: &Sample, judgement: &Judgement) -> Vec<usize> {
        let rows = 0..outside.rows();
        if self.is_exact_inside() {
            return rows
                .filter(|&row| self.exactness(&outside.select(&[row])) < Exactness::Digits)
                .collect();
        }
        let far = far(judgement);
        let values = self.expr.evaluate(&outside.inputs);
        rows.filter(|&row| far.is_passed(values[row], outside.target[row]))
            .collect()
    }

    fn is_exact_inside(&self) -> bool {
        self.exactness(&self.train).min(self.exactness(&self.validation)) >= Exactness::Digits
    }

    /// Whether `far` of `rows` outside are no larger a share, within chance,
    /// than the outliers inside; where all rows inside are exact, one might yet be.
    fn may_be_outliers(&self, far: usize, rows: usize) -> bool {
        let inside = (self.train.rows() + self.validation.rows() + 2) as f64;
        let expected = (self.outliers_inside + 1) as f64 / inside * rows as f64;
        let enough = self.outliers_inside > 0 || (self.is_exact_inside() && rows >= ROWS_THAT_TELL);
        enough && far > 0 && far as f64 <= expected + 2.0 * expected.sqrt()
    }

    /// Where the rows inside leave both kinds of noise open, both must hold;
    /// unless the rows outside are noise of the one kind, without a pattern.
    fn weighed(&self, outside: &Sample) -> Judgement {
        let predictions = self.expr.evaluate(&outside.inputs);
        let weighed = |kinds: Option<Kinds>| {
            self.with_inside(|inside| {
                let found = inside.beside(fitted(outside, &predictions), self.exactness(outside));
                let kinds = kinds.unwrap_or(found.kinds);
                weigh(inside, &Outside { kinds, ..found }, |relative| {
                    added_variance(self.expr, &self.inside(), outside, relative, &[])
                })
            })
        };
        let judgement = weighed(None);
        if !matches!(judgement.basis, Basis::Grows | Basis::Uncertain) {
            return judgement;
        }
        let other = weighed(Some(Kinds::only(!judgement.relative)));
        if other.verdict == Verdict::Confirmed && is_noise(self.expr, outside, &predictions, &other) {
            other
        } else {
            judgement
        }
    }

    /// The same for rows outside of which `sampled` are some.
    fn weighed_against(&self, outside: &Outside, sampled: &Sample) -> Judgement {
        self.with_inside(|inside| {
            weigh(inside, outside, |relative| {
                added_variance(self.expr, &self.inside(), sampled, relative, &[])
            })
        })
    }

    /// The rows that constants were fitted to.
    fn inside(&self) -> Sample {
        self.train.joined(&self.validation)
    }

    fn with_inside<T>(&self, weigh: impl FnOnce(&Inside) -> T) -> T {
        let train = self.expr.evaluate(&self.train.inputs);
        let validation = self.expr.evaluate(&self.validation.inputs);
        weigh(&Inside {
            parts: [fitted(&self.train, &train), fitted(&self.validation, &validation)],
            parameters: self.parameters,
            exactness: self.exactness(&self.train).min(self.exactness(&self.validation)),
        })
    }

    /// How close the row furthest off is.
    fn exactness(&self, sample: &Sample) -> Exactness {
        let values = self.expr.evaluate(&sample.inputs);
        let slack = self.rounding.slack(self.expr, sample);
        let rows = values.iter().zip(&sample.target).zip(&slack);
        rows.map(|((f, y), slack)| self.resolution.exactness(*f, *y, *slack))
            .min()
            .unwrap_or_default()
    }

    /// Where values are missing, or there is a sign that the formula is a fit
    /// and no law, the verdict changes.
    fn settled(&self, mut judgement: Judgement, outside: &Sample) -> Judgement {
        judgement.outliers_inside = self.outliers_inside;
        if judgement.undefined > 0 {
            (judgement.verdict, judgement.basis) = (Verdict::Refuted, Basis::Undefined);
        } else if judgement.verdict == Verdict::Confirmed {
            let exactness = [&self.train, &self.validation, outside].map(|rows| self.exactness(rows));
            let evidence = Evidence {
                expr: self.expr,
                fitted: self.parameters,
                recognised: self.recognised,
                train: &self.train,
                validation: &self.validation,
                outside,
                order: &self.order,
                relative: judgement.relative,
                level: judgement.error_inside,
                exactness: exactness.into_iter().min().unwrap_or_default(),
                rivals: self.rivals,
            };
            let doubt = evidence.doubt();
            if let Some(doubt) = doubt {
                (judgement.verdict, judgement.basis) = (Verdict::Approximate, doubt);
            }
            if matches!(doubt, None | Some(Basis::UncertainBeyond | Basis::Rival(_))) {
                judgement.holds_to = evidence.holds_to();
            }
        }
        judgement
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

/// The rows but those at these places and those `seen` before, and the places
/// of what is left. Every row's values are added to `seen`.
fn single_rows(sample: &Sample, but: &[usize], seen: &mut HashSet<Vec<u64>>) -> (Sample, Vec<usize>) {
    let mut is_new = |row: &usize| {
        let columns = sample.inputs.iter().chain([&sample.target]);
        let values: Vec<u64> = columns.map(|column| column[*row].to_bits()).collect();
        !but.contains(row) && seen.insert(values)
    };
    let places: Vec<usize> = (0..sample.rows()).filter(&mut is_new).collect();
    (sample.select(&places), places)
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
    let fitted = [&split.train, &split.validation];
    let used: Vec<(&[f64], (f64, f64))> = expr
        .variables_used()
        .into_iter()
        .map(|input| {
            (
                split.extrapolation.inputs[input].as_slice(),
                range(&fitted, input),
            )
        })
        .collect();
    let is_beyond = |row: &usize| {
        used.iter()
            .any(|(values, (low, high))| values[*row] < *low || values[*row] > *high)
    };
    let rows: Vec<usize> = (0..split.extrapolation.rows()).filter(is_beyond).collect();
    split.extrapolation.select(&rows)
}

#[cfg(test)]
mod tests;
