//! The default cell's stack operation by operation on dfdx's tape, readout and
//! loss included: what the fused pass is compared with in its gradients and in
//! its time (`benches/training_step.rs`). Training does not use it.

use dfdx::dtypes::Dtype;
use dfdx::shapes::{Axes2, Axis, HasShape, Rank0};
use dfdx::tensor::{Cache, Cpu, OwnedTape, PutTape, SplitTape, Tensor, TensorFromVec, Trace, WithEmptyTape};
use dfdx::tensor_ops::{Backward, BroadcastTo, Device, ReshapeTo, SumTo, TryConcatAlong, TryMatMul};

use crate::nalu::gated::{EXPONENT_CAP, LOG_FLOOR};

use super::fused::Objective;
use super::kernel::LOSS_FLOOR;
use super::lanes::{Lanes, LANES};
use super::readout::{factorise, substitute};

/// Restarts × rows × columns.
type Values<E> = Tensor<(usize, usize, usize), E, Cpu>;
type Traced<E> = Tensor<(usize, usize, usize), E, Cpu, OwnedTape<E, Cpu>>;

/// The rows as tensors, the same for every restart.
pub(super) struct Reference<E: Dtype> {
    device: Cpu,
    x: Values<E>,
}

/// One layer's parameters.
struct LayerParameters<E: Dtype> {
    /// Restarts × inputs × units.
    weights: Values<E>,
    /// Restarts × units.
    gates: Tensor<(usize, usize), E, Cpu>,
}

impl<E: Dtype> Reference<E>
where
    Cpu: Device<E>,
{
    /// With `keep_buffers` dfdx hands the buffers of one operation on to the next.
    pub fn new(objective: &Objective, restarts: usize, keep_buffers: bool) -> Reference<E> {
        let device = Cpu::default();
        if keep_buffers {
            device.enable_cache();
        }
        let batch = &objective.batch;
        let (rows, width) = (batch.blocks() * LANES, batch.width());
        let one: Vec<E> = (0..rows * width)
            .map(|at| batch.x_of(at / width / LANES)[at % width].0[at / width % LANES])
            .map(|x| number(f64::from(x)))
            .collect();
        let x = one.repeat(restarts);
        Reference {
            x: device.tensor_from_vec(x, (restarts, rows, width)),
            device,
        }
    }

    /// The loss of each restart, `ln(mse + floor)`, and its gradient; shaped
    /// as the parameters, restart after restart.
    pub fn pass(&self, objective: &Objective, parameters: &[f32]) -> (Vec<f64>, Vec<f64>) {
        let (restarts, rows, _) = *self.x.shape();
        let (network, count) = (&objective.network, objective.network.parameters);
        let layers: Vec<LayerParameters<E>> = network
            .layers
            .iter()
            .map(|layer| {
                let of_all = |block: usize| -> Vec<E> {
                    let each = parameters.chunks(count);
                    let each = each.flat_map(|own| layer.blocks[block].of(own));
                    each.map(|&value| number(f64::from(value))).collect()
                };
                let shape = (restarts, layer.inputs, layer.units);
                LayerParameters {
                    weights: self.device.tensor_from_vec(of_all(0), shape),
                    gates: self.device.tensor_from_vec(of_all(1), (restarts, layer.units)),
                }
            })
            .collect();

        let mut units = layer(self.x.leaky_trace(), &layers[0]);
        for parameters in &layers[1..] {
            units = layer((self.x.leaky_trace(), units).concat_along(Axis::<2>), parameters);
        }
        let (units, tape) = units.split_tape();
        let readout = Readout::<E>::solve(objective, &units);
        let tensor = |values: Vec<E>, rows| -> Values<E> {
            let columns = values.len() / restarts / rows;
            self.device.tensor_from_vec(values, (restarts, rows, columns))
        };
        let coefficients = tensor(readout.coefficients, units.shape().2);
        let target = tensor(readout.target, rows);
        let root_weight = tensor(readout.root_weight, rows);
        let residual = units.put_tape(tape).matmul(coefficients) * root_weight - target;
        let mse = residual.square().sum::<(usize,), Axes2<1, 2>>();
        let losses = (mse + number::<E>(f64::from(LOSS_FLOOR))).ln();
        let values = losses.as_vec().into_iter().map(plain).collect();
        let tape = losses.sum::<Rank0, _>().backward();

        let mut gradient = vec![0.0; parameters.len()];
        for (shape, layer) in network.layers.iter().zip(&layers) {
            let slopes = [tape.get(&layer.weights).as_vec(), tape.get(&layer.gates).as_vec()];
            for (block, slopes) in shape.blocks.iter().zip(slopes) {
                for (own, slopes) in gradient.chunks_mut(count).zip(slopes.chunks(block.len())) {
                    for (target, &slope) in block.of_mut(own).iter_mut().zip(slopes) {
                        *target = plain(slope);
                    }
                }
            }
        }
        (values, gradient)
    }
}

