//! Wide tables: which columns are searched on at all.
//!
//! Sure independence screening, step by step (Fan & Lv 2008): the column that the
//! residual leans on most is taken in, as it is, as its square or as its logarithm,
//! as long as that is more than the best of so many columns would be by chance; then
//! products with those taken in. Once for the target and once for ln|target|, so that
//! a product of columns of both signs shows, too.

use rayon::prelude::*;

use crate::dataset::Sample;
use crate::statistics::{dot, of_length_one, spread_evenly, standardised, take_off};

/// Tables of no more columns are left whole; so are those of up to [`WIDEST`] whose
/// rows tell all of their columns apart, being so many times as many.
const WIDE: usize = 40;
const WIDEST: usize = 300;
const ROWS_A_COLUMN: usize = 4;

/// Columns taken in at most.
const MOST_COLUMNS: usize = 20;

/// How far beyond the best of as many columns of noise a gain has to be.
const BEYOND_CHANCE: f64 = 8.0;

/// Less than this mean square is left by arithmetic alone, of a target of variance 1.
const ARITHMETIC: f64 = 1e-20;

/// Rows screened on at most.
const MOST_ROWS: usize = 600;

/// The inputs that the target leans on, ascending, and maybe none; `None` where
/// the table is not wide.
pub fn columns_worth_trying(train: &Sample) -> Option<Vec<usize>> {
    let told_apart = train.width() <= WIDEST && train.rows() >= ROWS_A_COLUMN * train.width();
    if train.width() <= WIDE || told_apart {
        return None;
    }
    let picked = spread_evenly(train.rows(), MOST_ROWS);
    let thin = |column: &Vec<f64>| -> Vec<f64> { picked.iter().map(|&row| column[row]).collect() };
    let inputs: Vec<Vec<f64>> = train.inputs.par_iter().map(thin).collect();
    let target = thin(&train.target);
    let mut kept: Vec<usize> = leaned_on(&inputs, target.clone());
    if target.iter().all(|&y| y != 0.0) {
        kept.extend(leaned_on(&inputs, target.iter().map(|y| y.abs().ln()).collect()));
    }
    kept.sort_unstable();
    kept.dedup();
    Some(kept)
}

/// The ways in which a column may show.
const SHAPES: [fn(f64) -> f64; 3] = [|v| v, |v| v * v, |v| v.abs().ln()];

/// Columns that this target leans on, the first found first.
fn leaned_on(inputs: &[Vec<f64>], target: Vec<f64>) -> Vec<usize> {
    let Some(whole) = varying(&target) else {
        return Vec::new();
    };
    let rows = whole.len() as f64;
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    let mut left = whole;
    while kept.len() < MOST_COLUMNS && basis.len() + 10 < left.len() {
        let alone = strongest(inputs, &left, &[]);
        let enough = |share: f64| {
            let freedom = rows - basis.len() as f64 - 2.0;
            let chances = (inputs.len() * SHAPES.len() * (1 + kept.len())) as f64;
            freedom * share / (1.0 - share).max(1e-12) > 2.0 * chances.ln() + BEYOND_CHANCE
        };
        let factors: Vec<Vec<f64>> = kept.iter().filter_map(|&place| varying(&inputs[place])).collect();
        let best = match alone {
            Some(best) if enough(best.share) => Some(best),
            _ => strongest(inputs, &left, &factors).filter(|best| enough(best.share)),
        };
        let Some(best) = best else { break };
        let mut direction = best.values;
        for known in &basis {
            take_off(&mut direction, known);
        }
        let Some(direction) = of_length_one(direction) else {
            break;
        };
        take_off(&mut left, &direction);
        basis.push(direction);
        if !kept.contains(&best.column) {
            kept.push(best.column);
        }
        if dot(&left, &left) < ARITHMETIC * rows {
            break;
        }
    }
    kept
}

struct Strongest {
    column: usize,
    /// The share of what is left that it explains.
    share: f64,
    values: Vec<f64>,
}

/// The column, in any shape or times any of the factors, that explains most of
/// what is left.
fn strongest(inputs: &[Vec<f64>], left: &[f64], factors: &[Vec<f64>]) -> Option<Strongest> {
    let total = dot(left, left);
    let share = |values: &[f64]| -> f64 {
        let together = dot(values, left);
        together * together / (dot(values, values) * total)
    };
    let of_column = |(column, values): (usize, &Vec<f64>)| -> Option<Strongest> {
        let ways: Vec<Vec<f64>> = if factors.is_empty() {
            let shaped = SHAPES
                .iter()
                .map(|shape| values.iter().map(|&v| shape(v)).collect::<Vec<f64>>());
            shaped.filter_map(|values| varying(&values)).collect()
        } else {
            let own = varying(values)?;
            let products = factors
                .iter()
                .map(|factor| own.iter().zip(factor).map(|(a, b)| a * b).collect::<Vec<f64>>());
            products.filter_map(|values| varying(&values)).collect()
        };
        let best = ways
            .into_iter()
            .map(|values| (share(&values), values))
            .filter(|(share, _)| share.is_finite())
            .max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Strongest {
            column,
            share: best.0,
            values: best.1,
        })
    };
    inputs
        .par_iter()
        .enumerate()
        .filter_map(of_column)
        .reduce_with(|a, b| {
            let later = a.column > b.column;
            match a.share.total_cmp(&b.share) {
                std::cmp::Ordering::Less => b,
                std::cmp::Ordering::Equal if later => b,
                _ => a,
            }
        })
}

/// With mean 0 and variance 1; `None` where the values do not vary, or are none.
fn varying(values: &[f64]) -> Option<Vec<f64>> {
    let scaled = standardised(values);
    let vary = scaled.iter().all(|v| v.is_finite()) && scaled.iter().any(|v| *v != 0.0);
    vary.then_some(scaled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn kept(law: impl Fn(&[f64]) -> f64, width: usize, from: f64) -> Vec<usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let rows: Vec<Vec<f64>> = (0..200)
            .map(|_| (0..width).map(|_| rng.gen_range(from..5.0)).collect())
            .collect();
        let train = Sample {
            inputs: (0..width)
                .map(|i| rows.iter().map(|row| row[i]).collect())
                .collect(),
            target: rows.iter().map(|row| law(row)).collect(),
        };
        columns_worth_trying(&train).expect("wide")
    }

    #[test]
    fn the_columns_of_the_law_are_kept_and_few_others() {
        for (from, law) in [
            (1.0, (|x| x[3] * x[7]) as fn(&[f64]) -> f64),
            (-5.0, |x| x[3] * x[7]),
            (1.0, |x| x[3].sin() * x[7] + x[9]),
            (-5.0, |x| x[3] + x[3] * x[7]),
        ] {
            let kept = kept(law, 1000, from);
            assert!(kept.contains(&3) && kept.contains(&7), "{kept:?}");
            assert!(kept.len() <= 12, "{kept:?}");
        }
    }

    #[test]
    fn a_table_that_is_not_wide_is_left_as_it_is() {
        let of = |width: usize, rows: usize| Sample {
            inputs: vec![vec![1.0; rows]; width],
            target: vec![1.0; rows],
        };
        assert_eq!(columns_worth_trying(&of(WIDE, 2)), None);
        assert_eq!(columns_worth_trying(&of(100, 400)), None);
        assert!(columns_worth_trying(&of(100, 399)).is_some());
    }
}
