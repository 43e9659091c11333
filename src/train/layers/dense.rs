//! Ordinary dense layers, `y = f(xW + b)`: what the cells are compared with.

use dfdx::shapes::{Axis, HasShape};
use dfdx::tensor_ops::{BroadcastTo, ReshapeTo, TryMatMul};

use super::super::activation::Activation;
use super::super::cell_settings::{CellSettings, Initialiser};
use super::{fork, map, Acting, Declared, Layer, Passed, Traced, Weights};

/// First slope of a PReLU (He et al. 2015).
const FIRST_SLOPE: f64 = 0.25;

/// A dense layer with its activation.
pub(super) struct Dense {
    pub activation: Activation,
}

impl Layer for Dense {
    fn declare(&self, inputs: usize, units: usize, settings: &CellSettings) -> Vec<Declared> {
        let weights = settings.weights.unwrap_or(Initialiser::Glorot);
        let mut declared = vec![
            Declared::free("w", inputs, units, weights),
            Declared::free("b", 1, units, Initialiser::Constant(0.0)),
        ];
        if self.activation == Activation::PRelu {
            declared.push(Declared::free(
                "slope",
                1,
                units,
                Initialiser::Constant(FIRST_SLOPE),
            ));
        }
        declared
    }

    fn forward(&self, x: Traced, weights: &Weights<'_>, _: &CellSettings) -> Passed {
        let values = x.matmul(weights.get(0));
        let shape = *values.shape();
        let values = values + over_rows(weights.get(1), shape);
        if self.activation == Activation::PRelu {
            let (values, negative) = fork(values);
            let slope = over_rows(weights.get(2), shape);
            return Passed::from(values.relu() - slope * (-negative).relu());
        }
        activate(self.activation, values).into()
    }

    fn acting(&self, _: &[Vec<Vec<f64>>], _: &[f64]) -> Option<Acting> {
        None
    }
}

/// One row of a parameter repeated over the rows.
fn over_rows(parameter: Traced, shape: (usize, usize, usize)) -> Traced {
    parameter
        .reshape_like(&(shape.0, shape.2))
        .broadcast_like::<_, Axis<1>>(&shape)
}

fn activate(activation: Activation, x: Traced) -> Traced {
    match activation {
        Activation::None | Activation::PRelu => x,
        Activation::Relu => x.relu(),
        Activation::Relu6 => x.clamp(0.0, 6.0),
        Activation::LeakyRelu => {
            let (x, negative) = fork(x);
            x.relu() - (-negative).relu() * 0.01
        }
        Activation::Elu => elu(x, 1.0),
        Activation::Selu => elu(x, 1.673_263_242_354_377_2) * 1.050_700_987_355_480_5,
        Activation::Softplus => {
            // ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|)
            let (x, size) = fork(x);
            x.relu() + ((-size.abs()).exp() + 1.0).ln()
        }
        Activation::Softsign => {
            let (x, size) = fork(x);
            x / (size.abs() + 1.0)
        }
        Activation::Softshrink => {
            let (x, negative) = fork(x);
            (x - 0.5).relu() - (-negative - 0.5).relu()
        }
        Activation::Hardshrink => {
            let kept = map(&x, |x| if x.abs() > 0.5 { 1.0 } else { 0.0 });
            x * kept
        }
        Activation::Tanhshrink => {
            let (x, inner) = fork(x);
            x - inner.tanh()
        }
        Activation::Hardtanh => x.clamp(-1.0, 1.0),
        Activation::Sigmoid => x.sigmoid(),
        Activation::Tanh => x.tanh(),
    }
}

/// `max(x, 0) + α (e^min(x, 0) − 1)`.
fn elu(x: Traced, alpha: f64) -> Traced {
    let (x, negative) = fork(x);
    x.relu() + ((-((-negative).relu())).exp() - 1.0) * alpha
}
