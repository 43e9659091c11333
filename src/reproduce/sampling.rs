//! Random rows.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Where inputs come from: uniform over one or two intervals, each taken as
/// often as it is long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    first: (f64, f64),
    second: Option<(f64, f64)>,
}

impl Range {
    pub const fn new(low: f64, high: f64) -> Range {
        Range {
            first: (low, high),
            second: None,
        }
    }

    pub const fn two(first: (f64, f64), second: (f64, f64)) -> Range {
        Range {
            first,
            second: Some(second),
        }
    }

    fn draw(self, rng: &mut ChaCha8Rng) -> f64 {
        let length = |(low, high): (f64, f64)| high - low;
        match self.second {
            Some(second) if rng.gen_bool(length(second) / (length(self.first) + length(second))) => {
                rng.gen_range(second.0..second.1)
            }
            _ => rng.gen_range(self.first.0..self.first.1),
        }
    }

    /// So many numbers.
    pub fn sample(self, count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        (0..count).map(|_| self.draw(rng)).collect()
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.first.0, self.first.1)?;
        match self.second {
            Some((low, high)) => write!(f, ", {low}..{high}"),
            None => Ok(()),
        }
    }
}

/// A generator of its own for each part of an experiment.
pub(super) fn stream(seed: u64, part: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(part);
    rng
}

/// Mean squared difference.
pub(super) fn mean_squared_error(predicted: &[f64], target: &[f64]) -> f64 {
    let squares = predicted.iter().zip(target).map(|(p, y)| (p - y).powi(2));
    squares.sum::<f64>() / target.len().max(1) as f64
}

/// None for no values.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_intervals_are_drawn_from_and_nothing_else() {
        let range = Range::two((-6.0, -2.0), (2.0, 6.0));
        let numbers = range.sample(1000, &mut stream(0, 0));
        assert!(numbers.iter().all(|x| (2.0..=6.0).contains(&x.abs())));
        let negative = numbers.iter().filter(|x| **x < 0.0).count();
        assert!((400..600).contains(&negative), "{negative}");
        assert_eq!(range.to_string(), "-6..-2, 2..6");
    }

    #[test]
    fn means() {
        assert_eq!(mean(&[1.0, 2.0]), Some(1.5));
    }
}
