//! The cells as the papers define them, on plain numbers, and their rounded counterparts.

mod cell;
mod compile;
mod discrete;
mod forward;
pub mod gated;
pub mod inalu;
mod margins;
pub mod nac;
pub mod nalu_cell;
pub mod nau;
pub mod real_npu;
mod release;
mod trained;

pub use cell::Cell;
pub use compile::{compile, compile_for};
pub(crate) use discrete::multiply_by_power;
pub use discrete::{DiscreteLayer, DiscreteStack, Gate, Inner, Outer};
pub use forward::layer;
pub use release::release;
pub use trained::{TrainedLayer, TrainedStack};
