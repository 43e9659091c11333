//! The parameters of one restart of the default cell: which numbers of a flat slice are what.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::settings::{Architecture, Gates, TrainSettings};

/// A block of parameters, row-major, `rows × columns` from `offset` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub name: &'static str,
    pub offset: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Block {
    pub fn len(&self) -> usize {
        self.rows * self.columns
    }

    pub fn of<'a, T>(&self, parameters: &'a [T]) -> &'a [T] {
        &parameters[self.offset..self.offset + self.len()]
    }

    pub fn of_mut<'a, T>(&self, parameters: &'a mut [T]) -> &'a mut [T] {
        &mut parameters[self.offset..self.offset + self.len()]
    }

    /// As rows of `f64`.
    pub fn matrix(&self, parameters: &[f32]) -> Vec<Vec<f64>> {
        self.of(parameters)
            .chunks(self.columns)
            .map(|row| row.iter().map(|&value| f64::from(value)).collect())
            .collect()
    }
}

/// One layer's blocks.
#[derive(Debug, Clone)]
pub(super) struct LayerShape {
    /// Inputs of the layer.
    pub inputs: usize,
    /// Outputs of the layer.
    pub units: usize,
    /// The weights, then one gate a unit.
    pub blocks: Vec<Block>,
}

/// All layers of one stack.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub layers: Vec<LayerShape>,
    /// Parameters of one restart.
    pub parameters: usize,
}

impl Network {
    /// A stack over `width` inputs; every layer also reads the inputs.
    pub fn new(architecture: &Architecture, width: usize) -> Network {
        let mut parameters = 0;
        let mut layers = Vec::new();
        for depth in 0..architecture.layers.max(1) {
            let units = architecture.units.max(1);
            let inputs = width + if depth == 0 { 0 } else { units };
            let mut block = |name, rows| {
                let offset = parameters;
                parameters += rows * units;
                Block {
                    name,
                    offset,
                    rows,
                    columns: units,
                }
            };
            let blocks = vec![block("w", inputs), block("gate_value", 1)];
            layers.push(LayerShape {
                inputs,
                units,
                blocks,
            });
        }
        Network { layers, parameters }
    }

    /// Random parameters of one restart.
    pub fn initialise(&self, settings: &TrainSettings, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut parameters = vec![0.0; self.parameters];
        for (depth, layer) in self.layers.iter().enumerate() {
            let last = depth + 1 == self.layers.len();
            initialise_gated(layer, settings, last, &mut parameters, rng);
        }
        parameters
    }
}

/// Weights small, so that a unit can still become anything. Half of the units
/// start with weights of one sign: sums of positive inputs then stay clear of
/// 0, where a later quotient has its pole.
fn initialise_gated(
    layer: &LayerShape,
    settings: &TrainSettings,
    last: bool,
    parameters: &mut [f32],
    rng: &mut ChaCha8Rng,
) {
    let (weights, gates) = (layer.blocks[0], layer.blocks[1]);
    for unit in 0..layer.units {
        let one_sign = rng.gen_bool(0.5);
        for input in 0..layer.inputs {
            let magnitude: f32 = rng.gen_range(0.0..1.0);
            let negative = !one_sign && rng.gen_bool(0.5);
            weights.of_mut(parameters)[input * layer.units + unit] =
                if negative { -magnitude } else { magnitude };
        }
        // The readout adds up the last layer's units already, so adding
        // units are worth less there.
        let adds = rng.gen_bool(if last { 0.25 } else { 0.5 });
        gates.of_mut(parameters)[unit] = match settings.gates {
            Gates::Learnt => 0.5,
            Gates::Drawn => f32::from(u8::from(adds)),
        };
    }
}
