//! A stack of NALU layers after rounding: what every candidate formula is.

use crate::formula::{Exponent, Expr, Function};

/// Which path a unit takes once its gate is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// g = 1: the add/subtract path, a = xW.
    Add,
    /// g = 0: the multiply/divide path, m = Π x^W.
    Multiply,
}

/// What a unit's inputs go through before they are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Inner {
    /// Nothing.
    #[default]
    Identity,
    /// ln|x|.
    Ln,
}

/// What a unit's sum goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outer {
    /// Nothing.
    #[default]
    Identity,
    /// A function. `exp` and `cos` are those of the two-gate unit, from which all
    /// others could be stacked; they stand here themselves, since nobody would
    /// recognise a tangent in three layers of exponentials.
    Function(Function),
}

impl Inner {
    fn of(self, x: f64) -> f64 {
        match self {
            Inner::Identity => x,
            Inner::Ln => x.abs().ln(),
        }
    }

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Inner::Identity => "x",
            Inner::Ln => "ln",
        }
    }
}

impl Outer {
    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Outer::Identity => "identity",
            Outer::Function(function) => function.facts().name,
        }
    }

    fn of(self, sum: f64) -> f64 {
        match self {
            Outer::Identity => sum,
            Outer::Function(function) => function.value(sum),
        }
    }
}

/// One rounded layer: each unit is `y = out(Σ_j w_j · in(x_j) + c)`, or where
/// its gate multiplies, `Π_j x_j^w_j`, the case in = ln, out = exp. Each matrix has a row per input of the layer and a
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
    /// What the inputs of each add unit go through.
    pub inner: Vec<Inner>,
    /// What the sum of each add unit goes through.
    pub outer: Vec<Outer>,
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

impl DiscreteStack {
    /// The output on every row: `inputs` has one column per input. Even roots
    /// of negative numbers are NaN, division by 0 is infinite.
    pub fn evaluate(&self, inputs: &[Vec<f64>]) -> Vec<f64> {
        let mut outputs: Vec<Vec<f64>> = Vec::new();
        for layer in &self.layers {
            let columns: Vec<&[f64]> = inputs.iter().chain(&outputs).map(Vec::as_slice).collect();
            outputs = (0..layer.gates.len())
                .map(|unit| layer.evaluate_unit(unit, &columns))
                .collect();
        }
        outputs.into_iter().next().unwrap_or_default()
    }

    /// The formula the stack stands for, not yet simplified.
    pub fn to_expr(&self, width: usize) -> Expr {
        let mut units: Vec<Expr> = Vec::new();
        for layer in &self.layers {
            let inputs: Vec<Expr> = (0..width).map(Expr::Variable).chain(units).collect();
            units = (0..layer.gates.len())
                .map(|unit| layer.unit_expr(unit, &inputs))
                .collect();
        }
        units.into_iter().next().unwrap_or(Expr::Constant(0.0))
    }
}

impl DiscreteLayer {
    /// Whether every unit is of one gate: none goes through a function.
    pub fn has_one_gate(&self) -> bool {
        let plain = |(inner, outer): (&Inner, &Outer)| *inner == Inner::Identity && *outer == Outer::Identity;
        self.inner.iter().zip(&self.outer).all(plain)
    }

    /// The names of a unit's two gates: what its inputs go through, and its sum.
    pub fn gate_names(&self, unit: usize) -> (&'static str, &'static str) {
        match self.gates[unit] {
            Gate::Add => (self.inner[unit].name(), self.outer[unit].name()),
            Gate::Multiply => (Inner::Ln.name(), Function::Exp.facts().name),
        }
    }

    /// One unit's value on every row of `columns` (the layer's inputs).
    pub fn evaluate_unit(&self, unit: usize, columns: &[&[f64]]) -> Vec<f64> {
        let rows = columns.first().map_or(0, |column| column.len());
        match self.gates[unit] {
            Gate::Add => {
                let mut values = vec![self.offsets[unit]; rows];
                let (inner, outer) = (self.inner[unit], self.outer[unit]);
                for (column, weights) in columns.iter().zip(&self.w_add) {
                    let weight = weights[unit];
                    if weight != 0.0 {
                        for (value, x) in values.iter_mut().zip(*column) {
                            *value += weight * inner.of(*x);
                        }
                    }
                }
                if outer != Outer::Identity {
                    values.iter_mut().for_each(|value| *value = outer.of(*value));
                }
                values
            }
            Gate::Multiply => {
                let mut values = vec![1.0; rows];
                for (column, exponents) in columns.iter().zip(&self.w_mul) {
                    multiply_by_power(&mut values, column, exponents[unit]);
                }
                values
            }
        }
    }

