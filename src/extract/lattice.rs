//! Rounded units while the rounding pass still moves them about.

use crate::formula::Exponent;
use crate::nalu::{DiscreteLayer, DiscreteStack, Gate, Inner, Outer};

/// What weights may become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    /// Exponents count in steps of 1/`denominator`.
    pub denominator: i32,
    /// Largest exponent in those steps.
    pub bound: i32,
}

impl Grid {
    /// Exponents in {−1, 0, 1}, or halves up to ±4.
    pub fn new(strict: bool) -> Grid {
        if strict {
            Grid {
                denominator: 1,
                bound: 1,
            }
        } else {
            Grid {
                denominator: 2,
                bound: 8,
            }
        }
    }

    /// The nearest grid point, and how far it is.
    pub fn round(self, weight: f64) -> (i32, f64) {
        let denominator = f64::from(self.denominator);
        let steps = (weight * denominator).round() as i32;
        let steps = steps.clamp(-self.bound, self.bound);
        (steps, (weight - f64::from(steps) / denominator).abs())
    }
}

/// A rounded unit: one weight per input of its layer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Unit {
    /// `Σ_i w_i x_i`.
    Add(Vec<f64>),
    /// `Π_i x_i^(n_i / denominator)`.
    Multiply(Vec<i32>),
}

impl Unit {
    /// Whether the unit reads its input `input`.
    pub fn uses(&self, input: usize) -> bool {
        match self {
            Unit::Add(weights) => weights[input] != 0.0,
            Unit::Multiply(exponents) => exponents[input] != 0,
        }
    }

    /// Value on every row of the layer's inputs.
    pub fn evaluate(&self, columns: &[&[f64]], rows: usize, grid: Grid) -> Vec<f64> {
        match self {
            Unit::Add(weights) => {
                let mut values = vec![0.0; rows];
                for (column, &weight) in columns.iter().zip(weights) {
                    if weight != 0.0 {
                        for (value, x) in values.iter_mut().zip(*column) {
                            *value += weight * x;
                        }
                    }
                }
                values
            }
            Unit::Multiply(exponents) => {
                let mut values = vec![1.0; rows];
                for (column, &steps) in columns.iter().zip(exponents) {
                    crate::nalu::multiply_by_power(
                        &mut values,
                        column,
                        Exponent::new(steps, grid.denominator),
                    );
                }
                values
            }
        }
    }
}

/// Rounded layers without the readout.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lattice {
    pub grid: Grid,
    /// Inputs of the formula.
    pub width: usize,
    pub layers: Vec<Vec<Unit>>,
    /// Distance of each trained weight from its rounded value, per layer,
    /// unit and input.
    pub margins: Vec<Vec<Vec<f64>>>,
    /// Distance of each trained gate from 0 or 1, per layer and unit.
    pub gate_margins: Vec<Vec<f64>>,
}

impl Lattice {
    /// The units of every layer on all rows of `inputs`.
    pub fn evaluate(&self, inputs: &[Vec<f64>]) -> Vec<Vec<Vec<f64>>> {
        let mut values = Vec::new();
        self.evaluate_from(0, inputs, &mut values);
        values
    }

    /// Recomputes `values` from layer `first` on.
    pub fn evaluate_from(&self, first: usize, inputs: &[Vec<f64>], values: &mut Vec<Vec<Vec<f64>>>) {
        let rows = inputs.first().map_or(0, Vec::len);
        values.truncate(first);
        for layer in &self.layers[first..] {
            let empty = Vec::new();
            let before = values.last().unwrap_or(&empty);
            let columns: Vec<&[f64]> = inputs.iter().chain(before).map(Vec::as_slice).collect();
            let units = layer
                .iter()
                .map(|unit| unit.evaluate(&columns, rows, self.grid))
                .collect();
            values.push(units);
        }
    }

    /// With the readout as a last layer, and without units nothing reads.
    /// `coefficients` has one entry per unit of the last layer.
    pub fn into_stack(mut self, coefficients: &[f64], offset: f64) -> DiscreteStack {
        let mut coefficients = coefficients.to_vec();
        let mut alive: Vec<bool> = coefficients.iter().map(|&c| c != 0.0).collect();
        for layer in (0..self.layers.len()).rev() {
            let before: Vec<bool> = match layer.checked_sub(1) {
                Some(before) => (0..self.layers[before].len())
                    .map(|unit| {
                        let input = self.width + unit;
                        let units = self.layers[layer].iter();
                        units
                            .zip(&alive)
                            .any(|(other, &alive)| alive && other.uses(input))
                    })
                    .collect(),
                None => Vec::new(),
            };
            self.remove_units(layer, &alive, &mut coefficients);
            alive = before;
        }
        let width = self.width;
        let mut layers = Vec::new();
        let mut inputs = width;
        for ((units, margins), gate_margins) in self.layers.iter().zip(&self.margins).zip(&self.gate_margins)
        {
            layers.push(discrete_layer(units, margins, gate_margins, inputs, self.grid));
            inputs = width + units.len();
        }
        layers.push(readout_layer(&coefficients, offset, inputs));
        DiscreteStack { layers }
    }

