//! The formula language: expressions over the input columns. No I/O.
//!
//! An [`Expr`] is evaluated and differentiated column by column, brought to
//! its canonical form ([`Expr::simplify`]), rewritten the way a person would
//! write it ([`Expr::present`]), printed in any [`Notation`], and read back from
//! text ([`parse`]). What functions there are is [`Function`]'s table.

mod complexity;
mod construct;
mod differentiate;
mod evaluate;
mod exponent;
mod function;
mod gradient;
mod layout;
mod node;
pub(crate) mod number;
mod parse;
mod present;
mod print;
mod simplify;

pub use exponent::Exponent;
pub use function::{AsUnit, Domain, Facts, Function, Parity, Sign};
pub use node::{Expr, Structure};
pub use parse::{parse, ParseError};
pub use print::{Binding, Latex, Notation, Piece, Python, Text};
