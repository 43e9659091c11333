//! Trains stacks of NALU cells on dfdx. The only stage that imports dfdx.

mod adam;
mod batch;
mod cell_settings;
mod ensemble;
mod fused;
mod kernel;
mod layers;
mod math;
mod mlp;
mod module;
mod network;
mod optimizer;
mod probe;
mod published;
mod readout;
mod settings;

pub(crate) use batch::relative_weights;
pub use cell_settings::{CellSettings, Initialiser};
pub use ensemble::train;
pub use mlp::{mlp, MlpModel};
pub use probe::{loss_and_gradient, parameter_blocks, ParameterBlock};
pub use settings::{Architecture, Gates, InputScaling, TrainSettings, Weighting};
