//! Lesson 1: A neural accumulator (NAC) by hand: `a = xW` with `W = tanh(Ŵ)⊙σ(M̂)`.
//!
//! Whatever Ŵ and M̂ are, W stays within ±1 and likes −1, 0 and 1: it learns
//! which inputs to add and which to subtract, and nothing else. That is why
//! the answer still holds far outside the range it was trained on.
//!
//! `cargo run --example 01_nac`

use dfdx::shapes::{Rank0, Rank2};
use dfdx::tensor::{Cpu, Tensor, TensorFromVec, Trace};
use dfdx::tensor_ops::{Backward, MeanTo, TryMatMul};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

type Weights = Tensor<Rank2<2, 1>, f32, Cpu>;

const ROWS: usize = 64;

pub fn main() {
    let device = Cpu::default();
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let rows: Vec<f32> = (0..2 * ROWS).map(|_| rng.gen_range(1.0..2.0)).collect();
    let answers = rows.chunks(2).map(|row| row[0] - row[1]).collect();
    let x: Tensor<Rank2<ROWS, 2>, f32, Cpu> = device.tensor_from_vec(rows, Default::default());
    let y: Tensor<Rank2<ROWS, 1>, f32, Cpu> = device.tensor_from_vec(answers, Default::default());

    let mut w_hat: Weights = device.tensor_from_vec(vec![0.3, 0.2], Default::default());
    let mut m_hat: Weights = device.tensor_from_vec(vec![0.1, -0.4], Default::default());
    for step in 0..4000 {
        // `leaky_trace` starts a tape; the loss carries it to `backward`.
        let w = w_hat.leaky_trace().tanh() * m_hat.leaky_trace().sigmoid();
        let loss = (x.leaky_trace().matmul(w) - y.clone())
            .square()
            .mean::<Rank0, _>();
        if step % 1000 == 0 {
            println!("step {step}: loss {:.6}", loss.as_vec()[0]);
        }
        let gradients = loss.backward();
        // Plain gradient descent.
        w_hat = w_hat.clone() - gradients.get(&w_hat) * 2.0;
        m_hat = m_hat.clone() - gradients.get(&m_hat) * 2.0;
    }

    let w = (w_hat.tanh() * m_hat.sigmoid()).as_vec();
    println!("a - b: W = {w:.3?}");
    let far = 1000.0 * w[0] + 30.0 * w[1];
    println!("1000 - 30 = {far:.1}, though no training number was above 2");
    assert!((w[0] - 1.0).abs() < 0.05 && (w[1] + 1.0).abs() < 0.05);
}
