//! What the cells of the literature leave to choose, with the published values.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

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
    /// The same, never beyond ±½ (Madsen & Johansen 2020).
    GlorotWithinHalf,
    /// The same number everywhere.
    Constant(f64),
}

impl Initialiser {
    /// One value of a parameter that leads from `inputs` to `units`.
    pub(super) fn draw(self, inputs: usize, units: usize, rng: &mut ChaCha8Rng) -> f64 {
        let glorot = (6.0 / (inputs + units).max(1) as f64).sqrt();
        let mut uniform = |low: f64, high: f64| {
            if low < high {
                rng.gen_range(low..high)
            } else {
                low
            }
        };
        match self {
            Initialiser::Uniform(low, high) => uniform(low, high),
            Initialiser::Glorot => uniform(-glorot, glorot),
            Initialiser::GlorotWithinHalf => uniform(-glorot.min(0.5), glorot.min(0.5)),
            Initialiser::Constant(value) => value,
            Initialiser::Normal(mean, deviation) => match Normal::new(mean, deviation) {
                Ok(normal) => normal.sample(rng),
                Err(_) => mean,
            },
        }
    }
}

/// How a penalty grows over the training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PenaltyRamp {
    /// From 0 at one share of the steps linearly to full strength at another;
    /// at once where both are the same.
    Linear {
        /// Share of the steps before which there is none.
        start: f64,
        /// Share of the steps from which it is full.
        end: f64,
    },
    /// Ten times as much after each `every` of the steps, full after `steps`
    /// such increases.
    Decades {
        /// How often it grows tenfold.
        steps: u8,
        /// Share of the training between two increases.
        every: f64,
    },
}

/// Settings of the cells of the literature. Where a field is None each layer
/// takes what its own source says. [`super::train`] does not look at them for
/// [`Cell::Gated`]; [`super::Copies`] does.
#[derive(Debug, Clone, PartialEq)]
pub struct CellSettings {
    /// ε of the logarithm: 1e-6 (seed article), for iNALU 1e-7, for the real
    /// NPU 1.2e-7 (machine epsilon of f32).
    pub epsilon: Option<f64>,
    /// First values of `Ŵ`: uniform(−2, 2) (seed article), for iNALU
    /// normal(1, 0.1). Where `W` is not squashed, of `W`: NAU uniform within
    /// ±min(½, √(6/(inputs + units))), NMU uniform(¼, ¾), real NPU Glorot.
    pub weights: Option<Initialiser>,
    /// First values of `M̂`: uniform(−2, 2), for iNALU normal(−1, 0.1).
    pub squash: Option<Initialiser>,
    /// First values of `G`: normal(0, 1), for iNALU normal(0, 0.1), for the
    /// real NPU's relevance ½.
    pub gates: Option<Initialiser>,
    /// Strength of the cell's penalty: NAU 0.01, NMU 10, iNALU 0.05, real NPU
    /// 1e-5; NAC and NALU have none.
    pub penalty: Option<f64>,
    /// How the penalty grows: NAU and NMU from 0.4 to 0.7 of the steps, iNALU
    /// at once after 0.1, real NPU in two steps of ten.
    pub penalty_ramp: PenaltyRamp,
    /// The penalty acts only where the loss is below this; iNALU: 1.
    pub penalty_below: f64,
    /// Each number of a gradient is clipped to ± this; iNALU: 0.1.
    pub value_clip: f64,
    /// Of ten steps this many train the weights and the others the gates;
    /// None trains both in each. iNALU: 8.
    pub weight_turns: Option<usize>,
    /// At each tenth of the training, stacks whose loss stays above this
    /// without progress are drawn anew from uniform(−2, 2); iNALU: 1.
    pub redraw_above: f64,
}

impl CellSettings {
    /// As published. Where a paper is silent the seed article's code decides
    /// (faizan2786/nalu_implementation); iNALU's script is that of its first
    /// experiment (daschloer/inalu), the NAU, NMU and NPU settings those of
    /// the single-module benchmark (bmistry4/nalm-benchmark).
    pub fn published(cell: Cell) -> CellSettings {
        let base = CellSettings {
            epsilon: None,
            weights: None,
            squash: None,
            gates: None,
            penalty: None,
            penalty_ramp: PenaltyRamp::Linear { start: 0.4, end: 0.7 },
            penalty_below: f64::INFINITY,
            value_clip: f64::INFINITY,
            weight_turns: None,
            redraw_above: f64::INFINITY,
        };
        match cell {
            Cell::Inalu => CellSettings {
                penalty_ramp: PenaltyRamp::Linear { start: 0.1, end: 0.1 },
                penalty_below: 1.0,
                value_clip: 0.1,
                weight_turns: Some(8),
                redraw_above: 1.0,
                ..base
            },
            Cell::Gated => CellSettings {
                penalty_ramp: PenaltyRamp::Linear { start: 0.5, end: 1.0 },
                ..base
            },
            Cell::RealNpu => CellSettings {
                penalty_ramp: PenaltyRamp::Decades { steps: 2, every: 0.2 },
                ..base
            },
            _ => base,
        }
    }
}
