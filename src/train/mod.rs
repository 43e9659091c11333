//! Trains stacks of NALU cells on dfdx. The only stage that imports dfdx.

mod activation;
mod adam;
mod batch;
mod cell_settings;
mod copies;
mod ensemble;
mod fused;
mod kernel;
mod lanes;
mod layers;
mod math;
mod mlp;
mod module;
mod network;
mod optimizer;
mod passes;
mod penalty;
mod probe;
mod published;
mod readout;
mod reference;
mod settings;
mod stall;
mod trainer;
mod tuning;

pub use activation::Activation;
pub(crate) use batch::relative_weights;
pub use cell_settings::{CellSettings, Initialiser, PenaltyRamp};
pub use copies::{Copies, LayerKind, LayerSpec};
pub use ensemble::train;
pub use mlp::{mlp, MlpModel};
pub use passes::{LossesAndGradients, Passes};
pub use probe::{loss_and_gradient, parameter_blocks, ParameterBlock};
pub use settings::{Architecture, Decay, Gates, InputScaling, TrainSettings, Weighting};
pub use tuning::CellTuning;
