//! Loss and gradient of the small network in one fused pass, sixteen rows at
//! a time.
//!
//! `ŷ = w₃·tanh(W₂ tanh(W₁ x + b₁) + b₂) + b₃`, the loss is the mean of
//! `(ŷ − y)²`. With `d` the derivative by ŷ, `d₂ = d w₃ (1 − h₂²)` and
//! `d₁ = (W₂ᵀ d₂)(1 − h₁²)`, the weights of a layer have its `d` times its
//! inputs.

use super::super::lanes::{Lanes, LANES};
use super::super::math;

/// Units of each of the two hidden layers.
pub(super) const HIDDEN: usize = 32;

/// Where the parameters of a network over `width` inputs lie in a flat slice:
/// W₁, b₁, W₂, b₂, w₃, b₃; weights unit after unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub width: usize,
}

impl Layout {
    /// Inputs and units of each layer.
    pub fn layers(self) -> [(usize, usize); 3] {
        [(self.width, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)]
    }

    pub fn parameters(self) -> usize {
        self.layers()
            .iter()
            .map(|(inputs, units)| (inputs + 1) * units)
            .sum()
    }

    /// Weights and biases of each layer.
    #[inline(always)]
    pub fn split<T>(self, parameters: &[T]) -> [(&[T], &[T]); 3] {
        let mut rest = parameters;
        self.layers().map(|(inputs, units)| {
            let (weights, after) = rest.split_at(inputs * units);
            let (biases, after) = after.split_at(units);
            rest = after;
            (weights, biases)
        })
    }

    #[inline(always)]
    fn split_mut<T>(self, parameters: &mut [T]) -> [(&mut [T], &mut [T]); 3] {
        let mut rest = parameters;
        self.layers().map(|(inputs, units)| {
            let (weights, after) = std::mem::take(&mut rest).split_at_mut(inputs * units);
            let (biases, after) = after.split_at_mut(units);
            rest = after;
            (weights, biases)
        })
    }
}

/// The rows and the buffers that all passes share.
#[derive(Debug)]
pub(super) struct Pass {
    layout: Layout,
    rows: usize,
    /// The inputs of the first sixteen rows, then of the next.
    x: Vec<Lanes>,
    target: Vec<Lanes>,
    /// 1 for a row, 0 for padding.
    is_row: Vec<Lanes>,
    /// The derivative by each parameter, not yet summed over lanes.
    slopes: Vec<Lanes>,
}

impl Pass {
    pub fn new(columns: &[Vec<f32>], target: &[f32]) -> Pass {
        let layout = Layout { width: columns.len() };
        let columns: Vec<_> = columns.iter().map(|c| Lanes::from_values(c, 0.0)).collect();
        let blocks = 0..target.len().div_ceil(LANES);
        Pass {
            layout,
            rows: target.len(),
            x: blocks
                .flat_map(|block| columns.iter().map(move |column| column[block]))
                .collect(),
            target: Lanes::from_values(target, 0.0),
            is_row: Lanes::from_values(&vec![1.0; target.len()], 0.0),
            slopes: vec![Lanes::ZERO; layout.parameters()],
        }
    }

    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The loss; its gradient goes to `gradient`.
    pub fn run(&mut self, parameters: &[f32], gradient: &mut [f32]) -> f32 {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was just found.
            return unsafe { self.run_avx2(parameters, gradient) };
        }
        self.run_portable(parameters, gradient)
    }

    /// The same operations in the same order, so the same bits, on wider vectors.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    unsafe fn run_avx2(&mut self, parameters: &[f32], gradient: &mut [f32]) -> f32 {
        self.run_portable(parameters, gradient)
    }

    #[inline(always)]
    fn run_portable(&mut self, parameters: &[f32], gradient: &mut [f32]) -> f32 {
        let [(w1, b1), (w2, b2), (w3, b3)] = self.layout.split(parameters);
        self.slopes.fill(Lanes::ZERO);
        let [(w1_slopes, b1_slopes), (w2_slopes, b2_slopes), (w3_slopes, b3_slopes)] =
            self.layout.split_mut(&mut self.slopes);
        let mut squares = Lanes::ZERO;
        let width = self.layout.width;
        let blocks = self.x.chunks_exact(width).zip(&self.target).zip(&self.is_row);
        for ((x, &target), &is_row) in blocks {
            let mut h1 = [Lanes::ZERO; HIDDEN];
            for ((h, w), &b) in h1.iter_mut().zip(w1.chunks_exact(width)).zip(b1) {
                *h = unit(x, w, b).map(math::tanh);
            }
            let mut h2 = [Lanes::ZERO; HIDDEN];
            for ((h, w), &b) in h2.iter_mut().zip(w2.chunks_exact(HIDDEN)).zip(b2) {
                *h = unit(&h1, w, b).map(math::tanh);
            }
            let error = (unit(&h2, w3, b3[0]) - target) * is_row;
            squares += error * error;

            let d = error * (2.0 / self.rows as f32);
            b3_slopes[0] += d;
            let mut d1 = [Lanes::ZERO; HIDDEN];
            for j in 0..HIDDEN {
                w3_slopes[j] += d * h2[j];
                let d2 = (d * w3[j]) * h2[j].map(|h| 1.0 - h * h);
                b2_slopes[j] += d2;
                let row = j * HIDDEN..(j + 1) * HIDDEN;
                let slopes = w2_slopes[row.clone()].iter_mut().zip(&w2[row]);
                for (((slope, &w), h), d1) in slopes.zip(&h1).zip(&mut d1) {
                    *slope += d2 * *h;
                    *d1 += d2 * w;
                }
            }
            for j in 0..HIDDEN {
                let d1 = d1[j] * h1[j].map(|h| 1.0 - h * h);
                b1_slopes[j] += d1;
                for (slope, x) in w1_slopes[j * width..(j + 1) * width].iter_mut().zip(x) {
                    *slope += d1 * *x;
                }
            }
        }
        for (gradient, slope) in gradient.iter_mut().zip(&self.slopes) {
            *gradient = slope.sum();
        }
        squares.sum() / self.rows as f32
    }
}

#[inline(always)]
fn unit(inputs: &[Lanes], weights: &[f32], bias: f32) -> Lanes {
    let mut sum = Lanes::ZERO.map(|_| bias);
    for (x, &w) in inputs.iter().zip(weights) {
        sum += *x * w;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_are_those_of_the_loss() {
        // Rows that do not fill a block, and several blocks.
        for rows in [5, 40] {
            let column = |factor: f32| (0..rows).map(|i| (factor * i as f32).sin()).collect::<Vec<f32>>();
            let mut pass = Pass::new(&[column(0.7), column(1.3)], &column(0.4));
            let count = pass.layout().parameters();
            let parameters: Vec<f32> = (0..count).map(|i| 0.5 * (i as f32 * 0.9).sin()).collect();
            let mut gradient = vec![0.0; count];
            pass.run(&parameters, &mut gradient);
            let largest = gradient.iter().fold(0.0_f32, |largest, g| largest.max(g.abs()));
            let mut unused = vec![0.0; count];
            for at in 0..count {
                let mut moved = |by: f32| {
                    let mut moved = parameters.clone();
                    moved[at] += by;
                    f64::from(pass.run(&moved, &mut unused))
                };
                let difference = (moved(0.01) - moved(-0.01)) / 0.02;
                assert!(
                    (difference - f64::from(gradient[at])).abs() < 2e-3 * f64::from(largest),
                    "{rows} rows, parameter {at}: {}, by differences {difference}",
                    gradient[at]
                );
            }
        }
    }
}
