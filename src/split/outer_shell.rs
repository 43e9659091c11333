//! The outer shell of the inputs' ranges.
//!
//! The shell is made of whole slices from the outside in: of every input the
//! largest values, where it has negative values the most negative, where it
//! has both, both. A slice is all rows that share a value, so whatever is held
//! out on an input is strictly beyond everything that is kept. Slices are
//! taken in the order of the number of rows at or beyond them, one input after
//! another, until the share wanted is reached: the shell is equally deep, as
//! quantiles go, on every input.
//!
//! With many inputs such a shell is too thin to test much: of 100 columns it
//! takes one row in five hundred each. Then the shell gives half of the rows,
//! and the other half are those with the largest mean of *outwardness ranks*
//! over the inputs: no single input need leave its range there, but together
//! they are further out than in any row that is kept.

/// The largest share of the rows that may be held out to avoid cutting through
/// rows with equal values.
const LARGEST_SHARE: f64 = 0.35;

/// The share of rows on each input below which the shell is too thin.
const THINNEST: f64 = 0.02;

/// The fewest inputs for which a shell may be found too thin.
const MANY_INPUTS: usize = 8;

/// Which rows lie outermost, and in which sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OuterRows {
    /// One flag a row.
    pub held: Vec<bool>,
    /// Whether the mean rank decided.
    pub by_mean_rank: bool,
}

/// Chooses about `wanted` rows. Sees inputs only, so that no target can have a
/// say in it.
///
/// No row is chosen where the inputs take too few distinct values for that.
pub(super) fn outer_rows(inputs: &[&[f64]], wanted: usize) -> OuterRows {
    let rows = inputs.first().map_or(0, |input| input.len());
    let shell = Shell::build(inputs, wanted, vec![false; rows]);
    let depth = shell.deepest as f64 / rows as f64;
    let is_thin = inputs.len() >= MANY_INPUTS && (depth < THINNEST || shell.sides > wanted);
    let is_empty = !shell.held.contains(&true);
    if inputs.len() > 1 && (is_thin || is_empty) {
        let ranks = mean_outwardness(inputs);
        let share = if is_empty { wanted } else { wanted / 2 };
        let by_rank = Shell::build(&[&ranks], share, vec![false; rows]);
        if by_rank.held.contains(&true) {
            return OuterRows {
                held: Shell::build(inputs, wanted, by_rank.held).held,
                by_mean_rank: true,
            };
        }
    }
    OuterRows {
        held: shell.held,
        by_mean_rank: false,
    }
}

/// Rows from one end of an input inwards, that share a value.
struct Slice {
    side: usize,
    rows: Vec<usize>,
    /// How many rows are in this slice or beyond it.
    depth: usize,
}

struct Shell {
    held: Vec<bool>,
    /// How many ends of inputs there are to take slices from.
    sides: usize,
    /// Depth of the deepest slice taken.
    deepest: usize,
}

impl Shell {
    /// Adds to the rows that are `held` already until they are `wanted`.
    fn build(inputs: &[&[f64]], wanted: usize, held: Vec<bool>) -> Shell {
        let rows = held.len();
        let most = ((rows as f64 * LARGEST_SHARE) as usize).max(wanted);
        let mut slices = Vec::new();
        let mut sides = 0;
        for input in inputs {
            let has_upper = input.iter().any(|&value| value > 0.0);
            let has_lower = input.iter().any(|&value| value < 0.0);
            for (is_there, sign) in [(has_upper, 1.0), (has_lower, -1.0)] {
                if is_there {
                    let ends = if has_upper && has_lower { 2 } else { 1 };
                    slices.extend(slices_of(input, sign, ends, sides, most));
                    sides += 1;
                }
            }
        }
        // Stable: of equally deep slices the first input's comes first.
        slices.sort_by_key(|slice| slice.depth);
        let mut count = held.iter().filter(|&&held| held).count();
        let mut shell = Shell {
            held,
            sides,
            deepest: 0,
        };
        let mut is_closed = vec![false; sides];
        for slice in slices {
            if count >= wanted {
                break;
            }
            if is_closed[slice.side] {
                continue;
            }
            let added = slice.rows.iter().filter(|&&row| !shell.held[row]).count();
            let overshoot = (count + added).saturating_sub(wanted);
            // A slice too many rows share is left out, and with it all that
            // lies further in: taking those would test nothing.
            if count + added > most || (count > 0 && overshoot > wanted - count) {
                is_closed[slice.side] = true;
                continue;
            }
            for row in slice.rows {
                shell.held[row] = true;
            }
            count += added;
            shell.deepest = slice.depth;
        }
        shell
    }
}

