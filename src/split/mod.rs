//! Which rows a formula is fitted on, chosen by, and judged on.
//!
//! The *extrapolation* rows lie outside the range of all others. What remains
//! is for *training* (fitting) and *validation* (choosing between formulas).
//! The choice depends on the inputs and the seed, never on the target.

mod description;
mod error;
mod held_out;
mod outer_shell;
mod region;

pub use description::{InputRange, SplitDescription, SplitMethod};
pub use error::SplitError;
pub use held_out::EveryRow;
pub(crate) use region::split_outside_backticks;
pub use region::{Condition, Interval, Region};

use rand::seq::SliceRandom;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::dataset::near::nearest;
use crate::dataset::{Dataset, Sample};

/// The share of all rows held out for extrapolation, and of the rest for
/// validation.
const SHARE: f64 = 0.2;

/// The fewest rows to hold out for extrapolation, or for validation.
const FEWEST_HELD: usize = 2;

/// The fewest rows to split. With fewer, each is left out in turn instead.
const FEWEST_TO_SPLIT: usize = 8;

/// The fewest rows to draw validation rows from.
const FEWEST_TO_DRAW_FROM: usize = 6;

/// The fewest rows worth fitting a formula on.
const FEWEST_TO_FIT: usize = 3;

/// How to split.
#[derive(Debug, Clone, Default)]
pub struct SplitOptions {
    /// Which rows to hold out for extrapolation.
    pub holdout: Holdout,
    /// Seed of the draw of the validation rows.
    pub seed: u64,
}

/// Which rows to hold out for extrapolation.
#[derive(Debug, Clone, Default)]
pub enum Holdout {
    /// The outer shell of the inputs' ranges, about 20 % of the rows.
    #[default]
    OuterShell,
    /// The rows in any of these regions.
    Regions(Vec<Region>),
    /// All rows of a second table with the same columns; see
    /// [`read_like`](crate::dataset::read_like).
    Test(Box<Dataset>),
}

impl Holdout {
    /// The names of the inputs that the held-out rows are told by.
    pub fn conditions(&self) -> impl Iterator<Item = &str> {
        let regions: &[Region] = match self {
            Holdout::Regions(regions) => regions,
            Holdout::OuterShell | Holdout::Test(_) => &[],
        };
        let conditions = regions.iter().flat_map(|region| &region.conditions);
        conditions.map(|condition| condition.input.as_str())
    }

    /// For a dataset with these inputs only.
    pub fn narrowed(self, kept: &[usize]) -> Holdout {
        match self {
            Holdout::Test(test) => Holdout::Test(Box::new(test.narrowed(kept))),
            other => other,
        }
    }
}

/// The rows, by what they are for.
#[derive(Debug, Clone)]
pub struct Split {
    /// To fit on.
    pub train: Sample,
    /// To choose between formulas.
    pub validation: Sample,
    /// To judge the chosen formula, outside the range of the other two. Empty
    /// when no rows could be spared.
    pub extrapolation: Sample,
    /// Indices into the dataset, ascending.
    pub train_rows: Vec<usize>,
    /// Indices into the dataset, ascending.
    pub validation_rows: Vec<usize>,
    /// Indices into the dataset, or into the second table if one was given;
    /// ascending.
    pub extrapolation_rows: Vec<usize>,
    /// Whether there are too few rows to spare any for validation: `train` and
    /// `validation` are then the same rows, to be left out one at a time.
    pub leave_one_out: bool,
    /// What was split how, for the report.
    pub description: SplitDescription,
    /// Every row, where the table is too large to be held.
    pub every_row: Option<EveryRow>,
    /// Seed of the draw of the validation rows.
    pub seed: u64,
}

impl Split {
    /// The inputs' values on the rows of all three parts.
    pub fn inputs_of_all_rows(&self) -> Vec<Vec<f64>> {
        let parts = [&self.train, &self.validation, &self.extrapolation];
        let of_input = |input: usize| {
            parts
                .iter()
                .flat_map(move |part| part.inputs[input].iter().copied())
        };
        (0..self.train.width())
            .map(|input| of_input(input).collect())
            .collect()
    }
}

