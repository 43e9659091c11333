//! The rows of a table that is too large to be held, read once more.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::error::DatasetError;
use super::part::Part;
use super::sample::Sample;
use super::scan::{scan, Format};
use super::source::Origin;

/// Every row of a table of which the dataset holds a sample.
#[derive(Debug, Clone)]
pub struct RowStream {
    pub(super) origin: Origin,
    pub(super) format: Format,
    /// The columns of the inputs.
    pub(super) inputs: Vec<usize>,
    pub(super) target: usize,
    pub(super) rows: usize,
    pub(super) ranges: Vec<[f64; 2]>,
}

/// Some rows, without those that lack a value.
#[derive(Debug)]
pub struct Batch {
    /// Inputs that were not asked for are empty.
    pub sample: Sample,
    /// The line of the source on which each row starts, from 1.
    pub lines: Vec<usize>,
}

impl RowStream {
    /// Number of rows, with those that lack a value.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn narrowed(self, kept: &[usize]) -> RowStream {
        RowStream {
            inputs: kept.iter().map(|&input| self.inputs[input]).collect(),
            ranges: kept.iter().map(|&input| self.ranges[input]).collect(),
            ..self
        }
    }

    /// The least and the largest value of each input.
    pub fn ranges(&self) -> &[[f64; 2]] {
        &self.ranges
    }

    /// What `of` makes of every batch of rows, in the order of the source;
    /// `None` once `of` has returned `None`, which ends the reading.
    ///
    /// # Errors
    /// When the source can't be read again.
    pub fn map<T: Send>(
        &self,
        inputs: &BTreeSet<usize>,
        of: impl Fn(Batch) -> Option<T> + Sync,
    ) -> Result<Option<Vec<T>>, DatasetError> {
        let mut wanted: Vec<usize> = inputs.iter().map(|&input| self.inputs[input]).collect();
        wanted.push(self.target);
        wanted.sort_unstable();
        wanted.dedup();
        let results: Mutex<Option<Vec<(u64, T)>>> = Mutex::new(Some(Vec::new()));
        scan(&self.origin, &self.format, &wanted, |block, part| {
            let result = of(self.batch(&part, &wanted, inputs));
            let Ok(mut results) = results.lock() else {
                return false;
            };
            match (result, results.as_mut()) {
                (Some(result), Some(results)) => results.push((block, result)),
                _ => *results = None,
            }
            results.is_some()
        })?;
        let results = results.into_inner().unwrap_or_default();
        Ok(results.map(|mut results| {
            results.sort_unstable_by_key(|(block, _)| *block);
            results.into_iter().map(|(_, result)| result).collect()
        }))
    }

    fn batch(&self, part: &Part, wanted: &[usize], inputs: &BTreeSet<usize>) -> Batch {
        let rows: Vec<(&[f64], usize)> = part
            .values
            .chunks_exact(wanted.len())
            .zip(part.lines.iter().copied())
            .filter(|(row, _)| row.iter().all(|value| !value.is_nan()))
            .collect();
        let column = |index: usize| -> Vec<f64> {
            let place = wanted.binary_search(&index).unwrap_or(0);
            rows.iter().map(|(row, _)| row[place]).collect()
        };
        let input = |(input, &index): (usize, &usize)| match inputs.contains(&input) {
            true => column(index),
            false => Vec::new(),
        };
        Batch {
            sample: Sample {
                inputs: self.inputs.iter().enumerate().map(input).collect(),
                target: column(self.target),
            },
            lines: rows.iter().map(|&(_, line)| line).collect(),
        }
    }
}