/// `y = g⊙(xW) + (1−g)⊙s⊙exp(log|x| W)`.
fn layer<E: Dtype>(x: Traced<E>, parameters: &LayerParameters<E>) -> Traced<E>
where
    Cpu: Device<E>,
{
    let (restarts, rows, inputs) = *x.shape();
    let units = parameters.gates.shape().1;
    let device = x.device().clone();
    let numbers = x.as_vec();
    let one = number::<E>(1.0);
    // The second use of x: each operation is to be on the tape once.
    let sum = x.with_empty_tape().matmul(parameters.weights.leaky_trace());
    let logs = x.abs().clamp(LOG_FLOOR, f64::MAX).ln();
    let exponent = logs.matmul(parameters.weights.leaky_trace());
    let mut product = exponent.clamp(-EXPONENT_CAP, EXPONENT_CAP).exp();
    for input in 0..inputs {
        let negative = numbers.iter().skip(input).step_by(inputs);
        let negative: Vec<bool> = negative.map(|&x| x < E::default()).collect();
        if !negative.contains(&true) {
            continue;
        }
        // 1 minus the mixed sign: what a negative number takes off the factor 1.
        let weights = parameters.weights.leaky_trace();
        let weights = weights.slice((0..restarts, input..input + 1, 0..units));
        let taken = (-((weights.abs() - one).abs()) + one) * number::<E>(2.0);
        let negative = negative.into_iter().map(|is| number(f64::from(u8::from(is))));
        let negative: Values<E> = device.tensor_from_vec(negative.collect(), (restarts, rows, 1));
        let taken = taken.reshape_like(&(restarts, 1, units));
        product = product * (-negative.leaky_trace().matmul(taken) + one);
    }
    let gate = parameters.gates.leaky_trace();
    let gate = gate.broadcast_like::<_, Axis<1>>(&(restarts, rows, units));
    let opposite = -gate.with_empty_tape() + one;
    gate * sum + opposite * product
}

/// The readout of each restart as constants: at the minimum the loss does not
/// change with them to first order.
#[derive(Default)]
struct Readout<E> {
    coefficients: Vec<E>,
    /// The batch's target and what the offset takes off it.
    target: Vec<E>,
    root_weight: Vec<E>,
}

impl<E: Dtype> Readout<E> {
    fn solve(objective: &Objective, units: &Values<E>) -> Readout<E> {
        let (_, rows, count) = *units.shape();
        let flat =
            |lanes: &[Lanes]| -> Vec<f64> { lanes.iter().flat_map(|lanes| lanes.0).map(f64::from).collect() };
        let target = flat(&objective.batch.target);
        let weight = flat(&objective.batch.root_weight);
        let weighted = || target.iter().copied().zip(weight.iter().copied());
        let mut readout = Readout::default();
        for own in units.as_vec().chunks(rows * count) {
            let mut means = vec![0.0; count];
            for (u, (_, v)) in own.chunks(count).zip(weighted()) {
                for (mean, &u) in means.iter_mut().zip(u) {
                    *mean += plain(u) * v * v;
                }
            }
            let mut gram = vec![0.0; count * count];
            let mut right = vec![0.0; count];
            let mut z = vec![0.0; count];
            for (u, (y, v)) in own.chunks(count).zip(weighted()) {
                for i in 0..count {
                    z[i] = (plain(u[i]) - means[i]) * v;
                    right[i] += z[i] * y;
                    for j in 0..=i {
                        gram[i * count + j] += z[i] * z[j];
                    }
                }
            }
            let norms: Vec<f64> = (0..count).map(|i| gram[i * count + i].sqrt()).collect();
            for i in 0..count {
                right[i] /= norms[i];
                for j in 0..=i {
                    gram[i * count + j] /= norms[i] * norms[j];
                }
            }
            factorise(&mut gram, objective.ridge, count);
            substitute(&gram, &mut right);
            let coefficients: Vec<f64> = right.iter().zip(&norms).map(|(c, norm)| c / norm).collect();
            let offset: f64 = coefficients.iter().zip(&means).map(|(c, mean)| c * mean).sum();
            readout
                .target
                .extend(weighted().map(|(y, v)| number::<E>(y + v * offset)));
            readout
                .root_weight
                .extend(weighted().map(|(_, v)| number::<E>(v)));
            readout
                .coefficients
                .extend(coefficients.into_iter().map(number::<E>));
        }
        readout
    }
}

fn number<E: Dtype>(value: f64) -> E {
    E::from_f64(value).unwrap_or_default()
}

fn plain<E: Dtype>(value: E) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
