//! The default cell's stack as one fused pass: loss and gradient of one
//! restart, sixteen rows at a time, on buffers that are reused.
//!
//! Equations: [`crate::nalu::gated`] for the units, [`super::readout`] for the
//! output. Forward goes through all layers with one block of rows after the
//! other, then the readout is solved over all rows, and backward goes through
//! the blocks again. The gradient is that of `ln(mse + floor)`.

mod backward;
mod forward;
mod output;
mod workspace;

use super::batch::Batch;
use super::network::Network;

pub(super) use output::MAX_UNITS;
pub(super) use workspace::Workspace;

/// Added to the normalised mean squared error before its logarithm.
pub(super) const LOSS_FLOOR: f32 = 1e-10;

/// Everything a pass reads besides the parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub network: &'a Network,
    pub batch: &'a Batch,
    pub ridge: f64,
    /// Gates are exactly 0 or 1 and stay so: only the chosen path is computed.
    pub gates_drawn: bool,
}

/// Mean squared error over variance of one restart; where `gradient` is given
/// it receives the gradient of `ln(mse + floor)`.
pub(super) fn pass(
    problem: Problem<'_>,
    parameters: &[f32],
    gradient: Option<&mut [f32]>,
    workspace: &mut Workspace,
) -> f32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was just found.
        return unsafe { pass_avx2(problem, parameters, gradient, workspace) };
    }
    pass_portable(problem, parameters, gradient, workspace)
}

/// The same operations in the same order, so the same bits, on wider vectors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn pass_avx2(
    problem: Problem<'_>,
    parameters: &[f32],
    gradient: Option<&mut [f32]>,
    workspace: &mut Workspace,
) -> f32 {
    pass_portable(problem, parameters, gradient, workspace)
}

#[inline(always)]
fn pass_portable(
    problem: Problem<'_>,
    parameters: &[f32],
    gradient: Option<&mut [f32]>,
    workspace: &mut Workspace,
) -> f32 {
    workspace.take(problem.network, parameters);
    for block in 0..problem.batch.blocks() {
        forward::forward(problem, block, workspace);
    }
    let mse = output::solve(problem, workspace);
    let Some(gradient) = gradient else {
        return mse;
    };
    if !mse.is_finite() {
        gradient.fill(0.0);
        return mse;
    }
    workspace.clear_slopes();
    for block in 0..problem.batch.blocks() {
        output::slopes(problem, block, mse, workspace);
        backward::backward(problem, block, workspace);
    }
    workspace.give(problem.network, gradient);
    mse
}