/// The slices of one end of an input, outermost first, down to `most` rows.
///
/// At least two distinct values are kept, and no more than half of them are
/// taken when there are few: a formula can't be learnt from one value.
fn slices_of(input: &[f64], sign: f64, ends: usize, side: usize, most: usize) -> Vec<Slice> {
    let mut order: Vec<usize> = (0..input.len()).collect();
    order.sort_by(|&a, &b| (sign * input[b]).total_cmp(&(sign * input[a])));
    let runs: Vec<&[usize]> = order.chunk_by(|&a, &b| input[a] == input[b]).collect();
    let spare = runs.len().saturating_sub(2).min(runs.len() / 2) / ends;
    let mut depth = 0;
    runs.into_iter()
        .take(spare)
        .map(|rows| {
            depth += rows.len();
            Slice {
                side,
                rows: rows.to_vec(),
                depth,
            }
        })
        .take_while(|slice| slice.depth <= most)
        .collect()
}

/// For each row the mean over the inputs of how far out it is: 0 for the
/// innermost row of an input, 1 for the outermost.
fn mean_outwardness(inputs: &[&[f64]]) -> Vec<f64> {
    let rows = inputs.first().map_or(0, |input| input.len());
    let mut sums = vec![0.0; rows];
    for input in inputs {
        let ranks = ranks(input);
        let has_upper = input.iter().any(|&value| value > 0.0);
        let has_lower = input.iter().any(|&value| value < 0.0);
        for (sum, rank) in sums.iter_mut().zip(ranks) {
            *sum += match (has_upper, has_lower) {
                (true, true) => (2.0 * rank - 1.0).abs(),
                (false, true) => 1.0 - rank,
                _ => rank,
            };
        }
    }
    sums.iter().map(|sum| sum / inputs.len() as f64).collect()
}

