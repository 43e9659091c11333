//! `Π_i (z_i W_io + 1 − W_io)` as one operation: dfdx has no product along an
//! axis.

use dfdx::shapes::HasShape;
use dfdx::tensor::{Merge, PutTape, SplitTape, Tape};

use super::{filled, Traced};

/// For `z` restarts × rows × inputs and `w` restarts × inputs × units, the
/// product over the inputs, restarts × rows × units.
///
/// With `f_i = z_i w_i + 1 − w_i`: `∂/∂z_i = w_i Π_{j≠i} f_j` and
/// `∂/∂w_i = (z_i − 1) Π_{j≠i} f_j`; the product without one factor is taken
/// from both ends, so that a factor of 0 does no harm.
pub(super) fn mixed_product(z: Traced, w: Traced) -> Traced {
    let (restarts, rows, inputs) = *z.shape();
    let units = w.shape().2;
    let (z, tape) = z.split_tape();
    let (w, w_tape) = w.split_tape();
    let mut tape = tape.merge(w_tape);
    let (z_values, w_values) = (z.as_vec(), w.as_vec());
    let factor = move |z: &[f64], w: &[f64], input: usize, unit: usize| {
        let weight = w[input * units + unit];
        z[input] * weight + 1.0 - weight
    };
    let mut products = Vec::with_capacity(restarts * rows * units);
    for (row, z) in z_values.chunks(inputs).enumerate() {
        let w = &w_values[row / rows * inputs * units..][..inputs * units];
        for unit in 0..units {
            products.push(
                (0..inputs)
                    .map(|input| factor(z, w, input, unit))
                    .product::<f64>(),
            );
        }
    }
    let out = filled(z.device(), (restarts, rows, units), &products);
    let out_clone = out.clone();
    tape.add_backward_op(move |gradients| {
        let upstream = gradients.get_or_alloc_mut(&out_clone)?.to_vec();
        let mut z_slopes = vec![0.0; z_values.len()];
        let mut w_slopes = vec![0.0; w_values.len()];
        for (row, (z, z_slope)) in z_values
            .chunks(inputs)
            .zip(z_slopes.chunks_mut(inputs))
            .enumerate()
        {
            let own = row / rows * inputs * units..(row / rows + 1) * inputs * units;
            let (w, w_slope) = (&w_values[own.clone()], &mut w_slopes[own]);
            for unit in 0..units {
                let arriving = upstream[row * units + unit];
                let mut before = vec![1.0; inputs];
                for input in 1..inputs {
                    before[input] = before[input - 1] * factor(z, w, input - 1, unit);
                }
                let mut after = 1.0;
                for input in (0..inputs).rev() {
                    let others = arriving * before[input] * after;
                    z_slope[input] += others * w[input * units + unit];
                    w_slope[input * units + unit] += others * (z[input] - 1.0);
                    after *= factor(z, w, input, unit);
                }
            }
        }
        for (target, slopes) in [(&z, z_slopes), (&w, w_slopes)] {
            let gradient = gradients.get_or_alloc_mut(target)?;
            for (gradient, slope) in gradient.iter_mut().zip(slopes) {
                *gradient += slope;
            }
        }
        Ok(())
    });
    out.put_tape(tape)
}
