//! The cells as the papers define them, on plain numbers, and their rounded counterparts.

mod discrete;

pub use discrete::{DiscreteLayer, DiscreteStack, Gate};
