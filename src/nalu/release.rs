//! What the weights of a rounded stack become when they are let go.
//!
//! A formula found in closed form was never rounded, so nothing says how firm
//! its weights are. Letting them go does: starting at the rounded stack, the
//! weights and gates move to where the squared error over the rows is least,
//! by Gauss–Newton steps of least length (directions that change nothing,
//! such as twice a sum under half a readout, are not moved along). Each unit
//! is the gated cell, `y = g Σ w x + (1 − g) Π x^w`, with the weights that are
//! 0 held there. A weight that comes to rest far from where it was rounded to
//! is one that the rows do not support.

use crate::statistics::spread_evenly;
use nalgebra::{DMatrix, DVector};

use super::discrete::{DiscreteStack, Gate};
use super::trained::TrainedLayer;

/// Steps at most; one is enough where the fit is nearly exact.
const STEPS: usize = 12;

/// Times a step is halved before it is given up.
const HALVINGS: usize = 16;

/// Rows looked at, at most, spread evenly.
const MOST_ROWS: usize = 256;

/// Directions with a singular value below this share of the largest change next
/// to nothing.
const RANK_TOLERANCE: f64 = 1e-3;

/// A step that gains less than this share of the squared error is the last.
const LEAST_GAIN: f64 = 1e-9;

/// Step of the difference quotients, as a share of the parameter's scale.
const DIFFERENCE: f64 = 1e-6;

/// The weights of `stack` after they were let go on these rows: `inputs` has a column per input, `weight` the root of each row's weight.
/// The rounded ones where the stack has no value on some row, or a unit goes
/// through a function.
pub fn release(
    stack: &DiscreteStack,
    inputs: &[Vec<f64>],
    target: &[f64],
    weight: &[f64],
) -> Vec<TrainedLayer> {
    let picked = spread_evenly(target.len(), MOST_ROWS);
    let thinned = |values: &[f64]| -> Vec<f64> { picked.iter().map(|&row| values[row]).collect() };
    let rows = Rows {
        inputs: inputs.iter().map(|column| thinned(column)).collect(),
        target: thinned(target),
        weight: thinned(weight),
    };
    let mut free = Free::new(stack, &rows.inputs);
    // Letting go is worked out for units of one gate.
    let one_gate = stack.layers.iter().all(|layer| layer.has_one_gate());
    let Some(mut residuals) = rows.residuals(&free).filter(|_| one_gate) else {
        return free.layers;
    };
    for _ in 0..STEPS {
        let Some(moved) = better(&free, &rows, &residuals) else {
            break;
        };
        let gain = 1.0 - moved.1.norm_squared() / residuals.norm_squared();
        (free, residuals) = moved;
        if gain < LEAST_GAIN {
            break;
        }
    }
    free.layers
}

struct Rows {
    inputs: Vec<Vec<f64>>,
    target: Vec<f64>,
    weight: Vec<f64>,
}

impl Rows {
    /// Weighted; `None` where one is not finite.
    fn residuals(&self, free: &Free) -> Option<DVector<f64>> {
        let values = free.evaluate(&self.inputs);
        let rows = values.iter().zip(&self.target).zip(&self.weight);
        let residuals = DVector::from_iterator(self.target.len(), rows.map(|((f, y), w)| (f - y) * w));
        residuals.iter().all(|r| r.is_finite()).then_some(residuals)
    }
}

/// The stack one Gauss–Newton step on, halved until it is better.
fn better(free: &Free, rows: &Rows, residuals: &DVector<f64>) -> Option<(Free, DVector<f64>)> {
    let columns: Vec<DVector<f64>> = (0..free.places.len())
        .map(|parameter| {
            let moved = rows.residuals(&free.moved(parameter, DIFFERENCE))?;
            Some((moved - residuals) / DIFFERENCE)
        })
        .collect::<Option<_>>()?;
    if columns.is_empty() {
        return None;
    }
    let svd = DMatrix::from_columns(&columns).svd(true, true);
    let cutoff = RANK_TOLERANCE * svd.singular_values.max();
    let step = svd.solve(residuals, cutoff).ok()?;
    (0..HALVINGS).find_map(|halvings| {
        let share = -(0.5_f64.powi(halvings as i32));
        let moved = (0..step.len()).fold(free.clone(), |moved, parameter| {
            moved.moved(parameter, share * step[parameter])
        });
        let after = rows.residuals(&moved)?;
        (after.norm_squared() < residuals.norm_squared()).then_some((moved, after))
    })
}

/// Where a number that may move stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Weight { layer: usize, input: usize, unit: usize },
    Offset { layer: usize, unit: usize },
}

/// A stack whose weights may be anything.
#[derive(Debug, Clone)]
struct Free {
    layers: Vec<TrainedLayer>,
    offsets: Vec<Vec<f64>>,
    places: Vec<Place>,
    /// What a change of 1 means to each place: the size of a coefficient, 1
    /// for an exponent.
    scales: Vec<f64>,
}

