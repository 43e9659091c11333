//! What the formula is compared with: models that fit without understanding.
//!
//! A baseline is anything that gives one prediction per row; its figures come
//! from [`crate::validate::SplitMetrics::measure`]. [`Linear`] lives here, the
//! small network in [`crate::train`].

mod linear;

pub use linear::Linear;
