//! The fused pass as an operation on dfdx's tape.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dfdx::tensor::{Cpu, PutTape, SplitTape, Tape, Tensor, TensorFromVec};

use super::batch::Batch;
use super::kernel::{pass, Problem, Workspace};
use super::network::Network;

/// The parameters of a group of restarts: restarts × parameters.
pub(super) type Parameters<T> = Tensor<(usize, usize), f32, Cpu, T>;

/// What the operation needs besides the parameters; shared by all groups.
#[derive(Debug)]
pub(super) struct Objective {
    pub network: Network,
    pub batch: Batch,
    pub ridge: f64,
    pub gates_drawn: bool,
}

impl Objective {
    pub fn problem(&self) -> Problem<'_> {
        Problem {
            network: &self.network,
            batch: &self.batch,
            ridge: self.ridge,
            gates_drawn: self.gates_drawn,
        }
    }
}

/// Buffers of one group, reused from step to step.
#[derive(Debug)]
pub(super) struct GroupWorkspace {
    pass: Workspace,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    /// Mean squared error over variance of each restart in the last pass.
    pub errors: Vec<f32>,
}

impl GroupWorkspace {
    pub fn new(objective: &Objective, restarts: usize) -> GroupWorkspace {
        let numbers = restarts * objective.network.parameters;
        GroupWorkspace {
            pass: Workspace::new(&objective.network, &objective.batch),
            parameters: vec![0.0; numbers],
            gradients: vec![0.0; numbers],
            errors: vec![0.0; restarts],
        }
    }
}

/// `ln(mse_r + floor)` for each restart r, differentiable in the parameters.
///
/// The gradient is computed together with the value; the backward operation
/// only scales it by what arrives from the loss.
pub(super) fn log_errors<T: Tape<f32, Cpu>>(
    parameters: Parameters<T>,
    objective: &Arc<Objective>,
    workspace: &Rc<RefCell<GroupWorkspace>>,
) -> Tensor<(usize,), f32, Cpu, T> {
    let (parameters, mut tape) = parameters.split_tape();
    let count = objective.network.parameters;
    let logs: Vec<f32> = {
        let mut workspace = workspace.borrow_mut();
        let GroupWorkspace {
            pass: buffers,
            parameters: values,
            gradients,
            errors,
        } = &mut *workspace;
        parameters.copy_into(values);
        for ((values, gradient), error) in values
            .chunks_exact(count)
            .zip(gradients.chunks_exact_mut(count))
            .zip(errors.iter_mut())
        {
            let gradient = T::OWNS_TAPE.then_some(gradient);
            *error = pass(objective.problem(), values, gradient, buffers);
        }
        errors
            .iter()
            .map(|error| (error + super::kernel::LOSS_FLOOR).ln())
            .collect()
    };
    let restarts = logs.len();
    let out = parameters.device().tensor_from_vec(logs, (restarts,));
    let workspace = Rc::clone(workspace);
    let out_clone = out.clone();
    tape.add_backward_op(move |grads| {
        let upstream = grads.get_or_alloc_mut(&out_clone)?.to_vec();
        let downstream = grads.get_or_alloc_mut(&parameters)?;
        let workspace = workspace.borrow();
        for ((target, gradient), scale) in downstream
            .chunks_exact_mut(count)
            .zip(workspace.gradients.chunks_exact(count))
            .zip(upstream)
        {
            for (target, &value) in target.iter_mut().zip(gradient) {
                *target += scale * value;
            }
        }
        Ok(())
    });
    out.put_tape(tape)
}
