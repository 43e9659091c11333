//! Which rows of a table too large to be held are held out.

use std::collections::BTreeSet;

use super::{Holdout, Interval, Region, Split};
use crate::dataset::{Batch, Dataset, RowStream};

/// Every row of a table of which the split holds a sample.
#[derive(Debug, Clone)]
pub struct EveryRow {
    /// All rows of the table, or of the second table if one was given.
    pub stream: RowStream,
    which: Which,
}

/// Which of the rows are outside.
#[derive(Debug, Clone)]
enum Which {
    /// Those beyond the fitted range of an input that the formula reads.
    Beyond,
    /// Those in a region: input and interval of each of its conditions.
    Regions(Vec<Vec<(usize, Interval)>>),
    /// All of a second table.
    All,
}

impl EveryRow {
    pub(super) fn of(dataset: &Dataset, holdout: &Holdout) -> Option<EveryRow> {
        let (stream, which) = match holdout {
            Holdout::Test(other) => (other.stream.clone()?, Which::All),
            Holdout::OuterShell => (dataset.stream.clone()?, Which::Beyond),
            Holdout::Regions(regions) => {
                let regions = regions.iter().map(|region| places(region, dataset)).collect();
                (dataset.stream.clone()?, Which::Regions(regions))
            }
        };
        Some(EveryRow { stream, which })
    }

    /// The inputs that have to be read to judge a formula that reads `used`.
    pub fn inputs(&self, used: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut inputs = used.clone();
        if let Which::Regions(regions) = &self.which {
            inputs.extend(regions.iter().flatten().map(|&(input, _)| input));
        }
        inputs
    }

    /// For each row of a batch whether it is outside for a formula that reads
    /// `used`.
    pub fn outside(&self, batch: &Batch, split: &Split, used: &BTreeSet<usize>) -> Vec<bool> {
        let inputs = &batch.sample.inputs;
        let ranges = &split.description.ranges;
        let is_outside = |row: usize| match &self.which {
            Which::All => true,
            Which::Beyond => used.iter().any(|&input| {
                let [low, high] = ranges[input].fitted;
                !(low..=high).contains(&inputs[input][row])
            }),
            Which::Regions(regions) => regions.iter().any(|region| {
                let mut conditions = region.iter();
                conditions.all(|(input, interval)| interval.contains(inputs[*input][row]))
            }),
        };
        (0..batch.sample.rows()).map(is_outside).collect()
    }
}

/// The conditions on inputs there are.
fn places(region: &Region, dataset: &Dataset) -> Vec<(usize, Interval)> {
    let place = |name: &str| dataset.inputs.iter().position(|input| input.name == name);
    let conditions = region.conditions.iter();
    conditions
        .filter_map(|condition| Some((place(&condition.input)?, condition.interval)))
        .collect()
}
