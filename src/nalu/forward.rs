//! One layer of any cell on plain numbers, its parameters in published order.

use super::cell::Cell;
use super::gated::gated;
use super::inalu::inalu;
use super::nac::{complex_nac, nac, squashed_weights};
use super::nalu_cell::nalu;
use super::nau::{nau, nmu};
use super::real_npu::real_npu;

type Matrix = Vec<Vec<f64>>;

/// The units' values for one row of inputs.
///
/// `parameters` are the cell's matrices, inputs × units unless said otherwise,
/// in the order of the trained layer's `parameters`:
///
/// | cell | matrices |
/// |---|---|
/// | [`Cell::Nac`], [`Cell::NacMul`] | `Ŵ, M̂` |
/// | [`Cell::Nalu`] | `Ŵ, M̂, G` |
/// | [`Cell::NaluSeparate`] | `Ŵ, M̂` of the adding path, `Ŵ, M̂` of the multiplying path, `G` |
/// | [`Cell::Inalu`] | the same four, then one row of gates, a number a unit |
/// | [`Cell::Nau`], [`Cell::Nmu`] | `W` |
/// | [`Cell::RealNpu`] | `W`, then one row of relevance gates, a number an input |
/// | [`Cell::Gated`] | `W`, then one row of gates, a number a unit |
///
/// A stack's cell that changes from layer to layer is resolved by
/// [`Cell::at_depth`] first; [`Cell::NauNmu`] itself counts as its first layer.
///
/// # Panics
/// When there are fewer matrices than that.
pub fn layer(cell: Cell, parameters: &[Matrix], x: &[f64], epsilon: f64) -> Vec<f64> {
    let squashed = |first: usize| squashed_weights(&parameters[first], &parameters[first + 1]);
    match cell {
        Cell::Gated => gated(x, &parameters[0], &parameters[0], &parameters[1][0]),
        Cell::Nac => nac(x, &squashed(0)),
        Cell::NacMul => complex_nac(x, &squashed(0), epsilon),
        Cell::Nalu => nalu(x, &squashed(0), &squashed(0), &parameters[2], epsilon),
        Cell::NaluSeparate => nalu(x, &squashed(0), &squashed(2), &parameters[4], epsilon),
        Cell::Inalu => inalu(x, &squashed(0), &squashed(2), &parameters[4][0], epsilon),
        Cell::Nau | Cell::NauNmu => nau(x, &parameters[0]),
        Cell::Nmu => nmu(x, &parameters[0]),
        Cell::RealNpu => real_npu(x, &parameters[0], &parameters[1][0], epsilon),
    }
}