    fn unit_expr(&self, unit: usize, inputs: &[Expr]) -> Expr {
        match self.gates[unit] {
            Gate::Add => {
                let mut terms: Vec<Expr> = inputs
                    .iter()
                    .zip(&self.w_add)
                    .filter(|(_, weights)| weights[unit] != 0.0)
                    .map(|(input, weights)| {
                        scaled(
                            weights[unit],
                            match self.inner[unit] {
                                Inner::Identity => input.clone(),
                                Inner::Ln => Function::Ln.of(input.clone()),
                            },
                        )
                    })
                    .collect();
                if self.offsets[unit] != 0.0 {
                    terms.push(Expr::Constant(self.offsets[unit]));
                }
                let sum = single_or(terms, Expr::Sum);
                match self.outer[unit] {
                    Outer::Identity => sum,
                    Outer::Function(function) => function.of(sum),
                }
            }
            Gate::Multiply => {
                let factors = inputs
                    .iter()
                    .zip(&self.w_mul)
                    .filter(|(_, exponents)| exponents[unit].numerator() != 0)
                    .map(|(input, exponents)| match exponents[unit] {
                        Exponent::ONE => input.clone(),
                        exponent => Expr::Power(Box::new(input.clone()), exponent),
                    })
                    .collect();
                single_or(factors, Expr::Product)
            }
        }
    }
}

/// `values *= column ^ exponent`, row by row: by multiplication where the exponent is a
/// small integer or half, so that signs follow parity and results are exact.
pub(crate) fn multiply_by_power(values: &mut [f64], column: &[f64], exponent: Exponent) {
    let pairs = values.iter_mut().zip(column);
    match (exponent.numerator(), exponent.denominator()) {
        (0, _) => {}
        (1, 1) => pairs.for_each(|(value, x)| *value *= x),
        (-1, 1) => pairs.for_each(|(value, x)| *value /= x),
        (2, 1) => pairs.for_each(|(value, x)| *value *= x * x),
        (-2, 1) => pairs.for_each(|(value, x)| *value /= x * x),
        (1, 2) => pairs.for_each(|(value, x)| *value *= x.sqrt()),
        (-1, 2) => pairs.for_each(|(value, x)| *value /= x.sqrt()),
        (n, 1) => pairs.for_each(|(value, x)| *value *= x.powi(n)),
        (n, 2) => pairs.for_each(|(value, x)| *value *= x.sqrt().powi(n)),
        _ => pairs.for_each(|(value, x)| *value *= x.powf(exponent.value())),
    }
}

fn scaled(weight: f64, input: Expr) -> Expr {
    if weight == 1.0 {
        input
    } else {
        Expr::Product(vec![Expr::Constant(weight), input])
    }
}

fn single_or(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match (parts.len(), parts.pop()) {
        (1, Some(part)) => part,
        (_, Some(part)) => {
            parts.push(part);
            join(parts)
        }
        (_, None) => join(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponents(rows: &[&[i32]]) -> Vec<Vec<Exponent>> {
        rows.iter()
            .map(|row| row.iter().map(|&n| Exponent::integer(n)).collect())
            .collect()
    }

    /// 2·(a − b)/c − 1 as two layers and a readout.
    fn stack() -> DiscreteStack {
        let layer = |w_add: Vec<Vec<f64>>, w_mul, gate, offset| DiscreteLayer {
            weight_margins: vec![vec![0.0]; w_add.len()],
            w_add,
            w_mul,
            gates: vec![gate],
            offsets: vec![offset],
            inner: vec![Inner::Identity],
            outer: vec![Outer::Identity],
            gate_margins: vec![0.0],
        };
        DiscreteStack {
            layers: vec![
                layer(
                    vec![vec![1.0], vec![-1.0], vec![0.0]],
                    exponents(&[&[0], &[0], &[0]]),
                    Gate::Add,
                    0.0,
                ),
                layer(
                    vec![vec![0.0]; 4],
                    exponents(&[&[0], &[0], &[-1], &[1]]),
                    Gate::Multiply,
                    0.0,
                ),
                layer(
                    vec![vec![0.0], vec![0.0], vec![0.0], vec![2.0]],
                    exponents(&[&[0], &[0], &[0], &[0]]),
                    Gate::Add,
                    -1.0,
                ),
            ],
        }
    }

    #[test]
    fn evaluates_layer_by_layer() {
        let inputs = [vec![5.0, 1.0], vec![2.0, 3.0], vec![4.0, -1.0]];
        assert_eq!(stack().evaluate(&inputs), vec![0.5, 3.0]);
    }

    #[test]
    fn becomes_the_formula_it_evaluates() {
        let text = format!("{:?}", stack().to_expr(3));
        assert!(
            text.starts_with("Sum([Product([Constant(2.0), Product([Power(Variable(2)"),
            "{text}"
        );
        assert!(text.ends_with("Constant(-1.0)])"), "{text}");
    }

    #[test]
    fn odd_exponents_keep_the_sign_and_even_roots_of_negatives_are_nan() {
        let mut values = vec![1.0, 1.0];
        multiply_by_power(&mut values, &[-2.0, 2.0], Exponent::integer(3));
        assert_eq!(values, vec![-8.0, 8.0]);
        multiply_by_power(&mut values, &[-4.0, 4.0], Exponent::new(-1, 2));
        assert!(values[0].is_nan() && values[1] == 4.0);
    }
}
