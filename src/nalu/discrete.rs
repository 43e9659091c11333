//! A stack of NALU layers after rounding: what every candidate formula is.

use crate::formula::Exponent;

/// Which path a unit takes once its gate is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// g = 1: the add/subtract path, a = xW.
    Add,
    /// g = 0: the multiply/divide path, m = Π x^W.
    Multiply,
}

/// One rounded layer. Each matrix has a row per input of the layer and a
/// column per unit; a unit reads the matrix of the path its gate selects.
///
/// The inputs of layer 0 are the formula's inputs. The inputs of a later
/// layer are the formula's inputs followed by the units of the layer before.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteLayer {
    /// Weights of the add path. In {-1, 0, 1} with `--strict`; otherwise the
    /// rounded weight times the coefficient that polishing gave the term.
    pub w_add: Vec<Vec<f64>>,
    /// Exponents of the multiply path.
    pub w_mul: Vec<Vec<Exponent>>,
    /// One gate per unit.
    pub gates: Vec<Gate>,
    /// A constant added to each add unit (0 unless the readout has an offset).
    pub offsets: Vec<f64>,
    /// How far each trained weight of the selected path lay from the value it
    /// was rounded to; same shape as `w_add`. 0 where nothing was trained.
    pub weight_margins: Vec<Vec<f64>>,
    /// How far each trained gate lay from 0 or 1.
    pub gate_margins: Vec<f64>,
}

/// Rounded layers; the formula is unit 0 of the last.
#[derive(Debug, Clone, PartialEq)]
pub struct DiscreteStack {
    /// From the inputs to the output.
    pub layers: Vec<DiscreteLayer>,
}
