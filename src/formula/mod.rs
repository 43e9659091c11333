//! The formula language: expressions over the input columns. No I/O.
//!
//! An [`Expr`] is evaluated and differentiated column by column, brought to
//! its canonical form ([`Expr::simplify`]), rewritten the way a person would
//! write it ([`Expr::present`]), printed as text, LaTeX or Python, and read
//! back from text ([`parse`]).

mod complexity;
mod construct;
mod differentiate;
mod evaluate;
mod exponent;
mod expr;
mod gradient;
mod layout;
mod number;
mod parse;
mod present;
mod print;
mod simplify;
mod structure;

pub use expr::{Exponent, Expr};
pub use parse::{parse, ParseError};
