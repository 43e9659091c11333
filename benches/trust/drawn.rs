//! A table that was drawn, and what is true of it.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// The target without noise, where there is one.
pub type Truth = Box<dyn Fn(&[f64]) -> f64 + Send + Sync>;

/// One drawn table.
pub struct Drawn {
    /// What is special about it, such as `two regimes`, or the law's text.
    pub sort: String,
    /// Share of the target's spread that the noise's deviation is.
    pub noise: f64,
    /// A column per input; those of the law first.
    pub columns: Vec<Vec<f64>>,
    /// The target.
    pub target: Vec<f64>,
    /// `None` where no formula of the columns can be right.
    pub truth: Option<Truth>,
    /// The ranges that the law's inputs were drawn from.
    pub ranges: Vec<(f64, f64)>,
    /// The deviation of the noise, in units of the target.
    pub level: f64,
    /// The law's constants, where their standard errors are to be checked.
    pub constants: Vec<f64>,
}

/// A number of a standard normal distribution.
pub fn normal(rng: &mut ChaCha8Rng) -> f64 {
    rng.sample(StandardNormal)
}

/// One of these.
pub fn one_of<T: Clone>(rng: &mut ChaCha8Rng, all: &[T]) -> T {
    all[rng.gen_range(0..all.len())].clone()
}

/// Columns of `rows` numbers in these ranges.
pub fn columns(rng: &mut ChaCha8Rng, ranges: &[(f64, f64)], rows: usize) -> Vec<Vec<f64>> {
    ranges
        .iter()
        .map(|&(low, high)| (0..rows).map(|_| rng.gen_range(low..high)).collect())
        .collect()
}

/// The row of these columns.
pub fn row(columns: &[Vec<f64>], row: usize) -> Vec<f64> {
    columns.iter().map(|column| column[row]).collect()
}

/// The values of a truth in each row.
pub fn values(truth: &Truth, columns: &[Vec<f64>]) -> Vec<f64> {
    (0..columns.first().map_or(0, Vec::len))
        .map(|place| truth(&row(columns, place)))
        .collect()
}

/// Standard deviation.
pub fn spread(values: &[f64]) -> f64 {
    let rows = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / rows;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / rows).sqrt()
}

/// The ranges one width further up.
pub fn beyond(ranges: &[(f64, f64)]) -> Vec<(f64, f64)> {
    ranges
        .iter()
        .map(|&(low, high)| (high, 2.0 * high - low))
        .collect()
}

/// With normal noise of this share of the spread; and its deviation.
pub fn with_noise(rng: &mut ChaCha8Rng, truth: &[f64], noise: f64) -> (Vec<f64>, f64) {
    let level = noise * spread(truth);
    (truth.iter().map(|y| y + level * normal(rng)).collect(), level)
}
