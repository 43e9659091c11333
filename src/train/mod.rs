//! Trains stacks of NALU cells on dfdx. The only stage that imports dfdx.

mod batch;
mod ensemble;
mod fused;
mod kernel;
mod math;
mod mlp;
mod network;
mod optimizer;
mod readout;
mod settings;

pub(crate) use batch::relative_weights;
pub use ensemble::train;
pub use mlp::{mlp, MlpModel};
pub use settings::{Architecture, Gates, InputScaling, TrainSettings, Weighting};
