//! Is what a formula leaves noise, or does it follow the inputs?

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use crate::polish::Reduced;
use crate::statistics::{spread_evenly, standardised};

/// Rows looked at for neighbours, at most.
const MOST_NEIGHBOURS: usize = 600;

/// Fewest rows whose neighbours tell anything.
const FEWEST_NEIGHBOURS: usize = 12;

/// Signs of a pattern in residuals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pattern {
    /// The chance that noise gives as good a regression on the inputs (F test).
    pub chance: f64,
    /// By how many standard deviations the residuals of nearest neighbours are
    /// more alike than those of noise.
    pub likeness: f64,
}

impl Pattern {
    /// Looks for a pattern of `residuals` over `columns`, a column per input:
    /// by regression on the inputs' values or logarithms, their squares and
    /// products of two and three, as many as the rows bear, and by comparing
    /// each row with the one nearest to it.
    pub fn of(columns: &[Vec<f64>], residuals: &[f64]) -> Pattern {
        Pattern {
            chance: regression_chance(columns, residuals),
            likeness: neighbours_likeness(columns, residuals),
        }
    }
}

/// 1 where there are too few rows to tell.
fn regression_chance(columns: &[Vec<f64>], residuals: &[f64]) -> f64 {
    let rows = residuals.len();
    let regressors = regressors(columns, rows / 3);
    if rows < regressors.len() + 4 {
        return 1.0;
    }
    let one = vec![1.0; rows];
    let views: Vec<&[f64]> = std::iter::once(one.as_slice())
        .chain(regressors.iter().map(Vec::as_slice))
        .collect();
    let all: Vec<usize> = (0..views.len()).collect();
    let Some(reduced) = Reduced::new(&views, residuals, &one) else {
        return 1.0;
    };
    // Columns that depend on others are left out by the elimination's first step.
    let path = reduced.eliminate(&all, &[]);
    let Some((subset, fit)) = path.first() else {
        return 1.0;
    };
    let (explained, freedom) = (subset.len() as f64, (rows - subset.len()) as f64);
    let gain = (reduced.target_square() - fit.rss) / explained;
    let ratio = gain / (fit.rss / freedom).max(f64::MIN_POSITIVE);
    FisherSnedecor::new(explained, freedom).map_or(1.0, |f| 1.0 - f.cdf(ratio.max(0.0)))
}

/// Standardised values (logarithms where they can be taken and vary over more
/// than a factor of 3), their squares and products, at most `most`.
fn regressors(columns: &[Vec<f64>], most: usize) -> Vec<Vec<f64>> {
    let scaled: Vec<Vec<f64>> = columns
        .iter()
        .map(|column| {
            let low = column.iter().fold(f64::INFINITY, |m, &x| m.min(x));
            let high = column.iter().fold(f64::NEG_INFINITY, |m, &x| m.max(x));
            let wide = low > 0.0 && high > 3.0 * low;
            standardised(
                &column
                    .iter()
                    .map(|&x| if wide { x.ln() } else { x })
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let times = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a * b).collect() };
    let (scaled, times) = (&scaled, &times);
    let count = scaled.len();
    let pairs = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
    let squares = (0..count).map(|i| (i, i)).chain(pairs);
    let second = squares.clone().map(|(i, j)| times(&scaled[i], &scaled[j]));
    let third = (0..count).flat_map(move |k| {
        let squares = squares.clone();
        squares.map(move |(i, j)| times(&scaled[k], &times(&scaled[i], &scaled[j])))
    });
    // Of a wide table these are millions: no more are made than are looked at.
    let all = scaled.iter().cloned().chain(second).chain(third);
    all.take(most.max(1)).collect()
}

/// The correlation between each row's residual and its nearest neighbour's, in
/// standard deviations of what noise gives; 0 where there are too few rows.
fn neighbours_likeness(columns: &[Vec<f64>], residuals: &[f64]) -> f64 {
    let rows = spread_evenly(residuals.len(), MOST_NEIGHBOURS);
    if rows.len() < FEWEST_NEIGHBOURS {
        return 0.0;
    }
    let scaled: Vec<Vec<f64>> = columns.iter().map(|c| standardised(c)).collect();
    let distance = |a: usize, b: usize| scaled.iter().map(|c| (c[a] - c[b]).powi(2)).sum::<f64>();
    let mean = rows.iter().map(|&r| residuals[r]).sum::<f64>() / rows.len() as f64;
    let (mut together, mut alone) = (0.0, 0.0);
    for &row in &rows {
        let nearest = rows
            .iter()
            .filter(|&&other| other != row)
            .min_by(|&&a, &&b| distance(row, a).total_cmp(&distance(row, b)));
        if let Some(&nearest) = nearest {
            together += (residuals[row] - mean) * (residuals[nearest] - mean);
            alone += (residuals[row] - mean).powi(2);
        }
    }
    if alone > 0.0 {
        // Mutual neighbours count twice, hence a little above 1/√n.
        together / alone / (1.25 / (rows.len() as f64).sqrt())
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    fn columns(rng: &mut ChaCha8Rng, rows: usize) -> Vec<Vec<f64>> {
        (0..2)
            .map(|_| (0..rows).map(|_| rng.gen_range(1.0..9.0)).collect())
            .collect()
    }

    #[test]
    fn noise_has_none_and_a_smooth_miss_has() {
        for seed in 0..20 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let columns = columns(&mut rng, 150);
            let noise: Vec<f64> = (0..150).map(|_| rng.sample(StandardNormal)).collect();
            let pattern = Pattern::of(&columns, &noise);
            assert!(pattern.chance > 1e-3 && pattern.likeness < 3.5, "{pattern:?}");

            let (a, b) = (&columns[0], &columns[1]);
            let smooth: Vec<f64> = a
                .iter()
                .zip(b)
                .map(|(a, b)| (0.6 * a).sin() + (0.5 * b).cos())
                .collect();
            let pattern = Pattern::of(&columns, &smooth);
            assert!(pattern.chance < 1e-3 && pattern.likeness > 3.5, "{pattern:?}");
        }
    }

    #[test]
    fn few_rows_tell_nothing() {
        let pattern = Pattern::of(&[vec![1.0, 2.0, 3.0]], &[1.0, 2.0, 3.0]);
        assert_eq!(
            pattern,
            Pattern {
                chance: 1.0,
                likeness: 0.0
            }
        );
    }
}
