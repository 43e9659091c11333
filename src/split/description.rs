//! What was split how, in words and for the JSON report.

use std::fmt;

use serde::Serialize;

use super::{Holdout, Split};
use crate::dataset::Dataset;

/// How the extrapolation rows were chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitMethod {
    /// The outer shell of the inputs' ranges.
    #[default]
    OuterShell,
    /// The rows furthest out on the mean of all inputs' ranks, and a thin
    /// outer shell.
    MeanRank,
    /// The regions that were named.
    Regions,
    /// A second table.
    TestFile,
    /// None: fewer than eight rows.
    TooFewRows,
    /// None: the inputs take too few distinct values.
    TooFewValues,
}

/// The range of an input over some rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InputRange {
    /// Name of the input.
    pub input: String,
    /// Lowest and highest value among the rows for training and validation.
    pub fitted: [f64; 2],
    /// Lowest and highest value among the extrapolation rows, if there are any.
    pub extrapolation: Option<[f64; 2]>,
}

impl InputRange {
    /// The range of `values`, with no extrapolation.
    pub(super) fn fitted(input: &str, values: impl Iterator<Item = f64>) -> InputRange {
        InputRange {
            input: input.to_owned(),
            fitted: range(values),
            extrapolation: None,
        }
    }

    fn is_outside(&self, value: f64) -> bool {
        value < self.fitted[0] || value > self.fitted[1]
    }
}

impl fmt::Display for InputRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.fitted;
        write!(formatter, "{} in {}..{}", self.input, brief(low), brief(high))
    }
}

/// What was split how.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SplitDescription {
    /// How the extrapolation rows were chosen.
    pub method: SplitMethod,
    /// Rows in the dataset.
    pub rows: usize,
    /// Rows to fit on.
    pub train: usize,
    /// Rows to choose by.
    pub validation: usize,
    /// Rows to judge by.
    pub extrapolation: usize,
    /// Extrapolation rows in which at least one input is outside the range it
    /// has in training and validation. The others lie between rows that were
    /// seen, or are extreme only in the inputs taken together.
    pub outside: usize,
    /// Whether each row is left out in turn because there are too few to spare.
    pub leave_one_out: bool,
    /// Seed of the draw of the validation rows.
    pub seed: u64,
    /// What is held out: `m > 8.1, v > 9.2`.
    pub held_out: String,
    /// The ranges of every input.
    pub ranges: Vec<InputRange>,
}

impl SplitDescription {
    pub(super) fn of(split: &Split, dataset: &Dataset, holdout: &Holdout, method: SplitMethod) -> Self {
        let ranges: Vec<InputRange> = dataset
            .inputs
            .iter()
            .enumerate()
            .map(|(i, input)| {
                let seen = [&split.train.inputs[i], &split.validation.inputs[i]];
                let beyond = &split.extrapolation.inputs[i];
                let sampled = (!beyond.is_empty()).then(|| range(beyond.iter().copied()));
                InputRange {
                    extrapolation: match (sampled, &split.every_row, holdout) {
                        // The outermost rows of all are outside, drawn or not.
                        (Some([low, high]), Some(every), Holdout::OuterShell) => {
                            let [lowest, highest] = every.stream.ranges()[i];
                            Some([low.min(lowest), high.max(highest)])
                        }
                        (sampled, ..) => sampled,
                    },
                    ..InputRange::fitted(&input.name, seen.into_iter().flatten().copied())
                }
            })
            .collect();
        let is_outside = |&row: &usize| {
            let mut inputs = ranges.iter().zip(&split.extrapolation.inputs);
            inputs.any(|(range, values)| range.is_outside(values[row]))
        };
        let held_out = match holdout {
            Holdout::Test(other) => other.source.clone(),
            Holdout::Regions(regions) => {
                let texts: Vec<String> = regions.iter().map(ToString::to_string).collect();
                texts.join(" or ")
            }
            Holdout::OuterShell if method == SplitMethod::OuterShell => beyond_words(&ranges),
            Holdout::OuterShell => String::new(),
        };
        SplitDescription {
            method,
            rows: dataset.rows(),
            train: split.train.rows(),
            validation: split.validation.rows(),
            extrapolation: split.extrapolation.rows(),
            outside: (0..split.extrapolation.rows()).filter(is_outside).count(),
            leave_one_out: split.leave_one_out,
            seed: split.seed,
            held_out,
            ranges,
        }
    }

    /// Whether every extrapolation row leaves the fitted range of an input.
    pub fn all_outside(&self) -> bool {
        self.outside == self.extrapolation
    }
}

impl fmt::Display for SplitDescription {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} rows: ", self.rows)?;
        if self.leave_one_out {
            write!(
                formatter,
                "{} to train, each left out in turn to validate",
                self.train
            )?;
        } else {
            write!(
                formatter,
                "{} to train, {} to validate",
                self.train, self.validation
            )?;
        }
        let count = self.extrapolation;
        match self.method {
            SplitMethod::OuterShell => write!(formatter, ", {count} held out beyond {}", self.held_out),
            SplitMethod::MeanRank => write!(
                formatter,
                ", {count} held out that are furthest out, in all {} inputs taken together or in single ones \
                 ({} leave the range of an input)",
                self.ranges.len(),
                self.outside
            ),
            SplitMethod::Regions | SplitMethod::TestFile => {
                if self.method == SplitMethod::Regions {
                    write!(formatter, ", {count} held out where {}", self.held_out)?;
                } else {
                    write!(formatter, ", {count} of {} to test on", self.held_out)?;
                }
                match self.outside {
                    outside if outside == count => formatter.write_str(" (all outside the fitted range)"),
                    0 => formatter.write_str(" (none outside the fitted range: this tests interpolation)"),
                    outside => write!(formatter, " ({outside} of them outside the fitted range)"),
                }
            }
            SplitMethod::TooFewRows => formatter.write_str("; too few to hold any out for extrapolation"),
            SplitMethod::TooFewValues => {
                formatter.write_str("; none held out, for the inputs take too few distinct values")
            }
        }
    }
}

/// `m > 8.1, v outside -3..4`, for the inputs that leave their fitted range on
/// a side from which the shell was taken.
fn beyond_words(ranges: &[InputRange]) -> String {
    const SHOWN: usize = 6;
    let mut words: Vec<String> = Vec::new();
    let mut more = 0;
    for range in ranges {
        let Some([low, high]) = range.extrapolation else {
            continue;
        };
        let [from, to] = range.fitted;
        let input = &range.input;
        let word = match (low < from && low < 0.0, high > to && high > 0.0) {
            (true, true) => format!("{input} outside {}..{}", brief(from), brief(to)),
            (true, false) => format!("{input} < {}", brief(from)),
            (false, true) => format!("{input} > {}", brief(to)),
            (false, false) => continue,
        };
        if words.len() < SHOWN {
            words.push(word);
        } else {
            more += 1;
        }
    }
    let tail = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{tail}", words.join(", "))
}

fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        [low.min(value), high.max(value)]
    })
}

/// Four significant digits, without needless zeros.
fn brief(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    if rounded == 0.0 || (1e-4..1e6).contains(&rounded.abs()) {
        format!("{rounded}")
    } else {
        format!("{rounded:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_brief() {
        for (value, text) in [
            (8.1, "8.1"),
            (1.0 / 3.0, "0.3333"),
            (-2.0, "-2"),
            (0.0, "0"),
            (123456.0, "123500"),
            (5.97e24, "5.97e24"),
            (6.674e-11, "6.674e-11"),
        ] {
            assert_eq!(brief(value), text);
        }
    }
}
