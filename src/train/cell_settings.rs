//! What the cells of the literature leave to choose, with the published values.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal, Uniform};

use crate::nalu::Cell;

/// How a parameter gets its first value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Initialiser {
    /// Uniform between two numbers; the seed article's code: −2 and 2.
    Uniform(f64, f64),
    /// Normal with this mean and standard deviation.
    Normal(f64, f64),
    /// Uniform within ±√(6 / (inputs + units)) (Glorot & Bengio 2010).
    Glorot,
    /// The same number everywhere.
    Constant(f64),
}

impl Initialiser {
    /// One value of a parameter that leads from `inputs` to `units`.
    pub(super) fn draw(self, inputs: usize, units: usize, rng: &mut ChaCha8Rng) -> f64 {
        let uniform = |low: f64, high: f64, rng: &mut ChaCha8Rng| {
            if low < high {
                Uniform::new(low, high).sample(rng)
            } else {
                low
            }
        };
        match self {
            Initialiser::Uniform(low, high) => uniform(low, high, rng),
            Initialiser::Normal(mean, deviation) => match Normal::new(mean, deviation) {
                Ok(normal) => normal.sample(rng),
                Err(_) => mean,
            },
            Initialiser::Glorot => {
                let bound = (6.0 / (inputs + units).max(1) as f64).sqrt();
                rng.gen_range(-bound..bound)
            }
            Initialiser::Constant(value) => value,
        }
    }
}

/// Settings of one cell of the literature. [`Cell::Gated`] does not look at
/// them.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSettings {
    /// ε in `log(|x| + ε)`.
    pub epsilon: f64,
    /// First values of `Ŵ`, or of `W` where it is not squashed.
    pub weights: Initialiser,
    /// First values of `M̂`.
    pub squash: Initialiser,
    /// First values of `G`.
    pub gates: Initialiser,
}

impl CellSettings {
    /// As published. Where a paper is silent the seed article's code decides
    /// (faizan2786/nalu_implementation): `Ŵ, M̂ ~ U(−2, 2)`, `G ~ N(0, 1)`,
    /// ε = 1e-6.
    pub fn published(_cell: Cell) -> CellSettings {
        CellSettings {
            epsilon: 1e-6,
            weights: Initialiser::Uniform(-2.0, 2.0),
            squash: Initialiser::Uniform(-2.0, 2.0),
            gates: Initialiser::Normal(0.0, 1.0),
        }
    }
}