/// Ranks from 0 to 1; equal values share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let last = values.len().saturating_sub(1).max(1) as f64;
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for run in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = (start as f64 + (run.len() - 1) as f64 / 2.0) / last;
        for &row in run {
            ranks[row] = rank;
        }
        start += run.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn columns(width: usize, rows: usize, draw: impl Fn(&mut ChaCha8Rng) -> f64) -> Vec<Vec<f64>> {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        (0..width)
            .map(|_| (0..rows).map(|_| draw(&mut rng)).collect())
            .collect()
    }

    fn outer(columns: &[Vec<f64>], wanted: usize) -> OuterRows {
        let inputs: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        outer_rows(&inputs, wanted)
    }

    /// Lowest and highest kept value of an input.
    fn kept_range(column: &[f64], held: &[bool]) -> (f64, f64) {
        let kept = column.iter().zip(held).filter(|(_, &held)| !held);
        kept.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (&value, _)| {
            (low.min(value), high.max(value))
        })
    }

    fn count(held: &[bool]) -> usize {
        held.iter().filter(|&&held| held).count()
    }

    #[test]
    fn every_held_row_leaves_the_kept_range() {
        let uniform = |low: f64, high: f64| move |rng: &mut ChaCha8Rng| rng.gen_range(low..high);
        for (width, columns) in [
            (1, columns(1, 200, uniform(1.0, 5.0))),
            (3, columns(3, 200, uniform(1.0, 5.0))),
            (3, columns(3, 200, uniform(-2.0, 2.0))),
            (2, columns(2, 200, uniform(-20.0, -10.0))),
            (2, columns(2, 200, |rng| 10f64.powf(rng.gen_range(-3.0..9.0)))),
        ] {
            let found = outer(&columns, 40);
            assert!(!found.by_mean_rank);
            assert_eq!(count(&found.held), 40, "{width} inputs");
            for column in &columns {
                let outside = |(low, high): (f64, f64)| {
                    let beyond = column.iter().filter(|&&value| value < low || value > high);
                    beyond.count()
                };
                assert!(outside(kept_range(column, &found.held)) >= 40 / (2 * width).max(1) / 2);
            }
            for row in (0..200).filter(|&row| found.held[row]) {
                assert!(columns.iter().any(|column| {
                    let (low, high) = kept_range(column, &found.held);
                    column[row] < low || column[row] > high
                }));
            }
        }
    }

    #[test]
    fn the_side_follows_the_sign() {
        let upward: Vec<f64> = (1..=20).map(f64::from).collect();
        let downward: Vec<f64> = upward.iter().map(|value| -value).collect();
        let both: Vec<f64> = (-10..10).map(|i| f64::from(i) + 0.5).collect();
        let held = |column: &[f64]| -> Vec<f64> {
            let found = outer_rows(&[column], 4);
            let rows = (0..20).filter(|&row| found.held[row]);
            rows.map(|row| column[row]).collect()
        };
        assert_eq!(held(&upward), [17.0, 18.0, 19.0, 20.0]);
        assert_eq!(held(&downward), [-17.0, -18.0, -19.0, -20.0]);
        assert_eq!(held(&both), [-9.5, -8.5, 8.5, 9.5]);
    }

    #[test]
    fn equal_values_are_held_out_together_or_not_at_all() {
        let cycle = |length: usize| (0..60).map(|row| (row % length + 1) as f64).collect::<Vec<_>>();
        for (column, expected) in [
            (cycle(3), 20),
            (cycle(5), 12),
            (cycle(6), 10),
            (cycle(2), 0),
            (cycle(1), 0),
        ] {
            assert_eq!(count(&outer(&[column], 12).held), expected);
        }
        // Nothing of a column of ones and twos can be held out; the other's
        // shell is.
        let steady: Vec<f64> = (0..60).map(f64::from).collect();
        let found = outer(&[cycle(2), steady], 12);
        assert_eq!(count(&found.held), 12);
        assert!(found.held[48..].iter().all(|&held| held));
    }

    #[test]
    fn the_rare_values_of_a_mostly_zero_column_are_not_all_held_out() {
        let mut column = vec![0.0; 100];
        for (value, cell) in column.iter_mut().take(10).enumerate() {
            *cell = value as f64 + 1.0;
        }
        let found = outer(&[column.clone()], 20);
        let (low, high) = kept_range(&column, &found.held);
        assert!(low < high && count(&found.held) > 0);
    }

    #[test]
    fn with_many_inputs_half_the_rows_are_those_furthest_out_on_the_whole() {
        let columns = columns(100, 300, |rng| rng.gen_range(1.0..2.0));
        let found = outer(&columns, 60);
        assert!(found.by_mean_rank);
        assert_eq!(count(&found.held), 60);
        let mean = |row: usize| columns.iter().map(|column| column[row]).sum::<f64>() / 100.0;
        let average = |wanted: bool| {
            let rows: Vec<usize> = (0..300).filter(|&row| found.held[row] == wanted).collect();
            rows.iter().map(|&row| mean(row)).sum::<f64>() / rows.len() as f64
        };
        assert!(average(true) > average(false) + 0.02);
        let leaves_a_range = |&row: &usize| {
            columns.iter().any(|column| {
                let (low, high) = kept_range(column, &found.held);
                column[row] < low || column[row] > high
            })
        };
        let leaving = (0..300).filter(|&row| found.held[row]).filter(leaves_a_range);
        assert!(leaving.count() >= 30);
    }

    #[test]
    fn ten_inputs_still_have_a_shell() {
        let found = outer(&columns(10, 500, |rng| rng.gen_range(1.0..5.0)), 100);
        assert!(!found.by_mean_rank);
        assert_eq!(count(&found.held), 100);
    }
}
