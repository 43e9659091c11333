//! A random sample of the rows of a table, of bounded size.
//!
//! Every row gets a random priority from the seed and its place in the source,
//! and those with the lowest are kept: whichever block is read first, on
//! however many threads, the sample is the same. A table that fits is kept
//! whole.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The most rows kept.
const MOST_ROWS: usize = 100_000;

/// The most cells kept: 16 MB, of which the stages to come make a few copies.
const MOST_CELLS: usize = 2_000_000;

/// The rows kept so far.
#[derive(Debug)]
pub(super) struct Reservoir {
    width: usize,
    capacity: usize,
    /// Priority and line, one a row.
    keys: Vec<(u64, usize)>,
    /// Row after row.
    values: Vec<f64>,
    /// Rows of a higher priority are not among the lowest.
    threshold: u64,
}

/// The priorities of the rows of one block.
pub(super) fn priorities(seed: u64, block: u64, rows: usize) -> Vec<u64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(block);
    (0..rows).map(|_| random.next_u64()).collect()
}

impl Reservoir {
    pub fn new(width: usize) -> Reservoir {
        Reservoir::with_capacity(width, MOST_ROWS.min(MOST_CELLS / width.max(1)))
    }

    fn with_capacity(width: usize, capacity: usize) -> Reservoir {
        Reservoir {
            width,
            capacity,
            keys: Vec::new(),
            values: Vec::new(),
            threshold: u64::MAX,
        }
    }

    /// Takes in rows with their priorities.
    pub fn add(&mut self, priorities: &[u64], lines: &[usize], values: &[f64]) {
        let rows = priorities.iter().zip(lines).zip(values.chunks_exact(self.width));
        for ((&priority, &line), row) in rows {
            if priority <= self.threshold {
                self.keys.push((priority, line));
                self.values.extend_from_slice(row);
            }
        }
        if self.keys.len() >= 2 * self.capacity {
            self.prune();
        }
    }

    fn prune(&mut self) {
        if self.keys.len() <= self.capacity {
            return;
        }
        let mut order: Vec<u64> = self.keys.iter().map(|&(priority, _)| priority).collect();
        let (_, &mut threshold, _) = order.select_nth_unstable(self.capacity - 1);
        self.threshold = threshold;
        let mut kept = 0;
        for row in 0..self.keys.len() {
            // Equal priorities are one in 2^64.
            if self.keys[row].0 <= threshold && kept < self.capacity {
                self.keys[kept] = self.keys[row];
                let from = row * self.width;
                self.values
                    .copy_within(from..from + self.width, kept * self.width);
                kept += 1;
            }
        }
        self.keys.truncate(kept);
        self.values.truncate(kept * self.width);
    }

    /// The rows kept, in the order of the source: their lines and columns.
    pub fn into_columns(mut self) -> (Vec<usize>, Vec<Vec<f64>>) {
        self.prune();
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_unstable_by_key(|&row| self.keys[row].1);
        let lines = order.iter().map(|&row| self.keys[row].1).collect();
        let column = |column: usize| {
            let values = order.iter().map(|&row| self.values[row * self.width + column]);
            values.collect()
        };
        (lines, (0..self.width).map(column).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `rows` rows in blocks of 100, added in the order given.
    fn drawn(seed: u64, rows: usize, blocks: impl Iterator<Item = u64>) -> (Vec<usize>, Vec<Vec<f64>>) {
        let mut reservoir = Reservoir::with_capacity(2, 500);
        for block in blocks {
            let first = block as usize * 100;
            let lines: Vec<usize> = (first..(first + 100).min(rows)).collect();
            let values: Vec<f64> = lines
                .iter()
                .flat_map(|&line| [line as f64, -(line as f64)])
                .collect();
            reservoir.add(&priorities(seed, block, lines.len()), &lines, &values);
        }
        reservoir.into_columns()
    }

    #[test]
    fn the_order_of_blocks_does_not_matter() {
        let upward = drawn(1, 20_000, 0..200);
        let downward = drawn(1, 20_000, (0..200).rev());
        assert_eq!(upward, downward);
        assert_eq!(upward.0.len(), 500);
        assert_ne!(upward, drawn(2, 20_000, 0..200));
        let (lines, columns) = upward;
        assert!(lines.is_sorted());
        for (row, &line) in lines.iter().enumerate() {
            assert_eq!([columns[0][row], columns[1][row]], [line as f64, -(line as f64)]);
        }
    }

    #[test]
    fn every_row_is_as_likely() {
        let mut from_first_half = 0;
        for seed in 0..20 {
            let (lines, _) = drawn(seed, 20_000, 0..200);
            from_first_half += lines.iter().filter(|&&line| line < 10_000).count();
        }
        // 10,000 draws: five standard deviations are 250.
        assert!((4750..=5250).contains(&from_first_half), "{from_first_half}");
    }

    #[test]
    fn what_fits_is_kept_whole() {
        let (lines, _) = drawn(3, 450, 0..5);
        assert_eq!(lines, (0..450).collect::<Vec<_>>());
    }
}
