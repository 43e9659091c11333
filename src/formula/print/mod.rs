//! Formulas as text, LaTeX and Python: a file a notation, behind one trait.

mod latex;
mod notation;
mod python;
mod text;

use super::Expr;

pub use latex::Latex;
pub use notation::{Binding, Notation, Piece};
pub use python::Python;
pub use text::Text;

impl Expr {
    /// The formula as text: column names, numbers, `+ - * / ^`, parentheses,
    /// `sqrt()` and the other functions. [`parse`](super::parse) reads it back to
    /// an equal value.
    ///
    /// `names[i]` is the name of input `i`; names that are not plain
    /// identifiers are put in backticks. An input without a name is `x<i>`.
    pub fn text(&self, names: &[String]) -> String {
        self.written(&Text::new(names))
    }

    /// The formula as LaTeX, without the surrounding `$`.
    pub fn latex(&self, names: &[String]) -> String {
        self.written(&Latex::new(names))
    }

    /// The formula as a Python expression; functions are those of `math`, which
    /// is all that needs importing. Names that Python would not accept are turned
    /// into identifiers.
    pub fn python(&self, names: &[String]) -> String {
        self.written(&Python::new(names))
    }
}

/// The name of an input, or `x<i>` for one without a name.
fn name_of(index: usize, names: &[String]) -> String {
    names.get(index).cloned().unwrap_or_else(|| format!("x{index}"))
}