    fn remove_units(&mut self, layer: usize, alive: &[bool], coefficients: &mut Vec<f64>) {
        retain(&mut self.layers[layer], alive);
        retain(&mut self.margins[layer], alive);
        retain(&mut self.gate_margins[layer], alive);
        match self.layers.get_mut(layer + 1) {
            None => retain(coefficients, alive),
            Some(next) => {
                let inputs: Vec<bool> = vec![true; self.width]
                    .into_iter()
                    .chain(alive.iter().copied())
                    .collect();
                for unit in next {
                    match unit {
                        Unit::Add(weights) => retain(weights, &inputs),
                        Unit::Multiply(exponents) => retain(exponents, &inputs),
                    }
                }
                for margins in &mut self.margins[layer + 1] {
                    retain(margins, &inputs);
                }
            }
        }
    }
}

fn retain<T>(items: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    items.retain(|_| keep.next().copied().unwrap_or(true));
}

fn discrete_layer(
    units: &[Unit],
    margins: &[Vec<f64>],
    gate_margins: &[f64],
    inputs: usize,
    grid: Grid,
) -> DiscreteLayer {
    let zero = Exponent::integer(0);
    let mut layer = DiscreteLayer {
        w_add: vec![vec![0.0; units.len()]; inputs],
        w_mul: vec![vec![zero; units.len()]; inputs],
        gates: Vec::new(),
        offsets: vec![0.0; units.len()],
        inner: vec![Inner::Identity; units.len()],
        outer: vec![Outer::Identity; units.len()],
        weight_margins: vec![vec![0.0; units.len()]; inputs],
        gate_margins: gate_margins.to_vec(),
    };
    for (index, (unit, margins)) in units.iter().zip(margins).enumerate() {
        for (input, &margin) in margins.iter().enumerate() {
            layer.weight_margins[input][index] = margin;
        }
        match unit {
            Unit::Add(weights) => {
                layer.gates.push(Gate::Add);
                for (input, &weight) in weights.iter().enumerate() {
                    layer.w_add[input][index] = weight;
                }
            }
            Unit::Multiply(exponents) => {
                layer.gates.push(Gate::Multiply);
                for (input, &steps) in exponents.iter().enumerate() {
                    layer.w_mul[input][index] = Exponent::new(steps, grid.denominator);
                }
            }
        }
    }
    layer
}

fn readout_layer(coefficients: &[f64], offset: f64, inputs: usize) -> DiscreteLayer {
    let first = inputs - coefficients.len();
    let mut w_add = vec![vec![0.0]; inputs];
    for (row, &coefficient) in w_add[first..].iter_mut().zip(coefficients) {
        row[0] = coefficient;
    }
    DiscreteLayer {
        w_mul: vec![vec![Exponent::integer(0)]; inputs],
        weight_margins: vec![vec![0.0]; inputs],
        w_add,
        gates: vec![Gate::Add],
        offsets: vec![offset],
        inner: vec![Inner::Identity],
        outer: vec![Outer::Identity],
        gate_margins: vec![0.0],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_units_go_and_the_value_stays() {
        let lattice = Lattice {
            grid: Grid::new(false),
            width: 2,
            layers: vec![
                vec![Unit::Add(vec![1.0, 0.0]), Unit::Add(vec![1.0, 1.0])],
                vec![
                    Unit::Multiply(vec![2, 0, 0, -2]),
                    Unit::Add(vec![0.0, 0.0, 1.0, 0.0]),
                ],
            ],
            margins: vec![vec![vec![0.0; 2]; 2], vec![vec![0.0; 4]; 2]],
            gate_margins: vec![vec![0.0; 2]; 2],
        };
        let stack = lattice.into_stack(&[3.0, 0.0], 1.0);
        let units: Vec<usize> = stack.layers.iter().map(|layer| layer.gates.len()).collect();
        assert_eq!(units, vec![1, 1, 1]);
        // 3·a/(a + b) + 1 at a = 1, b = 2
        assert_eq!(stack.evaluate(&[vec![1.0], vec![2.0]]), vec![2.0]);
    }

    #[test]
    fn the_grid_is_halves_or_units() {
        assert_eq!(Grid::new(false).round(-1.4), (-3, 0.10000000000000009));
        assert_eq!(Grid::new(true).round(1.9).0, 1);
        assert_eq!(Grid::new(false).round(9.0).0, 8);
    }
}
