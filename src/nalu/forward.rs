//! One layer of any cell on plain numbers, its parameters in published order.

use super::cell::Cell;
use super::gated::gated;
use super::nac::{complex_nac, nac, squashed_weights};
use super::nalu_cell::nalu;

type Matrix = Vec<Vec<f64>>;

/// The units' values for one row of inputs.
///
/// `parameters` are the cell's matrices, inputs × units unless said otherwise,
/// in the order of the trained layer's `parameters`:
/// `Ŵ, M̂` for [`Cell::Nac`] and [`Cell::NacMul`]; `Ŵ, M̂, G` for
/// [`Cell::Nalu`]; `Ŵ, M̂` of the adding, then of the multiplying path, then
/// `G` for [`Cell::NaluSeparate`]; `W` and one row of gates for
/// [`Cell::Gated`].
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
    }
}
