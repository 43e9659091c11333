//! Do the residuals run along a column?
//!
//! Along a column, sorted, noise has no memory: neighbours are no more alike
//! than any two rows (lag-one correlation), and the means of a few bins are as
//! near 0 as their sizes allow (analysis of variance). A miss that is smooth in
//! one column shows in these even where, in the space of all columns, no two
//! rows are near each other.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal};

/// Fewest rows that tell anything.
const FEWEST_ROWS: usize = 12;
/// Rows of a bin, at least, and bins at most.
const ROWS_A_BIN: usize = 6;
const MOST_BINS: usize = 10;

/// The chance that noise runs along `column` as much as `residuals` do; the
/// smaller of both tests' chances, doubled.
pub(super) fn chance_along(column: &[f64], residuals: &[f64]) -> f64 {
    let rows = residuals.len();
    if rows < FEWEST_ROWS {
        return 1.0;
    }
    let mut order: Vec<usize> = (0..rows).collect();
    order.sort_by(|&a, &b| column[a].total_cmp(&column[b]).then(a.cmp(&b)));
    let (low, high) = (column[order[0]], column[order[rows - 1]]);
    if low >= high {
        return 1.0;
    }
    let mean = residuals.iter().sum::<f64>() / rows as f64;
    let sorted: Vec<f64> = order.iter().map(|&row| residuals[row] - mean).collect();
    let places: Vec<f64> = order.iter().map(|&row| column[row]).collect();
    (2.0 * chance_of_memory(&sorted, &places).min(chance_of_bins(&sorted, &places))).min(1.0)
}

/// `z = Σ r_i r_{i+1} / √(Σ r_i² r_{i+1}²)`, which is standard normal for noise
/// of any size that varies slowly. Rows of the same value have no order, so
/// their pairs are left out.
fn chance_of_memory(sorted: &[f64], places: &[f64]) -> f64 {
    let pairs = || {
        let steps = places.windows(2).zip(sorted.windows(2));
        steps.filter(|(x, _)| x[0] < x[1]).map(|(_, r)| r[0] * r[1])
    };
    if pairs().count() < FEWEST_ROWS - 1 {
        return 1.0;
    }
    let spread = pairs().map(|p| p * p).sum::<f64>().sqrt();
    if spread <= 0.0 {
        return 1.0;
    }
    let z = pairs().sum::<f64>() / spread;
    Normal::new(0.0, 1.0).map_or(1.0, |normal| 1.0 - normal.cdf(z))
}

/// F test of bin means against 0.
fn chance_of_bins(sorted: &[f64], places: &[f64]) -> f64 {
    let rows = sorted.len();
    let bins = (rows / ROWS_A_BIN).min(MOST_BINS);
    let mut edges: Vec<usize> = (0..=bins).map(|k| k * rows / bins.max(1)).collect();
    // Rows of the same value stay together.
    for edge in &mut edges[1..bins.max(1)] {
        while *edge < rows && places[*edge] == places[*edge - 1] {
            *edge += 1;
        }
    }
    edges.dedup();
    let parts: Vec<&[f64]> = edges.windows(2).map(|edge| &sorted[edge[0]..edge[1]]).collect();
    let parts: Vec<&[f64]> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 || rows < 2 * parts.len() {
        return 1.0;
    }
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let between: f64 = parts.iter().map(|p| p.len() as f64 * mean(p).powi(2)).sum();
    let total: f64 = sorted.iter().map(|r| r * r).sum();
    let (explained, freedom) = ((parts.len() - 1) as f64, (rows - parts.len()) as f64);
    let ratio = between / explained / ((total - between) / freedom).max(f64::MIN_POSITIVE);
    FisherSnedecor::new(explained, freedom).map_or(1.0, |f| 1.0 - f.cdf(ratio.max(0.0)))
}

