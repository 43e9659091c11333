//! A stack as training left it: real weights, before any rounding.

use super::cell::Cell;

/// One trained layer. Matrices have a row per input of the layer and a column
/// per unit. The inputs of layer 0 are the formula's inputs (scaled); those of
/// a later layer are the formula's inputs followed by the units before it.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedLayer {
    /// Weights of the add path as they act (after `tanh·σ` or clamping).
    pub w_add: Vec<Vec<f64>>,
    /// Exponents of the multiply path as they act.
    pub w_mul: Vec<Vec<f64>>,
    /// The gate of each unit, 1 = add; the mean over the training rows where
    /// the cell computes its gate from the input.
    pub gates: Vec<f64>,
    /// The parameters behind them by their published names (`w_hat`, `m_hat`,
    /// `gate`), for cells that have such.
    pub parameters: Vec<(&'static str, Vec<Vec<f64>>)>,
}

/// One trained restart.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedStack {
    /// The cell all layers are made of.
    pub cell: Cell,
    /// From the inputs to the last layer.
    pub layers: Vec<TrainedLayer>,
    /// Each input was divided by this before the first layer.
    pub input_scale: Vec<f64>,
    /// Coefficient of each unit of the last layer in the output.
    pub readout: Vec<f64>,
    /// Constant added to the output.
    pub offset: f64,
    /// Mean squared error over the training rows divided by the target's
    /// variance (both weighted, where the training was).
    pub loss: f64,
    /// Whether errors were measured relative to each row's target.
    pub relative: bool,
    /// Which restart of the ensemble this was.
    pub restart: usize,
}