impl Free {
    fn new(stack: &DiscreteStack, inputs: &[Vec<f64>]) -> Free {
        let mut free = Free {
            layers: Vec::new(),
            offsets: Vec::new(),
            places: Vec::new(),
            scales: Vec::new(),
        };
        let mut units: Vec<Vec<f64>> = Vec::new();
        for (layer, rounded) in stack.layers.iter().enumerate() {
            let columns: Vec<&[f64]> = inputs.iter().chain(&units).map(Vec::as_slice).collect();
            let weights: Vec<Vec<f64>> = (0..columns.len())
                .map(|input| {
                    let of_unit = |(unit, gate): (usize, &Gate)| match gate {
                        Gate::Add => rounded.w_add[input][unit],
                        Gate::Multiply => rounded.w_mul[input][unit].value(),
                    };
                    rounded.gates.iter().enumerate().map(of_unit).collect()
                })
                .collect();
            for (unit, gate) in rounded.gates.iter().enumerate() {
                let read: Vec<usize> = (0..columns.len()).filter(|&i| weights[i][unit] != 0.0).collect();
                let is_positive = |&input: &usize| columns[input].iter().all(|&x| x > 0.0);
                for &input in &read {
                    // The power of a negative number can't be let go.
                    if *gate == Gate::Add || is_positive(&input) {
                        let size = if *gate == Gate::Add {
                            weights[input][unit].abs()
                        } else {
                            1.0
                        };
                        free.add(Place::Weight { layer, input, unit }, size);
                    }
                }
                if rounded.offsets[unit] != 0.0 {
                    free.add(Place::Offset { layer, unit }, rounded.offsets[unit].abs());
                }
            }
            let gates = rounded
                .gates
                .iter()
                .map(|gate| f64::from(u8::from(*gate == Gate::Add)));
            free.layers.push(TrainedLayer {
                w_add: weights.clone(),
                w_mul: weights,
                gates: gates.collect(),
                parameters: Vec::new(),
            });
            free.offsets.push(rounded.offsets.clone());
            units = (0..rounded.gates.len())
                .map(|unit| rounded.evaluate_unit(unit, &columns))
                .collect();
        }
        free
    }

    fn add(&mut self, place: Place, scale: f64) {
        self.places.push(place);
        self.scales.push(scale);
    }

    fn moved(&self, parameter: usize, by: f64) -> Free {
        let mut moved = self.clone();
        let change = by * self.scales[parameter];
        match self.places[parameter] {
            Place::Weight { layer, input, unit } => {
                moved.layers[layer].w_add[input][unit] += change;
                moved.layers[layer].w_mul[input][unit] += change;
            }
            Place::Offset { layer, unit } => moved.offsets[layer][unit] += change,
        }
        moved
    }

    fn evaluate(&self, inputs: &[Vec<f64>]) -> Vec<f64> {
        let rows = inputs.first().map_or(0, Vec::len);
        let mut units: Vec<Vec<f64>> = Vec::new();
        for (layer, offsets) in self.layers.iter().zip(&self.offsets) {
            let columns: Vec<&[f64]> = inputs.iter().chain(&units).map(Vec::as_slice).collect();
            units = (0..offsets.len())
                .map(|unit| unit_values(layer, unit, offsets[unit], &columns, rows))
                .collect();
        }
        units.into_iter().next().unwrap_or_default()
    }
}

fn unit_values(layer: &TrainedLayer, unit: usize, offset: f64, columns: &[&[f64]], rows: usize) -> Vec<f64> {
    let is_sum = layer.gates[unit] == 1.0;
    let mut values = vec![if is_sum { offset } else { 1.0 }; rows];
    for (column, weights) in columns.iter().zip(&layer.w_add) {
        let weight = weights[unit];
        if weight == 0.0 {
            continue;
        }
        for (value, x) in values.iter_mut().zip(*column) {
            if is_sum {
                *value += weight * x;
            } else {
                *value *= x.powf(weight);
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;
    use crate::nalu::compile;

    fn columns() -> Vec<Vec<f64>> {
        let column = |i: usize| (0..60).map(move |row| 1.0 + ((row * (7 + 6 * i) + i) % 31) as f64 / 7.0);
        (0..2).map(|i| column(i).collect()).collect()
    }

    fn released(text: &str, target: impl Fn(f64, f64) -> f64) -> Vec<TrainedLayer> {
        let expr = parse(text, &["a", "b"].map(String::from)).unwrap();
        let inputs = columns();
        let target: Vec<f64> = inputs[0]
            .iter()
            .zip(&inputs[1])
            .map(|(&a, &b)| target(a, b))
            .collect();
        release(
            &compile(&expr, 2).unwrap(),
            &inputs,
            &target,
            &vec![1.0; target.len()],
        )
    }

    #[test]
    fn an_exact_formula_stays_where_it_is() {
        for text in ["a*b^2", "3*a/sqrt(b)", "a*b/(a + b)", "2*a - 3*b + 1"] {
            let expr = parse(text, &["a", "b"].map(String::from)).unwrap();
            let mut stack = compile(&expr, 2).unwrap();
            stack.set_margins(&released(text, |a, b| expr.evaluate_row(&[a, b])));
            for layer in &stack.layers {
                let mut margins = layer.weight_margins.iter().flatten();
                assert!(margins.all(|&margin| margin < 1e-6), "{text}: {layer:?}");
            }
        }
    }

    #[test]
    fn weights_go_where_the_rows_want_them() {
        let layers = released("a*b^2", |a, b| a.powf(0.9) * b.powf(2.2));
        let weights: Vec<f64> = layers[0].w_mul.iter().map(|row| row[0]).collect();
        assert!(
            (weights[0] - 0.9).abs() < 1e-3 && (weights[1] - 2.2).abs() < 1e-3,
            "{weights:?}"
        );
        let layers = released("2*a + b", |a, b| 2.1 * a + 0.9 * b);
        let weights: Vec<f64> = layers[0].w_add.iter().map(|row| row[0]).collect();
        assert!(
            (weights[0] - 2.1).abs() < 1e-3 && (weights[1] - 0.9).abs() < 1e-3,
            "{weights:?}"
        );
    }

    #[test]
    fn what_has_no_value_is_left_alone() {
        let layers = released("sqrt(a - b)", |a, b| a + b);
        assert_eq!(layers[0].w_add, [[1.0], [-1.0]]);
    }
}
