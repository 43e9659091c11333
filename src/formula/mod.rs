//! The formula language: expressions over the input columns. No I/O.

mod expr;

pub use expr::{Exponent, Expr};
