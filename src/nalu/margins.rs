//! How far trained weights lie from the values they were rounded to.

use super::discrete::{DiscreteLayer, DiscreteStack, Gate};
use super::trained::TrainedLayer;

impl DiscreteStack {
    /// Sets every margin from the weights before rounding: |trained − rounded|
    /// on the path each gate selects, and |g − 1| or |g| of each gate. For a
    /// [compiled](super::compile) stack these are the weights found when all
    /// of them are let go from their rounded values.
    ///
    /// # Panics
    /// When `trained` has not the shape of the stack.
    pub fn set_margins(&mut self, trained: &[TrainedLayer]) {
        assert_eq!(self.layers.len(), trained.len(), "one trained layer per layer");
        for (layer, trained) in self.layers.iter_mut().zip(trained) {
            layer.set_margins(trained);
        }
    }
}

impl DiscreteLayer {
    fn set_margins(&mut self, trained: &TrainedLayer) {
        for (unit, gate) in self.gates.iter().enumerate() {
            self.gate_margins[unit] = match gate {
                Gate::Add => (trained.gates[unit] - 1.0).abs(),
                Gate::Multiply => trained.gates[unit].abs(),
            };
            for input in 0..self.w_add.len() {
                self.weight_margins[input][unit] = match gate {
                    Gate::Add => (trained.w_add[input][unit] - self.w_add[input][unit]).abs(),
                    Gate::Multiply => (trained.w_mul[input][unit] - self.w_mul[input][unit].value()).abs(),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::parse;
    use crate::nalu::{compile, TrainedLayer};

    #[test]
    fn margins_are_taken_on_the_selected_path() {
        let names = ["a", "b"].map(String::from);
        let expr = parse("3*a*sqrt(b)", &names).unwrap();
        let mut stack = compile(&expr, 2).unwrap();
        let layer = |w_add: &[f64], w_mul: &[f64], gate: f64| TrainedLayer {
            w_add: w_add.iter().map(|&w| vec![w]).collect(),
            w_mul: w_mul.iter().map(|&w| vec![w]).collect(),
            gates: vec![gate],
            parameters: vec![],
        };
        stack.set_margins(&[
            layer(&[9.0, 9.0], &[1.25, 0.25], 0.125),
            layer(&[0.0, 0.5, 2.5], &[9.0, 9.0, 9.0], 0.75),
        ]);
        assert_eq!(stack.layers[0].weight_margins, [[0.25], [0.25]]);
        assert_eq!(stack.layers[0].gate_margins, [0.125]);
        assert_eq!(stack.layers[1].weight_margins, [[0.0], [0.5], [0.5]]);
        assert_eq!(stack.layers[1].gate_margins, [0.25]);
    }
}
