//! From trained weights to the nearest grid.

use crate::nalu::TrainedStack;

use super::lattice::{Grid, Lattice, Unit};

/// Rounds every weight and gate.
///
/// The scale of a unit is free: a product or the readout takes it up. So an
/// adding unit is divided by its largest weight before rounding, and the
/// factor is carried to whoever reads the unit: to another sum as a factor of
/// its weight, to a product as a factor of that product's own scale. The same
/// carries the inputs' scaling through.
pub(super) fn round_stack(trained: &TrainedStack, grid: Grid) -> Lattice {
    let width = trained.input_scale.len();
    let mut lattice = Lattice {
        grid,
        width,
        layers: Vec::new(),
        margins: Vec::new(),
        gate_margins: Vec::new(),
    };
    // What each input of the layer, as trained, is in terms of its rounded self.
    let input_scales: Vec<f64> = trained.input_scale.iter().map(|scale| 1.0 / scale).collect();
    let mut unit_scales: Vec<f64> = Vec::new();
    for layer in &trained.layers {
        let scales: Vec<f64> = input_scales.iter().chain(&unit_scales).copied().collect();
        let mut units = Vec::new();
        let mut margins = Vec::new();
        let mut gate_margins = Vec::new();
        let mut next_scales = Vec::new();
        for (unit, &gate) in layer.gates.iter().enumerate() {
            let adds = gate > 0.5;
            gate_margins.push(if adds { 1.0 - gate } else { gate });
            let (rounded, unit_margins, scale) = if adds {
                let weights: Vec<f64> = layer.w_add.iter().map(|row| row[unit]).collect();
                round_sum(&weights, &scales)
            } else {
                let weights: Vec<f64> = layer.w_mul.iter().map(|row| row[unit]).collect();
                round_product(&weights, &scales, grid)
            };
            units.push(rounded);
            margins.push(unit_margins);
            next_scales.push(scale);
        }
        lattice.layers.push(units);
        lattice.margins.push(margins);
        lattice.gate_margins.push(gate_margins);
        unit_scales = next_scales;
    }
    lattice
}

fn round_sum(weights: &[f64], scales: &[f64]) -> (Unit, Vec<f64>, f64) {
    let acting: Vec<f64> = weights.iter().zip(scales).map(|(w, scale)| w * scale).collect();
    let largest = acting.iter().fold(0.0, |largest: f64, w| largest.max(w.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return (Unit::Add(vec![0.0; weights.len()]), vec![0.0; weights.len()], 1.0);
    }
    let (rounded, margins) = acting
        .iter()
        .map(|w| {
            let relative = w / largest;
            let rounded = relative.round();
            (rounded, (relative - rounded).abs())
        })
        .unzip();
    (Unit::Add(rounded), margins, largest)
}

fn round_product(weights: &[f64], scales: &[f64], grid: Grid) -> (Unit, Vec<f64>, f64) {
    let mut scale = 1.0;
    let (rounded, margins) = weights
        .iter()
        .zip(scales)
        .map(|(&w, input_scale)| {
            let (steps, margin) = grid.round(w);
            if steps != 0 {
                scale *= input_scale.powf(f64::from(steps) / f64::from(grid.denominator));
            }
            (steps, margin)
        })
        .unzip();
    let scale = if scale.is_finite() && scale > 0.0 {
        scale
    } else {
        1.0
    };
    (Unit::Multiply(rounded), margins, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nalu::{Cell, TrainedLayer};

    #[test]
    fn a_unit_is_rounded_up_to_its_free_scale() {
        let trained = TrainedStack {
            cell: Cell::Gated,
            layers: vec![
                TrainedLayer {
                    w_add: vec![vec![0.42], vec![-0.4]],
                    w_mul: vec![vec![0.42], vec![-0.4]],
                    gates: vec![0.9],
                    parameters: Vec::new(),
                },
                TrainedLayer {
                    w_add: vec![vec![0.2], vec![0.0], vec![0.45]],
                    w_mul: vec![vec![0.9], vec![0.1], vec![-1.1]],
                    gates: vec![1.0],
                    parameters: Vec::new(),
                },
            ],
            input_scale: vec![1.0, 1.0],
            readout: vec![1.0],
            offset: 0.0,
            loss: 0.0,
            restart: 0,
            relative: false,
        };
        let lattice = round_stack(&trained, Grid::new(false));
        assert_eq!(lattice.layers[0], vec![Unit::Add(vec![1.0, -1.0])]);
        // 0.2·a + 0.45·(0.42·(a − b)): the unit's scale makes both weights alike.
        assert_eq!(lattice.layers[1], vec![Unit::Add(vec![1.0, 0.0, 1.0])]);
        assert!((lattice.gate_margins[0][0] - 0.1).abs() < 1e-12);
    }
}
