//! Neighbours of the rounded weights: where a decision was wrong, the right
//! stack is usually a step or two away.

use super::lattice::{Grid, Lattice, Unit};
use super::refit::{fit, Rows, EXACT};

/// Rounds of improvement at most; each tries every single move.
const ROUNDS: usize = 6;

/// Takes the single move that lowers the refitted error most, again and
/// again, until none does or the fit is exact. Returns the error reached.
pub(super) fn descend(lattice: &mut Lattice, rows: &Rows<'_>, inputs: &[Vec<f64>]) -> f64 {
    let mut values = lattice.evaluate(inputs);
    let mut error = refitted(&values, rows);
    for _ in 0..ROUNDS {
        if error <= EXACT {
            break;
        }
        let mut best: Option<(f64, Move)> = None;
        for candidate in moves(lattice) {
            let old = candidate.apply(lattice);
            let mut trial = values[..candidate.layer].to_vec();
            lattice.evaluate_from(candidate.layer, inputs, &mut trial);
            let trial_error = refitted(&trial, rows);
            candidate.undo(lattice, old);
            // A gain of a few percent is no reason to leave the trained weights.
            if trial_error < 0.9 * error && best.as_ref().is_none_or(|(other, _)| trial_error < *other) {
                best = Some((trial_error, candidate));
            }
        }
        let Some((best_error, candidate)) = best else {
            break;
        };
        candidate.apply(lattice);
        lattice.evaluate_from(candidate.layer, inputs, &mut values);
        error = best_error;
    }
    error
}

fn refitted(values: &[Vec<Vec<f64>>], rows: &Rows<'_>) -> f64 {
    let Some(units) = values.last() else {
        return f64::INFINITY;
    };
    let used: Vec<bool> = units
        .iter()
        .map(|unit| unit.iter().sum::<f64>().is_finite())
        .collect();
    fit(rows, units, &used, true).map_or(f64::INFINITY, |readout| readout.error)
}

/// One weight set to another grid value.
#[derive(Debug, Clone, Copy)]
struct Move {
    layer: usize,
    unit: usize,
    input: usize,
    value: f64,
}

impl Move {
    fn apply(self, lattice: &mut Lattice) -> f64 {
        set(&mut lattice.layers[self.layer][self.unit], self.input, self.value)
    }

    fn undo(self, lattice: &mut Lattice, old: f64) {
        set(&mut lattice.layers[self.layer][self.unit], self.input, old);
    }
}

/// Sets one weight (exponents in grid steps); returns the old one.
fn set(unit: &mut Unit, input: usize, value: f64) -> f64 {
    match unit {
        Unit::Add(weights) => std::mem::replace(&mut weights[input], value),
        Unit::Multiply(exponents) => f64::from(std::mem::replace(&mut exponents[input], value as i32)),
    }
}

fn moves(lattice: &Lattice) -> Vec<Move> {
    let mut moves = Vec::new();
    for (layer, units) in lattice.layers.iter().enumerate() {
        for (unit, weights) in units.iter().enumerate() {
            let inputs = match weights {
                Unit::Add(weights) => weights.len(),
                Unit::Multiply(exponents) => exponents.len(),
            };
            for input in 0..inputs {
                for value in alternatives(weights, input, lattice.grid) {
                    moves.push(Move {
                        layer,
                        unit,
                        input,
                        value,
                    });
                }
            }
        }
    }
    moves
}

/// The other values a weight is likely to have had.
fn alternatives(unit: &Unit, input: usize, grid: Grid) -> Vec<f64> {
    match unit {
        Unit::Add(weights) => [-1.0, 0.0, 1.0]
            .into_iter()
            .filter(|&value| value != weights[input])
            .collect(),
        Unit::Multiply(exponents) => {
            let now = exponents[input];
            let mut values = vec![
                now - 1,
                now + 1,
                now - grid.denominator,
                now + grid.denominator,
                0,
            ];
            values.retain(|&value| value != now && value.abs() <= grid.bound);
            values.sort_unstable();
            values.dedup();
            values.into_iter().map(f64::from).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_weight_is_put_right() {
        let a: Vec<f64> = (0..40).map(|i| 1.0 + 0.05 * f64::from(i)).collect();
        let b: Vec<f64> = (0..40).map(|i| 1.0 + f64::from(i * 7 % 11)).collect();
        let target: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a * b / (a + b)).collect();
        let mean = target.iter().sum::<f64>() / 40.0;
        let rows = Rows {
            target: &target,
            root_weight: &[(1.0f64 / 40.0).sqrt(); 40],
            variance: target.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / 40.0,
        };
        let mut lattice = Lattice {
            grid: Grid::new(false),
            width: 2,
            layers: vec![
                vec![Unit::Add(vec![1.0, 1.0])],
                vec![Unit::Multiply(vec![2, 2, -1])],
            ],
            margins: vec![vec![vec![0.0; 2]], vec![vec![0.0; 3]]],
            gate_margins: vec![vec![0.0], vec![0.0]],
        };
        let error = descend(&mut lattice, &rows, &[a, b]);
        assert!(error < EXACT, "{error}");
        assert_eq!(lattice.layers[1], vec![Unit::Multiply(vec![2, 2, -2])]);
    }
}