/// Share of the variance of `residuals` that is left within two groups, at the
/// best place to split them, with a tenth of the rows in each at least: 0.36
/// for normal noise, 0.25 for even noise, little where the residuals are of
/// two kinds.
pub(super) fn share_within_two_groups(residuals: &[f64]) -> f64 {
    let mut sorted = residuals.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rows = sorted.len();
    let (sum, squares) = sorted.iter().fold((0.0, 0.0), |(s, q), r| (s + r, q + r * r));
    let total = squares - sum * sum / rows.max(1) as f64;
    let (mut left, mut least) = (0.0, f64::INFINITY);
    for (place, value) in sorted.iter().enumerate() {
        left += value;
        let (n, m) = (place + 1, rows - place - 1);
        if n.min(m) * 10 >= rows && n.min(m) > 0 {
            let within = squares - left * left / n as f64 - (sum - left).powi(2) / m as f64;
            least = least.min(within / total);
        }
    }
    if least.is_finite() {
        least
    } else {
        1.0
    }
}

/// How many standard errors the slope of `residuals` over their order is from
/// 0, with a standard error that allows for neighbours that are alike.
pub(super) fn drift(residuals: &[f64]) -> f64 {
    let rows = residuals.len();
    if rows < FEWEST_ROWS {
        return 0.0;
    }
    let middle = (rows as f64 - 1.0) / 2.0;
    let time = |row: usize| row as f64 - middle;
    let spread: f64 = (0..rows).map(|row| time(row).powi(2)).sum();
    let mean = residuals.iter().sum::<f64>() / rows as f64;
    let slope = residuals
        .iter()
        .enumerate()
        .map(|(row, r)| time(row) * (r - mean))
        .sum::<f64>()
        / spread;
    let left: Vec<f64> = residuals
        .iter()
        .enumerate()
        .map(|(row, r)| r - mean - slope * time(row))
        .collect();
    let variance = left.iter().map(|r| r * r).sum::<f64>() / (rows as f64 - 2.0);
    let memory = left.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / left.iter().map(|r| r * r).sum::<f64>();
    let memory = memory.clamp(0.0, 0.95);
    let error = (variance / spread * (1.0 + memory) / (1.0 - memory)).sqrt();
    if error > 0.0 {
        slope / error
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

    #[test]
    fn noise_rarely_runs_along_a_column_and_a_smooth_miss_does() {
        let mut small = 0;
        for seed in 0..200 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let column: Vec<f64> = (0..60).map(|_| rng.gen_range(1.0..9.0)).collect();
            let noise: Vec<f64> = (0..60).map(|_| rng.sample(StandardNormal)).collect();
            small += usize::from(chance_along(&column, &noise) < 0.05);
            let smooth: Vec<f64> = column
                .iter()
                .zip(&noise)
                .map(|(x, n)| (1.5 * x).sin() + 0.3 * n)
                .collect();
            assert!(chance_along(&column, &smooth) < 1e-4, "seed {seed}");
        }
        // 5 % of 200, and what chance makes of it.
        assert!(small <= 22, "{small} of 200");
    }

    #[test]
    fn two_kinds_of_rows_fall_into_two_groups() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let noise: Vec<f64> = (0..100).map(|_| rng.sample(StandardNormal)).collect();
        assert!(share_within_two_groups(&noise) > 0.25);
        let two: Vec<f64> = noise
            .iter()
            .enumerate()
            .map(|(i, n)| n * 0.1 + (i % 2) as f64)
            .collect();
        assert!(share_within_two_groups(&two) < 0.1);
        let even: Vec<f64> = (0..100).map(|_| rng.gen_range(-1.0..1.0)).collect();
        assert!(share_within_two_groups(&even) > 0.18);
    }

    #[test]
    fn a_slope_over_the_order_of_rows_is_a_drift() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let noise: Vec<f64> = (0..100).map(|_| rng.sample(StandardNormal)).collect();
        assert!(drift(&noise).abs() < 3.0);
        let drifting: Vec<f64> = noise
            .iter()
            .enumerate()
            .map(|(i, n)| n + 0.03 * i as f64)
            .collect();
        assert!(drift(&drifting) > 4.0);
    }
}
