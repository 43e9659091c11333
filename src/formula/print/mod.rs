//! Formulas as text, LaTeX and Python.

mod infix;
mod latex;
mod python;
mod text;

use super::Expr;

impl Expr {
    /// The formula as text: column names, numbers, `+ - * / ^`, parentheses
    /// and `sqrt()`. [`parse`](super::parse) reads it back to an equal value.
    ///
    /// `names[i]` is the name of input `i`; names that are not plain
    /// identifiers are put in backticks. An input without a name is `x<i>`.
    pub fn text(&self, names: &[String]) -> String {
        text::print(self, names)
    }

    /// The formula as LaTeX, without the surrounding `$`.
    pub fn latex(&self, names: &[String]) -> String {
        latex::print(self, names)
    }

    /// The formula as a Python expression that needs no import. Names that
    /// Python would not accept are turned into identifiers.
    pub fn python(&self, names: &[String]) -> String {
        python::print(self, names)
    }
}

/// The name of an input, or `x<i>` for one without a name.
fn name_of(index: usize, names: &[String]) -> String {
    names.get(index).cloned().unwrap_or_else(|| format!("x{index}"))
}
