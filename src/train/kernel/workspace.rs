//! The buffers of a pass, and the parameters as it wants them.

use super::super::batch::Batch;
use super::super::lanes::Lanes;
use super::super::network::Network;

/// Below this a factor of the mixed sign is moved away from 0, so that the
/// product without it can be had by division.
const SIGN_FLOOR: f32 = 1e-3;

/// One layer. What belongs to weights is stored unit after unit, what belongs
/// to rows block after block and then unit after unit: each loop over the
/// inputs of a unit then walks through neighbouring numbers.
#[derive(Debug)]
pub(super) struct LayerState {
    pub units: usize,
    pub inputs: usize,
    pub weights: Vec<f32>,
    /// The factor that a negative input contributes to the product's sign.
    pub sign: Vec<f32>,
    /// Derivative of that factor over the factor.
    pub sign_slope: Vec<f32>,
    pub gates: Vec<f32>,
    pub out: Vec<Lanes>,
    pub log_out: Vec<Lanes>,
    /// Derivative of the product path by its exponent: the product itself, 0
    /// where the exponent is capped.
    pub product_slope: Vec<Lanes>,
    /// The add path less the product path.
    pub gate_slope: Vec<Lanes>,
    /// For each block, whether some unit is negative on some row.
    pub has_negative: Vec<bool>,
    /// Derivative of the loss by each unit, and by its logarithm, in one block.
    pub by_out: Vec<Lanes>,
    pub by_log: Vec<Lanes>,
    /// Derivative of the loss by each weight and gate, not yet summed over lanes.
    pub by_weight: Vec<Lanes>,
    pub by_gate: Vec<Lanes>,
}

/// Buffers for one restart at a time.
#[derive(Debug)]
pub(in super::super) struct Workspace {
    pub(super) layers: Vec<LayerState>,
    /// The last layer's units, centred and weighted.
    pub(super) centred: Vec<Lanes>,
    pub(super) residual: Vec<Lanes>,
    /// Coefficient of each unit in the normalised target, after a pass.
    pub coefficients: Vec<f64>,
    /// Weighted mean of each unit, after a pass.
    pub means: Vec<f64>,
}

impl Workspace {
    pub fn new(network: &Network, batch: &Batch) -> Workspace {
        let blocks = batch.blocks();
        let layers = network
            .layers
            .iter()
            .map(|layer| {
                let (units, inputs) = (layer.units, layer.inputs);
                let weights = vec![0.0; units * inputs];
                let rows = vec![Lanes::ZERO; units * blocks];
                LayerState {
                    units,
                    inputs,
                    sign: weights.clone(),
                    sign_slope: weights.clone(),
                    weights,
                    gates: vec![0.0; units],
                    out: rows.clone(),
                    log_out: rows.clone(),
                    product_slope: rows.clone(),
                    gate_slope: rows,
                    has_negative: vec![false; blocks],
                    by_out: vec![Lanes::ZERO; units],
                    by_log: vec![Lanes::ZERO; units],
                    by_weight: vec![Lanes::ZERO; units * inputs],
                    by_gate: vec![Lanes::ZERO; units],
                }
            })
            .collect();
        let units = network.layers.last().map_or(0, |layer| layer.units);
        Workspace {
            layers,
            centred: vec![Lanes::ZERO; units * blocks],
            residual: vec![Lanes::ZERO; blocks],
            coefficients: vec![0.0; units],
            means: vec![0.0; units],
        }
    }

    /// Takes the parameters of a restart.
    #[inline(always)]
    pub(super) fn take(&mut self, network: &Network, parameters: &[f32]) {
        for (layer, shape) in self.layers.iter_mut().zip(&network.layers) {
            let weights = shape.blocks[0].of(parameters);
            for unit in 0..layer.units {
                for input in 0..layer.inputs {
                    let weight = weights[input * layer.units + unit];
                    let factor = sign_factor(weight);
                    let at = unit * layer.inputs + input;
                    layer.weights[at] = weight;
                    layer.sign[at] = factor;
                    layer.sign_slope[at] = sign_slope(weight) / factor;
                }
            }
            layer.gates.copy_from_slice(shape.blocks[1].of(parameters));
        }
    }

    #[inline(always)]
    pub(super) fn clear_slopes(&mut self) {
        for layer in &mut self.layers {
            layer.by_weight.fill(Lanes::ZERO);
            layer.by_gate.fill(Lanes::ZERO);
        }
    }

    /// Hands out the gradient in the order of the parameters.
    #[inline(always)]
    pub(super) fn give(&self, network: &Network, gradient: &mut [f32]) {
        for (layer, shape) in self.layers.iter().zip(&network.layers) {
            let weights = shape.blocks[0].of_mut(gradient);
            for unit in 0..layer.units {
                for input in 0..layer.inputs {
                    weights[input * layer.units + unit] = layer.by_weight[unit * layer.inputs + input].sum();
                }
            }
            let gates = shape.blocks[1].of_mut(gradient);
            for (gate, slope) in gates.iter_mut().zip(&layer.by_gate) {
                *gate = slope.sum();
            }
        }
    }
}

/// [`crate::nalu::gated::mixed_sign`], kept away from 0.
#[inline(always)]
fn sign_factor(w: f32) -> f32 {
    let factor = 1.0 - 2.0 * (1.0 - (w.abs() - 1.0).abs());
    if factor.abs() >= SIGN_FLOOR {
        factor
    } else {
        SIGN_FLOOR.copysign(factor)
    }
}

/// Derivative of the mixed sign: −2 from even to odd, +2 from odd to even.
#[inline(always)]
fn sign_slope(w: f32) -> f32 {
    let towards_odd = if w.abs() < 1.0 { -2.0 } else { 2.0 };
    towards_odd * w.signum()
}