/// Splits the rows of a dataset.
///
/// # Errors
/// When a region names no input, or holds out no rows or nearly all.
pub fn split(dataset: &Dataset, options: &SplitOptions) -> Result<Split, SplitError> {
    let inputs: Vec<&[f64]> = dataset
        .inputs
        .iter()
        .map(|input| input.values.as_slice())
        .collect();
    let rows = dataset.rows();
    let (held, method) = match &options.holdout {
        Holdout::Test(_) => (vec![false; rows], SplitMethod::TestFile),
        Holdout::Regions(regions) => {
            let held = rows_in_regions(dataset, regions)?;
            (held, SplitMethod::Regions)
        }
        Holdout::OuterShell if rows < FEWEST_TO_SPLIT => (vec![false; rows], SplitMethod::TooFewRows),
        Holdout::OuterShell => {
            let outer = outer_shell::outer_rows(&inputs, share_of(rows));
            let method = if !outer.held.contains(&true) {
                SplitMethod::TooFewValues
            } else if outer.by_mean_rank {
                SplitMethod::MeanRank
            } else {
                SplitMethod::OuterShell
            };
            (outer.held, method)
        }
    };
    let rows_where = |wanted: bool| -> Vec<usize> { (0..rows).filter(|&row| held[row] == wanted).collect() };
    let kept = rows_where(false);
    let leave_one_out = method == SplitMethod::TooFewRows || kept.len() < FEWEST_TO_DRAW_FROM;
    let (train_rows, validation_rows) = if leave_one_out {
        (kept.clone(), kept)
    } else {
        draw_validation(kept, options.seed)
    };
    let sample = dataset.sample();
    let (extrapolation, extrapolation_rows) = match &options.holdout {
        Holdout::Test(other) => (other.sample(), (0..other.rows()).collect()),
        _ => {
            let held = rows_where(true);
            (sample.select(&held), held)
        }
    };
    let mut split = Split {
        train: sample.select(&train_rows),
        validation: sample.select(&validation_rows),
        extrapolation,
        train_rows,
        validation_rows,
        extrapolation_rows,
        leave_one_out,
        description: SplitDescription::default(),
        every_row: EveryRow::of(dataset, &options.holdout),
        seed: options.seed,
    };
    split.description = SplitDescription::of(&split, dataset, &options.holdout, method);
    Ok(split)
}

/// 20 % of `rows`, and at least two.
fn share_of(rows: usize) -> usize {
    ((SHARE * rows as f64).round() as usize).max(FEWEST_HELD)
}

fn draw_validation(mut kept: Vec<usize>, seed: u64) -> (Vec<usize>, Vec<usize>) {
    kept.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let count = share_of(kept.len());
    let mut train = kept.split_off(count);
    train.sort_unstable();
    kept.sort_unstable();
    (train, kept)
}

fn rows_in_regions(dataset: &Dataset, regions: &[Region]) -> Result<Vec<bool>, SplitError> {
    let find = |name: &str| {
        let mut inputs = dataset.inputs.iter();
        inputs.find(|input| input.name == name).ok_or_else(|| {
            let names = dataset.input_names();
            SplitError::NotAnInput {
                name: name.to_owned(),
                near: nearest(name, names.iter().map(String::as_str)).map(str::to_owned),
                inputs: names,
            }
        })
    };
    let rows = dataset.rows();
    let mut held = vec![false; rows];
    let mut named = Vec::new();
    for region in regions {
        let mut inside = vec![true; rows];
        for condition in &region.conditions {
            let input = find(&condition.input)?;
            if !named.contains(&input) {
                named.push(input);
            }
            for (inside, &value) in inside.iter_mut().zip(&input.values) {
                *inside &= condition.interval.contains(value);
            }
        }
        for (held, inside) in held.iter_mut().zip(inside) {
            *held |= inside;
        }
    }
    let count = held.iter().filter(|&&held| held).count();
    let ranges = || {
        let range = |input: &&crate::dataset::Column| {
            InputRange::fitted(&input.name, input.values.iter().copied()).to_string()
        };
        named.iter().map(range).collect()
    };
    if count == 0 {
        return Err(SplitError::NothingHeldOut {
            rows,
            ranges: ranges(),
        });
    }
    if rows - count < FEWEST_TO_FIT {
        return Err(SplitError::TooFewLeft {
            held: count,
            rows,
            ranges: ranges(),
        });
    }
    Ok(held)
}

#[cfg(test)]
mod tests;
